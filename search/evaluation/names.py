"""The name that each article of an index has in the judgements."""

from collections.abc import Iterable

from plait.index.errors import ReadingError
from plait.search.evaluation.collection import Qrels


def article_names(ids: Iterable[str], qrels: Qrels) -> dict[str, str]:
    """Return the name that each article of an index has in the judgements, by its id.

    The name is its id, or, where the judgements know no id, the name of its file: an
    article read from a file has a path as its id, and collections move. Raises
    `ReadingError` where they know neither, or where two files share a name.
    """
    ids = set(ids)
    judged = {article for grades in qrels.values() for article in grades}
    if judged & ids:
        return {id_: id_ for id_ in ids}
    files: dict[str, str] = {}
    for id_ in sorted(ids):
        name = id_.rpartition("/")[2]
        if name in files:
            raise ReadingError(f"{files[name]} and {id_} share a file name; rename one.")
        files[name] = id_
    if not judged & set(files):
        known = f"{len(judged)} articles are judged, such as {min(judged)!r}"
        raise ReadingError(f"{known}, and none of them is among the {len(ids)} of the index.")
    return {id_: name for name, id_ in files.items()}
