"""Why an article ranks where it does, or not at all."""

import pytest

from plait.index.errors import NotFoundError
from plait.search.index import Index
from plait.search.settings import Settings
from plait.search.system import Options, System
from plait.search.why import explain_rank

DECLARATION = "articles/kuril-irkutsk-2001.txt"
OTHER = "articles/abm-treaty-withdrawal-2002.txt"


@pytest.mark.parametrize(
    "system",
    ["hybrid", "keyword", "dense", "hybrid(k1=1.2, b=0.75, title=0)", "hybrid(fusion=rrf)"],
)
def test_the_rank_is_the_searchs(seeds: Index, system: str) -> None:
    """Rank, score and explanation are those of the search itself."""
    options = Options(System.parse(system))
    for hit in seeds.search("peace treaty 1956 declaration", 30, options):
        reasons = explain_rank(seeds, "peace treaty 1956 declaration", hit.article.id, options)
        assert reasons.standing
        assert reasons.standing.rank == hit.rank
        assert reasons.standing.score == hit.score
        assert reasons.explanation == hit.explanation
        assert reasons.stage == ""


def test_each_leg_and_each_word_is_told(seeds: Index) -> None:
    """Legs rank as they do alone; words are found or missing, by how many have them."""
    reasons = explain_rank(seeds, "peace treaty sourdough", OTHER)
    for mode in ("keyword", "dense"):
        standing = reasons.legs[mode]
        options = Options(System.parse(mode))
        found = [h.article.id for h in seeds.search("peace treaty sourdough", 98, options)]
        assert standing
        assert found[standing.rank - 1] == OTHER
        assert standing.of == len(found)
    assert reasons.found == ("treati",)
    assert reasons.missing["sourdough"] == 0
    assert reasons.missing["peac"] > 0


def test_other_weights_are_tried(seeds: Index) -> None:
    """The rank at each weight is the rank of a search with it."""
    reasons = explain_rank(seeds, "declaration of Irkutsk", OTHER)
    for weight in (0.0, 0.5, 1.0):
        options = Options(System.parse(f"hybrid(weight={weight})"))
        hits = seeds.search("declaration of Irkutsk", 98, options)
        assert reasons.by_weight[weight] == [hit.article.id for hit in hits].index(OTHER) + 1
    assert f"rank {min(reasons.by_weight.values())} is its best" in "\n".join(reasons.lines())


@pytest.mark.parametrize(
    ("query", "system", "stage"),
    [
        ("sourdough", "keyword", "any of the query's words"),
        ("+sourdough treaty", "hybrid", "operators"),
    ],
)
def test_the_stage_is_named(seeds: Index, query: str, system: str, stage: str) -> None:
    """An article that is not ranked was lost somewhere."""
    reasons = explain_rank(seeds, query, DECLARATION, Options(System.parse(system)))
    assert reasons.standing is None
    assert reasons.explanation is None
    assert stage in reasons.stage
    assert "not ranked" in "\n".join(reasons.lines())


def test_an_unknown_article_is_an_error(seeds: Index) -> None:
    """What is not indexed is not found, and the message says so."""
    with pytest.raises(NotFoundError, match="plait index"):
        explain_rank(seeds, "peace", "nothing.txt")
    with pytest.raises(NotFoundError, match="is a passage; ask for its article, articles/"):
        explain_rank(seeds, "peace", f"{OTHER}#1")


@pytest.mark.folder
def test_candidates_are_the_last_stage(seeds: Index) -> None:
    """With few candidates, what neither leg proposes is lost there."""
    index = Index.open(seeds.root, seeds.encoder, Settings(candidates_per_leg=3))
    reasons = explain_rank(index, "island fishing", OTHER)
    assert "the 3 best of a leg" in reasons.stage
    assert reasons.legs["dense"]
