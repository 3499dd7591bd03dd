"""The public list with 1,000, 10,000 and 100,000 signatories: is a page as quick, and the download as light?"""

import http.client
import statistics
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask import Flask

from tests.bench import data, harness, public_list, serving
from tests.bench.harness import Figure
from tests.bench.targets import bare

SIZES = (1_000, 10_000, 100_000)
PATHS = {
    "list": "/signatories",
    "filtered by kind": "/signatories?kind=special",
    "filtered by award": "/signatories?award=established",
    "searched for two words": "/signatories?q=hazel+corby",
    "searched for a word that most have": "/signatories?q=school",
    "searched for a misspelt word": "/signatories?q=hazle+corby",
}
AT_MOST = 8
FLAT = 1.3
A_SECOND = 50  # requests
ROWS_A_SECOND = 20_000
FLAT_MB = 20
SLOWEST_MS = 50


def figures(folder: Path, *, quick: bool) -> Iterable[Figure]:
    sizes = SIZES[:2] if quick else SIZES
    times = 60 if quick else 200
    measured: dict[str, list[float]] = {}
    for size in sizes:
        place = folder / str(size)
        place.mkdir()
        app = data.app_with_tables(place, KEEP_PAGES=False)
        data.fill(app, size)
        for name, path in PATHS.items():
            floor, figure = harness.alternately(times, _ask(bare, "/"), _ask(app, path))
            measured.setdefault(name, []).append(figure / floor)
            yield harness.slower(f"{size:,}: {name}", figure, floor, at_most=AT_MOST)
    for name, ratios in measured.items():
        grown = ratios[-1] / ratios[0]
        title = f"{name}, {sizes[-1]:,} beside {sizes[0]:,}"
        last, first = f"{ratios[-1]:.2f} x", f"{ratios[0]:.2f} x"
        yield Figure(title, last, first, f"{grown:.2f} x", f"at most {FLAT} x", grown <= FLAT)
    yield from _download(app, sizes[-1])
    yield _under_load(place, seconds=4 if quick else 20)


def _ask(app: Flask, path: str) -> public_list.Ask:
    return public_list.by_client(app, path)


def _download(app: Flask, rows: int) -> Iterable[Figure]:
    """The whole list as CSV: how many rows a second, and how much more memory at its end than before it was asked."""
    client = app.test_client()
    begun, held = time.perf_counter(), harness.held_mb()
    answer = client.get("/signatories.csv", base_url=public_list.HOST, buffered=False)
    lines = sum(piece.count(b"\n") for piece in answer.response)
    grown = harness.held_mb() - held
    answer.close()
    rate = lines / (time.perf_counter() - begun)
    name = f"CSV of {rows:,} rows"
    yield Figure(name, f"{rate:,.0f} rows/s", "", "", f"{ROWS_A_SECOND:,} rows/s", rate >= ROWS_A_SECOND)
    name, goal = "  memory from before it to its end", f"under {FLAT_MB} MB"
    yield Figure(name, f"{grown:+.1f} MB", f"{held:,.0f} MB", "", goal, grown < FLAT_MB)


def _under_load(folder: Path, *, seconds: int) -> Figure:
    """Pages made anew for every request, so many a second whatever the answers take: 99 of 100 are there in time."""
    settings = {"COPROD_INSTANCE": str(folder), "COPROD_SECRET_KEY": data.KEY, "COPROD_BASE_URL": public_list.HOST}
    with serving.served("tests.bench.uncached:app", settings, whole=True) as port, ThreadPoolExecutor(16) as people:
        begin = time.perf_counter() + 0.5
        moments = [begin + number / A_SECOND for number in range(seconds * A_SECOND)]
        paths = list(PATHS.values())
        waits = [people.submit(_wait, port, paths[n % len(paths)], moment) for n, moment in enumerate(moments)]
        taken = sorted(wait.result() for wait in waits)
    slow = taken[int(len(taken) * 0.99)] * 1000
    name = f"99 of 100 answers, {A_SECOND} requests a second, uncached"
    middle = statistics.median(taken) * 1000
    return Figure(name, f"{slow:.1f} ms", f"{middle:.1f} ms", "", f"{SLOWEST_MS} ms", slow <= SLOWEST_MS)


def _wait(port: int, path: str, moment: float) -> float:
    """Seconds from the moment when it should have been asked to the whole answer."""
    time.sleep(max(0.0, moment - time.perf_counter()))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return time.perf_counter() - moment
