"""WRITES: certificates are issued, and come to an end. What they say never changes.

Who may decide any of this is asked by the operation that calls these: signing, accepting a result, withdrawing.
"""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from coprod import history
from coprod.calendar import add_months
from coprod.certificates import queries, rules
from coprod.certificates.models import Certificate
from coprod.database import db
from coprod.errors import WrongState
from coprod.framework.charter import Charter
from coprod.framework.levels import Level
from coprod.framework.model import Framework
from coprod.organisations.models import Organisation
from coprod.permissions import SYSTEM, Actor
from coprod.phrases import N_
from coprod.register import operations as register
from coprod.register.models import RegisterEntry
from coprod.register.rules import EntryKind
from coprod.web.deployment import settings

HEADLINE = N_("has signed the charter")
PROMISE = N_("Signing is a promise, not an award. These are the commitments that it made:")

ENTRY_FOR = {
    (rules.Kind.SIGNING, rules.Ending.WITHDRAWN): EntryKind.WITHDRAWN,
    (rules.Kind.SIGNING, rules.Ending.LAPSED): EntryKind.LAPSED,
    (rules.Kind.SIGNING, rules.Ending.SUPERSEDED): EntryKind.SUPERSEDED,
    (rules.Kind.SIGNING, rules.Ending.REVOKED): EntryKind.REVOKED,
    (rules.Kind.AWARD, rules.Ending.WITHDRAWN): EntryKind.AWARD_WITHDRAWN,
    (rules.Kind.AWARD, rules.Ending.LAPSED): EntryKind.AWARD_LAPSED,
    (rules.Kind.AWARD, rules.Ending.SUPERSEDED): EntryKind.AWARD_SUPERSEDED,
    (rules.Kind.AWARD, rules.Ending.REVOKED): EntryKind.REVOKED,
}


def issue_signing(
    organisation: Organisation,
    *,
    charter: Charter,
    commitments: Sequence[tuple[str, date]],
    actor: Actor,
    now: datetime,
    today: date,
    lasts_to: date | None = None,
) -> Certificate:
    """Issue the certificate of a signing, and write the signing in the register.

    `lasts_to` is its last day as things stand. It is not printed, because it moves with what the signatory does.
    """
    lasts_to = lasts_to or add_months(today, charter.lapse.lapses_months)
    code = rules.code(secrets.randbits(rules.CODE_BITS))
    said = {"charter": charter.slug, "version": charter.version, "charter_sha256": charter.sha256}
    entry = _entered(EntryKind.SIGNED, organisation, code, now=now, today=today, **said)
    facts = rules.Facts(
        kind=rules.Kind.SIGNING,
        title=_title(charter.title),
        headline=HEADLINE,
        sentence=PROMISE,
        promises=tuple(rules.Promise(text, due) for text, due in commitments),
        values=tuple(value.name for value in charter.values),
        petals=0,
        issued_on=today,
        valid_to=None,
        standards=_version(charter),
        standards_hash=charter.sha256,
        **_shared(organisation, code, entry),
    )
    return _issued(organisation, facts, level=None, valid_to=lasts_to, inputs={}, actor=actor, now=now)


def issue_award(
    organisation: Organisation,
    *,
    framework: Framework,
    level: Level,
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    today: date,
) -> Certificate:
    """Issue an award with what it was computed from. It takes the place of the award in force, and is registered."""
    held = queries.award_in_force(organisation.id, today)
    if held is not None:
        end(held, how=rules.Ending.SUPERSEDED, why=None, actor=actor, now=now, today=today)
    code = rules.code(secrets.randbits(rules.CODE_BITS))
    last = rules.last_day(today, level.valid_years)
    said = {
        "level": level.code,
        "valid_to": last.isoformat(),
        "framework": framework.slug,
        "version": framework.version,
        "framework_sha256": framework.sha256,
    }
    entry = _entered(EntryKind.AWARDED, organisation, code, now=now, today=today, **said)
    facts = rules.Facts(
        kind=rules.Kind.AWARD,
        title=_title(framework.title),
        headline=level.name,
        sentence=level.sentence,
        promises=(),
        values=tuple(value.name for value in framework.values),
        petals=level.petals,
        issued_on=today,
        valid_to=last,
        standards=_version(framework),
        standards_hash=framework.sha256,
        **_shared(organisation, code, entry),
    )
    return _issued(organisation, facts, level=level.code, valid_to=last, inputs=inputs, actor=actor, now=now)


