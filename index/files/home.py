"""Home of an index: the folder that it lies in, with which it may be copied or moved."""

import os
from pathlib import Path


def home_of(root: Path) -> Path:
    """Return the folder that an index lies in; of a link to an index, that of the index."""
    path = Path(os.path.abspath(root))  # noqa: PTH100 - resolve() would follow links above it
    return Path(os.path.realpath(path)).parent if path.is_symlink() else path.parent
