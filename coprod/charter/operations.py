"""WRITES: signing the charter, keeping commitments, checking in, withdrawing, and lapsing."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from coprod import history, mail
from coprod.accounts import letters
from coprod.certificates import operations as certificates
from coprod.certificates.models import Certificate
from coprod.certificates.queries import award_in_force
from coprod.certificates.rules import Ending as CertificateEnding
from coprod.charter import queries, rules
from coprod.charter.models import Commitment, SignUp
from coprod.database import db
from coprod.errors import Invalid, WrongState
from coprod.framework.charter import Charter
from coprod.framework.queries import current_charter
from coprod.organisations.models import Organisation
from coprod.organisations.rules import Status
from coprod.permissions import SYSTEM, Action, Actor, require
from coprod.text import has_words


def sign(
    organisation: Organisation,
    *,
    senior_lead: str,
    family_link: str,
    signatory_name: str,
    signatory_role: str,
    agreed: bool,
    commitments: Sequence[rules.Promised],
    actor: Actor,
    now: datetime,
    today: date,
) -> SignUp:
    """Sign today's text of the charter, with a certificate and an entry in the register.

    Signing the same text twice is one sign-up: the second gets the first one back. Signing a new text takes the
    place of the old sign-up, and does not start the months to an assessment again.
    """
    require(actor, Action.SIGN_CHARTER, organisation)
    db.session.refresh(organisation, with_for_update=True)  # Two who sign at once take turns.
    charter = current_charter()
    before = queries.in_force(organisation.id)
    if before is not None and not _is_over(before, charter, today) and before.charter_hash == charter.sha256:
        return before
    named = dict(zip(_ASK, (senior_lead, family_link, signatory_name, signatory_role), strict=True))
    _may_be_signed(organisation, named, agreed)
    rules.check(commitments, conditions=charter.conditions, today=today)
    sign_up = SignUp(
        organisation=organisation,
        charter_version=charter.version,
        charter_hash=charter.sha256,
        **named,
        **_dates(_make_way(before, charter, actor=actor, now=now, today=today), organisation, today),
        signatory_agreed=agreed,
        signed_by=actor.person_id,
        signed_on=today,
        signed_at=now,
        commitments=_written(commitments),
    )
    db.session.add(sign_up)
    _issue(sign_up, charter, actor=actor, now=now, today=today)
    history.record("charter.signed", sign_up, actor=actor, now=now, version=charter.version)
    return sign_up


def withdraw(sign_up: SignUp, *, why: str, actor: Actor, now: datetime, today: date) -> None:
    """An organisation leaves the charter. Its reason, if it gives one, stays private."""
    require(actor, Action.WITHDRAW_SIGN_UP, sign_up)
    _still_in_force(sign_up)
    _end(sign_up, how=rules.Ending.WITHDRAWN, why=why or None, actor=actor, now=now, on=today)


def revoke(certificate: Certificate, *, why: str, actor: Actor, now: datetime, today: date) -> None:
    """The area takes a certificate back. A signing ends with it, and the public hears of it, but never why."""
    require(actor, Action.REVOKE_CERTIFICATE, certificate)
    db.session.refresh(certificate, with_for_update=True)
    if not has_words(why):
        raise Invalid("Enter why it is taken back", field="why")
    certificates.end(certificate, how=CertificateEnding.REVOKED, why=why, actor=actor, now=now, today=today)
    sign_up = queries.in_force(certificate.organisation_id)
    if sign_up is not None and sign_up.certificate_id == certificate.id:
        _end(sign_up, how=rules.Ending.WITHDRAWN, why=None, actor=actor, now=now, on=today)
    letters.to_leads(
        "certificate_revoked",
        certificate.organisation_id,
        now=now,
        what=certificate.facts["headline"],
        link=mail.page("certificates.verify", code=certificate.code),
    )


def keep(commitment: Commitment, *, kept_on: date, actor: Actor, now: datetime, today: date) -> None:
    """Mark a commitment as kept, on a day from the signing up to today."""
    sign_up = commitment.sign_up
    require(actor, Action.KEEP_COMMITMENT, sign_up)
    _still_in_force(sign_up)
    if commitment.kept_on is not None:
        raise WrongState("This commitment is marked as kept already.")
    if not sign_up.signed_on <= kept_on <= today:
        raise Invalid("Choose a day from the day you signed up to today", field="kept_on")
    commitment.kept_on = kept_on
    history.record(
        "commitment.kept", commitment, actor=actor, now=now, organisation_id=sign_up.organisation_id
    )


def check_in(
    sign_up: SignUp, *, senior_lead: str, family_link: str, actor: Actor, now: datetime, today: date
) -> None:
    """The yearly check-in: who leads, and who is the link with families, is right as of today."""
    require(actor, Action.SIGN_CHARTER, sign_up)
    _still_in_force(sign_up)
    _check_names({"senior_lead": senior_lead, "family_link": family_link})
    sign_up.senior_lead, sign_up.family_link, sign_up.checked_in_on = senior_lead, family_link, today
    _move_last_day(sign_up)
    history.record("charter.checked_in", sign_up, actor=actor, now=now)


def record_assessment(organisation_id: UUID, *, today: date) -> None:
    """An assessment was sent in: the first one keeps the sign-up from lapsing, and each one is a check-in."""
    sign_up = queries.in_force(organisation_id)
    if sign_up is None:
        return
    sign_up.assessed_on = sign_up.assessed_on or today
    sign_up.checked_in_on = today
    _move_last_day(sign_up)


def lapse_overdue(*, now: datetime, today: date) -> int:
    """End the sign-ups whose time is over: no assessment in time, or a check-in that never came."""
    lapse = current_charter().lapse
    ended, after = 0, None
    while batch := queries.may_have_lapsed(lapse=lapse, today=today, after=after):
        for sign_up in batch:
            last = queries.last_day_of(sign_up, lapse=lapse)
            if today > last:
                _end(sign_up, how=rules.Ending.LAPSED, why=None, actor=SYSTEM, now=now, on=last)
                _tell_that_it_lapsed(sign_up, now=now)
                ended += 1
        after = batch[-1].id
    return ended


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


def _may_be_signed(organisation: Organisation, named: dict[str, str], agreed: bool) -> None:
    """An organisation that is there, people who are named, and somebody who agrees."""
    if organisation.status == Status.CLOSED:
        raise WrongState("This organisation is closed in the national register, so it can't sign.")
    _check_names(named)
    if not agreed:
        raise Invalid("Tick the box to agree to the declaration", field="agreed")


def _written(promises: Sequence[rules.Promised]) -> list[Commitment]:
    return [
        Commitment(position=place, text=promise.text, due=promise.due, about_feedback=promise.about_feedback)
        for place, promise in enumerate(promises, 1)
    ]


def _dates(carried: SignUp | None, organisation: Organisation, today: date) -> dict[str, date | None]:
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
    if _is_over(before, charter, today):
        last = queries.last_day_of(before, lapse=charter.lapse)
        _end(before, how=rules.Ending.LAPSED, why=None, actor=SYSTEM, now=now, on=last)
        return None
    _end(before, how=rules.Ending.SUPERSEDED, why=None, actor=actor, now=now, on=today)
    return before


def _end(
    sign_up: SignUp, *, how: rules.Ending, why: str | None, actor: Actor, now: datetime, on: date
) -> None:
    """A sign-up ends together with its certificate, which writes it in the register."""
    sign_up.ended_as, sign_up.ended_on, sign_up.ended_why = how.value, on, why
    if sign_up.certificate is not None and sign_up.certificate.ended_on is None:
        certificates.end(
            sign_up.certificate, how=CertificateEnding(how.value), why=None, actor=actor, now=now, today=on
        )
    history.record(f"charter.{how.value}", sign_up, actor=actor, now=now)


def _tell_that_it_lapsed(sign_up: SignUp, *, now: datetime) -> None:
    letters.to_leads(
        "sign_up_lapsed",
        sign_up.organisation_id,
        now=now,
        why=rules.WHY_LAPSED[sign_up.assessed_on is not None],
        link=mail.page("charter.sign", organisation_id=sign_up.organisation_id),
    )


def _is_over(sign_up: SignUp, charter: Charter, today: date) -> bool:
    return today > queries.last_day_of(sign_up, lapse=charter.lapse)


def _move_last_day(sign_up: SignUp) -> None:
    if sign_up.certificate is not None:
        to = queries.last_day_of(sign_up, lapse=current_charter().lapse)
        certificates.move_last_day(sign_up.certificate, to=to)


def _still_in_force(sign_up: SignUp) -> None:
    if sign_up.ended_on is not None:
        raise WrongState("This sign-up has ended. Reload the page to see how it stands.")


def _check_names(named: dict[str, str]) -> None:
    for field, words in named.items():
        if not has_words(words):
            raise Invalid(_ASK[field], field=field)


_ASK = {
    "senior_lead": "Enter the name of the senior lead",
    "family_link": "Enter the name of the link with families",
    "signatory_name": "Enter your name",
    "signatory_role": "Enter your role",
}
