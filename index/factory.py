"""Factory of stores and writers by the place of an index: the one module that knows the kinds.

Imports what it opens when it is opened: `plait info` reads a manifest, and needs no arrays.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plait.index.errors import CorruptIndexError, PlaitError
from plait.index.language.languages import language_named
from plait.index.local.manifest import read_manifest
from plait.index.recipe import Recipe, check_recipe
from plait.index.store import Store, StoreSettings, Writer

if TYPE_CHECKING:
    from plait.index.models.encoder import Encoder


def open_store(place: str | Path, settings: StoreSettings | None = None) -> Store:
    """Open the newest generation of an index for reading; one that is open is shared.

    Raises `NoIndexError`, `CorruptIndexError`, and `FingerprintError` for another format.
    """
    from plait.index.local.store import shared_store  # noqa: PLC0415 - arrays, and Whoosh

    try:
        return shared_store(Path(place), settings)
    except CorruptIndexError:
        # Of another plait, which may write other arrays, all else is no damage.
        _refuse_terms_of_others(read_manifest(Path(place)).recipe, place)
        raise


def _refuse_terms_of_others(recipe: Recipe, place: str | Path) -> None:
    """Raise `FingerprintError` for an index whose terms this plait would not make."""
    from plait.index.language.analyzer import TextAnalyzer  # noqa: PLC0415 - likewise

    own = TextAnalyzer(language_named(recipe.language)).fingerprint
    check_recipe(recipe, replace(recipe, analyzer=own), place)


def open_writer(
    place: str | Path,
    encoder: "Encoder | None" = None,
    model: str = "",
    progress: Callable[[int], None] | None = None,
    language: str = "",
) -> Writer:
    """Open or make an index for writing; arguments and errors are `plait.IndexWriter`'s."""
    from plait.index.local.writer import IndexWriter  # noqa: PLC0415 - likewise

    return IndexWriter(place, encoder, model, progress, language)


def reopen_writer(place: str | Path) -> Writer:
    """Open an index for writing that must be there.

    Raises `NoIndexError`, and as `open_writer`.
    """
    read_manifest(Path(place))
    return open_writer(place)


def check_index(place: str | Path) -> int:
    """Compare every file of an index with its checksum; return how many there are.

    Raises `CorruptIndexError` that lists what differs, and `NoIndexError`.
    """
    from plait.index.local.snapshot import check_files  # noqa: PLC0415 - likewise

    return check_files(Path(place))


def facts_of(place: str | Path) -> dict[str, str | int]:
    """Return what an index holds and was built with, by name; raises `NoIndexError`."""
    return read_manifest(Path(place)).facts()


def writing_model(place: str | Path, model: str) -> "tuple[Encoder, str]":
    """Load a model to write with, by default the index's own; return also its name to record.

    Raises `ModelError` and `CorruptIndexError`.
    """
    from plait.index.local.model import writing_model as load  # noqa: PLC0415 - likewise

    return load(Path(place), model)


def made_anew(place: str | Path, encoder: "Encoder") -> str:
    """Return a line that says what of an index a writer would make anew; empty for nothing.

    Raises `CorruptIndexError`, and `FingerprintError` for a model that is not the index's.
    """
    from plait.index.local import outdated  # noqa: PLC0415 - likewise

    return outdated.made_anew(Path(place), encoder)


def record_system(place: str | Path, system: str) -> str:
    """Make `system` the index's own way of searching, empty for plait's; return what it was.

    Raises `NoIndexError`, `CorruptIndexError`, and `LockedError` while another process writes.
    """
    from plait.index.local import generations  # noqa: PLC0415 - likewise

    return generations.record_system(Path(place), system)


def load_recorded(recipe: Recipe, place: str | Path, given: "Encoder | None" = None) -> "Encoder":
    """Return the model an index was built with, or `given` if it is that one.

    Raises `ModelError`, and `FingerprintError` for a model that makes other vectors.
    """
    from plait.index.language.cutting import Cutting  # noqa: PLC0415 - likewise
    from plait.index.models.encoder import load_encoder  # noqa: PLC0415 - likewise

    encoder = given or load_encoder(recipe.model, fetch=False)
    cutting = Cutting(encoder.window, language=language_named(recipe.language)).fingerprint
    wanted = replace(
        recipe, encoder=encoder.fingerprint, cutting=cutting, dimension=encoder.dimension
    )
    check_recipe(recipe, wanted, place)
    return encoder


@contextmanager
def reading(store: Store) -> Iterator[None]:
    """Turn any exception while a store is read into an error that names a remedy.

    Raises `CorruptIndexError`, which reports whether the files are as they were written.
    Errors of plait and of the machine (`OSError`, `MemoryError`) pass as they are.
    """
    try:
        yield
    except (PlaitError, OSError, MemoryError):
        raise
    except Exception as error:
        store.check()
        raise CorruptIndexError(
            f"cannot read {store.name}: {error!r}. All its files have their checksums, so the "
            "fault is plait's, or of the program that wrote it. Please report it; indexing "
            "again into a new folder may help."
        ) from error
