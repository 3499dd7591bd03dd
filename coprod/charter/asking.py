"""WRITES: the charter, filled in for somebody else to sign, or for the area to look at first.

The signatory gets a letter with a link that works once. Of its secret only a hash is kept. Nothing is public, and no
certificate is made, until they agree and, where the area looks at sign-ups first, until it approves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func

from coprod import history, mail
from coprod.accounts import letters, secret_links
from coprod.accounts.models import Person
from coprod.accounts.written import email_of
from coprod.charter import requested, rules, signing
from coprod.charter.models import SigningRequest
from coprod.charter.rules import Request
from coprod.database import db
from coprod.errors import Invalid, WrongState
from coprod.framework.charter import Charter
from coprod.framework.queries import current_charter
from coprod.organisations.models import Organisation
from coprod.permissions import Action, Actor, AreaRole, require
from coprod.phrases import N_, Phrase
from coprod.transaction import hold
from coprod.web.formatting import day

OWN_ADDRESS = N_("This is your own address. If you may sign, sign yourself. Else enter the address of whoever signs.")


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody filled in for one organisation: who leads, who is the link, and who signs, at which address."""

    organisation: Organisation
    senior_lead: str
    family_link: str
    signatory_name: str
    signatory_role: str
    signatory_email: str

    @property
    def named(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in signing.ASK}


def ask(
    filled: Sequence[Filled], *, commitments: Sequence[rules.Promised], actor: Actor, now: datetime, today: date
) -> list[SigningRequest]:
    """Fill the charter in once for one or more organisations, and send each one's own signatory a letter.

    Raises Invalid with the field of the organisation it is about: its number stands behind the field's name.
    """
    charter = current_charter()
    made = []
    for number, one in enumerate(filled, 1):
        require(actor, Action.ASK_SIGNATORY, requested.subject_of(one.organisation))
        try:
            made.append(_ask_one(one, commitments, charter=charter, actor=actor, now=now, today=today))
        except Invalid as refusal:
            field = {"email": "signatory_email"}.get(refusal.field or "", refusal.field)
            own = field in signing.ASK or field == "signatory_email"
            raise Invalid(refusal.message, field=f"{field}_{number}" if own else field) from None
    return made


def put_forward(
    organisation: Organisation,
    *,
    agreed: bool,
    commitments: Sequence[rules.Promised],
    actor: Actor,
    now: datetime,
    today: date,
    **named: str,
) -> SigningRequest:
    """Sign where the area looks at each sign-up first: it waits for the coordinator."""
    require(actor, Action.SIGN_CHARTER, organisation)
    signing.take_turns(organisation)
    charter = current_charter()
    waits = requested.open_request(organisation.id)
    if waits is not None and waits.state == Request.AGREED and waits.charter_hash == charter.sha256:
        return waits
    signing.check(organisation, named, commitments, agreed=agreed, charter=charter, today=today)
    request = _written(organisation, named, commitments, charter=charter, actor=actor, now=now)
    await_approval(request, actor=actor, now=now)
    return request


def send_again(request: SigningRequest, *, actor: Actor, now: datetime) -> None:
    """Send the letter with a new link. The old link works no more."""
    require(actor, Action.ASK_SIGNATORY, requested.subject_of(request.organisation))
    hold(request)
    if request.state != Request.ASKED or request.filled_by != actor.person_id:
        raise WrongState(N_("Only who filled it in sends it again, and only until it is answered."))
    _same_text(request)
    if min(one.due for one in request.commitments) <= now.date():
        raise WrongState(N_("A commitment's date has come. Fill it in again with dates that are still to come."))
    _send(request, actor=actor, now=now)
    history.record("charter.asked_again", request, actor=actor, now=now)


def take_back(request: SigningRequest, *, actor: Actor, now: datetime) -> None:
    """Take back what was filled in and is not signed: its link works no more. Twice is once."""
    require(actor, Action.ASK_SIGNATORY, requested.subject_of(request.organisation))
    hold(request)
    if request.state in rules.OPEN_REQUEST:
        signing.close_request(request.organisation, actor=actor, now=now)


def await_approval(request: SigningRequest, *, actor: Actor, now: datetime) -> None:
    """The signatory has agreed; the coordinator looks at it next."""
    request.state, request.agreed_at, request.secret_hash = Request.AGREED.value, now, None
    history.record("charter.agreed", request, actor=actor, now=now)
    letters.to_area(
        "charter_to_approve",
        AreaRole.COORDINATOR,
        organisation_id=request.organisation_id,
        now=now,
        link=mail.page("charter.waiting"),
    )


