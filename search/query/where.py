"""Reader of filters: `date >= 2018-11 and section in (politics, world) and not author = "x"`.

    NAME = VALUE   != > >= < <=        a date may be 2018, 2018-11, yesterday, last 30 days
    NAME in (VALUE, …)   NAME not in (VALUE, …)
    NAME exists   NAME not exists      has any value
    NAME contains VALUE                a part of a text, in any case
    NAME = begin*   NAME = ?at         a pattern; in quotes, * and ? are themselves
    NAME:VALUE   NAME:[2018 TO 2019]   words of a text; a range; as in a query line
    and   or   not   ( )

A value gets the type of its field; so an index's fields are needed to read a filter. `str` of
a filter is a text that is read as one that passes the same articles.
"""

import re
from collections.abc import Callable, Iterable
from typing import NoReturn

from plait.index.article import is_huge
from plait.index.errors import QueryError
from plait.index.filter import (
    KEYWORDS,
    All,
    Compare,
    Either,
    Exists,
    Filter,
    Not,
    OneOf,
    Operator,
    joined,
)
from plait.index.span import Span
from plait.search.query.known import Known

LONGEST_FILTER = 100_000
"""Greatest number of characters of a filter: one that lists ten thousand ids has so many."""
DEEPEST_FILTER = 50
"""Greatest depth of parentheses and of `not`."""
CHARACTERS_SHOWN = 56
"""Number of characters of a filter that an error shows: a line of a narrow terminal."""

_NAME = re.compile(r"`((?:[^`]|``)+)`|([^\s\"'`<>=!(),:\[\]{}]+)")
_LETTER = re.compile(r"[\w.-]")
"""Pattern of a letter of a plain name: `not_x` does not begin with the word `not`."""
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'', re.DOTALL)
_BARE = re.compile(r"[^\s\"(),\[\]{}]+")
"""Pattern of a word of a value; it may hold marks, as an address or a time of day does."""
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_OPERATORS: dict[str, Operator] = {
    "=": "=",
    "==": "=",
    ">": ">",
    ">=": ">=",
    "<": "<",
    "<=": "<=",
    "contains": "contains",
    "like": "like",
}
_NULLS = ("null", "none", "missing")


def parse_where(text: str, known: Known) -> Filter:
    """Return the filter of a text, whose values have the types of the fields that are known.

    Raises `QueryError` that shows where it cannot be read, and for an unknown field or a value of
    another type than the field's.
    """
    if len(text) > LONGEST_FILTER:
        raise QueryError(f"the filter has {len(text):,} characters; at most {LONGEST_FILTER:,}.")
    return _Reader(text, known).read()


def check_filter(tree: object, known: Known) -> Filter:
    """Return a filter of a program, its texts typed as the fields are; raises `QueryError`."""
    return _checked(tree, known, DEEPEST_FILTER)


def _checked(tree: object, known: Known, depth: int) -> Filter:
    if not depth:
        raise QueryError(f"the filter has more than {DEEPEST_FILTER} conditions within each other.")
    match tree:
        case Compare():
            return _with_type(known.name(tree.field), tree.operator, tree.value, known)
        case OneOf():
            name = known.name(tree.field)
            return _any_of(name, [_with_type(name, "=", value, known) for value in tree.values])
        case Exists():
            return Exists(known.name(tree.field))
        case Not():
            return Not(_checked(tree.part, known, depth - 1))
        case All() | Either():
            return type(tree)(tuple(_checked(part, known, depth - 1) for part in tree.parts))
    raise QueryError(f"no filter: {tree!r}; give a text, or one made by plait.Field.")


def _with_type(name: str, operator: Operator, value: object, known: Known) -> Filter:
    if isinstance(value, str):
        return known.compared(name, operator, value)
    if not isinstance(value, bool | int | float | Span) or is_huge(value):
        raise QueryError(f"{name} {operator} {value!r}: wanted a text, a number, a flag or a date.")
    known.check_type(name, operator, value)
    return Compare(name, operator, value)


def _any_of(name: str, parts: Iterable[Filter]) -> Filter:
    """Return the filter of articles that pass any of some comparisons of one field."""
    each = [leaf for part in parts for leaf in (part.parts if isinstance(part, Either) else [part])]
    plain = [leaf.value for leaf in each if isinstance(leaf, Compare) and leaf.operator == "="]
    return OneOf(name, tuple(plain)) if len(plain) == len(each) else Either(tuple(each))


