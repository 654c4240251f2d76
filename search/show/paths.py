"""Paths as a person reads them."""

import os
from pathlib import Path


def below_here(source: str) -> str:
    """Return a path relative to the current folder; one that is not below it as it is."""
    here = Path(os.path.abspath("."))  # noqa: PTH100 - resolve() would follow links
    path = Path(source)
    return str(path.relative_to(here)) if path.is_relative_to(here) else source
