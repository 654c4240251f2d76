"""A second stage: who is read, in what order they come, and what a score is made of."""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st
from safetensors.numpy import load_file, save_file

from plait.index.article import Article, Passage
from plait.index.errors import ModelError
from plait.search.context import context
from plait.search.hit import Explanation, Hit, LegPart
from plait.search.index import Index
from plait.search.show.terminal import HitLines
from plait.search.stages.rerank import Rerank
from plait.search.stages.reranking import (
    HITS_PER_BATCH,
    STEP_ABOVE_UNREAD,
    Reranker,
    load_reranker,
    rerank,
)
from plait.search.system import Options, System

QUERY = "peace treaty 1956 declaration"


@pytest.fixture(scope="module")
def tiny(cross_encoder: Path) -> Reranker:
    """Load the tiny model by its folder."""
    return load_reranker(str(cross_encoder))


@dataclass(slots=True)
class Told:
    """A reranker that says what it was told to, text by text, and counts its calls."""

    says: Sequence[float]
    calls: list[int] = field(default_factory=list)

    def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """Say the next scores."""
        assert query == "asked"
        done = sum(self.calls)
        self.calls.append(len(texts))
        assert [text.partition("\n")[0] for text in texts] == [
            f"title {done + at}" for at in range(len(texts))
        ]
        return self.says[done : done + len(texts)]


def hits_of(scores: Sequence[float]) -> list[Hit]:
    """Make a ranking with these scores, best first."""
    return [
        Hit(
            rank=at + 1,
            article=Article(f"a{at:03}", f"title {at}", "text"),
            passage=Passage(f"a{at:03}", 0, 0, 4, "text"),
            explanation=Explanation(
                {"keyword": LegPart(score, 0.0, 1.0, score)}, {"keyword": score}
            ),
        )
        for at, score in enumerate(sorted(scores, reverse=True))
    ]


def ticks(seconds: float) -> Iterator[float]:
    """Give a time that is later by so much whenever it is looked at."""
    now = 0.0
    while True:
        yield now
        now += seconds


def system_of(folder: Path, rest: str = "") -> System:
    """Name hybrid with the model of a folder behind it."""
    return System.parse(f"hybrid >> rerank(model={folder}{rest})")


@given(
    st.lists(
        st.tuples(st.floats(-50, 50), st.integers(0, 1000)),
        max_size=30,
        unique_by=lambda row: row[1],
    ),
    st.integers(1, 35),
)
def test_what_was_read_comes_first_by_its_score(rows: list[tuple[float, int]], depth: int) -> None:
    """Read hits by the model's score, the rest as it was; every score adds up; ranks count."""
    hits = hits_of([score for score, _ in rows])
    says = [said / 1000 for _, said in rows]
    found = rerank(hits, "asked", Rerank("m", depth), Told(says))
    read = min(depth, len(hits))
    order = sorted(range(read), key=lambda at: -says[at])
    assert [hit.article for hit in found[:read]] == [hits[at].article for at in order]
    assert [(h.article, h.score) for h in found[read:]] == [
        (h.article, h.score) for h in hits[read:]
    ]
    assert [hit.rank for hit in found] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    for hit in found[:read]:
        part = hit.explanation.rerank
        assert part
        assert hits[part.rank - 1].article == hit.article
        assert hit.score == pytest.approx(part.floor + part.score, abs=1e-9)


def test_a_score_by_hand() -> None:
    """Two of three are read: both stand at least a step above the third, and swap."""
    first, second, third = rerank(hits_of([3, 2, 1]), "asked", Rerank("m", 2), Told([0.25, 0.75]))
    assert [first.article.id, second.article.id, third.article.id] == ["a001", "a000", "a002"]
    assert [first.score, second.score, third.score] == [
        1 + STEP_ABOVE_UNREAD + 0.75,
        1 + STEP_ABOVE_UNREAD + 0.25,
        1,
    ]
    assert first.explanation.rerank
    assert first.explanation.rerank.part == 0.75
    assert (first.explanation.rerank.rank, first.explanation.rerank.floor) == (2, 2.0)
    assert third.explanation.rerank is None


def test_equal_scores_go_by_id() -> None:
    """Twins that the model cannot tell apart come in the order of their ids."""
    # Scores of which a sum of differences would round one up and another down.
    found = rerank(hits_of([4.107, 3.3, 0.51]), "asked", Rerank("m", 3), Told([0.07] * 3))
    assert [hit.article.id for hit in found] == ["a000", "a001", "a002"]
    assert [hit.score for hit in found] == [0.07, 0.07, 0.07]


