"""The house: rooms import only from floors below; inside a room, furniture imports only what it may."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "coprod"
FLOORS = (
    {"colours", "errors", "settings", "calendar", "text", "phrases"},
    {"web", "transaction", "history", "mail", "permissions", "storage", "database", "keys"},
    {"framework", "accounts", "register"},
    {"organisations"},
    {"evidence", "certificates"},
    {"changes", "charter"},
    {"assessments", "directory"},
    {"moderation", "concerns"},
    {"app", "backup", "restoring", "cli", "jobs", "job_runs", "demo", "remaking", "running"},
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
# What each piece of furniture may import of its own room.
MAY_USE = {
    "models": {"rules"},
    "queries": {"models", "rules"},
    "operations": {"models", "rules", "queries"},
    "forms": {"rules"},
}
PURE_ROOMS_OK = ("coprod.errors", "coprod.calendar", "coprod.text", "coprod.phrases", "coprod.framework")
IMPURE = {"flask", "sqlalchemy", "flask_sqlalchemy", "pathlib", "os", "time", "random", "secrets", "requests"}
LONGEST = 330  # lines; past that a second idea hides in the file
LONGEST_FUNCTION = 45
# Longer for a reason.
ALLOWED_LONG: dict[str, str] = {"coprod/demo/words.py": "It is texts, and no logic."}


def modules() -> list[Path]:
    return sorted(p for p in ROOT.rglob("*.py") if "migrations" not in p.parts)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT.parent))


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, inside functions too, as dotted names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            module = node.module or ""
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names if module in {"coprod", "coprod.web"})


def own_rooms(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(path) if name.startswith("coprod.")}


def test_every_file_belongs_to_a_floor():
    rooms = {room_of(path) for path in modules()} - {"__init__"}
    assert rooms <= set(FLOOR), f"no floor for {rooms - set(FLOOR)}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_rooms_import_only_from_floors_below(path):
    room = room_of(path)
    if room == "__init__":
        return
    for other in own_rooms(path) - {room}:
        below = FLOOR[other] < FLOOR[room]
        beside = FLOOR[other] == FLOOR[room] and FLOOR[room] in {0, 1, len(FLOORS) - 1}
        assert below or beside, f"{name_of(path)} imports coprod.{other}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_furniture_stands_in_its_order(path):
    room = room_of(path)
    may = MAY_USE.get(path.stem)
    if may is None or path.parent == ROOT or room == "web":
        return
    own = {
        name.split(".")[2] for name in imports(path) if name.startswith(f"coprod.{room}.") and name.count(".") >= 2
    }
    wrong = own & {"views", "forms", "operations", "queries", "models"} - may - {path.stem}
    assert not wrong, f"{name_of(path)} imports {wrong} of its own room"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_nobody_uses_the_views_or_forms_of_another_room(path):
    for name in imports(path):
        parts = name.split(".")
        other = parts[0] == "coprod" and len(parts) > 2 and parts[1] not in {room_of(path), "web"}
        if other and room_of(path) not in {"app"}:
            assert parts[2] not in {"views", "forms"}, f"{name_of(path)} imports {name}"


@pytest.mark.parametrize(
    "path", [p for p in modules() if p.stem == "rules" or p.parent.name == "framework"], ids=name_of
)
def test_rules_are_pure(path):
    if path.stem in {"load", "queries", "views", "safe_yaml", "faults"} or path.stem.endswith("shapes"):
        return
    for name in imports(path):
        assert name.split(".")[0] not in IMPURE, f"{name_of(path)} imports {name}"
        if name.startswith("coprod."):
            own = name.startswith(f"coprod.{room_of(path)}")
            rules = name.count(".") >= 2 and name.split(".")[2] == "rules"
            assert own or rules or name.startswith(PURE_ROOMS_OK), f"{name_of(path)} imports {name}"


def test_only_the_transaction_commits():
    for path in modules():
        if path.stem != "transaction":
            assert ".commit()" not in path.read_text(), f"{name_of(path)} commits"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_files_and_functions_hold_one_idea(path):
    source = path.read_text()
    lines = source.count("\n")
    assert lines <= LONGEST or name_of(path) in ALLOWED_LONG, f"{name_of(path)} has {lines} lines"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            nested = any(isinstance(inner, ast.FunctionDef) for inner in ast.walk(node) if inner is not node)
            assert length <= LONGEST_FUNCTION or nested, f"{name_of(path)}:{node.lineno} {node.name} has {length} lines"


def test_no_room_for_odds_and_ends():
    odd = {"utils", "helpers", "common", "misc"}
    assert not [name_of(p) for p in modules() if p.stem in odd or odd & set(p.parts)]
