"""A round of pages in a real browser, for whoever is let in to each."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.routing import Rule
from werkzeug.serving import make_server

from tests.architecture.test_matrix import address
from tests.browser.conftest import free_port, is_complaint
from tests.support import looks
from tests.support.shapes import Shapes
from tests.support.sides import Sides
from tests.support.visitor import COOKIE

SEND = """([address, data]) => {
    const form = Object.assign(document.createElement("form"), {action: address, method: "post"});
    for (const [name, value] of data) form.append(Object.assign(document.createElement("input"), {name, value}));
    document.body.append(form);
    form.submit();
}"""


@dataclass
class Windows:
    """A browser in which each person is signed in, by their cookie."""

    browser: Browser
    base: str
    cookies: Mapping[str, str]
    complaints: list[str] = field(default_factory=list)
    _pages: dict[str, Page] = field(default_factory=dict)

    def of(self, who: str) -> Page:
        """This person's window, the same one each time: to open another takes longer than most pages."""
        if who not in self._pages:
            context = self.browser.new_context(viewport={"width": looks.WIDE, "height": 900})
            if who in self.cookies:
                context.add_cookies([{"name": COOKIE, "value": self.cookies[who], "url": self.base}])
            page = self._pages[who] = context.new_page()
            page.on("console", lambda said: self.complaints.append(said.text) if is_complaint(said) else None)
            page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        return self._pages[who]

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()


@dataclass
class Round:
    """Goes to pages that are not like one that was seen, and keeps what is wrong with them."""

    sides: Sides
    windows: Windows
    found: list[str] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    _shapes: Shapes = field(default_factory=Shapes)
    _colours: Shapes = field(default_factory=Shapes)  # Parts look alike on every page: each is seen in the dark once.

    def look_at(self, method: str, rule: Rule, who: str, data: dict[str, Any] | None = None) -> None:
        where = address(self.sides, rule, "own")
        answer = self.sides.ask(method, where, who, data)
        self.sides.changed()
        if answer.mimetype == "text/html" and answer.status_code != 302:
            if not self._shapes.is_new(rule.endpoint, answer.text):
                return
            words = [rule.endpoint, who.replace(" ", "-"), method.lower(), str(answer.status_code)]
            name = "-".join([*words, "empty"] if data == {} else words)
            self.sources[name] = answer.text
            page = self.windows.of(who)
            self._open(page, method, where, who, data)
            self.found += looks.look_at(page, name, dark=self._colours.is_new("", answer.text))
            self.sides.changed()

    def _open(self, page: Page, method: str, where: str, who: str, data: dict[str, Any] | None) -> None:
        if method == "GET":
            page.goto(self.windows.base + where)
            return
        pairs = [("csrf_token", self.sides.seats[who][1])]
        for name, value in (data or {}).items():
            pairs += [(name, each) for each in (value if isinstance(value, list) else [value])]
        page.goto(f"{self.windows.base}/privacy")
        with page.expect_navigation():
            page.evaluate(SEND, [where, pairs])


@contextmanager
def answering(app: Flask, base: str) -> Iterator[None]:
    """The app serves a browser, in this process."""
    server = make_server("127.0.0.1", int(base.rsplit(":", 1)[1]), app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield
    server.shutdown()
    thread.join()


@contextmanager
def peopled(like: Sides, folder: Path, browser: Browser) -> Iterator[Round]:
    """The two sides, served to a browser."""
    base = f"http://localhost:{free_port()}"
    sides = Sides(folder, like=like, base_url=base)
    windows = Windows(browser, base, {who: cookie for who, (cookie, _) in sides.seats.items()})
    with answering(sides.app, base):
        yield Round(sides, windows)
    windows.close()
    sides.close()
