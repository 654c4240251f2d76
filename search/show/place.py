"""Place of the index where none is named: `.plait` in the current folder, or in one above it."""

import os
from pathlib import Path

from plait.index.errors import NoIndexError

INDEX_FOLDER = ".plait"
"""Name of the folder of an index that no option names."""


def nearest_index() -> Path | None:
    """Return the relative path of the nearest index, as git looks for `.git`; None for none."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / INDEX_FOLDER).is_dir():
            return Path(os.path.relpath(folder / INDEX_FOLDER, here))
    return None


def no_index_here() -> NoIndexError:
    """Return the error where there is no index, which names where it was looked for."""
    return NoIndexError(
        f"no index: there is no {INDEX_FOLDER} in {Path.cwd()}, nor in a folder above it. "
        "Make one with `plait index PATH`, or name another with -i or PLAIT_INDEX."
    )
