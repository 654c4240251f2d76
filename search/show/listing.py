"""List of the articles of an index: id, title and date of each, in an order of choice."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from operator import itemgetter

from plait.index.article import Article
from plait.search.show.choices import Order
from plait.search.show.layout import columns, shortened_to
from plait.search.show.printable import in_line

DATE_COLUMNS = 10
"""Columns of a date: `2019-01-11`."""
FEWEST_TITLE_COLUMNS = 12
"""Columns that a title needs to say anything; where there are fewer, it is left out."""


def listed(
    ids: Iterable[str],
    read: Callable[[str], Article],
    order: Order,
    page: tuple[int, int | None] = (0, None),
) -> Iterator[Article]:
    """Yield articles in an order; only the ids and what orders them are held at once.

    `page` is how many are passed over, and how many at most are yielded; None for all.
    """
    first, most = page
    last = None if most is None else first + most
    if order is Order.ID:
        return map(read, islice(sorted(ids), first, last))
    rows = sorted((_key(read(own), order), own) for own in ids)
    if order is Order.NEWEST:
        rows.sort(key=lambda row: row[0][1], reverse=True)  # stable: by id within a date
        rows.sort(key=lambda row: row[0][0])
    return map(read, map(itemgetter(1), islice(rows, first, last)))


def _key(article: Article, order: Order) -> tuple[bool, str]:
    """Return what orders an article, and first whether it has none of it."""
    value = article.title.casefold() if order is Order.TITLE else article.date
    return not value, value


def list_line(article: Article, width: int | None = None) -> str:
    """Return the line of an article: date, id, title; cut to `width` columns, if that is given."""
    lead = f"{in_line(article.date):<{DATE_COLUMNS}}  {in_line(article.id)}"
    title = in_line(article.title)
    if width is None:
        return f"{lead}  {title}".rstrip()
    room = width - columns(lead) - 2
    return f"{lead}  {shortened_to(title, room)}".rstrip() if room >= FEWEST_TITLE_COLUMNS else lead