def come_into_force(request: SigningRequest, *, actor: Actor, now: datetime, today: date) -> None:
    """What was filled in and agreed is the organisation's sign-up from today on. Its leads hear of it."""
    _same_text(request)
    signing.check_open(request.organisation)
    by_letter = request.signatory_email is not None
    sign_up = signing.put_in_force(
        request.organisation,
        request.named,
        request.commitments,
        charter=current_charter(),
        signed_by=request.filled_by,
        confirmed_at=request.agreed_at if by_letter else None,
        actor=actor,
        now=now,
        today=today,
    )
    request.state, request.sign_up_id = Request.SIGNED.value, sign_up.id
    request.ended_at, request.secret_hash, request.said = now, None, None
    tell("charter_in_force", request, now=now, signatory=request.signatory_name)


def tell(template: str, request: SigningRequest, *, now: datetime, **facts: Any) -> None:
    """To the organisation's leads, and to whoever filled it in, who may be of its trust and no lead of its own."""
    place = request.organisation_id
    own, others = mail.page("charter.signed", organisation_id=place), mail.page("charter.choose")
    filler = db.session.get_one(Person, request.filled_by).actor
    letters.to_leads(template, place, now=now, besides=request.filled_by, link=own, **facts)
    link = own if place in filler.memberships else others
    letters.to_person(template, request.filled_by, organisation_id=place, now=now, link=link, **facts)


def forget_old(*, now: datetime) -> int:
    """Forget who was asked to sign, some time after that is over. Answers how many requests went."""
    over = func.coalesce(SigningRequest.ended_at, SigningRequest.expires_at) <= now - rules.REQUEST_KEPT
    waits = SigningRequest.state.in_((Request.AGREED.value, Request.HELD.value))
    return len(db.session.scalars(delete(SigningRequest).where(over, ~waits).returning(SigningRequest.id)).all())


def _ask_one(
    one: Filled, commitments: Sequence[rules.Promised], *, charter: Charter, actor: Actor, now: datetime, today: date
) -> SigningRequest:
    signing.take_turns(one.organisation)
    if signing.already(one.organisation, charter, today) is not None:
        name = one.organisation.name
        raise WrongState(Phrase("{name} has signed already. Open the page again to see where it is.", name=name))
    signing.check(one.organisation, one.named, commitments, agreed=True, charter=charter, today=today)
    address = email_of(one.signatory_email)
    if address == db.session.get_one(Person, actor.person_id).email:
        raise Invalid(OWN_ADDRESS, field="signatory_email")
    request = _written(one.organisation, one.named, commitments, charter=charter, actor=actor, now=now)
    request.signatory_email = address
    _send(request, actor=actor, now=now)
    history.record("charter.asked", request, actor=actor, now=now)
    return request


def _written(
    organisation: Organisation,
    named: dict[str, str],
    commitments: Sequence[rules.Promised],
    *,
    charter: Charter,
    actor: Actor,
    now: datetime,
) -> SigningRequest:
    """It takes the place of what was filled in before and is not signed."""
    signing.close_request(organisation, actor=actor, now=now)
    request = SigningRequest(
        organisation=organisation,
        charter_version=charter.version,
        charter_hash=charter.sha256,
        **named,
        promises=[
            {"text": one.text, "due": one.due.isoformat(), "about_feedback": one.about_feedback} for one in commitments
        ],
        filled_by=actor.person_id,
        filled_at=now,
        state=Request.ASKED.value,
    )
    db.session.add(request)
    return request


def _send(request: SigningRequest, *, actor: Actor, now: datetime) -> None:
    secret, sender = secret_links.new(), db.session.get_one(Person, actor.person_id)
    request.secret_hash = secret_links.digest_of(secret)
    request.expires_at = rules.link_ends(now=now, promises=request.commitments)
    mail.queue(
        "charter_confirm",
        to=str(request.signatory_email),
        now=now,
        organisation_id=request.organisation_id,
        sender=sender.name,
        name=request.signatory_name,
        place=request.organisation.name,
        until=day(request.expires_at),
        link=mail.page("charter.confirm", secret=secret),
    )


def _same_text(request: SigningRequest) -> None:
    if request.charter_hash != current_charter().sha256:
        raise WrongState(
            N_("The text of the charter has changed since this was filled in. It has to be filled in again.")
        )


