"""Vectors of passages, and their comparison with a query."""
