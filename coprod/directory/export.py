"""The public pages as a folder of plain files: for any web server, with no program behind them.

Each is asked for as a visitor asks, so nothing gets in that a visitor does not see. Which files are there already says
what was copied, and links are followed to their end one after the other: so memory stays flat, however many there are.
"""

import ctypes
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextvars import Context
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import Client, TestResponse

from coprod.certificates import queries as certificates
from coprod.directory import copy_moves, queries
from coprod.directory.copy_links import Links, Wanted
from coprod.errors import DomainError
from coprod.organisations import queries as organisations
from coprod.web import clock, deployment
from coprod.web.formatting import day
from coprod.web.logs import QUIET

MARK = ".coprod-copy.json"
TRIES = 3
AT_ONCE = 500
FIRST = ("/", "/sitemap.xml", "/robots.txt", "/register.jsonl")
LEADS_ON = ("/signatories/{slug}", "/signatories/{slug}/badge.svg", "/signatories/{slug}/badge-dark.svg")
LOCATION = re.compile(r"<loc>([^<]*)</loc>")
NEXT = re.compile(r'<([^>]*)>; rel="next"')
HERE, EXCHANGE = -100, 2  # Linux's AT_FDCWD and RENAME_EXCHANGE.


class NotOurs(DomainError):
    """The folder holds something that a copy would destroy."""


class NotWhole(DomainError):
    """A copy that would not be whole and right is not put into place."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that stands in its place."""

    files: int
    bytes: int


