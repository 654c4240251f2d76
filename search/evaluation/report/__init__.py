"""The report of an experiment: one HTML file that needs nothing else.

Pictures are inline SVG, drawn by Altair when the
file is written, so that it opens from a disk, prints, and stays small. What a mark stands
for is its accessible label, and the document's few lines of script show that label on hover.
"""

from importlib import import_module
from pathlib import Path

from plait.index.errors import PlaitError
from plait.search.evaluation.experiment import Experiment

__all__ = ["check_libraries", "write_report"]


def check_libraries() -> None:
    """Raise `PlaitError` where the drawing library is not installed."""
    try:
        for library in ("altair", "vl_convert"):
            import_module(library)
    except ImportError as error:
        raise PlaitError(
            f"a report is drawn with altair and vl-convert, and {error.name} cannot be imported; "
            "pip install 'plait[report]'."
        ) from error


def write_report(experiment: Experiment, path: Path) -> None:
    """Write the experiment as one self-contained HTML file.

    Raises `PlaitError` where the drawing library is not installed.
    """
    check_libraries()
    # Only now: it imports what was just looked for.
    from plait.search.evaluation.report.document import compose

    path.write_text(compose(experiment), encoding="utf-8")
