"""What the tests share: the seeds, indexed once."""

from pathlib import Path

import pytest

from plait.index.encoder import Encoder, load_encoder
from plait.index.ingest import bring_up_to_date
from plait.index.writer import IndexWriter
from plait.search.index import Index

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """Load the default model once."""
    return load_encoder()


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Index:
    """Index the seed articles; ids are `articles/NAME`."""
    base = tmp_path_factory.mktemp("seeds")
    (base / "articles").symlink_to(SEEDS / "articles")
    root = base / "articles.plait"
    with IndexWriter(root, encoder) as writer:
        summary = bring_up_to_date(writer, [base / "articles"])
    assert not summary.failures
    return Index.open(root, encoder)
