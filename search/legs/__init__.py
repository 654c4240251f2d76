"""Legs as a system names them: name and parameters."""
