"""Registry of formats: plait's own, those of installed packages, those of this program.

A package adds a format by an entry point of the group `plait.readers`, which names a
`Format` or a function that returns one:

    [project.entry-points."plait.readers"]
    epub = "plait_epub:FORMAT"

Packages are loaded once, when files are first searched for. A package whose format cannot
be used is a `Failure` of each run, not an exception: files of all other formats are read,
and those that the package would have read are not missed in silence.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from plait.index.errors import ReadingError
from plait.index.reading.failure import MAX_REASON_CHARACTERS, Failure, shortened
from plait.index.reading.formats import FORMATS, Format

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINT_GROUP = "plait.readers"
"""Group of the entry points by which packages add formats."""


class Registry:
    """Formats by suffix, each suffix once."""

    def __init__(self, formats: Iterable[Format] = FORMATS) -> None:
        self._formats: dict[str, Format] = {}
        self._failures: list[Failure] = []
        self._complete = False
        for one in formats:
            self._add(one)

    def register(self, added: Format) -> None:
        """Add a format after those of packages. Raises ReadingError for a suffix that is taken."""
        self._add_packages()
        self._add(added)

    def suffixes(self) -> tuple[str, ...]:
        """Return all suffixes, each with its dot, in the order in which they were added."""
        self._add_packages()
        return tuple(self._formats)

    def failures(self) -> tuple[Failure, ...]:
        """Return a failure for each package whose format cannot be used."""
        self._add_packages()
        return tuple(self._failures)

    def format_of(self, name: str) -> Format | None:
        """Return the format of a file's name, by its longest suffix; None for an unknown one."""
        self._add_packages()
        name = name.lower()
        ends = (name[at:] for at, letter in enumerate(name) if letter == ".")
        return next((self._formats[end] for end in ends if end in self._formats), None)

    def _add(self, added: Format) -> None:
        """Add a format, all of its suffixes or none."""
        for suffix in added.suffixes:
            known = self._formats.get(suffix, added)
            if known != added and not added.replaces:
                message = f"{added} wants {suffix}, which {known} has already"
                raise ReadingError(f"{message}: name another suffix, or set replaces=True")
        self._formats |= dict.fromkeys(added.suffixes, added)

    def _add_packages(self) -> None:
        """Add the formats of installed packages, once, in order of their entry points' names."""
        if self._complete:
            return
        self._complete = True  # now: a package may register a format while it is imported
        from importlib.metadata import entry_points  # noqa: PLC0415 - 20 ms, for files alone

        for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda e: (e.name, e.value)):
            try:
                self._add(format_at(entry))
            except Exception as error:  # noqa: BLE001 - a package may raise anything
                self._failures.append(unusable(entry, error))


def format_at(entry: "EntryPoint") -> Format:
    """Load an entry point. Raises ReadingError where it is no format and returns none."""
    found = entry.load()
    if not isinstance(found, Format) and callable(found):
        found = found()
    if isinstance(found, Format):
        return found
    wanted = "wanted a Format, or a function that returns one"
    raise ReadingError(f"{wanted}, found {type(found).__name__}")


def unusable(entry: "EntryPoint", error: Exception) -> Failure:
    """Return the failure of a package whose format cannot be used."""
    package = entry.dist.name if entry.dist else entry.module
    kind = "" if isinstance(error, ReadingError) else f"{type(error).__name__}: "
    found = shortened(f"{kind}{error}", MAX_REASON_CHARACTERS)
    reason = f"its format {entry.name!r} cannot be used ({found}): update the package, or remove it"
    return Failure(f"package {package}", reason)


REGISTRY = Registry()
"""Registry of this process."""


def register_reader(added: Format) -> None:
    """Add a format to those that this process reads.

    Files that are indexed already, read by another format, are read again when they change.
    Raises ReadingError for a suffix that another format has, unless the new one `replaces` it.
    """
    REGISTRY.register(added)


def suffixes() -> tuple[str, ...]:
    """Return the suffixes of files that are read inside folders, each with its dot."""
    return REGISTRY.suffixes()
