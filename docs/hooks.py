"""Hook of mkdocs: README, whose links begin at the checkout, as the first page of the site."""

import re
from pathlib import Path
from typing import Any

README = Path(__file__).parent.parent / "README.md"
MARK = "README.md stands here."
"""Line of `index.md` that README takes the place of."""


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001 - mkdocs names them
    """Return the text of a page, with README in its place."""
    readme = README.read_text(encoding="utf-8")
    return markdown.replace(MARK, re.sub(r'(?<=\]\()docs/|(?<=src=")docs/', "", readme))
