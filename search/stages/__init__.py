"""Stages: they add parts to the scores of the best candidates, or read the first hits again."""
