"""Stages that look again at the best candidates of a ranking."""
