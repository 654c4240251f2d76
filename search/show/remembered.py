"""Hits of the last search of each index, so that `show 3` knows which is the third.

A small file in the user's cache for each index; what cannot be written is not remembered.
"""

import contextlib
import json
import os
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from plait.index.models.onnx.cache import cache_home
from plait.index.models.onnx.pinned_folder import make_own


def remember(index: Path, ids: Sequence[str]) -> None:
    """Write the ids of the hits of a search, best first; without a cache nothing happens."""
    path = _file_of(index)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        make_own(path.parent)
        temporary.write_text(json.dumps(ids), encoding="utf-8")
        temporary.replace(path)


def last_hits(index: Path) -> list[str]:
    """Return the ids of the hits of the last search of an index; none where none is known.

    Another user's file, in a cache that is shared, counts as none.
    """
    path = _file_of(index)
    try:
        if path.stat().st_uid != os.getuid():
            return []
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [own for own in found if isinstance(own, str)] if isinstance(found, list) else []


def _file_of(index: Path) -> Path:
    """Return the path of the file for an index and this user."""
    place = os.fsencode(index.resolve())
    name = f"{os.getuid()}-{blake2b(place, digest_size=8).hexdigest()}.json"
    return cache_home() / "searches" / name
