"""The collections to measure: those named on the command line, or else those at hand.

At hand are the seeds, and folders in BEIR's layout with topics in `../shared/data`.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"


def folders(least: int = 1) -> list[str]:
    """Return the folders of the collections; end the process where there are fewer than `least`."""
    here = sorted(str(folder.parent) for folder in SHARED.glob("*/queries.jsonl"))
    names = sys.argv[1:] or [str(ROOT / "seeds"), *here]
    if len(names) < least:
        print(f"skipped: {len(names)} collections, wanted {least}; name folders in BEIR's layout.")
        sys.exit()
    return names