class _Reader:
    """Reader of one filter, by recursive descent."""

    def __init__(self, text: str, known: Known) -> None:
        self.text, self.known = text, known
        self._at = self._depth = 0

    def read(self) -> Filter:
        """Return the filter; raises `QueryError`."""
        if not self.text.strip():
            raise QueryError("the filter is empty; write one, as in 'date >= 2018'.")
        found = self._either()
        self._skip()
        if self._at < len(self.text):
            self._fail("wanted `and`, `or` or the end")
        return found

    def _skip(self) -> None:
        """Go past blanks."""
        while self._at < len(self.text) and self.text[self._at].isspace():
            self._at += 1

    def _take(self, *wanted: str) -> str:
        """Return the first of some marks or words that comes next, and go past it; else nothing."""
        self._skip()
        for one in wanted:
            end = self._at + len(one)
            is_whole = not (one.isalpha() and _LETTER.match(self.text, end))
            if self.text[self._at : end].lower() == one and is_whole:
                self._at = end
                return one
        return ""

    def _need(self, *wanted: str) -> str:
        return self._take(*wanted) or self._fail(f"wanted {' or '.join(wanted)}")

    def _fail(self, why: str) -> NoReturn:
        self._skip()
        where = f"at character {self._at + 1}" if self._at < len(self.text) else "at its end"
        raise QueryError(f"cannot read the filter: {why} {where}.\n{shown_at(self.text, self._at)}")

    def _joined(self, word: str, part: Callable[[], Filter], kind: type[All | Either]) -> Filter:
        parts = [part()]
        while self._take(word):
            parts.append(part())
        return joined(kind, parts)

    def _either(self) -> Filter:
        return self._joined("or", self._all, Either)

    def _all(self) -> Filter:
        return self._joined("and", self._one, All)

    def _one(self) -> Filter:
        self._depth += 1
        if self._depth > DEEPEST_FILTER:
            self._fail(f"more than {DEEPEST_FILTER} conditions within each other")
        if self._take("not"):
            found: Filter = Not(self._one())
        elif self._take("("):
            found = self._either()
            self._need(")")
        else:
            found = self._condition()
        self._depth -= 1
        return found

    def _condition(self) -> Filter:
        self._skip()
        begin, found = self._at, _NAME.match(self.text, self._at)
        if not found or found[0].lower() in KEYWORDS:
            self._fail("wanted the name of a field")
        self._at = found.end()
        typed = found[1].replace("``", "`") if found[1] else found[2]
        name = self.known.name(typed, shown_at(self.text, begin))
        if self._take("is"):
            return self._null(name)
        if self._take("not"):
            return Not(self._predicate(name, self._need("in", "exists", "contains", "like")))
        return self._predicate(name, self._take("in", "exists", "contains", "like"))

    def _null(self, name: str) -> Filter:
        is_not = self._take("not")
        self._need(*_NULLS)
        return Exists(name) if is_not else Not(Exists(name))

    def _predicate(self, name: str, word: str) -> Filter:
        mark = word or self._take("!=", "<>", "==", ">=", "<=", "=", ">", "<", ":")
        match mark:
            case "exists":
                return Exists(name)
            case "in":
                return self._one_of(name)
            case "!=" | "<>":
                return Not(self._compared(name, "="))
            case ":":
                return self._colon(name)
            case _ if mark:
                return self._compared(name, _OPERATORS[mark])
        return self._fail(f"wanted a comparison of {name}, such as = or >= or in,")

    def _one_of(self, name: str) -> Filter:
        closing = {"(": ")", "[": "]"}[self._need("(", "[")]
        parts: list[Filter] = []
        while not self._take(closing):
            parts.append(self._compared(name, "="))
            if not self._take(","):
                self._need(closing)
                break
        return _any_of(name, parts)

    def _colon(self, name: str) -> Filter:
        """Read what comes after `NAME:`, as in a query line."""
        if opening := self._take("[", "{"):
            return self._range(name, opening)
        if self._take("("):
            parts = [self._compared(name, ":")]
            while not self._take(")"):
                self._take("or", ",")
                parts.append(self._compared(name, ":"))
            return Either(tuple(parts))
        return self._compared(name, _OPERATORS.get(self._take(">=", "<=", ">", "<"), ":"))

    def _range(self, name: str, opening: str) -> Filter:
        """Read `[2018 TO 2019]`; a brace leaves out its end, a star or nothing leaves it open."""
        low = self._end()
        self._need("to")
        high = self._end()
        closing = self._need("]", "}")
        ends: list[tuple[Operator, tuple[str, int] | None]] = [
            (">=" if opening == "[" else ">", low),
            ("<=" if closing == "]" else "<", high),
        ]
        parts = [self._comparison(name, operator, *end) for operator, end in ends if end]
        return joined(All, parts) if parts else Exists(name)

    def _end(self) -> tuple[str, int] | None:
        """Read one end of a range, and where it begins; None for an open one."""
        self._skip()
        begin = self._at
        if self._take("to", "]", "}"):
            self._at = begin
            return None
        return None if self._take("*") else (self._written(), begin)

    def _compared(self, name: str, operator: Operator) -> Filter:
        """Read a value, and return the comparison with it."""
        self._skip()
        begin, is_quoted = self._at, self.text[self._at : self._at + 1] in {'"', "'"}
        value = self._written()
        if not is_quoted and operator in {"=", ":"} and value == "*":
            return Exists(name)
        is_pattern = not is_quoted and {"*", "?"} & {*value} and operator in {"=", ":"}
        if is_pattern and not (operator == ":" and name == "source"):
            operator = "like"
        return self._comparison(name, operator, value, begin)

    def _comparison(self, name: str, operator: Operator, value: str, at: int) -> Filter:
        """Return the comparison with a value that is written at a place."""
        return self.known.compared(name, operator, value, shown_at(self.text, at))

    def _written(self) -> str:
        """Read a value: one in quotes, or words up to a mark or a word of the language."""
        self._skip()
        if found := _QUOTED.match(self.text, self._at):
            self._at = found.end()
            return _ESCAPED.sub(r"\1", found[1] if found[1] is not None else found[2])
        words: list[str] = []
        while (bare := _BARE.match(self.text, self._at)) and bare[0].lower() not in KEYWORDS:
            if words and bare[0][0] in "=<>!":
                self._fail("wanted `and` or `or` before the next condition, or quotes,")
            words.append(bare[0])
            self._at = bare.end()
            self._skip()
        return " ".join(words) or self._fail("wanted a value; one that has marks goes in quotes")


def shown_at(text: str, at: int) -> str:
    """Return two lines: the text, and a mark below one of its characters.

    Of a long text it is the part around that character.
    """
    first = max(at - CHARACTERS_SHOWN // 2, 0)
    line = "".join(c if c.isprintable() else " " for c in text[first : first + CHARACTERS_SHOWN])
    return f"{line}\n{' ' * (at - first)}^"
