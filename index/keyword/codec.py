"""Whoosh codec that reads plait's keyword arrays; tests compare plait's scores with Whoosh's."""

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
from plait.index.language.terms import EXTENT_BITS


def whoosh_reader(reader: KeywordReader, schema: Schema) -> SegmentReader:
    """Return a Whoosh reader of plait's arrays, on which all of Whoosh's query classes run."""
    codec = ArrayCodec(reader)
    return SegmentReader(RamStorage(), schema, codec.segment, codec=codec)


class ArrayCodec(Codec):
    """Shows a whole `KeywordReader` to Whoosh as one segment."""

    def __init__(self, reader: KeywordReader) -> None:
        self.reader = reader
        self.segment = ArraySegment(reader)

    def terms_reader(self, storage: object, segment: object) -> TermsReader:
        """Return the reader of dictionary and postings."""
        return ArrayTerms(self.reader)

    def per_document_reader(self, storage: object, segment: object) -> PerDocumentReader:
        """Return the reader of field lengths and deletions."""
        return ArrayDocuments(self.segment)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(
            "plait's segments are written by plait.index.local.writer, not through Whoosh"
        )

    per_document_writer = field_writer = postings_writer = _refuse
    postings_reader = new_segment = _refuse


class ArraySegment(Segment):
    """Size and deletions of the whole index, as one segment of Whoosh's."""

    def __init__(self, reader: KeywordReader) -> None:
        super().__init__("plait")  # type: ignore[no-untyped-call]
        self.reader = reader

    def doc_count_all(self) -> int:
        """Return the number of passages, deleted ones included."""
        return len(self.reader)

    def deleted_count(self) -> int:
        """Return the number of deleted passages."""
        return len(self.reader) - self.reader.count

    def deleted_docs(self) -> Iterable[int]:
        """Return the numbers of deleted passages."""
        return map(int, np.flatnonzero(~self.reader.alive))

    def is_deleted(self, docnum: int) -> bool:
        """Return whether a passage is deleted; Whoosh also asks for the one past the end."""
        return docnum < len(self.reader) and not self.reader.alive[docnum]

    def delete_document(self, docnum: int, delete: bool = True) -> NoReturn:  # noqa: FBT001, FBT002
        """Refuse: articles are removed by `plait.index.local.writer`."""
        raise TypeError(
            "plait's articles are removed by plait.index.local.writer, not through Whoosh"
        )


class ArrayTerms(TermsReader):
    """Dictionary and postings for Whoosh. Terms are (field, UTF-8 bytes)."""

    def __init__(self, reader: KeywordReader) -> None:
        self.reader = reader

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self.reader.posting(*term) is not None

    def indexed_field_names(self) -> list[str]:
        """Return the names of the fields."""
        return self.reader.fields

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Yield all terms of all fields."""
        return (pair for field in self.reader.fields for pair in self.terms_from(field, b""))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield the terms of one field from `prefix` on."""
        return ((fieldname, term) for term in self.reader.terms(fieldname, prefix))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Yield all terms with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Yield one field's terms from `prefix` on, with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def _posting(self, fieldname: str, text: bytes) -> Posting:
        posting = self.reader.posting(fieldname, text)
        if posting is None:
            raise TermNotFound(f"no term {text!r} in field {fieldname!r}")
        return posting

    def frequency(self, fieldname: str, text: bytes) -> int:
        """Return the number of a term's occurrences."""
        posting = self.reader.posting(fieldname, text)
        return int(posting.frequencies.sum()) if posting else 0

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Return the number of passages that contain a term."""
        posting = self.reader.posting(fieldname, text)
        return len(posting.passages) if posting else 0

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Return a term's statistics; raises Whoosh's `TermNotFound`."""
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
        """Return a matcher of the passages that contain a term."""
        return ArrayMatcher(self._posting(fieldname, text), (fieldname, text), scorer)

    def cursor(self, fieldname: str, fieldobj: object) -> FieldCursor:
        """Return a cursor on the terms of a field."""
        return ArrayCursor(self.reader, fieldname)


