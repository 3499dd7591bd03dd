"""Somebody who looks round a site as people do: opens every link, fills in every form, reads the letters that come.

Of pages that are alike (one view, one kind of address) only a few are opened, and a form is filled in a few times.
"""

import re
from collections import Counter, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import lxml.html
from flask import Flask
from lxml.html import HtmlElement
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter
from werkzeug.test import TestResponse

TIMES = 2  # how often a form of one view is filled in, if nobody says so
MANY = {"mail.demonstration_letter"}  # Each letter may bring a link of its own.
TYPED = {"password": "four lanterns under trees", "url": "https://www.example.org/"}
COOKIE = "coprod_session"
LINKS = {"a": "href", "img": "src", "link": "href"}


@dataclass(frozen=True)
class Seen:
    """A page as somebody got it."""

    endpoint: str
    address: str
    status: int
    source: str


@dataclass
class Visitor:
    """One person's walk. What stands under `files` is known to be there, and not opened.

    `typed` says what they type into the form of a view, where it can't be anything. `left_alone` are forms that they
    don't fill in, `alike` says how many pages of one view they open, and `times` how
    often they fill in its form.
    """

    app: Flask
    base: str
    cookie: str = ""
    files: Collection[str] = ()
    typed: dict[str, dict[str, Any]] = field(default_factory=dict)
    left_alone: Collection[str] = ()
    alike: int = 2
    times: int = TIMES
    pages: list[Seen] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.host = urlsplit(self.base).hostname or ""
        self.map: MapAdapter = self.app.url_map.bind(urlsplit(self.base).netloc)
        self.handed: set[str] = set()
        self._known: set[str] = set()
        self._often: Counter[tuple[str, ...]] = Counter()
        self._waiting: deque[str] = deque()
        self._forms: deque[tuple[str, HtmlElement, HtmlElement | None]] = deque()
        self._new_window()

    def look_round(self, *starts: str) -> None:
        for start in starts:
            self._hear_of(start)
        while self._waiting:
            self._take(self.http.get(self._waiting.popleft(), base_url=self.base, follow_redirects=True))

    def open(self, address: str) -> None:
        """Look at one page, also again, and at what is new there."""
        self._take(self.http.get(address, base_url=self.base, follow_redirects=True))
        self.look_round()

    def fill_in(self, then: Callable[["Visitor"], None]) -> None:
        """Press each button that was seen. `then` is told when it is done, and what came of it was looked at."""
        now = self.http.get_cookie(COOKIE, domain=self.host)
        self.cookie = self.cookie or (now.value if now else "")
        while self._forms:
            at, form, button = self._forms.popleft()
            endpoint = self.endpoint(urljoin(at, form.get("action") or at), "POST")
            kind = ("form", str(endpoint), "" if button is None else button.get("value", ""))
            if endpoint is None or endpoint in self.left_alone or self._often[kind] >= self.times:
                continue
            self._often[kind] += 1
            self._send(at, filled(form, button) | self.typed.get(endpoint, {}), form)
            then(self)
            self._new_window()

    def endpoint(self, address: str, method: str = "GET") -> str | None:
        parts = urlsplit(address)
        if parts.netloc and parts.netloc != urlsplit(self.base).netloc:
            return None
        try:
            return str(self.map.match(parts.path, method)[0])
        except HTTPException:
            return None

    def _new_window(self) -> None:
        """As they were signed in at first, whatever the last form did."""
        self.http = self.app.test_client()
        if self.cookie:
            self.http.set_cookie(COOKIE, self.cookie, domain=self.host)

    def _hear_of(self, link: str) -> None:
        parts, endpoint = urlsplit(link), self.endpoint(link)
        if endpoint is None:
            return
        if endpoint in self.files:
            self.reached.add(endpoint)
            return
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        kind = (endpoint, *sorted(name for name, _ in parse_qsl(parts.query)))
        if address not in self._known and (endpoint in MANY or self._often[kind] < self.alike):
            self._often[kind] += 1
            self._known.add(address)
            self._waiting.append(address)

    def _take(self, answer: TestResponse) -> None:
        for step in (*answer.history, answer):
            if step.request.method == "GET" and step.status_code < 400:
                self.reached.add(str(self.endpoint(step.request.path)))
        asked = answer.request
        if answer.status_code >= 500 or (answer.status_code == 404 and asked.method == "GET"):
            self.faults.append(f"{answer.status_code} {asked.path}")
        if answer.mimetype == "text/html":
            source = answer.get_data(as_text=True)
            endpoint = self.endpoint(asked.path, asked.method) or "nowhere"
            self.pages.append(Seen(endpoint, asked.full_path.rstrip("?"), answer.status_code, source))
            self._read(source, asked.url)

    def _read(self, source: str, at: str) -> None:
        tree = lxml.html.document_fromstring(source)
        for tag, attribute in LINKS.items():
            for link in tree.iter(tag):
                to = link.get(attribute) or "#"
                if not to.startswith("#"):
                    self._hear_of(urljoin(at, to))
        named = re.findall(rf"{re.escape(self.base)}/[\w/%.-]+", unescape(source))
        self.handed |= {words.rstrip(".") for words in named}
        for form in tree.iter("form"):
            if (form.get("method") or "get").lower() == "get":
                asked = urlencode(filled(form, None), doseq=True)
                self._hear_of(f"{urljoin(at, form.get('action') or urlsplit(at).path)}?{asked}")
            else:
                buttons = [button for button in form.iter("button") if button.get("type") != "button"]
                self._forms.extend((at, form, button) for button in buttons or [None])

    def _send(self, at: str, data: dict[str, Any], form: HtmlElement) -> None:
        said = {"Origin": self.base, "Referer": at}
        to = urlsplit(urljoin(at, form.get("action") or at))
        where = f"{to.path}?{to.query}" if to.query else to.path
        self._take(self.http.post(where, data=data, base_url=self.base, follow_redirects=True, headers=said))
        self.look_round()


