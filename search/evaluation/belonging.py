"""What of judgements and runs does not belong to the articles of an index, in words."""

from collections.abc import Collection as Sized, Iterable, Iterator, Mapping

from plait.index.errors import ReadingError
from plait.index.summary import counted
from plait.search.evaluation.collection import Collection, Qrels, Run


def is_own(topic: str, article: str, qrels: Qrels) -> bool:
    """Return whether an article is the topic itself, by its id, and no answer to it.

    Some collections ask for what is like an article; BEIR leaves that one out of rankings.
    """
    return topic == article and qrels[topic].get(article, 0) <= 0


def without_own(
    topic: str, ranking: Iterable[tuple[str, float]], qrels: Qrels
) -> list[tuple[str, float]]:
    """Return articles with their scores, without the topic's own article."""
    return [(name, score) for name, score in ranking if not is_own(topic, name, qrels)]


def notes_on(
    collection: Collection, names: Mapping[str, str], runs: Mapping[str, Run]
) -> list[str]:
    """Return notes on what judgements and runs know and the index does not, and the reverse.

    `names` are those of the index's articles in the judgements. Raises `ReadingError` for a run
    of other topics or articles altogether.
    """
    known = set(names.values())
    notes = [_lacking(collection.qrels, known), _owns(collection, known)]
    for name, run in runs.items():
        notes += _of_run(name, run, collection, known)
    return [note for note in notes if note]


def _lacking(qrels: Qrels, known: Sized[str]) -> str:
    """Return a note on judged articles that the index lacks."""
    grades: dict[str, int] = {}
    for judged in qrels.values():
        for article, grade in judged.items():
            grades[article] = max(grade, grades.get(article, grade))
    lacking = [article for article in grades if article not in known]
    if not lacking:
        return ""
    relevant = sum(grades[article] > 0 for article in lacking)
    return (
        f"{len(lacking):,} of {counted(len(grades), 'judged article')} are not among the "
        f"{len(known):,} of the index, such as {min(lacking)!r}; {relevant:,} of them relevant, "
        "which no system can find"
    )


def _owns(collection: Collection, known: Sized[str]) -> str:
    """Return a note on articles that are left out since they are the topics themselves."""
    ids = [topic.id for topic in collection.topics if topic.id in known]
    left_out = [id_ for id_ in ids if is_own(id_, id_, collection.qrels)]
    if not left_out:
        return ""
    topics = counted(len(left_out), "topic")
    return f"left out of the rankings of {topics}, as BEIR does: the article with the topic's id"


def _of_run(name: str, run: Run, collection: Collection, known: Sized[str]) -> Iterator[str]:
    """Yield notes on a run: its articles that the index lacks, and topics that differ."""
    ids = {topic.id for topic in collection.topics}
    if not ids & set(run):
        raise ReadingError(f"run {name} ranks none of the topics of {collection.name}.")
    ranked = {article for topic, scores in run.items() if topic in ids for article in scores}
    lacking = [article for article in ranked if article not in known]
    judged = {article for grades in collection.qrels.values() for article in grades}
    if len(lacking) == len(ranked) and not ranked & judged:
        raise ReadingError(
            f"run {name} ranks {counted(len(ranked), 'article')}, such as {min(lacking)!r}, and "
            f"none is among the {len(known):,} of the index; do the files belong together?"
        )
    if lacking:
        yield (
            f"run {name}: {len(lacking):,} of {counted(len(ranked), 'article')} are not in the "
            f"index, such as {min(lacking)!r}"
        )
    if missing := ids - set(run):
        yield f"run {name} ranks nothing for {counted(len(missing), 'topic')}, counted as 0"
    if others := set(run) - ids:
        yield f"run {name}: {counted(len(others), 'topic')} of others, which are not measured"
