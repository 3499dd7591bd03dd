"""WRITES: signing the charter, keeping commitments, checking in, withdrawing, and lapsing."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from coprod import history, mail
from coprod.accounts import letters
from coprod.certificates import operations as certificates
from coprod.certificates.models import Certificate
from coprod.certificates.rules import Ending as CertificateEnding
from coprod.charter import queries, rules, signing
from coprod.charter.models import Commitment, SignUp
from coprod.errors import Invalid, WrongState
from coprod.framework.queries import current_charter
from coprod.organisations.models import Organisation
from coprod.organisations.rules import website_of
from coprod.permissions import SYSTEM, Action, Actor, require
from coprod.phrases import N_
from coprod.text import has_words
from coprod.transaction import hold
from coprod.web.deployment import settings


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
    if settings().charter_approval:
        raise WrongState(N_("The coordinator looks at each sign-up here before it counts."))
    signing.take_turns(organisation)
    charter = current_charter()
    signed = signing.already(organisation, charter, today)
    if signed is not None:
        return signed
    named = dict(zip(signing.ASK, (senior_lead, family_link, signatory_name, signatory_role), strict=True))
    signing.check(organisation, named, commitments, agreed=agreed, charter=charter, today=today)
    signing.close_request(organisation, actor=actor, now=now)
    return signing.put_in_force(
        organisation,
        named,
        commitments,
        charter=charter,
        signed_by=actor.person_id,
        actor=actor,
        now=now,
        today=today,
    )


def withdraw(sign_up: SignUp, *, why: str, actor: Actor, now: datetime, today: date) -> None:
    """An organisation leaves the charter. Its reason, if it gives one, stays private."""
    require(actor, Action.WITHDRAW_SIGN_UP, sign_up)
    _still_in_force(sign_up)
    signing.end(sign_up, how=rules.Ending.WITHDRAWN, why=why or None, actor=actor, now=now, on=today)


def revoke(certificate: Certificate, *, why: str, actor: Actor, now: datetime, today: date) -> None:
    """The area takes a certificate back. A signing ends with it, and the public hears of it, but never why."""
    require(actor, Action.REVOKE_CERTIFICATE, certificate)
    hold(certificate)
    if not has_words(why):
        raise Invalid(N_("Enter why it is taken back"), field="why")
    certificates.end(certificate, how=CertificateEnding.REVOKED, why=why, actor=actor, now=now, today=today)
    sign_up = queries.in_force(certificate.organisation_id)
    if sign_up is not None and sign_up.certificate_id == certificate.id:
        signing.end(sign_up, how=rules.Ending.WITHDRAWN, why=None, actor=actor, now=now, on=today)
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
        raise WrongState(N_("This commitment is marked as kept already."))
    if not sign_up.signed_on <= kept_on <= today:
        raise Invalid(N_("Choose a day from the day you signed up to today"), field="kept_on")
    commitment.kept_on = kept_on
    history.record(
        "commitment.kept", commitment, actor=actor, now=now, organisation_id=sign_up.organisation_id
    )


def link_report(organisation: Organisation, *, address: str, actor: Actor, now: datetime) -> None:
    """Lead families from the public page to the organisation's SEND information report; with no address, no more."""
    require(actor, Action.LINK_SEND_REPORT, organisation)
    link = website_of(address)
    if address.strip() and not link:
        raise Invalid(N_("Enter the whole web address, such as https://www.example.org/send"), field="address")
    organisation.send_report = link
    history.record("send_report.linked", organisation, actor=actor, now=now, organisation_id=organisation.id)


def check_in(
    sign_up: SignUp,
    *,
    senior_lead: str,
    family_link: str,
    actor: Actor,
    now: datetime,
    today: date,
    change_id: UUID | None = None,
) -> None:
    """The yearly check-in: who leads, and who is the link with families, is right as of today.

    `change_id` is the change record that was written down since last time.
    """
    require(actor, Action.SIGN_CHARTER, sign_up)
    _still_in_force(sign_up)
    signing.check_names({"senior_lead": senior_lead, "family_link": family_link})
    sign_up.senior_lead, sign_up.family_link, sign_up.checked_in_on = senior_lead, family_link, today
    _move_last_day(sign_up)
    change = str(change_id) if change_id else None
    history.record("charter.checked_in", sign_up, actor=actor, now=now, change=change)


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
                signing.end(sign_up, how=rules.Ending.LAPSED, why=None, actor=SYSTEM, now=now, on=last)
                _tell_that_it_lapsed(sign_up, now=now)
                ended += 1
        after = batch[-1].id
    return ended


def _tell_that_it_lapsed(sign_up: SignUp, *, now: datetime) -> None:
    letters.to_leads(
        "sign_up_lapsed",
        sign_up.organisation_id,
        now=now,
        why=rules.WHY_LAPSED[sign_up.assessed_on is not None],
        link=mail.page("charter.sign", organisation_id=sign_up.organisation_id),
    )


def _move_last_day(sign_up: SignUp) -> None:
    if sign_up.certificate is not None:
        to = queries.last_day_of(sign_up, lapse=current_charter().lapse)
        certificates.move_last_day(sign_up.certificate, to=to)


def _still_in_force(sign_up: SignUp) -> None:
    if sign_up.ended_on is not None:
        raise WrongState(N_("This sign-up has ended. Open the page again to see how it stands."))
