"""WRITES: what comes into force when the charter is signed, however it was signed, and how a sign-up ends.

Who may decide any of this is asked by the operations that call these.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from coprod import history
from coprod.certificates import operations as certificates
from coprod.certificates.queries import award_in_force
from coprod.certificates.rules import Ending as CertificateEnding
from coprod.charter import queries, rules
from coprod.charter.models import Commitment, SignUp
from coprod.charter.requested import open_request
from coprod.charter.rules import Request
from coprod.database import db
from coprod.errors import Invalid, WrongState
from coprod.framework.charter import Charter
from coprod.organisations.models import Organisation
from coprod.organisations.rules import Status
from coprod.permissions import SYSTEM, Actor
from coprod.phrases import N_, Phrase
from coprod.text import has_words
from coprod.transaction import hold

ASK = {
    "senior_lead": N_("Enter the name of the senior lead"),
    "family_link": N_("Enter the name of the link with families"),
    "signatory_name": N_("Enter the name of the person who signs"),
    "signatory_role": N_("Enter the role of the person who signs"),
}


def take_turns(organisation: Organisation) -> None:
    """Two who sign for one organisation at once take turns."""
    hold(organisation)


def already(organisation: Organisation, charter: Charter, today: date) -> SignUp | None:
    """The sign-up to today's text that is in force, where there is one."""
    found = queries.in_force(organisation.id)
    if found is None or is_over(found, charter, today) or found.charter_hash != charter.sha256:
        return None
    return found


def check(
    organisation: Organisation,
    named: Mapping[str, str],
    commitments: Sequence[rules.Promised],
    *,
    agreed: bool,
    charter: Charter,
    today: date,
) -> None:
    """An organisation that is there, people who are named, somebody who agrees, and the commitments asked for."""
    check_open(organisation)
    check_names(named)
    if not agreed:
        raise Invalid(N_("Tick the box to agree to the declaration"), field="agreed")
    rules.check(commitments, conditions=charter.conditions, today=today)


def check_open(organisation: Organisation) -> None:
    if organisation.status == Status.CLOSED:
        raise WrongState(Phrase("{name} is closed in the national register, so it can't sign.", name=organisation.name))


def check_names(named: Mapping[str, str]) -> None:
    for field, words in named.items():
        if not has_words(words):
            raise Invalid(ASK[field], field=field)


def put_in_force(
    organisation: Organisation,
    named: Mapping[str, str],
    commitments: Sequence[rules.Promised],
    *,
    charter: Charter,
    signed_by: UUID | None,
    actor: Actor,
    now: datetime,
    today: date,
    confirmed_at: datetime | None = None,
) -> SignUp:
    """Write the sign-up, with a certificate and an entry in the register. It takes the place of what stood before."""
    before = queries.in_force(organisation.id)
    sign_up = SignUp(
        organisation=organisation,
        charter_version=charter.version,
        charter_hash=charter.sha256,
        **named,
        **_dates(_make_way(before, charter, actor=actor, now=now, today=today), organisation, today),
        signatory_agreed=True,
        signed_by=signed_by,
        signed_on=today,
        signed_at=now,
        confirmed_at=confirmed_at,
        commitments=_written(commitments),
    )
    db.session.add(sign_up)
    _issue(sign_up, charter, actor=actor, now=now, today=today)
    history.record("charter.signed", sign_up, actor=actor, now=now, version=charter.version)
    return sign_up


def end(
    sign_up: SignUp, *, how: rules.Ending, why: str | None, actor: Actor, now: datetime, on: date
) -> None:
    """A sign-up ends together with its certificate, which writes it in the register."""
    sign_up.ended_as, sign_up.ended_on, sign_up.ended_why = how.value, on, why
    if sign_up.certificate is not None and sign_up.certificate.ended_on is None:
        certificates.end(
            sign_up.certificate, how=CertificateEnding(how.value), why=None, actor=actor, now=now, today=on
        )
    history.record(f"charter.{how.value}", sign_up, actor=actor, now=now)


def close_request(organisation: Organisation, *, actor: Actor, now: datetime) -> None:
    """What was filled in before and not signed yet is set aside: something newer takes its place."""
    found = open_request(organisation.id)
    if found is not None:
        found.state, found.ended_at, found.secret_hash = Request.WITHDRAWN.value, now, None
        history.record("charter.request_withdrawn", found, actor=actor, now=now)


def is_over(sign_up: SignUp, charter: Charter, today: date) -> bool:
    return today > queries.last_day_of(sign_up, lapse=charter.lapse)


def _issue(sign_up: SignUp, charter: Charter, *, actor: Actor, now: datetime, today: date) -> None:
    sign_up.certificate = certificates.issue_signing(
        sign_up.organisation,
        charter=charter,
        commitments=[(commitment.text, commitment.due) for commitment in sign_up.commitments],
        actor=actor,
        now=now,
        today=today,
        lasts_to=queries.last_day_of(sign_up, lapse=charter.lapse),
    )


def _written(promises: Sequence[rules.Promised]) -> list[Commitment]:
    return [
        Commitment(position=place, text=promise.text, due=promise.due, about_feedback=promise.about_feedback)
        for place, promise in enumerate(promises, 1)
    ]


def _dates(carried: SignUp | None, organisation: Organisation, today: date) -> dict[str, Any]:
    """The months to an assessment run from today, or go on as they ran under the text signed before.

    Who holds an award has been assessed already, and is not asked again because they sign.
    """
    if carried is None:
        award = award_in_force(organisation.id, today)
        return {"counts_from": today, "assessed_on": award.issued_on if award else None}
    names = ("counts_from", "assessed_on", "checked_in_on")
    return {name: getattr(carried, name) for name in names}


def _make_way(
    before: SignUp | None, charter: Charter, *, actor: Actor, now: datetime, today: date
) -> SignUp | None:
    """End the sign-up that stands in the way. Returns it where its dates go on in the new one."""
    if before is None:
        return None
    if is_over(before, charter, today):
        last = queries.last_day_of(before, lapse=charter.lapse)
        end(before, how=rules.Ending.LAPSED, why=None, actor=SYSTEM, now=now, on=last)
        return None
    end(before, how=rules.Ending.SUPERSEDED, why=None, actor=actor, now=now, on=today)
    return before
