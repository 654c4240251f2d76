"""Table of what this process has open, so that opening it again takes no more memory."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

Opened = TypeVar("Opened")


class Shared(Generic[Opened]):
    """Table of open things by key: each is opened once, and let go of with its last user.

    Useful for what is never changed once it is open.
    """

    def __init__(self, *, keep_last: bool = False) -> None:
        """Keep nothing open that nobody uses; or, with `keep_last`, what was asked for last."""
        self._open: WeakValueDictionary[Hashable, Opened] = WeakValueDictionary()
        self._opening = Lock()
        self._keep_last = keep_last
        self._last: Opened | None = None

    def get(self, key: Hashable, open_new: Callable[[], Opened]) -> Opened:
        """Return what is open by a key, or open it; of several threads, one does."""
        with self._opening:
            found = self._open.get(key)
            if found is None:
                found = self._open[key] = open_new()
            if self._keep_last:
                self._last = found
            return found
