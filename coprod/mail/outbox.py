"""WRITES: queueing a letter. It is rendered at once, so what it says is what was true when it was decided."""

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import select

from coprod.database import db, insert
from coprod.mail.models import Letter, Receiver
from coprod.web import deployment

SUBJECT = "Subject: "
LONGEST_SUBJECT = 300


@dataclass(frozen=True, slots=True)
class Page:
    """A page that a letter links to, by endpoint: whole addresses are made in one place, where letters are rendered."""

    endpoint: str
    values: Mapping[str, object]


def page(endpoint: str, **values: object) -> Page:
    return Page(endpoint, values)


def queue(
    template: str,
    *,
    to: str,
    now: datetime,
    person_id: UUID | None = None,
    organisation_id: UUID | None = None,
    essential: bool = True,
    once: str | None = None,
    **facts: Any,
) -> bool:
    """Put one letter into the running transaction: it leaves once that is committed, and not otherwise.

    `templates/mail/<template>.txt` says it all: its first line is `Subject: …`, and the HTML part is made from the same
    words. A fact that is a `page(…)` becomes a whole address. Other facts lose line ends: nobody's name can start a
    new line or a header. False where a letter with the key `once` was queued before.
    """
    if once is not None and db.session.scalar(select(Letter.id).where(Letter.once == once)) is not None:
        return False
    receiver = one_line(to)
    stop = _stop_page(receiver) if not essential else None
    subject, words, html = _rendered(template, facts, stop)
    row = {
        "id": uuid4(),
        "template": template,
        "receiver": receiver,
        "person_id": person_id,
        "organisation_id": organisation_id,
        "essential": essential,
        "once": once,
        "subject": subject,
        "words": words,
        "html": html,
        "queued_at": now,
        "due_at": now,
    }
    statement = insert(Letter).values(row).on_conflict_do_nothing(index_elements=["once"])
    return db.session.execute(statement.returning(Letter.id)).scalar() is not None


def one_line(text: str) -> str:
    """`text` without line ends and other control characters."""
    return " ".join("".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text).split())


def _rendered(template: str, facts: Mapping[str, Any], stop: Page | None) -> tuple[str, str, str]:
    """The subject, the plain words, and the same words as HTML."""
    env = current_app.jinja_env
    plain = {name: _plain(value) for name, value in facts.items()}
    links = {plain[name] for name, value in facts.items() if isinstance(value, Page)}
    settings = deployment.settings()
    about = {
        "area": one_line(settings.area_name),
        "forum": one_line(settings.forum_name),
        "contact": settings.contact_email,
        "demonstration": settings.demonstration,
        "stop": _plain(stop),
    }
    whole = env.get_template(f"mail/{template}.txt").render(about | plain)
    first, _, words = whole.partition("\n")
    if not first.startswith(SUBJECT):
        raise ValueError(f"mail/{template}.txt must begin with '{SUBJECT}'")
    subject = one_line(first.removeprefix(SUBJECT))[:LONGEST_SUBJECT]
    letter = env.get_template("mail/layout.txt").render(about, words=words.strip()).strip() + "\n"
    paragraphs = [part.split("\n") for part in letter.strip().split("\n\n")]
    html = env.get_template("mail/layout.html").render(
        subject=subject, paragraphs=paragraphs, links=links | {about["stop"]}
    )
    return subject, letter, html


def _plain(value: Any) -> Any:
    if isinstance(value, Page):
        return deployment.address(value.endpoint, **value.values)
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _stop_page(receiver: str) -> Page:
    """Where this receiver stops reminders."""
    address = receiver.casefold()
    statement = insert(Receiver).values(address=address, secret=secrets.token_urlsafe(24))
    db.session.execute(statement.on_conflict_do_nothing(index_elements=["address"]))
    return page("mail.stop", secret=db.session.scalar(select(Receiver.secret).where(Receiver.address == address)))
