"""The public list with 10,000 signatories: made for each request, with its rows given, and kept ready."""

import statistics
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder

from coprod.directory import queries
from coprod.directory.list_page import list_page
from coprod.directory.search import Search
from coprod.web.access import public
from tests.bench import data, harness, serving
from tests.bench.harness import Figure
from tests.bench.targets import bare

SIGNATORIES = 10_000
HOST = "http://127.0.0.1"
Ask = Callable[[], object]
PATHS = {
    "a later page": "/signatories?after={}",
    "filtered by kind": "/signatories?kind=special",
    "filtered by award": "/signatories?award=established",
    "searched for two words": "/signatories?q=hazel+corby",
}


def figures(folder: Path, *, quick: bool) -> Iterable[Figure]:
    app = data.app_with_tables(folder, KEEP_PAGES=False)
    data.fill(app, SIGNATORIES)
    _pages_for_figures(app)
    yield from in_process(app, times=100 if quick else 400)
    yield from under_the_server(folder, seconds=1 if quick else 4, rounds=2 if quick else 3)


def in_process(app: Flask, *, times: int) -> Iterable[Figure]:
    """Each in turn with the bare Flask page, asked for alike: by Flask's own client, or by calling the app."""
    rows = queries.PAGE
    yield _beside(by_client, app, f"List, {rows} of 10,000, uncached, by Flask's client", "/signatories", times, 10)
    yield _beside(by_client, app, "  the same template with constant rows", "/constant", times)
    yield _beside(by_client, app, "  twice as many rows on a page", "/twice", times)
    yield _beside(by_call, app, "  calling the app without a client", "/signatories", times)
    with app.app_context():
        key = queries.page(Search(), today=data.TODAY).after
    for name, path in PATHS.items():
        yield _beside(by_client, app, f"  {name}", path.format(key), times // 4)


def _beside(
    ask: Callable[[Flask, str], Callable[[], object]],
    app: Flask,
    name: str,
    path: str,
    times: int,
    at_most: float | None = None,
) -> Figure:
    floor, figure = harness.alternately(times, ask(bare, "/"), ask(app, path))
    return harness.slower(name, figure, floor, at_most=at_most)


def under_the_server(folder: Path, *, seconds: float, rounds: int) -> Iterable[Figure]:
    """Kept pages beside the plain WSGI page and the bare Flask page, all three servers up, taking turns."""
    settings = {
        "COPROD_INSTANCE": str(folder),
        "COPROD_SECRET_KEY": data.KEY,
        "COPROD_BASE_URL": HOST,
    }
    targets = {
        "plain": ("tests.bench.targets:plain", None, "/", {}),
        "bare": ("tests.bench.targets:bare", None, "/", {}),
        "kept": ("wsgi:app", settings, "/signatories", {}),
    }
    measured: dict[str, list[serving.Rate]] = {name: [] for name in (*targets, "unchanged")}
    with ExitStack() as servers:
        ports = {
            name: servers.enter_context(serving.served(target, given, whole=True))
            for name, (target, given, _, _) in targets.items()
        }
        asked = {name: (ports[name], path, headers) for name, (_, _, path, headers) in targets.items()}
        asked["unchanged"] = (ports["kept"], "/signatories", {"If-None-Match": _tag(ports["kept"], "/signatories")})
        for _ in range(rounds):
            for name, (port, path, headers) in asked.items():
                measured[name].append(serving.rate(port, path, seconds=seconds, headers=headers))
    for how, place in (("A second of the server's work", 1), ("By the clock", 0)):
        plain, flask, kept, unchanged = (statistics.median(rate[place] for rate in each) for each in measured.values())
        yield harness.faster(f"{how}: list kept, beside plain WSGI", kept, plain, at_least=0.7)
        yield harness.faster("  list kept, beside the bare Flask page", kept, flask, at_least=3)
        yield harness.faster('  "you have it already" (304), beside plain WSGI', unchanged, plain, at_least=0.8)
        yield harness.faster("  (plain WSGI beside bare Flask: the most that can be)", plain, flask)


def _tag(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:  # our own server
        return str(answer.headers["ETag"])


def _pages_for_figures(app: Flask) -> None:
    """The list's own template with rows that are there already, so the database costs nothing; and a longer list."""
    with app.app_context():
        page = queries.page(Search(), today=data.TODAY)

    @app.get("/constant")
    @public
    def constant() -> str:
        return list_page(page, {})

    @app.get("/twice")
    @public
    def twice() -> str:
        return list_page(queries.page(Search(), today=data.TODAY, limit=2 * queries.PAGE), {})


def by_client(app: Flask, path: str) -> Callable[[], object]:
    client = app.test_client()

    def ask() -> object:
        answer = client.get(path, base_url=HOST)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        return answer.data

    return ask


def by_call(app: Flask, path: str) -> Callable[[], object]:
    environ = EnvironBuilder(path, base_url=HOST).get_environ()

    def ignore(*_given: Any) -> Callable[[bytes], None]:
        return lambda _body: None

    def ask() -> bytes:
        answer = app.wsgi_app(dict(environ), ignore)
        return b"".join(answer)

    return ask


