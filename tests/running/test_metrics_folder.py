"""Servers that share a data folder, as containers do, leave each other's figures alone."""

import os
import socket
import time
from pathlib import Path

from coprod.running import metrics

DAY = 24 * 3600


def left(whole: Path, name: str, *, days: int = 0) -> None:
    """A folder that a server wrote to so many days ago."""
    folder = whole / name
    folder.mkdir(parents=True)
    (folder / "counter_1.db").touch()
    for each in (folder / "counter_1.db", folder):
        os.utime(each, times=(time.time() - days * DAY,) * 2)


def test_a_server_clears_away_what_is_left_of_its_own_and_of_machines_that_are_long_gone(tmp_path):
    here = socket.gethostname()
    for name, days in ((f"1-0@{here}", 0), ("1-0@another", 1), ("1-0@gone", 8), ("1-0", 0), ("odd", 0)):
        left(tmp_path, name, days=days)
    mine = metrics._folder(tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == {mine.name, "1-0@another"}
    assert metrics._folder(tmp_path) == mine
    assert mine.is_dir()


def test_two_containers_whose_servers_have_the_same_number_have_two_folders(tmp_path, monkeypatch):
    monkeypatch.setattr(metrics.os, "getppid", lambda: 1)
    folders = set()
    for machine in ("3f2a", "9b1c", "3f2a"):
        monkeypatch.setattr(metrics.socket, "gethostname", lambda machine=machine: machine)
        folders.add(metrics._folder(tmp_path))
    assert len(folders) == 2
    assert all(folder.is_dir() for folder in folders)
