"""Here is one passage: what is retrieved."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one article: `article.text[start:end] == text`, always.

    `start` and `end` count characters (Unicode code points) of `Article.text`.
    """

    article_id: str
    number: int
    """0 for the first passage of its article."""
    start: int
    end: int
    text: str

    @property
    def id(self) -> str:
        """`ARTICLE#3`: unique in an index, stable while the article's text is."""
        return f"{self.article_id}#{self.number}"
