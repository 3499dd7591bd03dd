"""WRITES: trying stuck letters again, stopping reminders, an organisation's shared mailbox, and what time clears."""

from datetime import datetime
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, update

from coprod import history
from coprod.database import db
from coprod.errors import Invalid, NotFound
from coprod.mail import outbox, queries, rules
from coprod.mail.models import Letter, Mailbox
from coprod.mail.queries import Place
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_


def try_again(letter_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Let a stuck letter begin anew. One that was sent meanwhile is left alone."""
    require(actor, Action.RUN_MAIL)
    letter = db.session.get(Letter, letter_id, with_for_update=True)
    if letter is None:
        raise NotFound
    _begin_anew(letter, actor=actor, now=now)


def try_all_again(*, actor: Actor, now: datetime) -> int:
    """The same for every stuck letter, once whatever held them up is mended. Says how many."""
    require(actor, Action.RUN_MAIL)
    found = queries.stuck_letters(now=now)
    for letter in found:
        _begin_anew(letter, actor=actor, now=now)
    return len(found)


def stop_reminders(secret: str, *, now: datetime) -> None:
    """The receiver wants no reminders any more. What they need to know still comes."""
    receiver = queries.receiver_with(secret)
    receiver.stopped_at = receiver.stopped_at or now


def start_reminders(secret: str) -> None:
    """The receiver wants reminders again."""
    queries.receiver_with(secret).stopped_at = None


def set_mailbox(place: Place, *, address: str, actor: Actor, now: datetime) -> None:
    """An organisation's letters go to this shared mailbox too; an empty address means to none.

    The mailbox is told, so that whoever reads it can object.
    """
    require(actor, Action.SET_MAILBOX, place)
    plain = _address(address)
    box = queries.mailbox_row(place.organisation_id) or Mailbox(organisation_id=place.organisation_id, address="")
    if box.address == plain:
        return
    box.address, box.set_by, box.set_at = plain, actor.person_id, now
    db.session.add(box)
    history.record("mailbox.set", box, actor=actor, now=now, there=bool(plain))
    if plain:
        outbox.queue("mailbox_chosen", to=plain, now=now, organisation_id=place.organisation_id, place=place.name)


def discard_waiting(*, before: datetime) -> None:
    """Forget letters that were queued before then: the story of a demonstration is told in the past."""
    db.session.execute(delete(Letter).where(Letter.closed_at.is_(None), Letter.queued_at < before))


def tidy(*, now: datetime) -> int:
    """Wipe what given-up letters say after 30 days, and forget letters that are over for more than a year."""
    wiped = {"subject": "", "words": "", "html": ""}
    old = (Letter.gave_up_at < now - rules.KEPT_TO_TRY_AGAIN, Letter.words != "")
    cleared = db.session.execute(update(Letter).where(*old).values(wiped)).rowcount  # type: ignore[attr-defined]  # an update counts
    forgotten = db.session.execute(delete(Letter).where(Letter.closed_at < now - rules.KEPT)).rowcount  # type: ignore[attr-defined]  # so does a delete
    return int(cleared + forgotten)


def _begin_anew(letter: Letter, *, actor: Actor, now: datetime) -> None:
    if letter.sent_at is not None or letter.stopped_at is not None or not letter.words:
        return
    letter.gave_up_at = letter.closed_at = None
    letter.tries, letter.due_at = 0, now
    history.record("letter.tried_again", letter, actor=actor, now=now)


def _address(text: str) -> str:
    if not text.strip():
        return ""
    try:
        found = validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise Invalid(N_("Enter an e-mail address, such as office@example.org"), field="address") from None
    return found.normalized.lower()
