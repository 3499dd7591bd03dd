"""WRITES: a concern is sent in, looked into, closed with a note, and erased when its time is over."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, update

from coprod import history, mail
from coprod.accounts import letters
from coprod.accounts.models import Person
from coprod.accounts.written import email_of
from coprod.concerns import queries, rules
from coprod.concerns.models import Concern
from coprod.concerns.rules import State
from coprod.database import db
from coprod.errors import Invalid, WrongState
from coprod.permissions import ANONYMOUS, Action, Actor, AreaRole, require
from coprod.phrases import N_, Phrase
from coprod.text import has_words
from coprod.transaction import hold
from coprod.web.clock import day_of

TOO_MANY = N_("Many people wrote about this today, so this page takes no more. Write to us by e-mail, please.")


def send(organisation_id: UUID, *, words: str, address: str, now: datetime) -> Concern:
    """Anybody tells the coordinator what worries them. Who it was is not kept, but for an address that they give.

    Coordinators get one letter a day about one organisation at most, however many concerns come.
    """
    if not has_words(words):
        raise Invalid(N_("Say what you are concerned about"), field="words")
    if len(words) > rules.LONGEST:
        raise Invalid(Phrase("Use {most:,} characters or fewer", most=rules.LONGEST), field="words")
    if queries.sent_lately(organisation_id, now=now) >= rules.MOST_A_DAY:
        raise Invalid(TOO_MANY)
    try:
        contact = email_of(address) if address.strip() else None
    except Invalid as refusal:
        raise Invalid(refusal.message, field="address") from None
    concern = Concern(
        organisation_id=organisation_id, words=words, address=contact, sent_at=now, state=State.NEW.value
    )
    db.session.add(concern)
    history.record("concern.sent", concern, actor=ANONYMOUS, now=now)
    letters.to_area(
        "concern_sent",
        AreaRole.COORDINATOR,
        organisation_id=organisation_id,
        now=now,
        once=f"concern:{organisation_id}:{day_of(now)}",
        link=mail.page("concerns.concerns"),
    )
    return concern


def look(concern: Concern, *, actor: Actor, now: datetime) -> None:
    """The coordinator looks into it."""
    _may_move(concern, rules.MAY_LOOK, actor=actor)
    concern.state = State.LOOKING.value
    history.record("concern.looked_at", concern, actor=actor, now=now)


def close(concern: Concern, *, note: str, actor: Actor, now: datetime) -> None:
    """It is over; the note says what came of it. From now on its time to be erased runs."""
    _may_move(concern, rules.MAY_CLOSE, actor=actor)
    if not has_words(note):
        raise Invalid(N_("Say what came of it"), field="note")
    concern.state = State.CLOSED.value
    concern.closed_at, concern.note = now, note
    history.record("concern.closed", concern, actor=actor, now=now)


def forget_old(*, now: datetime) -> int:
    """Erase addresses and then whole concerns when their time is over. Answers how many concerns that touched."""
    closed, sent = Concern.closed_at, Concern.sent_at
    over = or_(closed <= now - rules.KEPT, sent <= now - rules.KEPT_OPEN)
    gone = len(db.session.scalars(delete(Concern).where(over).returning(Concern.id)).all())
    done_with = or_(closed <= now - rules.ADDRESS_KEPT, sent <= now - rules.ADDRESS_KEPT_OPEN)
    emptied = update(Concern).where(Concern.address.is_not(None), done_with).values(address=None)
    return gone + len(db.session.scalars(emptied.returning(Concern.id)).all())


def forget(person: Person) -> None:
    """The address of somebody who leaves goes. What they wrote stays without it: it is about a signatory."""
    db.session.execute(update(Concern).where(Concern.address == person.email).values(address=None))


def _may_move(concern: Concern, states: Collection[State], *, actor: Actor) -> None:
    require(actor, Action.LOOK_INTO_CONCERN, concern)
    hold(concern)
    if State(concern.state) not in states:
        raise WrongState(N_("Somebody moved this on already. Open the page again to see where it is."))