def end(
    certificate: Certificate, *, how: rules.Ending, why: str | None, actor: Actor, now: datetime, today: date
) -> None:
    """A certificate comes to an end, once, and the register says so. The reason is private."""
    if certificate.ended_on is not None:
        raise WrongState(N_("This certificate has already ended."))
    certificate.ended_as, certificate.ended_on, certificate.ended_why = how.value, today, why
    kind = ENTRY_FOR[rules.Kind(certificate.kind), how]
    _entered(kind, certificate.organisation, certificate.code, now=now, today=today, level=certificate.level)
    history.record("certificate.ended", certificate, actor=actor, now=now, how=how.value)


def carry_over(certificate: Certificate, *, former: Organisation, now: datetime, today: date) -> None:
    """A certificate goes on for its remaining life under its holder's new name and number. The register says so."""
    _entered(
        EntryKind.CARRIED_OVER,
        certificate.organisation,
        certificate.code,
        now=now,
        today=today,
        level=certificate.level,
        former_organisation=former.name,
        former_code=_official_code(former),
    )


def move_last_day(signing: Certificate, *, to: date) -> None:
    """A signing stays in force longer when its signatory does what it promised to do in time."""
    if signing.ended_on is None:
        signing.valid_to = to


def record_expiries(*, now: datetime, today: date) -> int:
    """Write in the register which awards ran out. They stopped being valid by themselves, after their last day."""
    found = queries.ran_out(today)
    for award in found:
        entry = _entered(
            EntryKind.AWARD_EXPIRED,
            award.organisation,
            award.code,
            now=now,
            today=today,
            level=award.level,
            valid_to=str(award.valid_to),
        )
        award.expiry_entry = entry.seq
        history.record("certificate.expired", award, actor=SYSTEM, now=now)
    return len(found)


def _shared(organisation: Organisation, code: str, entry: RegisterEntry) -> dict[str, Any]:
    """What both kinds of certificate say."""
    area = settings()
    return {
        "area": area.area_name,
        "forum": area.forum_name,
        "organisation": organisation.name,
        "official_code": _official_code(organisation),
        "code": code,
        "address": f"{area.base_url}/verify",
        "register_entry": entry.seq,
        "fingerprint": entry.entry_hash,
        "demonstration": area.demonstration,
    }


def _issued(
    organisation: Organisation,
    facts: rules.Facts,
    *,
    level: str | None,
    valid_to: date,
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
) -> Certificate:
    certificate = Certificate(
        code=facts.code,
        kind=facts.kind.value,
        organisation=organisation,
        level=level,
        petals=facts.petals,
        facts=rules.as_json(facts),
        inputs=inputs,
        issued_on=facts.issued_on,
        valid_to=valid_to,
        issued_at=now,
    )
    db.session.add(certificate)
    history.record("certificate.issued", certificate, actor=actor, now=now, kind=facts.kind.value, level=level)
    return certificate


def _entered(
    kind: EntryKind, organisation: Organisation, code: str, *, now: datetime, today: date, **said: str | None
) -> RegisterEntry:
    """One entry of the register. The certificate's code is there as its hash."""
    facts = {
        "organisation": organisation.name,
        "official_code": _official_code(organisation),
        "date": today.isoformat(),
        "certificate_sha256": rules.digest(code),
        **{name: fact for name, fact in said.items() if fact is not None},
    }
    return register.append(kind, organisation_id=organisation.id, facts=facts, now=now)


def _official_code(organisation: Organisation) -> str:
    parent = organisation.parent.name if organisation.parent else None
    return rules.official_code(organisation.scheme, organisation.value, parent)


def _title(title: str) -> str:
    """The area's name in front of a title: "Co-production charter" goes on in small letters, "SEND ..." does not."""
    first, _, rest = title.partition(" ")
    begun = first if first.isupper() else first[:1].lower() + first[1:]
    return f"{settings().area_name} {begun} {rest}".strip()


def _version(text: Charter | Framework) -> str:
    return f"Version {text.version}{' (draft)' if text.status == 'draft' else ''}"
