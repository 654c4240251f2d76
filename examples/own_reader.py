"""Read a format of your own: `python own_reader.py FOLDER INDEX` indexes .note files.

A note has its title on the first line and `Topic: NAME` on the second.
"""

import sys
from pathlib import Path

import plait
from plait.index.ingest import bring_up_to_date
from plait.index.reading import Draft, Format, one_article, register_reader


def read_note(data: bytes) -> Draft:
    """Return the article of a note; what is wrong with it may be raised as a ReadingError."""
    title, topic, *text = data.decode().split("\n")
    return Draft(title, "\n".join(text), metadata={"topic": topic.removeprefix("Topic: ")})


NOTES = Format("notes", (".note",), "text/x-note", one_article(read_note))


def main(folder: str, root: str) -> None:
    """Index the notes of a folder, and list them by topic."""
    register_reader(NOTES)
    with plait.IndexWriter(root) as writer:
        bring_up_to_date(writer, [Path(folder)])
    with plait.Index.open(root) as index:
        for own in index.article_ids():
            article = index.article(own)
            print(f"{article.metadata['topic']}: {article.title}")


if __name__ == "__main__":
    main(*sys.argv[1:])
