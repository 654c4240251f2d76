"""What an index lacks of what this plait would write, and what is made anew for it, in words."""

from dataclasses import dataclass, replace
from pathlib import Path

from plait.index.errors import NoIndexError
from plait.index.language.analyzer import TextAnalyzer
from plait.index.local.builder import Builder
from plait.index.local.manifest import FORMAT, Manifest, language_of, read_manifest
from plait.index.local.moving import move_of
from plait.index.models.encoder import Encoder
from plait.index.recipe import Recipe, check_recipe
from plait.index.summary import counted


@dataclass(frozen=True, slots=True)
class Outdated:
    """Differences of an index from one that this plait would make of the same articles."""

    manifest: Manifest
    wanted: Recipe
    """Recipe by which this plait would make it."""

    @property
    def is_cut_otherwise(self) -> bool:
        """Whether passages may begin and end elsewhere."""
        return self.manifest.recipe.cutting != self.wanted.cutting

    @property
    def is_analysed_otherwise(self) -> bool:
        """Whether terms may differ."""
        return self.manifest.recipe.analyzer != self.wanted.analyzer

    def __bool__(self) -> bool:
        """Return whether there is any difference."""
        is_old = self.manifest.format < FORMAT
        return is_old or self.is_cut_otherwise or self.is_analysed_otherwise

    def __str__(self) -> str:
        """Return what is made anew, and what is kept."""
        facts = self.manifest.facts()
        articles = counted(int(facts["articles"]), "article")
        if self.is_cut_otherwise:
            return (
                f"{articles} cut anew, and keywords; vectors are kept where a passage is the same"
            )
        if self.is_analysed_otherwise:
            return f"keywords of {counted(int(facts['passages']), 'passage')}; vectors are kept"
        return f"{articles} in format {FORMAT}; vectors are kept"


def outdated(manifest: Manifest, wanted: Recipe, root: Path) -> Outdated:
    """Return how an index differs from what this plait would make.

    Raises `FingerprintError` for another language or encoder, of which nothing can be kept.
    """
    replaced = replace(manifest.recipe, analyzer=wanted.analyzer, cutting=wanted.cutting)
    check_recipe(replaced, wanted, root)
    return Outdated(manifest, wanted)


def made_anew(root: Path, encoder: Encoder) -> str:
    """Return a line that says what a writer would make anew; empty for nothing, or for no index.

    Raises as `outdated` and `read_manifest`.
    """
    try:
        manifest = read_manifest(root)
    except NoIndexError:
        return ""
    builder = Builder(encoder, TextAnalyzer(language_of(manifest)))
    found = outdated(manifest, builder.recipe(manifest.recipe.model), root)
    told = f"{root} was made by another plait; made anew: {found}. {move_of(manifest, root)}"
    return told.rstrip() if found else ""
