"""Phrase of a query tree, in which words may be joined."""

from collections.abc import Sequence
from typing import Self, TypeAlias

from whoosh.query import Phrase

Joined: TypeAlias = tuple[str, int, int]
"""Term of joined words, the index of the first word that it stands for, and their number."""


class Words(Phrase):
    """Words one after another; some may be joined in the text, as `post war` in `postwar`.

    A leaf like Whoosh's phrase, and that of the words alone for Whoosh itself.
    """

    def __init__(
        self,
        fieldname: str,
        words: Sequence[str],
        joined: Sequence[Joined] = (),
        slop: int = 1,
        boost: float = 1.0,
    ) -> None:
        super().__init__(fieldname, list(words), slop=slop, boost=boost)
        self.joined = tuple(joined)

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and self.joined == getattr(other, "joined", ())

    def __hash__(self) -> int:
        return super().__hash__() ^ hash(self.joined)

    def normalize(self) -> Self:
        """Return itself: Whoosh would take the words apart."""
        return self
