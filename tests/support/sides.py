"""Requests by each sort of person, straight at an address; and what they changed, undone again."""

import re
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from werkzeug.test import TestResponse

from coprod.app import create_app
from coprod.database import db
from tests.conftest import MOMENT, QUICK, made
from tests.support import strict, undoing
from tests.support.client import Client
from tests.support.undoing import Undoing
from tests.support.world import PEOPLE, World, world


class Sides:
    """An app whose database goes back to how it was, and people who are signed in to it."""

    world: World
    seats: dict[str, tuple[str, str]]
    undoing: Undoing

    def __init__(self, folder: Path, *, like: "Sides | None" = None, **changed: object) -> None:
        """With `like`, a copy of what that one began with, which is quicker than to make it all again."""
        self.folder = folder
        if like:
            undoing.copy_files(like.folder, folder)
        self.undoing = like.undoing.like(folder) if like else undoing.new(folder)
        self.app = create_app(
            made(folder, database_url=self.undoing.address, open_cases=9, **changed),
            **QUICK,
            PROPAGATE_EXCEPTIONS=False,  # A fault answers 500, as people would see it.
            KEEP_PAGES=False,
            CLOCK=lambda: MOMENT,
            RATELIMIT_ENABLED=False,
        )
        strict.watch(self.app)
        self.world, self.seats = (like.world, like.seats) if like else self._peopled()
        self.undoing.keep()
        self.version = self.undoing.moved()
        self.before = self.undoing.rows()

    def _peopled(self) -> tuple[World, dict[str, tuple[str, str]]]:
        with self.app.app_context():
            upgrade()
            made = world()
            db.session.remove()
            seats = {who: self._seat(who, made) for who in PEOPLE}
            db.session.remove()
            db.engine.dispose()
        return made, seats

    def _seat(self, who: str, made: World) -> tuple[str, str]:
        """The cookie and the token that this person's browser would hold."""
        client = Client(self.app)
        if who == "public":
            client.get("/sign-in")
        else:
            client.sign_in(made.emails[who])
        assert client.page is not None
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.page.source)
        cookie = client.http.get_cookie("coprod_session")
        assert token, client.page.source
        assert cookie
        return cookie.value, token[1]

    def rows(self) -> dict[str, int]:
        """Every table, as one number each."""
        return self.undoing.rows()

    def is_changed(self) -> bool:
        return self.undoing.moved() != self.version

    def changed(self) -> set[str]:
        """The tables that differ from how they were; afterwards they are as they were again."""
        if not self.is_changed():
            return set()
        after = self.rows()
        found = {name for name in after if after[name] != self.before[name]}
        self.undoing.put_back(found)
        self.version = self.undoing.moved()
        return found

    def ask(self, method: str, address: str, who: str, data: dict[str, Any] | None = None) -> TestResponse:
        """One request as this person's browser sends it. Without `data`, a form has no token either."""
        cookie, token = self.seats[who]
        return self.app.test_client(use_cookies=False).open(
            address,
            method=method,
            data={"csrf_token": token} | data if method == "POST" and data is not None else None,
            headers={"Cookie": f"coprod_session={cookie}"},
            buffered=True,
        )

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        self.undoing.close()
