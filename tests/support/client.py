"""A browser without a window that is strict about each page: what it lets through, people can use."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import html5lib
import lxml.html
from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coprod.accounts.letting_in import PASSED
from coprod.accounts.models import Person
from coprod.database import db

TAG = re.compile(r"</?[A-Za-z][^\s/>]*")
SECOND_STEP = ("/sign-in/second-step", "/sign-in/set-up")
LABELLED = {"input", "select", "textarea"}
NO_LABEL_NEEDED = {"hidden", "submit", "button"}


class Page:
    """One answer, read as a browser reads it. `text` is what a person sees, with one space between words."""

    def __init__(self, response: TestResponse, address: str) -> None:
        self.response = response
        self.address = address
        self.status = response.status_code
        self.source = response.get_data(as_text=True) if (response.mimetype or "").startswith("text/") else ""
        self.tree = _read(self.source) if response.mimetype == "text/html" else ElementTree.Element("html")

    @property
    def text(self) -> str:
        body = self.tree.find("body")
        return " ".join(" ".join(_words(body)).split()) if body is not None else self.source

    @property
    def h1(self) -> str:
        return _said(self.tree.find(".//h1"))

    @property
    def errors(self) -> list[str]:
        """What the error summary lists."""
        return [_said(item) for item in self._all("ul") if "govuk-error-summary__list" in item.get("class", "")]

    def links(self) -> dict[str, str]:
        """Each link's words, and where it leads."""
        return {_said(link): link.get("href", "") for link in self._all("a")}

    def link(self, words: str) -> str:
        """Where the link with these words leads. Fails the test where there is none, or where two differ."""
        found = {link.get("href", "") for link in self._all("a") if _said(link) == words}
        assert len(found) == 1, f"{len(found)} links say {words!r} on {self.address}; there are {sorted(self.links())}"
        return found.pop()

    def form(self, button: str) -> ElementTree.Element:
        """The form whose button says `button`."""
        found = [f for f in self._all("form") if button in [_said(b) for b in f.iter("button")]]
        assert len(found) == 1, f"{len(found)} forms with the button {button!r} on {self.address}: {self.text[:600]}"
        return found[0]

    def _all(self, tag: str) -> list[ElementTree.Element]:
        return list(self.tree.iter(tag))


class Browser(FlaskClient):
    """Says where a form comes from, as browsers do."""

    def run_wsgi_app(self, environ: Any, buffered: bool = False) -> Any:
        if environ["REQUEST_METHOD"] == "POST":
            environ.setdefault("HTTP_ORIGIN", f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}")
        return super().run_wsgi_app(environ, buffered)


