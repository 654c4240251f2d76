"""Here are plait's arrays: how do Whoosh's query classes read them?

A Whoosh codec, for reading: every query class of Whoosh's runs on its own searcher over the
same arrays as everything else. plait's own queries are answered by arrays, faster and to the
same bits (`plait.search.legs.leaves`); this is for queries that plait has no words for, and what
tests hold plait to. Segments are written by `plait.index.keyword.postings`, never through Whoosh.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

import numpy as np
from whoosh.codec.base import Codec, FieldCursor, PerDocumentReader, Segment, TermsReader
from whoosh.fields import Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.matching import Matcher, ReadTooFar
from whoosh.query.spans import Span
from whoosh.reading import SegmentReader, TermInfo, TermNotFound

from plait.index.keyword.postings import Posting
from plait.index.keyword.reader import KeywordReader


def whoosh_reader(reader: KeywordReader, schema: Schema) -> SegmentReader:
    """Open plait's keyword arrays as a Whoosh index reader."""
    codec = ArrayCodec(reader)
    return SegmentReader(RamStorage(), schema, codec.segment, codec=codec)


class ArrayCodec(Codec):
    """Shows a whole `KeywordReader` to Whoosh as one segment."""

    def __init__(self, reader: KeywordReader) -> None:
        self.reader = reader
        self.segment = ArraySegment(reader)

    def terms_reader(self, storage: object, segment: object) -> TermsReader:
        """Give Whoosh the dictionary and the postings."""
        return ArrayTerms(self.reader)

    def per_document_reader(self, storage: object, segment: object) -> PerDocumentReader:
        """Give Whoosh the field lengths and the deletions."""
        return ArrayDocuments(self.segment)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(
            "plait's segments are written by plait.index.local.writer, not through Whoosh"
        )

    per_document_writer = field_writer = postings_writer = _refuse
    postings_reader = new_segment = _refuse


class ArraySegment(Segment):
    """What Whoosh wants to know of a segment: its size."""

    def __init__(self, reader: KeywordReader) -> None:
        super().__init__("plait")  # type: ignore[no-untyped-call]
        self.reader = reader

    def doc_count_all(self) -> int:
        """Count passages, deleted ones included."""
        return len(self.reader)

    def deleted_count(self) -> int:
        """Count deleted passages."""
        return len(self.reader) - self.reader.count

    def deleted_docs(self) -> Iterable[int]:
        """Number the deleted passages."""
        return map(int, np.flatnonzero(~self.reader.alive))

    def is_deleted(self, docnum: int) -> bool:
        """Say whether this passage is deleted."""
        # Whoosh's inverting matcher asks one past the end before it stops.
        return docnum < len(self.reader) and not self.reader.alive[docnum]

    def delete_document(self, docnum: int, delete: bool = True) -> NoReturn:  # noqa: FBT001, FBT002
        """Refuse: articles are removed by `plait.index.local.writer`."""
        raise TypeError(
            "plait's articles are removed by plait.index.local.writer, not through Whoosh"
        )


class ArrayTerms(TermsReader):
    """The term dictionary, as Whoosh asks for it. Terms are (field, UTF-8 bytes)."""

    def __init__(self, reader: KeywordReader) -> None:
        self.reader = reader

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self.reader.posting(*term) is not None

    def indexed_field_names(self) -> list[str]:
        """Name the fields."""
        return self.reader.fields

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Walk all terms of all fields."""
        return (pair for field in self.reader.fields for pair in self.terms_from(field, b""))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Walk the terms of one field from `prefix` on."""
        return ((fieldname, term) for term in self.reader.terms(fieldname, prefix))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Walk all terms with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Walk one field's terms from `prefix` on, with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def _posting(self, fieldname: str, text: bytes) -> Posting:
        posting = self.reader.posting(fieldname, text)
        if posting is None:
            raise TermNotFound(f"no term {text!r} in field {fieldname!r}")
        return posting

    def frequency(self, fieldname: str, text: bytes) -> int:
        """Count a term's occurrences."""
        posting = self.reader.posting(fieldname, text)
        return int(posting.frequencies.sum()) if posting else 0

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Count the passages that contain a term."""
        posting = self.reader.posting(fieldname, text)
        return len(posting.passages) if posting else 0

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Give a term's statistics; raises Whoosh's `TermNotFound`."""
        posting = self._posting(fieldname, text)
        lengths = self.reader.lengths(fieldname)[posting.passages]
        return TermInfo(
            weight=int(posting.frequencies.sum()),
            df=len(posting.passages),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=int(posting.frequencies.max()),
            minid=int(posting.passages[0]),
            maxid=int(posting.passages[-1]),
        )

    def matcher(self, fieldname: str, text: bytes, format_: object, scorer: Any = None) -> Matcher:
        """Walk the passages that contain a term."""
        return ArrayMatcher(self._posting(fieldname, text), (fieldname, text), scorer)

    def cursor(self, fieldname: str, fieldobj: object) -> FieldCursor:
        """Walk and seek the terms of a field, as fuzzy terms do."""
        return ArrayCursor(self.reader, fieldname)


