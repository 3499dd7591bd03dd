"""How long the app takes to start, and the most memory it holds then, beside a bare Flask app."""

import os
import statistics
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.bench import data, harness
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


def figures(folder: Path, *, quick: bool) -> Iterable[Figure]:
    data.app_with_tables(folder)
    times = 2 if quick else 5
    bare, whole = _measured(BARE, folder, times), _measured(WHOLE, folder, times)
    yield harness.slower("Starting the app, beside a bare Flask app", whole[0], bare[0])
    ratio = f"{whole[1] / bare[1]:.2f} x"
    yield Figure("  peak memory when started", f"{whole[1]:,.0f} MB", f"{bare[1]:,.0f} MB", ratio)


def _measured(start: str, folder: Path, times: int) -> tuple[float, float]:
    """Median seconds and megabytes, each in a new process; the first one only warms the disk."""
    settings = {
        "COPROD_INSTANCE": str(folder),
        "COPROD_SECRET_KEY": data.KEY,
        "COPROD_BASE_URL": "http://127.0.0.1",
    }
    found = []
    for _ in range(times + 1):
        said = subprocess.run(  # our own command
            [sys.executable, "-c", MEASURE.format(start=start)],
            cwd=ROOT,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        found.append([float(figure) for figure in said.split()])
    seconds, megabytes = zip(*found[1:], strict=True)
    return statistics.median(seconds), statistics.median(megabytes)
