"""Queries as they are typed, read into what both legs need."""
