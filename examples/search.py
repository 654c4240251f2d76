"""Search an index, and say why the first hit is the first: `python search.py INDEX QUERY`."""

import sys

import plait


def main(root: str, query: str) -> None:
    """Print the best three hits, and the parts of the first one's score."""
    with plait.Index.open(root) as index:
        hits = index.search(query, k=3)
        for hit in hits:
            print(f"{hit.rank}. {hit.article.title} ({hit.score:.2f}, p {hit.probability:.2f})")
        for hit in hits[:1]:
            for name, part in hit.explanation.parts.items():
                print(f"   {name:<10} {part:+.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
