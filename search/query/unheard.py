"""Quoted phrases that no article has, amid other words: they are read as words.

Who pastes a sentence with a quotation in it does not ask for that phrase. A phrase that is all of
a query, or that a sign makes a condition (`+"…"`, `-"…"`, `title:"…"`, `"…" AND …`), stays one:
nothing is found then.
"""

import re
from collections.abc import Callable

from plait.search.query.typed import Typed, read_signs, straightened

_PHRASE = re.compile(r'(?<![^\s(])"([^"\n]*\w[^"\n]*)"(?=$|[\s).,;:!?])')
_AND = re.compile(r"(?:^|\s)AND\s")
_WORD = re.compile(r"\w")
_ATTRIBUTION = re.compile(r"(\s+)-(?=[^\W\d_])")
"""Pattern of a dash before the name of who is quoted."""


def without_unheard(text: str, has: Callable[[str], bool], common: frozenset[str]) -> Typed:
    """Return a query without the quotes of phrases that nothing has, and a line that says so.

    `has` tells whether any article has a phrase, which comes with its quotes; `common` are small
    words (`plait.search.query.typed.read_signs`).
    """
    typed = Typed(text)
    if _AND.search(text) or not _PHRASE.search(straightened(text)):
        return typed
    straight = read_signs(text, common).text
    unheard = [own for own in _PHRASE.finditer(straight) if not has(own[0])]
    rest = _PHRASE.sub(" ", straight)
    if not unheard or (len(unheard) == 1 and not _WORD.search(rest)):
        return typed
    read = straight
    for own in reversed(unheard):
        behind = read[own.end() :]
        named = _ATTRIBUTION.match(behind)
        read = (
            read[: own.start()] + own[1] + (named[1] + behind[named.end() :] if named else behind)
        )
    listed = ", ".join(own[0] for own in unheard)
    return Typed(read, f"read as words, since no article has the phrase: {listed}")
