"""Hits as a person sees them."""
