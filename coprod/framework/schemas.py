"""JSON Schemas of the files of standards, for editors that check and complete YAML as it is typed.

Run as a module with the folder to write to: python -m coprod.framework.schemas frameworks/schema
"""

import json
import sys
from pathlib import Path
from typing import Any

from coprod.framework.charter_shapes import CharterShape
from coprod.framework.shapes import FrameworkShape, ValueShape
from coprod.framework.text_shapes import Shape

_SHAPES: dict[str, type[Shape]] = {"framework": FrameworkShape, "value": ValueShape, "charter": CharterShape}


def json_schemas() -> dict[str, dict[str, Any]]:
    """Each schema by its file name, made from the definitions that the files are checked by."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {f"{name}.schema.json": dialect | shape.model_json_schema() for name, shape in _SHAPES.items()}


def write_json_schemas(folder: Path) -> None:
    """Write each schema into a folder, as it is kept beside the standards."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in json_schemas().items():
        text = json.dumps(schema, indent=2, ensure_ascii=False)
        (folder / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_json_schemas(Path(sys.argv[1]))
