"""READS, the second part: all that the public may know of one organisation. No private column is named here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.orm import aliased

from coprod.certificates.models import Certificate
from coprod.charter.models import Commitment, SignUp
from coprod.database import db
from coprod.directory import queries
from coprod.directory.day import Day
from coprod.directory.rules import (
    Award,
    Happened,
    Signing,
    Standing,
    Status,
    award_in_force,
    history,
    status,
)
from coprod.errors import NotFound
from coprod.organisations import queries as organisations
from coprod.organisations.models import Organisation
from coprod.organisations.rules import Status as Life

Parent = aliased(Organisation)


@dataclass(frozen=True, slots=True)
class Promised:
    """One commitment of an organisation."""

    text: str
    due: date
    kept_on: date | None
    late: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """One organisation as its public page shows it."""

    id: UUID
    slug: str
    name: str
    place: str
    code: str
    website: str
    send_report: str
    closed: bool
    status: Status
    charter_version: str
    signing_code: str
    commitments: tuple[Promised, ...]
    award: Award | None
    history: tuple[Happened, ...]
    formerly: tuple[tuple[str, date], ...]


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge on another website says."""

    name: str
    status: Status


@dataclass(frozen=True, slots=True)
class _Known:
    """What every public view of an organisation starts from."""

    row: Any
    sign_ups: tuple[Any, ...]
    signings: tuple[Signing, ...]
    awards: tuple[Award, ...]
    status: Status


def profile(slug: str, *, today: date) -> Profile:
    """The public page of an organisation. Raises NotFound for who never signed, and for who left long ago."""
    known = _known(slug, today)
    if known.status.standing is Standing.GONE:
        raise NotFound
    current = next((up for up, said in zip(known.sign_ups, known.signings, strict=True) if not said.ended_on), None)
    return Profile(
        id=known.row.id,
        slug=slug,
        name=known.row.name,
        place=queries.place(known.row.kind, known.row.town, known.row.parent),
        code=queries.code(known.row.scheme, known.row.value),
        website=known.row.website,
        send_report=known.row.send_report,
        closed=known.row.status == Life.CLOSED,
        status=known.status,
        charter_version=current.charter_version if current else "",
        signing_code=current.code or "" if current else "",
        commitments=_commitments(current.id, today) if current else (),
        award=award_in_force(known.awards, today),
        history=history(known.signings, known.awards, today=today),
        formerly=tuple(
            (f"{each.former.name}, {queries.code(each.former.scheme, each.former.value)}", each.linked_on)
            for each in organisations.formerly(known.row.id)
        ),
    )


def badge(slug: str, *, today: date) -> Badge:
    """What the badge of an organisation says today. It goes on telling the truth about who left long ago."""
    known = _known(slug, today)
    return Badge(known.row.name, known.status)


def _known(slug: str, today: date) -> _Known:
    if not slug.isprintable():  # PostgreSQL can't be asked for NUL.
        raise NotFound
    row = db.session.execute(
        select(
            Organisation.id,
            Organisation.name,
            Organisation.kind,
            Organisation.town,
            Organisation.scheme,
            Organisation.value,
            Organisation.website,
            Organisation.send_report,
            Organisation.status,
            Parent.name.label("parent"),
        )
        .join(Parent, Organisation.parent_id == Parent.id, isouter=True)
        .where(Organisation.slug == slug)
    ).one_or_none()
    if row is None:
        raise NotFound
    sign_ups = _sign_ups(row.id)
    day = Day.of(today, queries.limits())
    signings = tuple(_signing(sign_up).settled(day) for sign_up in sign_ups)
    awards = _awards(row.id)
    found = status(signings, awards, day)
    if found is None:
        raise NotFound
    return _Known(row, sign_ups, signings, awards, found)


def _signing(sign_up: Any) -> Signing:
    return Signing(
        sign_up.signed_on,
        sign_up.counts_from,
        sign_up.assessed_on,
        sign_up.checked_in_on,
        sign_up.ended_as,
        sign_up.ended_on,
    )


def _sign_ups(organisation_id: UUID) -> tuple[Any, ...]:
    rows = db.session.execute(
        select(
            SignUp.id,
            SignUp.charter_version,
            SignUp.signed_on,
            SignUp.counts_from,
            SignUp.assessed_on,
            SignUp.checked_in_on,
            case((Certificate.ended_as == "revoked", "revoked"), else_=SignUp.ended_as).label("ended_as"),
            SignUp.ended_on,
            Certificate.code,
        )
        .join(Certificate, SignUp.certificate_id == Certificate.id, isouter=True)
        .where(SignUp.organisation_id == organisation_id)
        .order_by(SignUp.signed_at, SignUp.id)
    )
    return tuple(rows)


def _awards(organisation_id: UUID) -> tuple[Award, ...]:
    rows = db.session.execute(
        select(
            Certificate.level,
            Certificate.petals,
            Certificate.issued_on,
            Certificate.valid_to,
            Certificate.ended_as,
            Certificate.ended_on,
            Certificate.code,
        )
        .where(Certificate.organisation_id == organisation_id, Certificate.kind == "award")
        .order_by(Certificate.issued_on, Certificate.issued_at, Certificate.id)
    )
    names = queries.level_names()
    taken_apart: Iterable[tuple[Any, ...]] = map(tuple, rows)
    return tuple(Award(names.get(level, level), *facts) for level, *facts in taken_apart)


def _commitments(sign_up_id: UUID, today: date) -> tuple[Promised, ...]:
    rows = db.session.execute(
        select(Commitment.text, Commitment.due, Commitment.kept_on)
        .where(Commitment.sign_up_id == sign_up_id)
        .order_by(Commitment.position)
    )
    return tuple(Promised(row.text, row.due, row.kept_on, row.kept_on is None and row.due < today) for row in rows)
