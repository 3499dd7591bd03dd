"""A process that is told to stop hears it, in whichever thread the system tells it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

TOLD_ELSEWHERE = """
import signal, time
from threading import Event, Thread, get_ident
from coprod.running import stopping

stop = Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
if {hears}:
    stopping.hear()

def told():
    time.sleep(0.2)
    signal.pthread_kill(get_ident(), signal.SIGTERM)

Thread(target=told, daemon=True).start()
stop.wait()
print("stopped")
"""


def run(*, hears: bool, patience: float) -> str:
    program = TOLD_ELSEWHERE.format(hears=hears)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=patience, check=True
    )
    return done.stdout.strip()


def test_a_process_stops_when_another_of_its_threads_is_told():
    assert run(hears=True, patience=30) == "stopped"


def test_python_alone_would_wait_for_ever():
    with pytest.raises(subprocess.TimeoutExpired):
        run(hears=False, patience=3)