class ArrayDocuments(PerDocumentReader):
    """Field lengths and deletions, as Whoosh asks for them."""

    def __init__(self, segment: ArraySegment) -> None:
        self.segment, self.reader = segment, segment.reader

    def doc_count(self) -> int:
        """Count live passages."""
        return self.reader.count

    def doc_count_all(self) -> int:
        """Count passages, deleted ones included."""
        return len(self.reader)

    def has_deletions(self) -> bool:
        """Say whether any passage is deleted."""
        return self.segment.deleted_count() > 0

    def is_deleted(self, docnum: int) -> bool:
        """Say whether this passage is deleted."""
        return self.segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterable[int]:
        """Number the deleted passages."""
        return self.segment.deleted_docs()

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Count the terms of a passage's field."""
        return int(self.reader.lengths(fieldname)[docnum])

    def field_length(self, fieldname: str) -> int:
        """Count the terms of a field over all live passages."""
        return self.reader.total_length(fieldname)

    def min_field_length(self, fieldname: str) -> int:
        """Give the least number of terms in a passage's field."""
        return int(self.reader.lengths(fieldname).min(initial=0))

    def max_field_length(self, fieldname: str) -> int:
        """Give the greatest number of terms in a passage's field."""
        return int(self.reader.lengths(fieldname).max(initial=0))

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Nothing is stored on this side: articles are (`plait.index.local.segment`)."""
        return {}


class ArrayCursor(FieldCursor):
    """Walks and seeks one field's terms in order."""

    def __init__(self, reader: KeywordReader, field: str) -> None:
        self._terms = [term.decode() for term in reader.terms(field)]
        self._at = 0

    def first(self) -> str | None:
        """Go to the first term."""
        self._at = 0
        return self.text()

    def find(self, string: str | bytes) -> str | None:
        """Go to the first term not below `string`."""
        wanted = string.decode() if isinstance(string, bytes) else string
        self._at = bisect_left(self._terms, wanted)
        return self.text()

    def next(self) -> str | None:
        """Go one term on."""
        self._at += 1
        return self.text()

    def text(self) -> str | None:
        """Give the current term, or None past the end."""
        return self._terms[self._at] if self.is_valid() else None

    def is_valid(self) -> bool:
        """Say whether there is a current term."""
        return self._at < len(self._terms)


class ArrayMatcher(Matcher):
    """Walks the passages that contain one term."""

    def __init__(self, posting: Posting, term: tuple[str, bytes], scorer: Any) -> None:
        self._posting = posting
        self._term = term
        self._scorer = scorer
        self._at = 0

    def is_active(self) -> bool:
        """Say whether a posting is left."""
        return self._at < len(self._posting.passages)

    def reset(self) -> None:
        """Go back to the first posting."""
        self._at = 0

    def copy(self) -> "ArrayMatcher":
        """Give another walk from the same place."""
        twin = ArrayMatcher(self._posting, self._term, self._scorer)
        twin._at = self._at
        return twin

    def term(self) -> tuple[str, bytes]:
        """Name the field and the term."""
        return self._term

    def id(self) -> int:
        """Number the current passage."""
        return int(self._posting.passages[self._at])

    def next(self) -> None:
        """Go one posting on; raises Whoosh's `ReadTooFar` past the end."""
        if not self.is_active():
            raise ReadTooFar
        self._at += 1

    def skip_to(self, id: int) -> None:  # noqa: A002 - Whoosh's name
        """Go to the first passage not below `id`; raises `ReadTooFar` past the end."""
        if not self.is_active():
            raise ReadTooFar
        ahead = self._posting.passages[self._at :]
        self._at += int(np.searchsorted(ahead, id))

    def weight(self) -> float:
        """Count the term's occurrences in the current passage."""
        return float(self._posting.frequencies[self._at])

    def supports(self, astype: str) -> bool:
        """Say what `value_as` can give."""
        return astype in {"frequency", "weight", "positions"}

    def value_as(self, astype: str) -> Any:
        """Give positions, or the frequency, in the current passage."""
        return self._positions() if astype == "positions" else self.weight()

    def value(self) -> NoReturn:
        """Refuse: there is no encoded value; ask `value_as`."""
        raise TypeError("plait's postings have no encoded value; ask value_as('positions')")

    def _positions(self) -> list[int]:
        first, last = self._posting.position_starts[self._at : self._at + 2]
        places: list[int] = self._posting.positions[first:last].tolist()
        return places

    def spans(self) -> list[Span]:
        """Give the places of the term in the current passage."""
        return [Span(place) for place in self._positions()]

    def score(self) -> float:
        """Score the current passage, with the scorer Whoosh made for this term."""
        return float(self._scorer.score(self)) if self._scorer else self.weight()
