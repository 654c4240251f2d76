"""Summary of a run of indexing: counts of articles and files, and failures."""

from __future__ import annotations  # readers take a tenth of a second to import

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

LISTED_KINDS = 8
"""Kinds of files that are named; a folder of programs has dozens."""

if TYPE_CHECKING:
    from plait.index.reading import Failure
    from plait.index.store import Change


@dataclass(slots=True)
class Summary:
    """Counts and failures of one run of indexing."""

    added: int = 0
    """Articles whose ids are new to the index."""
    updated: int = 0
    """Articles that replaced others of their ids."""
    unchanged: int = 0
    """Articles that were read again and had not changed."""
    removed: int = 0
    """Articles removed by `prune`."""
    repeated: int = 0
    """Records that were there twice, the same in all that they say."""
    skipped: int = 0
    """Files not read again, since their size and time of change were as before."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Numbers of the files in folders that no reader is for, by suffix; empty for one without."""
    failures: list[Failure] = field(default_factory=list)
    """Failures to report: the first ten of each source, then one that counts the others."""
    notices: list[str] = field(default_factory=list)
    """Lines to report that are no failures: fields whose type changed, each once."""
    failed: int = 0
    """Number of failures, those that are only counted included."""

    def count(self, change: Change) -> None:
        """Count one article by what the writer did with it."""
        match change:
            case "added":
                self.added += 1
            case "updated":
                self.updated += 1
            case "unchanged":
                self.unchanged += 1

    def fail(self, failure: Failure) -> None:
        """Count a failure and report it."""
        self.failed += 1
        self.failures.append(failure)

    def __str__(self) -> str:
        """Return the counts that are not 0, as in `98 articles added; 1 file unchanged`."""
        counts = {
            "added": self.added,
            "updated": self.updated,
            "removed": self.removed,
            "read again and unchanged": self.unchanged,
            "there twice": self.repeated,
        }
        articles = [f"{count} {done}" for done, count in counts.items() if count]
        if articles:
            number, _, done = articles[0].partition(" ")
            articles[0] = f"{counted(int(number), 'article')} {done}"
        parts = [", ".join(articles)]
        parts += [f"{counted(self.skipped, 'file')} unchanged" if self.skipped else ""]
        parts += [counted(self.failed, "failure") if self.failed else ""]
        return "; ".join(filter(None, parts)) or "no articles found"

    def others(self) -> str:
        """Return a line that names the files left out by kind, the most first; empty for none.

        As in `6 files of other kinds left out: 3 .eml, 2 .pdf, 1 without suffix.`
        """
        if not self.left_out:
            return ""
        ordered = sorted(self.left_out.items(), key=lambda kind: (-kind[1], kind[0]))
        parts = [f"{count:,} {suffix or 'without suffix'}" for suffix, count in ordered]
        if len(parts) > LISTED_KINDS:
            rest = sum(count for _, count in ordered[LISTED_KINDS:])
            parts = [*parts[:LISTED_KINDS], f"{rest:,} of {len(parts) - LISTED_KINDS:,} more kinds"]
        whole = counted(self.left_out.total(), "file")
        return f"{whole} of other kinds left out: {', '.join(parts)}."


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it is not 1.

    >>> counted(1, "file"), counted(12000, "file")
    ('1 file', '12,000 files')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
