"""Figures for Prometheus: all processes of a server together, on a port of their own that nobody outside reaches.

Each process writes its counts into files of a folder that the processes of one server share. The first process takes
the port; when it ends, another one takes it over. Nothing here names a person or holds an address of a page: a request
is counted under the name of its route.
"""

import os
import shutil
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from flask import Flask
from sqlalchemy import select

from coprod.database import db
from coprod.job_runs import JobRun
from coprod.jobs import BACKUP
from coprod.mail import queries as mail
from coprod.running import checks
from coprod.web import clock, deployment
from coprod.web.logs import ENDPOINT

if TYPE_CHECKING:
    from prometheus_client import Histogram
    from prometheus_client.core import Metric

LEFT_ALONE = 7 * 24 * 3600.0  # seconds, for the folder of another machine's server
TRY_AGAIN = 2.0  # seconds, for a port that another process holds
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
WORTH = {checks.State.WORKS: 1.0, checks.State.LOOK: 0.5, checks.State.BROKEN: 0.0}
Application = Callable[..., Iterable[bytes]]


def serve(app: Flask) -> None:
    """Count requests, and answer Prometheus, where a setting says at which address."""
    with app.app_context():
        settings = deployment.settings()
    if not settings.metrics:
        return
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_folder(settings.instance / "metrics"))
    from prometheus_client import Histogram  # It looks at the folder when it is first imported.

    seconds = Histogram(
        "coprod_request_seconds", "How long requests took", ["route", "status"], buckets=BUCKETS, registry=None
    )
    app.wsgi_app = Counting(app.wsgi_app, seconds)  # type: ignore[method-assign]  # the documented way
    Thread(target=_answer, args=(app, *settings.metrics_address), daemon=True).start()


class Counting:
    """WSGI middleware, outside everything else: pages that are kept ready count too."""

    def __init__(self, app: Application, seconds: "Histogram") -> None:
        self.app = app
        self.seconds = seconds

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        begun, status = time.perf_counter(), "500"

        def noted(line: str, *rest: Any) -> Any:
            nonlocal status
            status = line[:3]
            return start_response(line, *rest)

        try:
            return self.app(environ, noted)
        finally:
            self.seconds.labels(environ.get(ENDPOINT, "kept"), status).observe(time.perf_counter() - begun)


class Standing:
    """What the database says, asked when Prometheus asks."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def collect(self) -> "Iterator[Metric]":
        from prometheus_client.core import GaugeMetricFamily

        with self.app.app_context():
            now = clock.now()
            working = GaugeMetricFamily("coprod_working", "1 works, 0.5 look at it, 0 does not", labels=["part"])
            for each in checks.answers(now=now):
                working.add_metric([each.name], WORTH[each.state])
            yield working
            yield GaugeMetricFamily("coprod_letters_waiting", "Letters still to go", mail.how_many_wait())
            yield GaugeMetricFamily("coprod_letters_stuck", "Letters that need help", mail.how_many_stuck(now=now))
            ages = GaugeMetricFamily("coprod_done_seconds_ago", "When it was last done well", labels=["what"])
            for name, at in db.session.execute(select(JobRun.name, JobRun.ran_at).order_by(JobRun.name)):
                if at is not None:
                    ages.add_metric([BACKUP if name == BACKUP else f"job: {name}"], (now - at).total_seconds())
            yield ages


def _answer(app: Flask, host: str, port: int) -> None:
    """Take the port once it is free, and answer from then on in a thread of the library's."""
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry(auto_describe=False)
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    registry.register(Standing(app))
    while True:
        try:
            start_http_server(port, host, registry)
            return
        except OSError:
            time.sleep(TRY_AGAIN)


def _folder(whole: Path) -> Path:
    """One for the processes of one server; those of servers that are gone are cleared away.

    Containers may share the data folder, and in each of them the server has the same number. So a name says on which
    machine it is, and what is another machine's goes only once nobody has written there for a week.
    """
    server, here = os.getppid(), socket.gethostname()
    mine = whole / f"{server}-{_born(server)}@{here}"
    mine.mkdir(parents=True, exist_ok=True)
    for each in whole.iterdir():
        name, _, machine = each.name.partition("@")
        pid, _, born = name.partition("-")
        if (not pid.isdigit() or _born(int(pid)) != born) if machine in {here, ""} else _is_old(each):
            shutil.rmtree(each, ignore_errors=True)
    return mine


def _is_old(folder: Path) -> bool:
    """Whether nobody has written there for a week. What goes meanwhile is no matter."""
    with suppress(OSError):
        written = [each.stat().st_mtime for each in (folder, *folder.iterdir())]
        return max(written) < time.time() - LEFT_ALONE
    return False


def _born(pid: int) -> str:
    """When a process began, as the system counts it; empty where there is none."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    return ""
