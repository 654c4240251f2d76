"""The name that each article of an index has in the judgements."""

from collections.abc import Iterable

from plait.index.errors import ReadingError
from plait.search.evaluation.collection import Qrels


def article_names(ids: Iterable[str], qrels: Qrels) -> dict[str, str]:
    """Return the name that each article of an index has in the judgements, by its id.

    The name is its id, or, where the judgements know no such id, the name of its file: an
    article read from a file has a path as its id, and collections move. Raises
    `ReadingError` where they know none of the articles, or where two files share a name.
    """
    ids = set(ids)
    judged = {article for grades in qrels.values() for article in grades}
    files: dict[str, list[str]] = {}
    for id_ in sorted(ids - judged):
        files.setdefault(id_.rpartition("/")[2], []).append(id_)
    by_file = {name: paths for name, paths in files.items() if name not in ids}
    if shared := next(
        (by_file[name] for name in sorted(judged & set(by_file)) if by_file[name][1:]), None
    ):
        raise ReadingError(f"{shared[0]} and {shared[1]} share a file name; rename one.")
    if not judged & (ids | set(by_file)):
        known = f"{len(judged)} articles are judged, such as {min(judged)!r}"
        raise ReadingError(f"{known}, and none of them is among the {len(ids)} of the index.")
    names = {id_: id_ for id_ in ids}
    if judged & set(by_file):
        names |= {paths[0]: name for name, paths in by_file.items() if not paths[1:]}
    return names
