"""A system is one string: read, written, checked, and honoured by a search."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

from plait.index.errors import QueryError
from plait.index.leg import BM25
from plait.search.fusion import Convex, MinMax, ReciprocalRank
from plait.search.index import Index
from plait.search.legs.dense import Dense
from plait.search.legs.keyword import Keyword
from plait.search.stages.exact_finds import ExactFinds
from plait.search.stages.recency import Recency
from plait.search.stages.rerank import Rerank
from plait.search.stages.second_look import SecondLook
from plait.search.system import FUSIONS, Calibration, Options, System
from plait.search.systems import parse_systems

SHARE = st.floats(0, 1)
LARGE = st.floats(0, 100)
WORDS = st.fixed_dictionaries({}, optional={"k1": LARGE, "b": SHARE, "title": LARGE}).map(
    lambda words: Keyword(**words)
)
DURATION = st.from_regex(r"[1-9][0-9]{0,4}[dwmy]", fullmatch=True)
BOTH = st.tuples(WORDS, st.just(Dense()))
MODEL = st.from_regex(r"[\w./~: -]*[\w./~:-]", fullmatch=True).filter(lambda name: name[0] != " ")
RERANK = st.builds(
    Rerank,
    MODEL.filter(str.isprintable).filter(lambda name: name == name.strip()),
    st.integers(1, 10_000),
    st.none() | st.integers(1, 10**6),
)
SYSTEMS = st.one_of(
    st.builds(System, st.just((Dense(),)), rerank=st.none() | RERANK),
    st.builds(System, st.tuples(WORDS), rerank=st.none() | RERANK),
    st.builds(
        System,
        BOTH,
        st.builds(Convex, SHARE),
        st.tuples(
            st.builds(ExactFinds, st.sampled_from(["on", "off"])),
            st.builds(SecondLook, LARGE, SHARE),
            st.just(Recency()) | st.builds(Recency, DURATION, LARGE),
        ),
        rerank=st.none() | RERANK,
    ),
    st.builds(System, BOTH, st.builds(MinMax, SHARE), rerank=st.none() | RERANK),
    st.builds(System, BOTH, st.builds(ReciprocalRank, st.integers(0, 100_000))),
)


@given(SYSTEMS)
@example(System(rerank=Rerank("v2.0")))
def test_what_is_written_is_read_back(system: System) -> None:
    """Text and value are one to one, and the text is the repr."""
    assert System.parse(str(system)) == system
    assert str(System.parse(str(system))) == str(system) == repr(system)
    assert parse_systems(f"{system}; ") == (system,)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("keyword", "keyword"),
        (" hybrid ( ) ", "hybrid"),
        ("hybrid(fusion=convex, weight=0.850)", "hybrid"),
        ("hybrid(k=60,fusion=rrf)", "hybrid(fusion=rrf)"),
        ("hybrid(weight=1)", "hybrid(weight=1)"),
        ("hybrid(fusion=minmax, weight=.5)", "hybrid(fusion=minmax, weight=0.5)"),
        ("hybrid(recency=30)", "hybrid(recency=30d)"),
        ("hybrid(recency=2w, late=0, recency_weight=1.50)", "hybrid(late=0, recency=2w)"),
        ("keyword(b=0.75, k1=1.2)", "keyword(k1=1.2, b=0.75)"),
        ("dense>>rerank( model = a/b-c ,depth=20)", "dense >> rerank(model=a/b-c)"),
        (
            "hybrid(title=0) >> rerank(depth=50, budget_ms=200, model=m)",
            "hybrid(title=0) >> rerank(model=m, depth=50, budget_ms=200)",
        ),
    ],
)
def test_a_system_is_written_without_what_is_the_default(typed: str, written: str) -> None:
    """One text for one system, in one order."""
    assert str(System.parse(typed)) == written


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("magic", "no leg 'magic'; choose one of hybrid, keyword, dense"),
        ("", "cannot read the system ''"),
        ("hybrid(", "wanted LEG"),
        ("hybrid(weight)", "wanted NAME=VALUE"),
        ("hybrid(weight=.5, weight=.6)", "once"),
        (
            "hybrid(wieght=.5)",
            "choose one of fusion, weight, trust, late, neighbours, recency, recency_weight, ",
        ),
        ("hybrid(fusion=sum)", "no fusion 'sum'; choose one of convex, minmax, rrf"),
        ("dense(weight=.5)", "no dense parameter 'weight'; it takes none"),
        ("keyword(weight=.7)", "choose one of k1, b, title"),
        ("keyword(fusion=rrf)", "no keyword"),
        ("hybrid(k=60)", "no hybrid parameter 'k'"),
        ("hybrid(fusion=rrf, weight=.5)", r"no hybrid\(fusion=rrf\) parameter 'weight'"),
        ("hybrid(weight=1.5)", "weight is 1.5; wanted a number from 0 to 1"),
        ("hybrid(weight=nan)", "weight is nan"),
        ("hybrid(weight=half)", "weight is half"),
        ("hybrid(trust=half)", "no trust 'half'; choose one of on, off"),
        ("hybrid(fusion=rrf, trust=off)", r"no hybrid\(fusion=rrf\) parameter 'trust'"),
        ("keyword(k1=-1)", "k1 is -1"),
        ("hybrid(recency=1.5y)", "recency is '1.5y'; wanted days, weeks, months or years, as in"),
        ("hybrid(recency=0)", "recency is '0d'; wanted days"),
        ("hybrid(recency=30d, recency_weight=-1)", "recency_weight is -1.0; wanted a number"),
        ("hybrid(recency_weight=2)", "recency_weight is of no use alone; add a half-life"),
        ("hybrid(fusion=rrf, recency=30d)", r"no hybrid\(fusion=rrf\) parameter 'recency'"),
        ("keyword(recency=30d)", "no keyword parameter 'recency'; choose one of k1, b, title"),
        ("keyword(k1=inf)", "k1 is inf"),
        ("hybrid(fusion=rrf, k=1.5)", "k is 1.5; wanted a whole number"),
        ("hybrid >> hybrid", "no second stage 'hybrid'; choose one of rerank"),
        ("hybrid >> rerank", "no model"),
        ("hybrid >> rerank(depth=20)", r"rerank\(model=NAME\)"),
        ("hybrid >> rerank(model=m, depth=0)", "depth is 0"),
        ("hybrid >> rerank(model=m, width=1)", "choose one of model, depth, budget_ms"),
        ("hybrid >> rerank(model=m) >> rerank(model=m)", "3 stages"),
        ("rerank(model=m)", "no leg 'rerank'"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_choices(text: str, message: str) -> None:
    """A parameter that a leg would ignore is an error as well."""
    with pytest.raises(QueryError, match=message):
        System.parse(text)


def test_python_is_as_strict_as_the_text() -> None:
    """A System made by hand is checked in the same way."""
    with pytest.raises(QueryError, match="choose one of"):
        System(stages=(ExactFinds("magic"),))  # type: ignore[arg-type]
    with pytest.raises(QueryError, match=r"dense makes no use of Convex\(weight=0.5\)"):
        System((Dense(),), Convex(0.5))
    with pytest.raises(QueryError, match=r"keyword makes no use of Calibration\(p_slope=2"):
        System((Keyword(),), calibration=Calibration(2.0))
    with pytest.raises(QueryError, match=r"makes no use of ExactFinds\(trust='off'\)"):
        System(fusion=ReciprocalRank(), stages=(ExactFinds("off"),))
    with pytest.raises(QueryError, match="no hybrid parameter 'k'"):
        System().changed({"k": 60})
    with pytest.raises(QueryError, match="k1 is -1"):
        System((Keyword(k1=-1),))
    with pytest.raises(QueryError, match="whole number"):
        System(fusion=ReciprocalRank(1.5))  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="late is -1"):
        System(stages=(SecondLook(late=-1),))
    with pytest.raises(QueryError, match="recency is 30; wanted days"):
        System().changed({"recency": 30})
    with pytest.raises(QueryError, match="p_slope is 21"):
        System(calibration=Calibration(21))
    for value in ("0.5", None, True):  # a text would be shown that cannot be read back
        with pytest.raises(QueryError, match=f"weight is {value}; wanted a number"):
            System().changed({"weight": value})
    for legs in ((), "keyword", [Keyword()]):
        with pytest.raises(QueryError, match="wanted legs"):
            System(legs)  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="a leg twice"):
        System((Keyword(), Keyword(k1=2)))
    with pytest.raises(QueryError, match="'rrf' is no part of a system"):
        System(fusion="rrf")  # type: ignore[arg-type]
    for name in (None, "", " m", "a, b", "a >> b", "a;b", "a\n"):
        with pytest.raises(QueryError, match="rerank's model"):
            Rerank(name)  # type: ignore[arg-type]


def test_systems_are_listed_with_semicolons() -> None:
    """Each once, and at least one."""
    assert parse_systems("keyword;hybrid(weight=.6)") == (
        System.parse("keyword"),
        System.parse("hybrid(weight=0.6)"),
    )
    for text, message in (("; ", "no system"), ("hybrid; hybrid(weight=0.85)", "named twice")):
        with pytest.raises(QueryError, match=message):
            parse_systems(text)


def test_a_system_names_its_parts() -> None:
    """Every fusion and the BM25 parameters arrive where they are used."""
    assert System.parse("hybrid(k1=1.2, b=0.75)").legs == (Keyword(1.2, 0.75), Dense())
    asked: list[BM25] = []
    store: Any = SimpleNamespace(keyword_leg=asked.append)
    for leg in (Keyword(1.2, 0.75), Keyword(title=0.5)):
        leg.on(store)
    assert asked == [BM25(1.2, 0.75), BM25(title=0.5)]
    wanted = {"convex": Convex(0.85), "minmax": MinMax(0.85), "rrf": ReciprocalRank(60)}
    named = {fusion: System.parse(f"hybrid(fusion={fusion})").fusion for fusion in FUSIONS}
    assert named == wanted
    assert System.parse("hybrid(weight=0.8)").fusion.trusting(0.5) == Convex(0.4)
    alone = System((Keyword(),)), System((Dense(),))
    assert [str(system) for system in (System(), *alone)] == ["hybrid", "keyword", "dense"]
    assert [System.parse(mode) for mode in ("hybrid", "keyword", "dense")] == [System(), *alone]


def test_every_parameter_reaches_the_ranking(seeds: Index) -> None:
    """Each changes the scores of a bag of words and of a query with operators."""
    for query in ("peace treaty 1956", "+treaty 1956 island*"):
        seen = set()
        for text in (
            "hybrid",
            "hybrid(weight=0.6)",
            "hybrid(fusion=minmax)",
            "hybrid(fusion=rrf)",
            "hybrid(fusion=rrf, k=10)",
            "keyword",
            "keyword(k1=1.2)",
            "keyword(b=0.75)",
            "keyword(title=0.5)",
            "dense",
        ):
            hits = seeds.search(query, 20, Options(System.parse(text)))
            seen.add(tuple(round(hit.score, 9) for hit in hits))
        assert len(seen) == 10


def test_the_weights_ends_are_the_legs(seeds: Index) -> None:
    """All weight on one leg ranks as that leg does."""
    for weight, mode in ((1, "dense"), (0, "keyword")):
        system = System.parse(f"hybrid(weight={weight}, late=0, neighbours=0)")
        fused = seeds.search("peace treaty 1956", 5, Options(system))
        alone = seeds.search("peace treaty 1956", 5, Options(System.parse(mode)))
        assert [hit.passage.id for hit in fused] == [hit.passage.id for hit in alone]
