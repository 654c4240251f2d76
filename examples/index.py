"""Index a folder of articles: `python index.py FOLDER INDEX`; run it again after a change."""

import sys
from pathlib import Path

import plait
from plait.index.ingest import bring_up_to_date


def main(folder: str, root: str) -> None:
    """Add what is new, replace what changed, remove what is gone."""
    with plait.IndexWriter(root) as writer:
        summary = bring_up_to_date(writer, [Path(folder)], prune=True)
    for failure in summary.failures:
        print(failure, file=sys.stderr)
    with plait.Index.open(root) as index:
        print(f"{summary}. {root} holds {len(index)} articles.")


if __name__ == "__main__":
    main(*sys.argv[1:])
