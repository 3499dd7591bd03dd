"""E-mail domains that an organisation trusts: whoever has a proved address on one joins without being let in.

What was proved is that they read mail at that address. Free mail, where anybody can have one, is never trusted.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import exists, select

from coprod import history
from coprod.accounts.models import Person, TrustedDomain
from coprod.accounts.written import domain_of
from coprod.database import db
from coprod.errors import Invalid, NotFound
from coprod.permissions import Action, Actor, can, require
from coprod.phrases import Phrase

FREE = Path(__file__).with_name("free_mail_domains.txt")
MOST = 20


@dataclass(frozen=True, slots=True)
class Trusted:
    """A domain as the people who look after an organisation see it."""

    id: UUID
    domain: str
    since: datetime


@lru_cache(maxsize=1)
def free_mail() -> frozenset[str]:
    lines = FREE.read_text(encoding="ascii").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def trust(organisation_id: UUID, *, domain: str, actor: Actor, now: datetime) -> TrustedDomain:
    """Let everybody with a proved address on `domain` join from now on. Trusting it twice is trusting it once."""
    trusted = TrustedDomain(organisation_id=organisation_id, added_by=actor.person_id, added_at=now)
    require(actor, Action.TRUST_DOMAIN, trusted)
    trusted.domain = domain_of(domain)
    if trusted.domain in free_mail():
        raise Invalid(
            Phrase("Anybody can have an address at {domain}, so it can't be trusted", domain=trusted.domain),
            field="domain",
        )
    before = _rows(organisation_id)
    same = next((row for row in before if row.domain == trusted.domain), None)
    if same is not None:
        return same
    if len(before) >= MOST:
        raise Invalid(
            Phrase("An organisation can trust {most} domains at most. Take one away first", most=MOST), field="domain"
        )
    db.session.add(trusted)
    history.record("domain.trusted", trusted, actor=actor, now=now, domain=trusted.domain)
    return trusted


def stop_trusting(trusted: TrustedDomain, *, actor: Actor, now: datetime) -> None:
    """Nobody joins by this domain any more. Whoever did stays until they are removed."""
    require(actor, Action.TRUST_DOMAIN, trusted)
    history.record("domain.trusted_no_more", trusted, actor=actor, now=now, domain=trusted.domain)
    db.session.delete(trusted)


def lets_in(organisation_id: UUID, person: Person) -> bool:
    """True where the organisation trusts the domain of this person's address, and it was proved to be theirs."""
    if person.address_proved_at is None:
        return False
    domain = person.email.rpartition("@")[2]
    is_trusted = exists().where(TrustedDomain.organisation_id == organisation_id, TrustedDomain.domain == domain)
    return bool(db.session.scalar(select(is_trusted)))


def of_organisation(organisation_id: UUID) -> tuple[Trusted, ...]:
    """The domains that an organisation trusts, A to Z."""
    return tuple(Trusted(row.id, row.domain, row.added_at) for row in _rows(organisation_id))


def to_look_after(domain_id: UUID, actor: Actor) -> TrustedDomain:
    """One trusted domain. Raises NotFound alike where it is missing and where it is another organisation's."""
    found = db.session.get(TrustedDomain, domain_id)
    if found is None or not can(actor, Action.TRUST_DOMAIN, found):
        raise NotFound
    return found


def _rows(organisation_id: UUID) -> list[TrustedDomain]:
    rows = select(TrustedDomain).where(TrustedDomain.organisation_id == organisation_id)
    return list(db.session.scalars(rows.order_by(TrustedDomain.domain).limit(MOST)))
