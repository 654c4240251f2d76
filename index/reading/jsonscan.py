"""Values of a text in JSON one after another, each with the position at which it begins.

Useful for arrays that are too large to hold as values, and for naming the line of a record.
"""

import json
import re
from collections.abc import Iterator

from plait.index.reading.jsonlines import with_single_names

BLANKS = re.compile(r"[ \t\n\r]*")

STRICT = json.JSONDecoder(object_pairs_hook=with_single_names)
PLAIN = json.JSONDecoder()


class Unusable(str):
    """Reason why a value that is JSON cannot be used."""

    __slots__ = ()


class Scanner:
    """Reader of a text in JSON; every method raises JSONDecodeError where the text is broken."""

    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        self.at = at
        self._skip()

    def peek(self) -> str:
        """Return the character that comes next; an empty string at the end."""
        return self.text[self.at : self.at + 1]

    def value(self) -> object:
        """Return the value that comes next; an `Unusable` for one with two fields of one name."""
        found: object
        try:
            found, end = STRICT.raw_decode(self.text, self.at)
        except json.JSONDecodeError:
            raise
        except ValueError as error:
            _, end = PLAIN.raw_decode(self.text, self.at)
            found = Unusable(error)
        self.at = end
        self._skip()
        return found

    def items(self) -> Iterator[tuple[int, object]]:
        """Yield the position and value of each item of the array that comes next."""
        self._take("[")
        while self.peek() != "]":
            yield self.at, self.value()
            if self.peek() != "]":
                self._take(",")
        self._take("]")

    def members(self) -> Iterator[tuple[str, int]]:
        """Yield the name and position of each value of the object that comes next."""
        self._take("{")
        while self.peek() != "}":
            name = str(self.value())
            self._take(":")
            yield name, self.at
            self.value()
            if self.peek() != "}":
                self._take(",")

    def _take(self, sign: str) -> None:
        """Pass a sign and the blanks after it."""
        if self.peek() != sign:
            raise json.JSONDecodeError(f"Expecting {sign!r}", self.text, self.at)
        self.at += 1
        self._skip()

    def _skip(self) -> None:
        found = BLANKS.match(self.text, self.at)
        self.at = found.end() if found else self.at
