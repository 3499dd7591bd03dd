"""How the way from one version of the standards to the next is written: from-<older version>.yaml."""

from typing import Annotated, Literal

from pydantic import Field

from coprod.framework import versions
from coprod.framework.text_shapes import Line, QuestionCode, Shape, Slug, Version


class MoveShape(Shape):
    """What became of one question. `why` is shown to the people who answered it."""

    code: QuestionCode
    became: Literal["same", "changed", "split", "dropped"]
    to: Annotated[list[QuestionCode], Field(max_length=10)] = Field(default_factory=list)
    why: Line | None = None

    def build(self) -> versions.Move:
        return versions.Move(self.code, versions.Became(self.became), tuple(self.to), self.why or "")


class MovesShape(Shape):
    """Only what needs saying: a question that is left out is the same, changed or dropped as its words show."""

    slug: Slug
    older: Version
    newer: Version
    moves: Annotated[list[MoveShape], Field(min_length=1, max_length=100)]

    def build(self) -> tuple[versions.Move, ...]:
        return tuple(move.build() for move in self.moves)
