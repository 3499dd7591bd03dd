"""Guessing at passwords is made slow and is told to the coordinator; nobody is locked out by it.

Each try counts as wrong until it turns out right, before the password is looked at: a hundred tries at once do not get
past it. What is counted is a digest of the e-mail address or of where somebody is, whether or not an account is there,
so the answer is the same for both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from coprod import history
from coprod.accounts import queries
from coprod.accounts.delays import ACCOUNT, ADDRESS, BROWSER, EVERYWHERE, NONE, WATCHES, standing, wait
from coprod.accounts.models import Person
from coprod.database import Model, UtcDateTime, db, insert
from coprod.errors import NotFound, TooSoon
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_, Phrase
from coprod.transaction import transaction
from coprod.web.formatting import counted

KEPT = timedelta(days=90)
MOST = 100
Key = tuple[str, str]  # what is watched, and the digest of which one


class Guess(Model):
    """Wrong tries in a row, for one account, one address, one browser, or everywhere."""

    __tablename__ = "guesses"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    wrong: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Alert(Model):
    """Something that looks like guessing, for the coordinator to know of."""

    __tablename__ = "alerts"
    __table_args__ = (CheckConstraint("kind IN ('account', 'address', 'everywhere')", name="kind_is_known"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    tries: Mapped[int] = mapped_column(Integer)
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("people.id", ondelete="SET NULL"), index=True, comment="whose account was tried, where there is one"
    )
    once: Mapped[str] = mapped_column(String(120), unique=True, comment="one alert a day for one thing")
    noted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    noted_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))


@dataclass(frozen=True, slots=True)
class Told:
    """An alert as the coordinator reads it."""

    id: UUID
    at: datetime
    heading: str
    words: str
    noted: bool


def keys(*, account: str, address: str, browser: str | None, now: datetime) -> tuple[Key, ...]:
    """What one try counts for. A browser that the account was signed in to before counts for itself alone."""
    if browser:
        return ((BROWSER, browser),)
    return ((ACCOUNT, account), (ADDRESS, address), (EVERYWHERE, f"{now:%Y-%m-%d %H}"))


def begin_try(tried: Sequence[Key], *, email: str, now: datetime) -> None:
    """Count a try before the password is looked at. Raises TooSoon where the wait after the last one is not over."""
    _refuse_too_soon(_found(tried), now)
    with transaction():
        for kind, which in tried:
            fresh = insert(Guess).values(key=_key((kind, which)), wrong=0, last_at=now)
            db.session.execute(fresh.on_conflict_do_nothing())
        found = _found(tried, lock=True)
        _refuse_too_soon(found, now)
        for (kind, which), row in found.items():
            row.wrong = standing(WATCHES[kind], row.wrong, row.last_at, now) + 1
            row.last_at = now
            if row.wrong % (WATCHES[kind].alert or row.wrong + 1) == 0:
                _alert(kind, which, row.wrong, email=email, now=now)


def take_back(tried: Sequence[Key]) -> None:
    """It was right: the account and the browser start anew, and the address has one wrong try less."""
    with transaction():
        for (kind, _), row in _found(tried, lock=True).items():
            row.wrong = 0 if kind in {ACCOUNT, BROWSER} else max(row.wrong - 1, 0)


def alerts(actor: Actor) -> tuple[Told, ...]:
    """What looked like guessing in the last weeks, the latest first."""
    require(actor, Action.SEE_ALERTS)
    rows = db.session.execute(
        select(Alert, Person.name)
        .outerjoin(Person, Alert.person_id == Person.id)
        .order_by(Alert.at.desc(), Alert.id)
        .limit(MOST)
    )
    return tuple(_told(alert, name) for alert, name in rows)


def note_alert(alert_id: UUID, *, actor: Actor, now: datetime) -> None:
    """The coordinator has seen to it. Noting it twice is noting it once."""
    require(actor, Action.SEE_ALERTS)
    found = db.session.get(Alert, alert_id)
    if found is None:
        raise NotFound
    if found.noted_at is None:
        found.noted_at, found.noted_by = now, actor.person_id
        history.record("alert.noted", found, actor=actor, now=now)


def tidy(*, now: datetime) -> int:
    """Forget wrong tries that no longer count, and old alerts. Answers how many."""
    longest = max(watch.forgotten for watch in WATCHES.values())
    gone = db.session.execute(delete(Guess).where(Guess.last_at < now - longest))
    old = db.session.execute(delete(Alert).where(Alert.at < now - KEPT))
    return int(gone.rowcount + old.rowcount)  # type: ignore[attr-defined]  # a DELETE counts its rows


def _key(tried: Key) -> str:
    return ":".join(tried)


def _found(tried: Sequence[Key], *, lock: bool = False) -> dict[Key, Guess]:
    """The rows of these keys, always in one order, so that two tries at once can't wait for each other."""
    query = select(Guess).where(Guess.key.in_([_key(key) for key in tried])).order_by(Guess.key)
    rows = {row.key: row for row in db.session.scalars(query.with_for_update() if lock else query)}
    return {key: rows[_key(key)] for key in tried if _key(key) in rows}


def _refuse_too_soon(found: dict[Key, Guess], now: datetime) -> None:
    longest = NONE
    for (kind, _), row in found.items():
        watch = WATCHES[kind]
        over = row.last_at + wait(watch, standing(watch, row.wrong, row.last_at, now))
        longest = max(longest, over - now)
    if longest > NONE:
        raise TooSoon(longest)


def _alert(kind: str, which: str, tries: int, *, email: str, now: datetime) -> None:
    person = queries.person_with_email(email) if kind == ACCOUNT else None
    alert = insert(Alert).values(
        id=uuid4(),
        at=now,
        kind=kind,
        tries=tries,
        person_id=person.id if person else None,
        once=f"{now.date()}:{kind}:{which if kind != EVERYWHERE else ''}",
    )
    db.session.execute(alert.on_conflict_do_nothing())


def _told(alert: Alert, name: str | None) -> Told:
    wrong = counted(alert.tries, "wrong password", "wrong passwords")
    if alert.kind == ACCOUNT:
        heading = (
            Phrase("{wrong} for {name}", wrong=wrong, name=name)
            if name
            else Phrase("{wrong} for an e-mail address that has no account", wrong=wrong)
        )
        words = (
            N_(
                "They may have forgotten it, or somebody else is guessing. Ask them, by phone if you can. "
                "They can still sign in with a link that we send to their e-mail address."
            )
            if name
            else N_("Somebody may have mistyped their address, or is guessing. Nobody got in.")
        )
    elif alert.kind == ADDRESS:
        heading = Phrase("{wrong} from one place", wrong=wrong)
        words = N_(
            "A school where many people start on one day can look like this. "
            "If you know of no such school, somebody is guessing."
        )
    else:
        heading = Phrase("{wrong} in an hour, over all accounts", wrong=wrong)
        words = N_(
            "Somebody may be trying the same few passwords on many accounts. Ask people to turn on the second step."
        )
    return Told(alert.id, alert.at, heading, words, alert.noted_at is not None)