def filled(form: HtmlElement, button: HtmlElement | None) -> dict[str, Any]:
    """What somebody sends who fills in each field with something that fits it, and presses this button."""
    data: dict[str, Any] = {}
    if button is not None and button.get("name"):
        data[button.get("name", "")] = button.get("value", "")
    for element in form.iter("input", "select", "textarea"):
        name = element.get("name")
        if name and element.get("disabled") is None and element.get("type") not in {"submit", "button"}:
            if _is_of_a_day(element):
                data.setdefault(name, []).append(element.get("value") or _day(name)[len(data[name])])
            else:
                data.setdefault(name, _something(element, name))
    return data


def _is_of_a_day(element: HtmlElement) -> bool:
    """One of the three boxes of a day, which share a name."""
    return "govuk-date-input__input" in (element.get("class") or "")


def _day(name: str) -> tuple[str, str, str]:
    """What was is past, and what is due is to come."""
    return ("1", "6", "2028" if name.startswith("due") else "2026")


def _something(element: HtmlElement, name: str) -> Any:
    kind = element.get("type", "text")
    if element.tag == "select":
        values = [option.get("value", "") for option in element.iter("option")]
        return next((value for value in values if value), "")
    if element.tag == "textarea":
        return "".join(element.itertext()).strip() or "Words that somebody wrote."
    if kind == "file":
        return (BytesIO(b"What families said in spring.\n"), "said.txt")
    if kind in {"hidden", "radio", "checkbox"}:
        return element.get("value", "on")
    return element.get("value") or _typed(element, name, kind)


def _typed(element: HtmlElement, name: str, kind: str) -> str:
    if kind == "email" or "email" in name:
        return "somebody@example.org"
    numbers = element.get("inputmode") == "numeric" or kind == "number"
    return TYPED.get(kind) or ("3" if numbers else "school")