@pytest.mark.parametrize(
    ("seconds", "batches"),
    [(0.0, 5), (0.06, 2), (0.1, 1), (7.0, 1)],
)
def test_no_batch_is_begun_after_the_budget(seconds: float, batches: int) -> None:
    """The clock is looked at before every batch but the first; the rest stays behind."""
    hits = hits_of(range(30))
    told = Told([at / 100 for at in range(30)])
    time = ticks(seconds)
    found = rerank(hits, "asked", Rerank("m", 20, budget_ms=100), told, lambda: next(time))
    read = batches * HITS_PER_BATCH
    assert told.calls == [HITS_PER_BATCH] * batches
    assert [hit.article.id for hit in found[:read]] == [f"a{at:03}" for at in reversed(range(read))]
    assert [hit.article.id for hit in found[read:]] == [f"a{at:03}" for at in range(read, 30)]


def test_without_a_budget_all_is_read() -> None:
    """However long it takes, and the last batch as short as it is."""
    told = Told([0.5] * 30)
    time = ticks(1e9)
    rerank(hits_of(range(30)), "asked", Rerank("m", 10), told, lambda: next(time))
    assert told.calls == [4, 4, 2]


def test_a_search_follows_the_models_scores(seeds: Index, cross_encoder: Path) -> None:
    """The first hits of the first stage, in the order sentence-transformers gives them."""
    from sentence_transformers import CrossEncoder  # noqa: PLC0415

    before = seeds.search(QUERY, 30)
    found = seeds.search(QUERY, 30, Options(system_of(cross_encoder, ", depth=12")))
    pairs = [(QUERY, f"{hit.article.title}\n{hit.passage.text}") for hit in before[:12]]
    # Its default activation is the logistic function.
    said = CrossEncoder(str(cross_encoder)).predict(pairs).tolist()
    wanted = sorted(range(12), key=lambda at: -said[at])
    assert len({round(score, 4) for score in said}) == 12
    assert [hit.passage.id for hit in found] == [
        *(before[at].passage.id for at in wanted),
        *(hit.passage.id for hit in before[12:]),
    ]
    scores = [hit.explanation.rerank.score for hit in found[:12] if hit.explanation.rerank]
    assert scores == pytest.approx([said[at] for at in wanted], abs=1e-6)


@pytest.mark.parametrize("mode", ["hybrid", "keyword", "dense", "hybrid(fusion=rrf)"])
@pytest.mark.parametrize("query", [QUERY, '"peace treaty" +Putin'])
def test_a_reranked_score_is_the_sum_of_its_explanation(
    seeds: Index, cross_encoder: Path, mode: str, query: str
) -> None:
    """Whatever comes first: the parts add up, and the score is floor and model's score."""
    system = System.parse(f"{mode} >> rerank(model={cross_encoder}, depth=5)")
    found = seeds.search(query, 10, Options(system))
    assert len(found) > 6
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    for hit in found:
        why = hit.explanation
        parts = [part.part for part in (why.keyword, why.dense, why.rerank) if part]
        assert hit.score == pytest.approx(sum(parts) + why.late + why.neighbours)
        assert (why.rerank is not None) == (hit.rank <= 5)
        if why.rerank:
            assert hit.score == pytest.approx(why.rerank.floor + why.rerank.score)
            assert why.rerank.floor == pytest.approx(found[5].score + STEP_ABOVE_UNREAD)


def test_the_score_depends_on_neither_k_nor_the_day(seeds: Index, cross_encoder: Path) -> None:
    """Asked again, for fewer, or by an index opened anew: the same hits, bit by bit."""
    options = Options(system_of(cross_encoder, ", depth=6"))
    found = seeds.search(QUERY, 20, options)
    assert seeds.search(QUERY, 20, options) == found
    assert seeds.search(QUERY, 3, options) == found[:3]
    again = Index.open(seeds.root, seeds.encoder)
    assert again.search(QUERY, 20, options) == found


def test_a_depth_beyond_the_hits_reads_them_all(seeds: Index, cross_encoder: Path) -> None:
    """The floor is 0 then, and the score the model's own."""
    query = "+declaration +1956 +singapore"
    before = seeds.search(query, 100)
    found = seeds.search(query, 100, Options(system_of(cross_encoder, ", depth=100")))
    assert 0 < len(found) == len(before) < 100
    assert {hit.passage.id for hit in found} == {hit.passage.id for hit in before}
    assert all(0 < hit.score < 1 for hit in found)
    assert seeds.search("+nowhereword", 5, Options(system_of(cross_encoder))) == []


def test_the_page_says_what_was_read(seeds: Index, cross_encoder: Path) -> None:
    """A line of the explanation for what the model read, none for the rest."""
    hits = seeds.search(QUERY, 3, Options(system_of(cross_encoder, ", depth=2")))
    page = HitLines(QUERY, seeds.analyzer, explain=True)
    shown = ["\n".join(page.lines(hit)) for hit in hits]
    assert all("rerank: score 0." in text and "was rank" in text for text in shown[:2])
    assert "rerank" not in shown[2]


