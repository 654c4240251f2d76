"""Filter, count and page: `python filter.py INDEX QUERY YEAR` finds what is not older."""

import sys

import plait


def main(root: str, query: str, year: str) -> None:
    """Print all hits, two a page, with their number and how many there are of each year."""
    recent = plait.Field("date") >= year
    options = plait.Options(where=recent, sort="-date")
    with plait.Index.open(root) as index:
        page = index.page(query, 2, 0, ["date:year"], options)
        print(f"{page.total} articles since {year}; {page.undated} without a date are left out")
        for value, count in page.facets["date:year"].items():
            print(f"  {value}: {count}")
        for offset in range(0, page.total, 2):
            for hit in index.page(query, 2, offset, (), options).hits:
                print(f"{hit.rank}. {hit.article.date} {hit.article.title}")


if __name__ == "__main__":
    main(*sys.argv[1:])
