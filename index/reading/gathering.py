"""Records of one source as they are read: what they have in common, and which are there twice."""

from collections.abc import Iterator

from plait.index.article import Article
from plait.index.reading.failure import Failure, listed
from plait.index.reading.records import FieldNames, Place
from plait.index.reading.values import Record


class Gathering:
    """Records of a source, of which those that cannot be told apart are failures.

    Knows the ids of all of them, with their lines, while the source is read.
    """

    def __init__(self, place: Place, fields: FieldNames) -> None:
        self._place = place
        self.fields = fields
        self._known: dict[str, tuple[int, int]] = {}
        self._texts = 0
        self._last: Record = {}

    def outcome(self, record: Record, line: int) -> Article | Failure:
        """Return the article of the record that begins on a line, or its failure.

        A record that is the same as another of its id is no failure.
        """
        found = self._place.outcome(record, line, self.fields)
        if isinstance(found, Failure):
            return found
        content = hash_of(found)
        first, known = self._known.setdefault(found.id, (line, content))
        if known != content:
            reason = f"its id {found.id!r} is that of line {first} too, which says something else"
            return self._place.failure(line, f"{reason}: give each an id of its own")
        self._texts += bool(found.text)
        self._last = record
        return found

    def ending(self) -> Iterator[Failure]:
        """Yield a failure where no record has a text, so that titles alone are found."""
        if self._known and not self._texts:
            found = f"none of its records ({len(self._known):,}) has a text, but a title only"
            reason = f"{found}; the last has {listed(self._last)}: say which field holds the text"
            yield Failure(self._place.source, reason)


def hash_of(article: Article) -> int:
    """Return a hash of all that an article says; of this process alone."""
    own = (article.title, article.text, article.raw, article.date, article.author)
    return hash((own, article.teasers, frozenset(article.metadata.items())))
