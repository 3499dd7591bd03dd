"""An app on a phone, and letters as their receivers read them."""

import re
from datetime import UTC, datetime

from passlib.totp import TOTP
from playwright.sync_api import Page
from sqlalchemy import select, text

from coprod.accounts import second_step
from coprod.accounts.credentials import Authenticator
from coprod.accounts.models import Person
from coprod.database import db
from coprod.mail.models import Letter
from tests.support.build import MOMENT


def code_of(key: str, moment: object = MOMENT) -> str:
    """What an app with this key shows at that moment."""
    return str(TOTP(key=key.replace(" ", "")).generate(moment).token)


def with_app(person: Person) -> str:
    """Give somebody an app that was set up a while ago. Answers its key."""
    sealed = second_step.new_key()
    db.session.add(Authenticator(person_id=person.id, sealed_key=sealed, last_counter=0, added_at=MOMENT))
    db.session.commit()
    return second_step.shown(sealed, person)[0]


def set_up_in(page: Page) -> None:
    """Set up an app in a browser that was asked to, and go on."""
    key = page.locator("strong.key").inner_text()
    page.get_by_label("Code from the app").fill(code_of(key, datetime.now(UTC)))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="I have kept them").click()


def letters_to(address: str) -> list[Letter]:
    """What waits to be sent to this address, the oldest first."""
    place = "rowid" if db.engine.dialect.name == "sqlite" else "ctid"
    query = select(Letter).where(Letter.receiver == address).order_by(text(f"letters.{place}"))
    return list(db.session.scalars(query))


def link_in(letter: Letter) -> str:
    """The path of the first link in a letter."""
    found = re.search(r"https?://[^/\s]+(/\S+)", letter.words)
    assert found, letter.words
    return found[1]
