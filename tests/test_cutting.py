"""Passages: exact offsets, everything covered, within the window."""

from pathlib import Path

import numpy as np
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from plait.index.article import Article
from plait.index.language.cutting import Cutting, cut_passages
from plait.index.local.writer import IndexWriter
from plait.index.models.encoder import Encoder


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400))
def test_offsets_are_exact_and_cover_the_text(text: str) -> None:
    """Passages are slices of the text, and between them they leave out only blanks."""
    article = Article("a", "A title", text)
    passages = cut_passages(article, Cutting(window=20), 5, _word_ends(text))
    assert all(text[p.start : p.end] == p.text for p in passages)
    covered = {at for p in passages for at in range(p.start, p.end)}
    assert all(not c.strip() or at in covered for at, c in enumerate(text))


def _word_ends(text: str) -> NDArray[np.int64]:
    return np.array([at + 1 for at, c in enumerate(text) if not c.isspace()], dtype=np.int64)


def test_a_long_title_leaves_room_for_the_passage(tmp_path: Path, encoder: Encoder) -> None:
    """What is encoded fits the window, however long the title."""
    title = "A very long title about treaties, islands and declarations " * 12
    article = Article("a", title, "One short sentence follows another. " * 60)
    cutting = Cutting(encoder.window)
    head = cutting.head(title, encoder.token_ends)
    assert 0 < len(encoder.token_ends(head)) <= encoder.window // 4
    passages = cut_passages(
        article, cutting, len(encoder.token_ends(head)), encoder.token_ends(article.text)
    )
    assert len(passages) > 1
    for passage in passages:
        assert len(encoder.token_ends(f"{head}\n{passage.text}")) <= encoder.window
    with IndexWriter(tmp_path, encoder) as writer:
        writer.add(article)
