"""Few files are looked into at a time, in all threads and processes together."""

import fcntl
import subprocess
import sys
import threading

import pytest

from coprod.errors import Busy
from coprod.evidence import standby, turns
from coprod.web import deployment
from tests.support import build, files

OTHER = """
import sys
from pathlib import Path
from coprod.evidence.turns import turn
with turn(Path(sys.argv[1]), 1):
    print("mine", flush=True)
    sys.stdin.read()
"""
LONG = 60  # seconds after which a test gives up; nothing takes as long


def other_process(folder):
    command = [sys.executable, "-c", OTHER, str(folder)]
    started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert started.stdout.readline() == b"mine\n"
    return started


def waiter(folder, at_once=1):
    """Somebody who waits for a turn, and when they had it."""
    had = threading.Event()

    def wait():
        with turns.turn(folder, at_once):
            had.set()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread, had


def test_as_many_as_are_allowed_have_a_turn_and_the_next_one_waits(tmp_path):
    with turns.turn(tmp_path, 2), turns.turn(tmp_path, 2):
        thread, had = waiter(tmp_path, 2)
        assert not had.wait(0.3)
    assert had.wait(LONG)
    thread.join(LONG)


def test_a_turn_is_one_for_all_processes(tmp_path):
    other = other_process(tmp_path)
    thread, had = waiter(tmp_path)
    assert not had.wait(0.3)
    other.communicate(b"")
    assert had.wait(LONG)
    thread.join(LONG)


def test_a_turn_ends_with_the_process_that_has_it(tmp_path):
    other = other_process(tmp_path)
    thread, had = waiter(tmp_path)
    other.kill()
    other.communicate()
    assert had.wait(LONG)
    thread.join(LONG)


def test_a_turn_ends_when_the_look_goes_wrong(tmp_path):
    with pytest.raises(ZeroDivisionError), turns.turn(tmp_path, 1):
        raise ZeroDivisionError
    thread, had = waiter(tmp_path)
    assert had.wait(LONG)
    thread.join(LONG)


def test_where_there_is_no_place_for_turns_it_is_said_so(tmp_path):
    (tmp_path / "turns").write_bytes(b"in the way")
    with pytest.raises(Busy), turns.turn(tmp_path / "turns", 1):
        pass


@pytest.fixture
def school(app):
    return build.organisation()


@pytest.fixture
def member(school):
    return build.actor(build.lead_of(school).id)


def test_each_file_waits_for_its_turn(school, member, monkeypatch):
    """While the process that looks inside runs, the turn is taken."""
    seen = []
    ask = standby.ask

    def watched(*asked, **options):
        place = deployment.settings().instance / "turns" / "0"
        with place.open("ab") as same, pytest.raises(BlockingIOError):
            fcntl.flock(same, fcntl.LOCK_EX | fcntl.LOCK_NB)
        seen.append(asked)
        return ask(*asked, **options)

    monkeypatch.setattr(standby, "ask", watched)
    files.upload(school.id, member)
    assert len(seen) == 1


def test_between_two_files_there_is_a_pause_where_somebody_waited_and_else_none(tmp_path, monkeypatch):
    paused = []
    monkeypatch.setattr(turns.time, "sleep", paused.append)
    with turns.turn(tmp_path, 1):
        thread, had = waiter(tmp_path)
        assert not had.wait(0.3)
        assert paused == []
    assert had.wait(LONG)
    thread.join(LONG)
    assert paused == [turns.PAUSE]
