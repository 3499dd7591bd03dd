"""JSON Schemas of the files of standards, for editors that check and complete YAML as it is typed."""

from typing import Any

from coprod.framework.charter_shapes import CharterShape
from coprod.framework.move_shapes import MovesShape
from coprod.framework.practice_shapes import PracticeShape
from coprod.framework.shapes import FrameworkShape, ValueShape
from coprod.framework.text_shapes import Shape
from coprod.framework.translation_shapes import TranslationShape

_SHAPES: dict[str, type[Shape]] = {
    "framework": FrameworkShape,
    "value": ValueShape,
    "charter": CharterShape,
    "moves": MovesShape,
    "practice": PracticeShape,
    "language": TranslationShape,
}


def json_schemas() -> dict[str, dict[str, Any]]:
    """Each schema by its file name, made from the definitions that the files are checked by."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {f"{name}.schema.json": dialect | shape.model_json_schema() for name, shape in _SHAPES.items()}
