"""Flat files: arrays and strings on disk, written so that a crash never shows half of them."""
