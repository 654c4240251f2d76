"""Vectors of passages, and what they tell of a query."""
