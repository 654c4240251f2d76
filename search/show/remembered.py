"""Hits of the last search of each index, so that `show 3` knows which is the third.

One file in the user's cache holds those of the indexes searched last; where it cannot be
written, nothing is remembered.
"""

import contextlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from plait.index.models.user_cache import cache_home, make_own

INDEXES_REMEMBERED = 20
"""Indexes whose last search is remembered: more than a person goes back and forth between."""
HITS_REMEMBERED = 1000
"""Hits of a search that are remembered: nobody counts further by eye."""


def remember(index: Path, ids: Sequence[str]) -> None:
    """Write the ids of the hits of a search, best first; without a cache nothing happens."""
    path = _file()
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    searches = _searches()
    name = _name(index)
    searches.pop(name, None)  # what was searched last comes last
    kept = [*searches.items()][-INDEXES_REMEMBERED + 1 :]
    with contextlib.suppress(OSError):
        make_own(path.parent)
        written = json.dumps(dict([*kept, (name, [*ids[:HITS_REMEMBERED]])]))
        temporary.write_text(written, encoding="utf-8")
        temporary.replace(path)


def last_hits(index: Path) -> list[str]:
    """Return the ids of the hits of the last search of an index; none where none is known."""
    found = _searches().get(_name(index))
    return [own for own in found if isinstance(own, str)] if isinstance(found, list) else []


def _searches() -> dict[str, object]:
    """Return what is remembered, by index; another user's file, in a shared cache, is not read."""
    path = _file()
    try:
        if path.stat().st_uid != os.getuid():
            return {}
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _file() -> Path:
    return cache_home() / f"searches-{os.getuid()}.json"


def _name(index: Path) -> str:
    return os.fsencode(index.resolve()).decode("utf-8", "backslashreplace")