def export(folder: Path, app: Flask) -> Copied:
    """Copy the public site into `folder`, which holds nothing, or an older copy. It is changed all at once."""
    folder = folder.resolve()
    _check_replaceable(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        # Outside the context of whoever asks: each page gets one of its own, as every request does.
        copied = Context().run(_copied, new, app)
        _into_place(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return copied


def _copied(new: Path, app: Flask) -> Copied:
    """A copy of one state of the public data. Where they changed meanwhile, it is made again."""
    for _ in range(TRIES):
        shutil.rmtree(new, ignore_errors=True)
        before = _state(app)
        copy = _Copy(new, app)
        fault = copy.make()
        if _state(app) != before:
            continue
        if fault:
            raise NotWhole(fault)
        return copy.finished()
    raise NotWhole("What the public sees changed while it was copied. Try again when less is going on.")


def _state(app: Flask) -> tuple[object, ...]:
    with app.app_context():
        return queries.public_version(), clock.today()


class _Copy:
    """One copy on its way."""

    def __init__(self, folder: Path, app: Flask) -> None:
        self.folder, self.app = folder, app
        with app.app_context():
            self.live, today = deployment.settings().base_url, clock.today()
        parts = urlsplit(self.live)
        self.host = f"{parts.scheme}://{parts.netloc}"
        self.links = Links(app, self.live)
        self.client = Client(app, use_cookies=False)
        self.said = f"This is a copy that was made on {day(today)}."

    def make(self) -> str | None:
        """Copy everything. Answers what is missing, or nothing."""
        shutil.copytree(self.app.static_folder or "static", self.folder / "static", ignore=_hidden)
        for first in self._beginnings():
            waiting = [first]
            while waiting:
                wanted = waiting.pop()
                if not self._is_there(wanted):
                    answer = self._ask(wanted.address)
                    if answer.status_code != 200:
                        answer.close()
                        return f"{wanted.address} answered {answer.status_code}, so nothing was copied."
                    found = self._keep(answer, wanted)
                    waiting += [each for each in reversed(found) if not self._is_there(each)]
        self._lead_on()
        return None

    def _lead_on(self) -> None:
        """What stood at a school's old address leads to where it is now that the school is an academy."""
        last = ""
        while moves := self._moves(last):
            last = moves[-1][0]
            for old, new in moves:
                for before, now in zip(self._addresses(old), self._addresses(new), strict=True):
                    if self._is_there(now):
                        copy_moves.lead_on(self.folder, before.file, now.file, live=self.live + now.address)

    def _moves(self, after: str) -> Sequence[tuple[str, str]]:
        with self.app.app_context():
            return organisations.moved(after=after, limit=AT_ONCE)

    def _addresses(self, slug: str) -> list[Wanted]:
        """The addresses of one organisation that lead on where it moved."""
        return [each for address in LEADS_ON if (each := self._wanted(address.format(slug=slug)))]

    def finished(self) -> Copied:
        """Say whose work the folder is, so that the next copy may take its place."""
        files = size = 0
        for place, _, names in os.walk(self.folder):
            files += len(names)
            size += sum((Path(place) / name).stat().st_size for name in names)
        (self.folder / MARK).write_text(json.dumps({"copy_of": self.live, "files": files}) + "\n")
        self.folder.chmod(0o755)
        return Copied(files, size)

    def _beginnings(self) -> Iterator[Wanted]:
        """What nothing else leads to: the front page and the maps, and certificates that are over."""
        yield from (each for address in FIRST if (each := self._wanted(address)))
        last = ""
        while codes := self._codes(last):
            last = codes[-1]
            yield from (each for code in codes if (each := self._wanted(f"/verify/{code}")))

    def _codes(self, after: str) -> list[str]:
        with self.app.app_context():
            return list(certificates.codes(after=after, limit=AT_ONCE))

    def _wanted(self, address: str) -> Wanted | None:
        file = self.links.file_of(address)
        return Wanted(address, file) if file else None

    def _is_there(self, wanted: Wanted) -> bool:
        return (self.folder / wanted.file).exists()

    def _ask(self, address: str) -> TestResponse:
        quiet = {QUIET: True}
        return self.client.get(address, base_url=self.host, environ_overrides=quiet, follow_redirects=True)

    def _keep(self, answer: TestResponse, wanted: Wanted) -> list[Wanted]:
        """Write an answer down. Answers what it links to."""
        place = self.folder / wanted.file
        place.parent.mkdir(parents=True, exist_ok=True)
        if answer.mimetype == "text/html":
            live = f'<a class="govuk-link" href="{escape(self.live + wanted.address)}">See how things stand today</a>'
            note = f'<div class="govuk-width-container"><p class="note">{self.said} {live}</p></div>'
            page, found = self.links.rewritten(answer.text, wanted.file, note=note)
            place.write_text(page, encoding="utf-8")
        elif answer.mimetype == "application/xml":
            place.write_bytes(answer.data)
            inside = [each.removeprefix(self.live) for each in LOCATION.findall(answer.text)]
            found = [each for address in inside if (each := self._wanted(address))]
        else:
            found = []
            self._stream(answer, place, whole="?" not in wanted.address)
        answer.close()
        return found

    def _stream(self, answer: TestResponse, place: Path, *, whole: bool) -> None:
        """Write data as they come; where they come in parts, all parts."""
        with place.open("wb") as file:
            file.writelines(answer.iter_encoded())
            while whole and (more := NEXT.search(answer.headers.get("Link", ""))):
                answer = self._ask(more[1])
                file.writelines(answer.iter_encoded())


def _hidden(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(".")]


def _check_replaceable(folder: Path) -> None:
    """Raises NotOurs unless the folder is empty, missing, or holds a copy and nothing besides."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        said = json.loads((folder / MARK).read_text())["files"]
    except (OSError, ValueError, KeyError):
        raise NotOurs(f"{folder} holds other files, which would be lost. Name a folder that is not there.") from None
    if sum(len(names) for _, _, names in os.walk(folder)) != said + 1:
        raise NotOurs(f"{folder} holds files besides an older copy, and they would be lost. Take them away first.")


def _into_place(new: Path, folder: Path) -> None:
    """The new copy takes the place of the old one, in one step where the system can do that."""
    if folder.exists() and any(folder.iterdir()):
        _swap(new, folder)
    else:
        new.replace(folder)


def _swap(new: Path, folder: Path) -> None:
    """Two folders change places."""
    try:
        failed = ctypes.CDLL(None).renameat2(HERE, os.fsencode(new), HERE, os.fsencode(folder), EXCHANGE)
    except AttributeError:
        failed = True
    if failed:
        aside = new.with_name(f"{new.name}-old")
        folder.replace(aside)
        new.replace(folder)
        aside.replace(new)
