"""Surface forms: the words of the texts as they are written, beside the terms that they have.

Prefixes, fuzzy words and words with wildcards are compared with these, since the terms are stems:
`declarat*` begins no stem, and the mistake of `declaratoin~2` is where the stem is cut. A form may
outlive the last passage that has it, as long as another form of its term is there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plait.index.errors import damaged
from plait.index.files.arrays import Array, load_array
from plait.index.files.strings import StringTable
from plait.index.keyword.spellings import Spellings

_WILDCARDS = re.compile(r"[*?]")


@dataclass(frozen=True)
class Forms:
    """Forms of the terms of one field; those of term `t` are `strings[starts[t]:starts[t + 1]]`."""

    strings: StringTable
    starts: NDArray[np.int64]
    """Starts of each term's forms, and the end of the last, (terms + 1,)."""

    @classmethod
    def of(
        cls, terms: NDArray[np.int32], strings: Sequence[bytes], kept: NDArray[np.bool_], count: int
    ) -> "Forms":
        """Store the forms that are `kept`, of `count` terms; each once, in any order."""
        own = [strings[at] for at in np.flatnonzero(kept).tolist()]
        owners = terms[kept]
        order = np.argsort(owners, kind="stable")
        ordered = [own[at] for at in order.tolist()]
        starts = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=count))])
        several = np.flatnonzero(np.diff(starts) > 1)
        for begin, end in zip(starts[several].tolist(), starts[several + 1].tolist(), strict=True):
            ordered[begin:end] = sorted(ordered[begin:end])
        fresh = np.diff(owners[order], prepend=-1) > 0
        fresh |= np.array([a != b for a, b in pairwise([b"", *ordered])], bool)
        starts = np.concatenate([[0], np.cumsum(fresh)])[starts].astype(np.int64)
        return cls(StringTable.of(compress(ordered, fresh)), starts)

    @classmethod
    def load(cls, folder: Path, name: str) -> "Forms":
        """Open what `arrays(name)` described; raises `CorruptIndexError`."""
        starts = load_array(folder, f"{name}.starts", np.int64)
        found = cls(StringTable.load(folder, name), starts)
        if not len(starts) or starts[-1] != len(found.strings):
            raise damaged(folder / f"{name}.starts.npy", "it does not fit the forms")
        return found

    def arrays(self, name: str) -> dict[str, Array]:
        """Return the arrays under the names that `load` expects."""
        return self.strings.arrays(name) | {f"{name}.starts": self.starts}

    def between(self, first: int, last: int) -> "Forms":
        """Return the forms of a range of terms, not copied."""
        begin, end = self.starts[[first, last]].tolist()
        return Forms(self.strings.between(begin, end), self.starts[first : last + 1] - begin)

    def beginning_with(self, prefix: bytes) -> NDArray[np.int64]:
        """Return the terms with a form that begins with a prefix of UTF-8, ascending."""
        return self._terms(self._beginning_with(prefix))

    def near(self, word: str, edits: int) -> NDArray[np.int64]:
        """Return the terms with a form that at most `edits` edits turn into a word, ascending."""
        return self._terms(self.spellings.near(word, edits))

    def like(self, pattern: str) -> NDArray[np.int64]:
        """Return the terms with a form like a pattern, ascending.

        `*` stands for any letters, `?` for one.
        """
        pieces = _WILDCARDS.split(pattern)
        first, last = pieces[0].encode(), pieces[-1].encode()
        if first or last:
            near = self._ending_with(last, self._beginning_with(first))
        else:
            near = self._containing(max(pieces, key=len).encode())
        if pattern.count("*") == len(pieces) - 1 == 1:  # beginning and end are all there is
            return self._terms(near[self._sizes[near] >= len(first) + len(last)])
        signs = {"*": ".*", "?": "."}
        whole = re.compile("".join(signs.get(sign) or re.escape(sign) for sign in pattern))
        found = (whole.fullmatch(self.strings[number].decode()) for number in near.tolist())
        return self._terms(near[np.fromiter(map(bool, found), bool, len(near))])

    @cached_property
    def spellings(self) -> Spellings:
        """Letters of all forms; raises as `_sizes`."""
        _ = self._sizes
        return Spellings.of(self.strings)

    @cached_property
    def _sizes(self) -> NDArray[np.int32]:
        """Number of bytes of each form; raises `CorruptIndexError` for what no forms are."""
        sizes = np.diff(self.strings.offsets).astype(np.int32)
        rising = self.starts[0] == 0 and (np.diff(self.starts) >= 0).all()
        if not (rising and (sizes > 0).all() and self.strings.blob.all()):
            raise damaged("the index", "its surface forms contradict themselves")
        return sizes

    def _terms(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the terms of some forms, both ascending, each once."""
        terms = self.starts.searchsorted(numbers, "right") - 1
        return terms[np.diff(terms, prepend=-1) > 0]

    def _beginning_with(self, prefix: bytes) -> NDArray[np.int64]:
        blob, starts = self.strings.blob, self.strings.offsets[:-1]
        found = np.flatnonzero(self._sizes >= len(prefix))
        for at, byte in enumerate(prefix):
            found = found[blob[starts[found] + at] == byte]
        return found

    def _ending_with(self, ending: bytes, among: NDArray[np.int64]) -> NDArray[np.int64]:
        blob, ends = self.strings.blob, self.strings.offsets[1:]
        found = among[self._sizes[among] >= len(ending)]
        for at, byte in enumerate(reversed(ending), 1):
            found = found[blob[ends[found] - at] == byte]
        return found

    def _containing(self, letters: bytes) -> NDArray[np.int64]:
        """Return the forms in which letters begin; they may end in the next one."""
        begins = [
            own.start() for own in re.finditer(re.escape(letters), self.strings.blob.tobytes())
        ]
        found = self.strings.offsets.searchsorted(begins, "right") - 1
        return found[np.diff(found, prepend=-1) > 0]
