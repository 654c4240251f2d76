"""Legs: ways of scoring every passage of an index for one query."""