def test_context_takes_a_second_stage(seeds: Index, cross_encoder: Path) -> None:
    """The first excerpt is of the passage that the model puts first."""
    system = system_of(cross_encoder)
    (best,) = seeds.search(QUERY, 1, Options(system, passages=True, operators=False))
    excerpt = context(seeds, QUERY, 2000, Options(system))[0]
    assert (excerpt.article.id, excerpt.start) == (best.article.id, best.passage.start)


def test_unknown_models_are_refused(seeds: Index, tmp_path: Path) -> None:
    """A missing folder, and one without a model, name the remedy."""
    with pytest.raises(ModelError, match="no model folder"):
        seeds.search(QUERY, 3, Options(system_of(tmp_path / "absent")))
    with pytest.raises(ModelError, match="is no model"):
        load_reranker(str(tmp_path))


def test_a_bare_name_belongs_to_the_cross_encoders(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in sentence-transformers; what is not on this machine is asked of the hub."""
    asked: list[str] = []

    def absent(hub_id: str, revision: str | None) -> Path | None:
        asked.append(f"{hub_id} {revision}")
        raise ModelError("not here")

    monkeypatch.setattr("plait.index.models.hub._hub_cache", absent)
    for name in ("ms-marco-MiniLM-L6-v2", "somebody/reader"):
        with pytest.raises(ModelError, match="not here"):
            load_reranker(name)
    assert asked == ["cross-encoder/ms-marco-MiniLM-L6-v2 None", "somebody/reader None"]


def test_an_encoder_is_no_reranker(cross_encoder: Path, tmp_path: Path) -> None:
    """A model without a head for pairs would be given one at random: it is refused."""
    copy = tmp_path / "encoder"
    shutil.copytree(cross_encoder, copy)
    (copy / "config_sentence_transformers.json").write_text("{}", encoding="utf-8")
    load_reranker(str(copy))
    settings = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    settings["architectures"] = ["BertModel"]
    (copy / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    with pytest.raises(ModelError, match="is no cross-encoder"):
        load_reranker(str(copy))


def test_a_model_that_transformers_saved_will_do(tiny: Reranker, cross_encoder: Path) -> None:
    """Without settings of sentence-transformers, as most cross-encoders are published."""
    folder = cross_encoder.parent / "bert"
    assert not (folder / "config_sentence_transformers.json").exists()
    texts = ["peace treaty", "war"]
    wanted = tiny.scores("peace", texts)
    assert load_reranker(str(folder)).scores("peace", texts) == pytest.approx(wanted, abs=1e-6)


def test_broken_models_are_errors(cross_encoder: Path, tmp_path: Path) -> None:
    """Weights that cannot be read, and settings that are none."""
    copy = tmp_path / "broken"
    shutil.copytree(cross_encoder, copy)
    (copy / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"cannot load .*broken"):
        load_reranker(str(copy))
    (copy / "config_sentence_transformers.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot read"):
        load_reranker(str(copy))


def test_models_of_several_classes_are_refused(cross_encoder: Path, tmp_path: Path) -> None:
    """Three numbers of a pair are no order."""
    copy = tmp_path / "classes"
    shutil.copytree(cross_encoder, copy)
    weights = load_file(copy / "model.safetensors")
    head = {name: weights[name] for name in ("classifier.weight", "classifier.bias")}
    tripled = {name: np.concatenate([values] * 3) for name, values in head.items()}
    save_file(weights | tripled, copy / "model.safetensors", {"format": "pt"})
    settings = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    settings["id2label"] = {str(label): f"class {label}" for label in range(3)}
    settings["label2id"] = {f"class {label}": label for label in range(3)}
    (copy / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    with pytest.raises(ModelError, match="3 classes"):
        load_reranker(str(copy))


def test_scores_that_are_no_numbers_are_an_error(cross_encoder: Path, tmp_path: Path) -> None:
    """A model whose weights are damaged so does not sort by chance."""
    copy = tmp_path / "nan"
    shutil.copytree(cross_encoder, copy)
    weights = load_file(copy / "model.safetensors")
    weights["classifier.bias"] *= np.nan
    save_file(weights, copy / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match="no numbers"):
        load_reranker(str(copy)).scores("peace", ["war"])


def test_a_text_scores_the_same_in_any_batch(tiny: Reranker) -> None:
    """Alone or among others, to rounding; and no text gives no score."""
    texts = ["peace " * length for length in (1, 9, 3)]
    alone = [tiny.scores("war", [text])[0] for text in texts]
    assert tiny.scores("war", texts) == pytest.approx(alone, abs=1e-6)
    assert list(tiny.scores("war", [])) == []
