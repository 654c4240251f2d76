"""Prompts that models want before queries and passages.

A model's own configuration comes first; this table serves families whose published
configuration lacks the prompts that their authors require.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prompts:
    """Texts put before a query and before a passage; both may be empty."""

    query: str = ""
    passage: str = ""


_E5 = Prompts("query: ", "passage: ")
_BGE = Prompts("Represent this sentence for searching relevant passages: ")

FAMILIES: Mapping[str, Prompts] = {
    # Wang et al. 2022, arXiv 2212.03533, and the model cards of intfloat/e5-*-v2: "each input
    # text should start with 'query: ' or 'passage: '". Not the instruct models of that family.
    r"(multilingual-)?e5-(small|base|large)(-v2)?": _E5,
    # Model cards of BAAI/bge-*-en and -en-v1.5: an instruction for queries, none for passages.
    r"bge-(small|base|large)-en(-v1\.5)?": _BGE,
}
"""Pattern of a model's name, without owner, to its prompts."""


def choose_prompts(name: str, configured: Mapping[str, str | None]) -> Prompts:
    """Return the prompts of a model.

    `configured` is `prompts` of its config_sentence_transformers.json, where a passage is
    called `document`, `passage` or `corpus`; any of it that is not empty decides.
    """
    passages = (configured.get(key) or "" for key in ("document", "passage", "corpus"))
    own = Prompts(configured.get("query") or "", next(filter(None, passages), ""))
    if own != Prompts():
        return own
    matches = (p for pattern, p in FAMILIES.items() if re.fullmatch(pattern, name.lower()))
    return next(matches, Prompts())
