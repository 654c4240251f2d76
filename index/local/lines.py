"""Articles as lines of JSON, and digests of texts."""

import json
from dataclasses import fields
from hashlib import blake2b

from plait.index.article import Article
from plait.index.errors import damaged

DIGEST_SIZE = 16
"""Number of bytes of a digest, of BLAKE2b."""

_JSON = json.JSONDecoder()
"""Decoder of articles. `json.loads` would look for an encoding and for blanks: a twentieth of a
keyword query."""


def digest(text: bytes) -> bytes:
    """Return the digest of a text, 16 bytes."""
    return blake2b(text, digest_size=DIGEST_SIZE).digest()


def article_json(article: Article) -> bytes:
    """Return an article as one line of JSON in UTF-8.

    Raises `UnicodeEncodeError` for half a surrogate pair.
    """
    record = {entry.name: getattr(article, entry.name) for entry in fields(article)}
    return json.dumps(record, ensure_ascii=False, sort_keys=True).encode()


def article_from_json(line: bytes) -> Article:
    """Return the article of a line of `article_json`; raises `CorruptIndexError`."""
    try:
        record, _ = _JSON.raw_decode(line.decode())
        record["teasers"] = tuple(record["teasers"])
        record["metadata"] = {
            name: tuple(value) if type(value) is list else value
            for name, value in record["metadata"].items()
        }
        article = Article(**record)
        sound = _is_sound(article)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise damaged("an article", f"{error!r}") from error
    if not sound:
        raise damaged("an article", "something in it is not of its type")
    return article


def _is_sound(article: Article) -> bool:
    """Return whether all of an article is of its type, as JSON may hold anything."""
    a = article
    texts = (a.id, a.title, a.text, a.source, a.date, a.author, a.raw, *a.teasers, *a.metadata)
    values = [
        v for own in article.metadata.values() for v in (own if type(own) is tuple else [own])
    ]
    return {*map(type, texts)} == {str} and {*map(type, values)} <= {str, int, float, bool}


def decoded(article_id: bytes) -> str:
    """Return an id of the index as text; raises `CorruptIndexError` where it is no UTF-8."""
    try:
        return article_id.decode()
    except UnicodeDecodeError as error:
        raise damaged(f"the id {article_id!r}", "no UTF-8") from error
