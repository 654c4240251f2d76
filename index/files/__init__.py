"""Flat files of arrays and strings, written so that a crash never leaves half of one."""
