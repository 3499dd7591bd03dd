"""How long the app takes to start, and the most memory it holds then, beside a bare Flask app."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from tests.bench import data, harness, serving
from tests.bench.harness import Figure
from tests.bench.serving import ROOT

MEASURE = """
import time
begun = time.perf_counter()
{start}
taken = time.perf_counter() - begun
from tests.bench.harness import peak_mb
print(taken, peak_mb())
"""
BARE = "from tests.bench.targets import bare"
WHOLE = "from wsgi import app"
READY_WITHIN = 3.0  # seconds


def figures(folder: Path, *, quick: bool) -> Iterable[Figure]:
    data.app_with_tables(folder)
    times = 2 if quick else 5
    bare, whole = _measured(BARE, folder, times), _measured(WHOLE, folder, times)
    yield harness.slower("Starting the app, beside a bare Flask app", whole[0], bare[0])
    yield _ready(folder, times)
    ratio = f"{whole[1] / bare[1]:.2f} x"
    yield Figure("  peak memory when started", f"{whole[1]:,.0f} MB", f"{bare[1]:,.0f} MB", ratio)


def _ready(folder: Path, times: int) -> Figure:
    """From the command to the first answer of a server with two workers."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        with serving.served("wsgi:app", _settings(folder)):
            taken.append(time.perf_counter() - begun)
    seconds = statistics.median(taken)
    goal, met = f"at most {READY_WITHIN:g} s", seconds <= READY_WITHIN
    return Figure("  from the command to the first answer", harness.milliseconds(seconds), goal=goal, met=met)


def _measured(start: str, folder: Path, times: int) -> tuple[float, float]:
    """Median seconds and megabytes, each in a new process; the first one only warms the disk."""
    found = []
    for _ in range(times + 1):
        said = subprocess.run(  # our own command
            [sys.executable, "-c", MEASURE.format(start=start)],
            cwd=ROOT,
            env={**os.environ, **_settings(folder)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        found.append([float(figure) for figure in said.split()])
    seconds, megabytes = zip(*found[1:], strict=True)
    return statistics.median(seconds), statistics.median(megabytes)


def _settings(folder: Path) -> dict[str, str]:
    return {"COPROD_INSTANCE": str(folder), "COPROD_SECRET_KEY": data.KEY, "COPROD_BASE_URL": "http://127.0.0.1"}
