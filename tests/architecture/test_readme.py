"""README is the product's front door: what it names is there, and what is there it names."""

import re
from pathlib import Path

from coprod.cli import commands
from coprod.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_lists_every_setting_and_no_other():
    listed = set(re.findall(r"^\| `(COPROD_\w+)`", README, flags=re.M))
    assert listed == {f"COPROD_{name.upper()}" for name in Settings.model_fields}


def test_readme_lists_every_command_and_no_other():
    rows = (row.split("[")[0] for row in re.findall(r"^\| `([a-z][^`]*)`", README, flags=re.M))
    listed = {" ".join(word for word in row.split() if word.islower()) for row in rows}
    there = set()
    for name, command in commands.commands.items():
        below = getattr(command, "commands", None)
        there |= {f"{name} {each}" for each in below} if below else {name}
    assert listed == there


def test_every_picture_and_file_that_readme_shows_is_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_room_stands_in_the_layout():
    rooms = {path.name for path in (ROOT / "coprod").iterdir() if path.is_dir()} - {"__pycache__", "migrations"}
    layout = README.split("## Layout")[1]
    assert not {room for room in rooms if f"{room}/" not in layout}
