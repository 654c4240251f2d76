"""Commands that look after an index: `plait remove`, `info`, `check` and `reindex`.

Their parameters are options of the command line, and their docstrings its help.
"""

from dataclasses import asdict

from plait.search.show import options as its
from plait.search.show.options import DEFAULT_INDEX, console


def remove(articles: its.Named, root: its.Root = DEFAULT_INDEX) -> None:
    """Remove articles from the index; their files stay. All of them, or none if one is unknown.

    A folder, or a pattern in quotes, as 'news/2019*', stands for all articles below it.
    """
    from plait.index.factory import facts_of
    from plait.index.forgetting import remove_articles
    from plait.search.show.catalogue import Catalogue
    from plait.search.show.terminal import removed_note
    from plait.search.show.writing import writing

    facts_of(root)  # where there is no index, none is made
    with writing(root, console) as (writer, _):
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


def reindex(root: its.Root = DEFAULT_INDEX) -> None:
    """Make an index of another plait anew, of its own articles; their files are not read.

    What is encoded already is kept, and the index is as it was until all is done. `plait index`
    does so too.
    """
    from plait.index.factory import facts_of
    from plait.index.summary import counted
    from plait.search.show.writing import writing

    before = facts_of(root)["generation"]
    with writing(root, console):
        pass
    facts = facts_of(root)
    done = "needs no remaking" if facts["generation"] == before else "was made anew"
    console.say(f"{root} {done}: {counted(int(facts['articles']), 'article')}.")


def check(root: its.Root = DEFAULT_INDEX) -> None:
    """Compare every file of an index with its size and checksum."""
    from plait.index.factory import check_index

    console.say(f"{root}: all {check_index(root)} files are as they were written.")
