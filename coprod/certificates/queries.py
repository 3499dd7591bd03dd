"""READS: an organisation's certificates, and what anybody with a code may know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from coprod.certificates import rules
from coprod.certificates.models import Certificate, CertificateDocument
from coprod.database import db
from coprod.errors import NotFound
from coprod.organisations import queries as organisations
from coprod.permissions import Action, Actor, can

MOST = 100
MOST_MADE = 500  # documents that one run makes; the next goes on
NEWEST_FIRST = (Certificate.issued_on.desc(), Certificate.issued_at.desc(), Certificate.id)


@dataclass(frozen=True, slots=True)
class Successor:
    """The certificate that took another's place."""

    headline: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Checked:
    """What the public may know of one certificate: what it says, and how it stands. `since`: from when not valid."""

    id: UUID
    facts: rules.Facts
    status: rules.Status
    since: date | None
    successor: Successor | None
    goes_on_as: str = ""


def of_organisation(organisation_id: UUID) -> Sequence[Certificate]:
    """All certificates of an organisation, the newest first."""
    return _found(Certificate.organisation_id == organisation_id)


def in_force(organisation_id: UUID, today: date) -> Sequence[Certificate]:
    """What an organisation holds today: its signing, and its award."""
    return _found(
        Certificate.organisation_id == organisation_id, Certificate.ended_on.is_(None), Certificate.valid_to >= today
    )


def awards_of(organisation_id: UUID) -> Sequence[Certificate]:
    """All awards of an organisation, whatever became of them, the newest first."""
    return _found(Certificate.organisation_id == organisation_id, Certificate.kind == rules.Kind.AWARD)


def award_in_force(organisation_id: UUID, today: date) -> Certificate | None:
    """The award that an organisation holds today."""
    held = _found(
        Certificate.organisation_id == organisation_id,
        Certificate.kind == rules.Kind.AWARD,
        Certificate.ended_on.is_(None),
        Certificate.valid_to >= today,
        limit=1,
    )
    return held[0] if held else None


def ran_out(today: date) -> Sequence[Certificate]:
    """Awards past their last day that the register does not say so of yet."""
    return _found(
        Certificate.kind == rules.Kind.AWARD,
        Certificate.ended_on.is_(None),
        Certificate.expiry_entry.is_(None),
        Certificate.valid_to < today,
    )


def awards_ending(today: date, *, until: date, after: UUID | None, limit: int) -> Sequence[Certificate]:
    """Awards in force whose last day comes by then, a batch at a time by id."""
    found = select(Certificate).where(
        Certificate.kind == rules.Kind.AWARD,
        Certificate.ended_on.is_(None),
        Certificate.valid_to.between(today, until),
    )
    if after is not None:
        found = found.where(Certificate.id > after)
    return db.session.scalars(found.order_by(Certificate.id).limit(limit)).all()


def for_member(certificate_id: UUID, actor: Actor) -> Certificate:
    """A certificate of the actor's own organisation. Raises NotFound for a missing one and others' alike."""
    found = db.session.get(Certificate, certificate_id)
    if found is None or not can(actor, Action.SEE_ORGANISATION, found):
        raise NotFound
    return found


def checked(typed: str, *, today: date) -> Checked | None:
    """The certificate with this code, however it was typed; None where there is none."""
    found = with_code(typed)
    return _checked(found, today) if found else None


def checked_file(content_hash: str, *, today: date) -> Checked | None:
    """The certificate that a file with this SHA-256 is the document of; None where it is no document of ours."""
    found = db.session.scalar(
        select(Certificate)
        .join(CertificateDocument, CertificateDocument.certificate_id == Certificate.id)
        .where(CertificateDocument.file_hash == content_hash)
    )
    return _checked(found, today) if found else None


def with_code(typed: str) -> Certificate | None:
    code = rules.read_code(typed)
    return db.session.scalar(select(Certificate).where(Certificate.code == code)) if code else None


def without_document(organisation_id: UUID | None = None) -> Sequence[UUID]:
    """Certificates whose document was not made yet, the oldest first."""
    found = select(Certificate.id).where(Certificate.file_hash.is_(None))
    if organisation_id is not None:
        found = found.where(Certificate.organisation_id == organisation_id)
    return db.session.scalars(found.order_by(Certificate.issued_at, Certificate.id).limit(MOST_MADE)).all()


def with_ids(certificate_ids: Sequence[UUID], *, lock: bool = False) -> Sequence[Certificate]:
    """These certificates, the oldest first; with `lock`, for whoever changes them now."""
    found = select(Certificate).where(Certificate.id.in_(certificate_ids)).execution_options(populate_existing=lock)
    if lock:
        found = found.with_for_update()
    return db.session.scalars(found.order_by(Certificate.issued_at, Certificate.id)).all()


def all_ids() -> Sequence[UUID]:
    """Every certificate, the oldest first."""
    return db.session.scalars(select(Certificate.id).order_by(Certificate.issued_at, Certificate.id)).all()


def codes(*, after: str, limit: int) -> Sequence[str]:
    """The numbers of certificates, some at a time: those that follow the number `after`."""
    found = select(Certificate.code).where(Certificate.code > after).order_by(Certificate.code).limit(limit)
    return db.session.scalars(found).all()


def to_revoke(certificate_id: UUID, actor: Actor) -> Certificate:
    """Raises NotFound for a missing one, and for people who may not revoke it, alike."""
    found = db.session.get(Certificate, certificate_id)
    if found is None or not can(actor, Action.REVOKE_CERTIFICATE, found):
        raise NotFound
    return found


def _checked(found: Certificate, today: date) -> Checked:
    standing = rules.status(
        kind=found.kind, valid_to=found.valid_to, ended_as=found.ended_as, today=today
    )
    ended = found.ended_on or found.valid_to
    return Checked(
        id=found.id,
        facts=rules.from_json(found.facts),
        status=standing,
        since=None if standing is rules.Status.VALID else ended,
        successor=_successor(found) if standing is rules.Status.SUPERSEDED else None,
        goes_on_as=_goes_on_as(found),
    )


def _goes_on_as(found: Certificate) -> str:
    """The holder's name and number of today, where it got a new number since, as a school does that is an academy."""
    holder = found.organisation
    code = rules.official_code(holder.scheme, holder.value, None)
    if code == found.facts["official_code"] or not organisations.formerly(holder.id):
        return ""
    return f"{holder.name}, {code}"


def _successor(replaced: Certificate) -> Successor | None:
    """The first certificate of the same kind that the organisation was given after this one."""
    row = db.session.execute(
        select(Certificate.facts, Certificate.issued_on)
        .where(
            Certificate.organisation_id == replaced.organisation_id,
            Certificate.kind == replaced.kind,
            Certificate.id != replaced.id,
            or_(
                Certificate.issued_at > replaced.issued_at,
                Certificate.issued_on > replaced.issued_on,
            ),
        )
        .order_by(Certificate.issued_on, Certificate.issued_at, Certificate.id)
        .limit(1)
    ).one_or_none()
    return Successor(row.facts["headline"], row.issued_on) if row else None


def _found(*conditions: object, limit: int = MOST) -> Sequence[Certificate]:
    return db.session.scalars(
        select(Certificate).where(*conditions).order_by(*NEWEST_FIRST).limit(limit)  # type: ignore[arg-type]  # columns' comparisons
    ).all()
