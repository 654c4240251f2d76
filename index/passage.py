"""A passage: the stretch of an article that is retrieved."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one article: `article.text[start:end] == text`, always.

    `start` and `end` count characters (Unicode code points) of `Article.text`.
    """

    article_id: str
    number: int
    """Position of the passage in its article, from 0."""
    start: int
    end: int
    text: str

    @property
    def id(self) -> str:
        """Id of the passage, as in `ARTICLE#3`: unique in an index, stable while the text is."""
        return f"{self.article_id}#{self.number}"
