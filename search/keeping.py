"""Commands that look after an index: `plait remove`, `info`, `check` and `upgrade`.

Their parameters are options of the command line, and their docstrings its help.
"""

from dataclasses import asdict

from plait.index.errors import IndexDirectoryError
from plait.search.show import options as its
from plait.search.show.options import DEFAULT_INDEX, console


def remove(articles: its.Named, root: its.Root = DEFAULT_INDEX) -> None:
    """Remove articles from the index; their files stay. All of them, or none if one is unknown.

    A folder, or a pattern in quotes, as 'news/2019*', stands for all articles below it.
    """
    from plait.index.factory import reopen_writer
    from plait.index.forgetting import remove_articles
    from plait.search.show.catalogue import Catalogue
    from plait.search.show.terminal import removed_note

    with reopen_writer(root) as writer:
        ids = Catalogue.of_writer(writer).find(articles)
        remove_articles(writer, ids)
    console.say(removed_note(ids))


def info(
    root: its.Root = DEFAULT_INDEX, fields: its.WithFields = False, as_json: its.AsJson = False
) -> None:
    """Say what an index holds and what it was built with."""
    from plait.index.factory import facts_of, open_store, reading
    from plait.search.show.fields import field_lines

    if fields:
        store = open_store(root)
        with reading(store):
            known = store.fields()
        as_records = list(map(asdict, known.values()))
        console.json(as_records) if as_json else console.lines(field_lines(known))
        return
    facts = {"index": str(root)} | facts_of(root)
    lines = (f"{name:<11} {value}" for name, value in facts.items())
    console.json(facts) if as_json else console.lines(lines)


def upgrade(root: its.Root = DEFAULT_INDEX) -> None:
    """Convert an index of an earlier plait, so that it can be filtered; nothing is encoded again.

    `plait index` does so too.
    """
    from plait.index.factory import facts_of, open_store, reopen_writer

    before = open_store(root).has_fields
    with reopen_writer(root) as writer:
        writer.commit()
    if not open_store(root).has_fields:
        raise IndexDirectoryError(
            f"{root} could not be converted: the disk is full, or the process may open too few "
            "files. It is as it was; change that, and upgrade again."
        )
    done = "needs no conversion" if before else "was converted"
    console.say(f"{root} {done}: {facts_of(root)['articles']:,} articles, which can be filtered.")


def check(root: its.Root = DEFAULT_INDEX) -> None:
    """Compare every file of an index with its size and checksum."""
    from plait.index.factory import check_index

    console.say(f"{root}: all {check_index(root)} files are as they were written.")
