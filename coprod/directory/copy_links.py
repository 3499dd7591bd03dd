"""THE RULES of a copy made of plain files: which file a public address stands in, and what a page's links become.

Links between files are relative, so that the copy can stand at any address. Whatever needs a program behind it, such as
searching or signing in, leads to the live site.
"""

import hashlib
import posixpath
import re
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from coprod.web.access import access_of

PAGE = "index.html"
NOT_IN_A_COPY = frozenset({"accounts", "health", "mail", "security"})
LONGEST_NAME = 150  # bytes; disks take 255
FILE = re.compile(r"\.(atom|css|csv|js|json|jsonl|jwt|pdf|py|svg|txt|woff2|xlsx|xml)$")
TAG = re.compile(r"<(?:a|img|link|script|source)\b[^>]*>")
ADDRESS = re.compile(r'\b(href|src|srcset)="([^"]*)"')
FORM = re.compile(r'<form\b[^>]*?action="([^"]*)".*?</form>', re.S)
MAIN = re.compile(r"<main\b[^>]*>")
TURN = re.compile(r'\brel="(next|prev)"')
LATER = re.compile(r"^(.*/)?pages/(\d+)/index\.html$")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address that the copy needs, and the file to put it into."""

    address: str
    file: str


class Links:
    """Where everything stands in the copy of one site. `live` is the address of the site itself."""

    def __init__(self, app: Flask, live: str) -> None:
        self.app = app
        self.live = live
        self.routes = app.url_map.bind("")

    def file_of(self, address: str) -> str | None:
        """The file for an address of this site; None where it takes a program to answer."""
        parts = urlsplit(address)
        path, query = unquote(parts.path), dict(parse_qsl(parts.query))
        endpoint = self._static_answer(path)
        if endpoint is None:
            return None
        if query and endpoint != "static":
            path = _named(endpoint, path, query)
        names = [_short(name) for name in path.split("/") if name]
        if not path or {".", ".."} & set(names):
            return None
        return "/".join(names if FILE.search(path) else [*names, PAGE])

    def _static_answer(self, path: str) -> str | None:
        """The route that answers, where it says the same to everybody and takes nothing that is sent."""
        try:
            endpoint: str = self.routes.match(path, method="GET")[0]
        except (HTTPException, RequestRedirect):
            return None
        stated, takes = access_of(self.app, endpoint), self.routes.allowed_methods(path)
        if not stated or not stated.anyone or "POST" in takes or endpoint.split(".")[0] in NOT_IN_A_COPY:
            return None
        return endpoint

    def rewritten(self, page: str, file: str, *, note: str) -> tuple[str, list[Wanted]]:
        """A page for the copy, with what it links to. `note` says what the copy is, above all its words."""
        wanted: list[Wanted] = []

        def link(tag: re.Match[str]) -> str:
            return ADDRESS.sub(lambda found: f'{found[1]}="{self._target(found[2], tag[0], file, wanted)}"', tag[0])

        page = FORM.sub(lambda form: _instead(self._live(unescape(form[1]))), page)
        page = TAG.sub(link, page)
        return MAIN.sub(lambda found: found[0] + note, page, count=1), wanted

    def _target(self, written: str, tag: str, file: str, wanted: list[Wanted]) -> str:
        address = unescape(written)
        if tag.startswith("<a"):
            address = address.removeprefix(self.live) if address.startswith(f"{self.live}/") else address
        if not address.startswith("/") or address.startswith("//"):
            return written
        there, turn = self.file_of(address), TURN.search(tag)
        if turn and tag.startswith("<a"):
            there = _neighbour(file, 1 if turn[1] == "next" else -1)
        if there is None:
            return escape(self._live(address))
        wanted.append(Wanted(address, there))
        parts = urlsplit(address)
        relative = quote(posixpath.relpath(there, posixpath.dirname(file) or "."))
        query = f"?{parts.query}" if there.startswith("static/") and parts.query else ""
        return escape(relative + query + (f"#{parts.fragment}" if parts.fragment else ""))

    def _live(self, address: str) -> str:
        return self.live + address


def _named(endpoint: str, path: str, query: dict[str, str]) -> str:
    """The few addresses with a query that have a file: one organisation's records, and one entry of the register."""
    if endpoint.startswith("changes.you_said") and set(query) == {"organisation"}:
        begun, dot, ending = path.partition(".")
        return f"{begun}/{query['organisation']}{dot}{ending}"
    if endpoint == "register.lines" and set(query) == {"after", "limit"} and query["limit"] == "1":
        return f"/register/{int(query['after']) + 1}.jsonl"
    return ""


def _neighbour(file: str, step: int) -> str:
    """The file of the page of a list that comes after this one, or before it."""
    later = LATER.match(file)
    base, number = (later[1] or "", int(later[2])) if later else (file.removesuffix(PAGE), 1)
    number += step
    return f"{base}pages/{number}/{PAGE}" if number > 1 else f"{base}{PAGE}"


def _short(name: str) -> str:
    """A name that every disk takes."""
    held = name.encode()
    if len(held) <= LONGEST_NAME:
        return name
    begun, dot, ending = name.rpartition(".")
    kept = (begun or name).encode()[: LONGEST_NAME // 2].decode(errors="ignore")
    return f"{kept}-{hashlib.sha256(held).hexdigest()[:16]}" + (f".{ending}" if dot else "")


def _instead(address: str) -> str:
    """What stands where the live page has a form."""
    return (
        '<p class="govuk-body">This page is a copy, which looks nothing up. '
        f'<a class="govuk-link" href="{escape(address)}">Use the live page</a></p>'
    )
