"""A real server in a process of its own, and a real browser that complains aloud."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from coprod.app import create_app
from coprod.settings import ROOT
from tests.conftest import made
from tests.support import looks

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(frozen=True)
class Site:
    """A running deployment: where it answers, its data folder, and an app on the same data for setting up."""

    address: str
    instance: Path
    app: Flask


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture
def site(tmp_path: Path, empty_database: Path) -> Iterator[Site]:
    """An empty deployment at an address of its own."""
    shutil.copytree(empty_database.parent, tmp_path, dirs_exist_ok=True)
    with serving(tmp_path) as served:
        yield served


@contextmanager
def serving(folder: Path, *, host: str = "127.0.0.1", port: int | None = None, **changed: str) -> Iterator[Site]:
    """A deployment on this folder, served as in production: granian, two workers, its own database."""
    port = port or free_port()
    address = f"http://{host}:{port}"
    settings = made(folder, base_url=address, **changed)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COPROD_")}
    environment |= {f"COPROD_{name.upper()}": value for name, value in changed.items()}
    environment |= {
        "COPROD_INSTANCE": str(folder),
        "COPROD_SECRET_KEY": settings.key(),
        "COPROD_BASE_URL": address,
        "COPROD_DATABASE_URL": settings.database_url,
    }
    command = Path(sys.executable).parent
    if not (folder / "coprod.sqlite3").exists():
        subprocess.run([command / "coprod", "upgrade"], env=environment, cwd=ROOT, check=True, capture_output=True)
    serve = [command / "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
    serve += ["--blocking-threads", "12", "--no-ws", "--log-level", "error", "wsgi:app"]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(serve, env=environment, cwd=ROOT, stdout=log, stderr=log)
        try:
            _wait_until_ready(address, server)
            yield Site(address, folder, create_app(settings))
        finally:
            server.terminate()
            server.wait(timeout=60)


@pytest.fixture
def person(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens a browser window for one person. Complaints in its console, and server errors, fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(**options: object) -> Page:
        context = browser.new_context(base_url=site.address, **{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.on("response", lambda r: complaints.append(f"{r.status} {r.url}") if r.status >= 500 else None)
        return page

    yield open_window
    looks.PICTURES.mkdir(exist_ok=True)
    for number, context in enumerate(contexts):
        for page in context.pages:
            page.screenshot(path=looks.PICTURES / f"last-seen-by-{number}.png")
        context.close()
    assert not complaints


def is_complaint(said: ConsoleMessage) -> bool:
    """An error, but not the remark that a page which refuses something, in words, is a 403, a 404, a 409 or a 422."""
    refusal = re.search(r"status of (403|404|409|422)", said.text) and not said.location["url"].count("/static/")
    return said.type == "error" and not refusal


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None, "the server stopped"
        try:
            with urllib.request.urlopen(f"{address}/health/ready", timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not get ready in a minute")