class ArrayDocuments(PerDocumentReader):
    """Field lengths and deletions for Whoosh."""

    def __init__(self, segment: ArraySegment) -> None:
        self.segment, self.reader = segment, segment.reader

    def doc_count(self) -> int:
        """Return the number of live passages."""
        return self.reader.count

    def doc_count_all(self) -> int:
        """Return the number of passages, deleted ones included."""
        return len(self.reader)

    def has_deletions(self) -> bool:
        """Return whether any passage is deleted."""
        return self.segment.deleted_count() > 0

    def is_deleted(self, docnum: int) -> bool:
        """Return whether a passage is deleted."""
        return self.segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterable[int]:
        """Return the numbers of deleted passages."""
        return self.segment.deleted_docs()

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Return the number of terms in a passage's field."""
        return int(self.reader.lengths(fieldname)[docnum])

    def field_length(self, fieldname: str) -> int:
        """Return the number of terms in a field over all live passages."""
        return self.reader.total_length(fieldname)

    def min_field_length(self, fieldname: str) -> int:
        """Return the least number of terms in a passage's field."""
        return int(self.reader.lengths(fieldname).min(initial=0))

    def max_field_length(self, fieldname: str) -> int:
        """Return the greatest number of terms in a passage's field."""
        return int(self.reader.lengths(fieldname).max(initial=0))

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Return nothing: `plait.index.local.segment` holds the articles."""
        return {}


class ArrayCursor(FieldCursor):
    """Cursor on one field's terms, in order."""

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
        """Go to the next term."""
        self._at += 1
        return self.text()

    def text(self) -> str | None:
        """Return the current term; None past the end."""
        return self._terms[self._at] if self.is_valid() else None

    def is_valid(self) -> bool:
        """Return whether there is a current term."""
        return self._at < len(self._terms)


class ArrayMatcher(Matcher):
    """Matcher of the passages that contain one term."""

    def __init__(self, posting: Posting, term: tuple[str, bytes], scorer: Any) -> None:
        self._posting = posting
        self._term = term
        self._scorer = scorer
        self._at = 0

    def is_active(self) -> bool:
        """Return whether there is a current posting."""
        return self._at < len(self._posting.passages)

    def reset(self) -> None:
        """Go back to the first posting."""
        self._at = 0

    def copy(self) -> "ArrayMatcher":
        """Return another matcher at the same posting."""
        twin = ArrayMatcher(self._posting, self._term, self._scorer)
        twin._at = self._at
        return twin

    def term(self) -> tuple[str, bytes]:
        """Return the field and the term."""
        return self._term

    def id(self) -> int:
        """Return the number of the current passage."""
        return int(self._posting.passages[self._at])

    def next(self) -> None:
        """Go to the next posting; raises Whoosh's `ReadTooFar` past the end."""
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
        """Return the number of the term's occurrences in the current passage."""
        return float(self._posting.frequencies[self._at])

    def supports(self, astype: str) -> bool:
        """Return whether `value_as` returns this."""
        return astype in {"frequency", "weight", "positions"}

    def value_as(self, astype: str) -> Any:
        """Return the term's positions, or its frequency, in the current passage."""
        return self._positions() if astype == "positions" else self.weight()

    def value(self) -> NoReturn:
        """Refuse: there is no encoded value; ask `value_as`."""
        raise TypeError("plait's postings have no encoded value; ask value_as('positions')")

    def _positions(self) -> list[int]:
        first, last = self._posting.position_starts[self._at : self._at + 2]
        places: list[int] = (self._posting.positions[first:last] >> EXTENT_BITS).tolist()
        return places

    def spans(self) -> list[Span]:
        """Return the term's positions in the current passage as spans."""
        return [Span(place) for place in self._positions()]

    def score(self) -> float:
        """Return the score of the current passage, by Whoosh's scorer of this term."""
        return float(self._scorer.score(self)) if self._scorer else self.weight()
