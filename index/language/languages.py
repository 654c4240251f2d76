"""Languages that an index can be in, by name.

A language is one file, which holds its `Language`, and one row here. Such a file imports its
stemmer when that is made, so that naming languages stays cheap.
"""

from plait.index.errors import QueryError
from plait.index.language.english import ENGLISH
from plait.index.language.language import Language

LANGUAGES: dict[str, Language] = {known.name: known for known in (ENGLISH,)}
"""Language of each name."""


def language_named(name: str) -> Language:
    """Return the language of a name; raises `QueryError`, which lists the names there are.

    >>> language_named("english").fold("treaty's")
    'treaty'
    """
    if name not in LANGUAGES:
        raise QueryError(f"no language {name!r}; choose from {', '.join(sorted(LANGUAGES))}.")
    return LANGUAGES[name]