class Client:
    """Goes through pages as a person does: opens links, fills in forms that are there, presses their buttons."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.http: FlaskClient = app.test_client()
        self.page: Page | None = None

    def get(self, address: str, *, status: int = 200, **options: Any) -> Page:
        return self._open("GET", address, status, **options)

    def post(self, address: str, data: dict[str, Any] | None = None, *, status: int = 200, **options: Any) -> Page:
        """Send `data` straight to an address, with a CSRF token from the page last seen."""
        forms = self.page._all("form") if self.page else []
        tokens = [token for form in forms for token in _as_filled(form, "").get("csrf_token", [])]
        return self._open("POST", address, status, data={"csrf_token": tokens[:1]} | (data or {}), **options)

    def follow(self, words: str) -> Page:
        assert self.page is not None
        return self.get(self.page.link(words))

    def submit(self, button: str, *, status: int = 200, **typed: Any) -> Page:
        """Fill in the form with this button on the page last seen, and press it. What is not typed stays as it was."""
        assert self.page is not None
        form = self.page.form(button)
        data = _as_filled(form, button)
        unknown = set(typed) - set(_names(form))
        assert not unknown, f"the form has no {sorted(unknown)}; it has {sorted(set(_names(form)))}"
        for name, value in typed.items():
            data.pop(name, None)
            if value is not None and value is not False:
                data[name] = [_sent(v) for v in value] if isinstance(value, list) else _sent(value)
        address = form.get("action") or self.page.address
        method = (form.get("method") or "get").upper()
        options = {"query_string": data} if method == "GET" else {"data": data}
        return self._open(method, address, status, **options)

    def sign_in(self, email: str, password: str = "a long enough password") -> Page:
        """Sign in with a password. A second step that is owed counts as passed: its own tests go through its pages."""
        self.get("/sign-in")
        page = self.submit("Sign in", email=email, password=password)
        return self.get(self.pass_second_step()) if page.address.startswith(SECOND_STEP) else page

    def pass_second_step(self) -> str:
        """Mark this session as the pages of the second step do. Answers the page that waits behind them."""
        assert self.page is not None
        with self.http.session_transaction() as session:
            person = db.session.query(Person).filter_by(fs_uniquifier=session["_user_id"]).one()
            session[PASSED] = str(person.id)
        return parse_qs(urlsplit(self.page.address).query).get("next", ["/start"])[0]

    def sign_out(self) -> Page:
        assert self.page is not None
        buttons = [_said(button) for button in self.page._all("button")]
        return self.submit(next(words for words in buttons if words.startswith("Sign out")))

    def _open(self, method: str, address: str, status: int, **options: Any) -> Page:
        options.setdefault("follow_redirects", True)
        for name in list(g):  # A test holds one context open, but what one request found out is not the next one's.
            g.pop(name)
        response = self.http.open(address, method=method, **options)
        db.session.rollback()  # What the test itself read is old now.
        page = Page(response, response.request.path + _query(response))
        assert page.status == status, f"{method} {address} answered {page.status}, not {status}: {page.text[:1500]}"
        if response.mimetype == "text/html":
            check(page)
            self.page = page
        return page


def check(page: Page) -> None:
    """Fails where a page breaks what every page promises."""
    ids = [e.get("id") for e in page.tree.iter() if e.get("id")]
    twice = {i for i in ids if ids.count(i) > 1}
    assert not twice, f"{page.address}: ids used twice: {twice}"
    assert len(page._all("h1")) == 1, f"{page.address}: {len(page._all('h1'))} h1"
    assert _said(page.tree.find(".//title")), f"{page.address}: no title"
    html = page.tree if page.tree.tag == "html" else page.tree.find("html")
    assert html is not None
    assert html.get("lang"), f"{page.address}: no language"
    _check_labels(page, set(ids))
    _check_stacked(page)
    for element in page.tree.iter():
        assert not element.get("style"), f"{page.address}: an inline style on {element.tag}"
        handlers = [a for a in element.attrib if a.startswith("on")]
        assert not handlers, f"{page.address}: inline scripting {handlers}"
    for form in page._all("form"):
        if (form.get("method") or "").lower() == "post":
            assert "csrf_token" in _names(form), f"{page.address}: a form without its token"
    for image in page._all("img"):
        assert image.get("alt") is not None, f"{page.address}: an image without alt"


def _check_labels(page: Page, ids: set[str | None]) -> None:
    labels = {label.get("for") for label in page._all("label")}
    assert labels - {None} <= ids, f"{page.address}: labels for nothing: {labels - ids}"
    for element in page.tree.iter():
        if element.tag in LABELLED and element.get("type") not in NO_LABEL_NEEDED:
            named = element.get("id") in labels or element.get("aria-label") or element.get("aria-labelledby")
            assert named, f"{page.address}: no label for {element.get('name')}"
        for attribute in ("aria-describedby", "aria-labelledby"):
            for target in (element.get(attribute) or "").split():
                assert target in ids, f"{page.address}: {attribute} points at {target}, which is not there"


def _check_stacked(page: Page) -> None:
    """On a phone, where headings of columns have no room, each cell says itself what it is."""
    for table in page._all("table"):
        if "govuk-table--stacks" in (table.get("class") or ""):
            heads = [_said(head) for head in table.findall("thead//th")]
            for row in table.findall("tbody/tr"):
                for head, cell in zip(heads, row, strict=False):
                    apart = cell.tag == "th" or cell.get("colspan") or cell.find(".//button") is not None
                    assert apart or cell.get("data-label") == head, f"{page.address}: a cell does not say {head}"


_reader = lxml.html.HTMLParser(remove_comments=True, remove_pis=True)
_sound: set[int] = set()  # what was found to be valid in this process: which tags stand one after the other


def _read(source: str) -> ElementTree.Element:
    """The page's tree. A browser's own rules take thirty times as long, and are asked once for each order of tags."""
    order = hash(tuple(TAG.findall(source)))
    if order not in _sound:
        parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
        parser.parse(source)
        faults = [f"{place}: {code} {detail}" for place, code, detail in parser.errors]
        assert not faults, f"invalid HTML: {faults[:5]}\n{source[:300]}"
        _sound.add(order)
    tree: ElementTree.Element = lxml.html.document_fromstring(source, parser=_reader)
    return tree


def _words(element: ElementTree.Element) -> list[str]:
    if element.tag in {"script", "style", "template", "title"} and element.tag != "title":
        return []
    words = [element.text or ""]
    for child in element:
        words += [*_words(child), child.tail or ""]
    return words


def _said(element: ElementTree.Element | None) -> str:
    return " ".join(" ".join(_words(element)).split()) if element is not None else ""


def _names(form: ElementTree.Element) -> list[str]:
    return [e.get("name", "") for e in form.iter() if e.tag in {*LABELLED, "button"} and e.get("name")]


def _as_filled(form: ElementTree.Element, button: str) -> dict[str, list[str]]:
    """What a browser would send for the form as it stands, pressed with this button."""
    data: dict[str, list[str]] = {}
    for element in form.iter():
        name = element.get("name")
        if name and element.get("disabled") is None:
            for value in _values(element, button):
                data.setdefault(name, []).append(value)
    return data


def _values(element: ElementTree.Element, button: str) -> list[str]:
    kind = element.get("type")
    if element.tag == "textarea":
        return [re.sub(r"^\n", "", "".join(element.itertext()))]
    if element.tag == "select":
        options = list(element.iter("option"))
        chosen = [o for o in options if o.get("selected") is not None] or options[:1]
        return [option.get("value", _said(option)) for option in chosen]
    if element.tag == "button":
        return [element.get("value", "")] if _said(element) == button else []
    if element.tag != "input" or kind in {"submit", "button", "file"}:
        return []
    if kind in {"checkbox", "radio"}:
        return [element.get("value", "on")] if element.get("checked") is not None else []
    return [element.get("value", "")]


def _sent(value: Any) -> Any:
    return "y" if value is True else str(value) if isinstance(value, int) else value


def _query(response: TestResponse) -> str:
    query = response.request.query_string.decode()
    return f"?{query}" if query else ""
