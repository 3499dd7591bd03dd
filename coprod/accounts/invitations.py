"""WRITES: people who are asked in by letter, to an organisation or to a part for the whole area.

The letter's link works once and for 14 days, can be taken back, and can be sent again. Whoever invites is never told
whether the address has an account. Of the link's secret only a hash is kept.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from coprod import history, mail
from coprod.accounts import operations, queries, secret_links
from coprod.accounts.models import Invitation, Membership, Person
from coprod.accounts.rules import AREA_ROLE_WORDS, ROLE_WORDS
from coprod.accounts.written import email_of
from coprod.database import db
from coprod.errors import Invalid, NotFound, WrongState
from coprod.permissions import ANONYMOUS, Action, Actor, AreaRole, MemberRole, can, require
from coprod.phrases import N_, Phrase
from coprod.web.formatting import day

LIVES = timedelta(days=14)
KEPT = timedelta(days=90)  # The address of somebody who never came is forgotten so long after the link ran out.
REVIEWS = {AreaRole.REVIEWER, AreaRole.LEAD_REVIEWER}
ENDED = (
    N_("This invitation does not work any more. It was used, taken back, or it is older than 14 days. "
    "Ask whoever sent it for a new one.")
)
CLOSED = N_("The account with this e-mail address is closed. Write to us if you think that it should be open.")


def invite(
    email: str,
    *,
    role: MemberRole | AreaRole,
    actor: Actor,
    now: datetime,
    organisation_id: UUID | None = None,
    parent_carer: bool = False,
) -> Invitation:
    """Ask somebody in. Asking the same address to the same part again sends the letter again, with a new link."""
    invitation = Invitation(organisation_id=organisation_id, role=role.value)
    require(actor, _action(invitation), invitation)
    invitation.email = email_of(email)
    _refuse_who_is_in(invitation)
    open_one = _open_one(invitation)
    if open_one is not None:
        send_again(open_one, actor=actor, now=now)
        return open_one
    invitation.parent_carer = parent_carer and role in REVIEWS
    _send(invitation, actor=actor, now=now)
    db.session.add(invitation)
    history.record("invitation.sent", invitation, actor=actor, now=now, role=role.value)
    return invitation


def send_again(invitation: Invitation, *, actor: Actor, now: datetime) -> None:
    """Send the letter with a new link. The old link works no more, and the 14 days begin anew."""
    require(actor, _action(invitation), invitation)
    _check_open(invitation)
    _send(invitation, actor=actor, now=now)
    history.record("invitation.sent_again", invitation, actor=actor, now=now)


def withdraw(invitation: Invitation, *, actor: Actor, now: datetime) -> None:
    """Take an invitation back: its link works no more. Taking it back twice is taking it back once."""
    require(actor, _action(invitation), invitation)
    if invitation.withdrawn_at is not None:
        return
    _check_open(invitation)
    invitation.withdrawn_at = now
    history.record("invitation.withdrawn", invitation, actor=actor, now=now)


def opened(secret: str, *, now: datetime, lock: bool = False) -> Invitation:
    """The invitation behind a link; with `lock`, nobody else answers it meanwhile.

    Raises NotFound alike where it never was, was used, was taken back, or ran out, and where whoever sent it may not
    invite any more.
    """
    query = select(Invitation).where(Invitation.secret_hash == secret_links.digest_of(secret))
    found = db.session.scalars(query.with_for_update() if lock else query).one_or_none()
    ended = found is None or found.accepted_at or found.withdrawn_at or found.expires_at <= now
    if found is None or ended or not still_stands(found):
        raise NotFound(ENDED)
    return found


def still_stands(invitation: Invitation) -> bool:
    """True while whoever sent it is here and may still invite: somebody who was removed leaves no way back in."""
    return invitation.sender.active and can(invitation.sender.actor, _action(invitation), invitation)


def accept(secret: str, *, now: datetime, name: str = "", password: str = "") -> Person:
    """Take what was offered. Whoever has an account under the address gets the part; anybody else makes one now.

    The link went to that address, so whoever holds it has shown that it is theirs.
    """
    invitation = opened(secret, now=now, lock=True)
    person = queries.person_with_email(invitation.email)
    if person is None:
        person = operations.add_person(
            email=invitation.email, name=name, password=password, actor=ANONYMOUS, now=now
        )
    if not person.active:
        raise WrongState(CLOSED)
    db.session.flush()
    person.address_proved_at = person.address_proved_at or now
    invitation.accepted_at, invitation.accepted_by = now, person.id
    history.record("invitation.accepted", invitation, actor=person.actor, now=now, role=invitation.role)
    if invitation.organisation_id is None:
        _give_area_role(person, invitation, now)
    else:
        _let_in(person, invitation.organisation_id, invitation, now)
    return person


def forget_old(*, now: datetime) -> int:
    """Forget who was invited and never came. Answers how many."""
    gone = delete(Invitation).where(Invitation.accepted_at.is_(None), Invitation.expires_at <= now - KEPT)
    return len(db.session.scalars(gone.returning(Invitation.id)).all())


def to_look_after(invitation_id: UUID, actor: Actor) -> Invitation:
    """One invitation. Raises NotFound alike where it is missing and where it is somebody else's to look after."""
    found = db.session.get(Invitation, invitation_id)
    if found is None or not can(actor, _action(found), found):
        raise NotFound
    return found


def to_what(invitation: Invitation) -> str:
    """What somebody is invited to, as a letter and a page say it after "invites you to"."""
    if invitation.organisation_id is None:
        return Phrase("be a {part} for the area", part=Phrase(AREA_ROLE_WORDS[invitation.role].lower()))
    where = queries.name_of_place(invitation.organisation_id)
    return Phrase("join {where} as a {part}", where=where, part=Phrase(ROLE_WORDS[invitation.role].lower()))


def _send(invitation: Invitation, *, actor: Actor, now: datetime) -> None:
    secret, sender = secret_links.new(), db.session.get_one(Person, actor.person_id)
    invitation.secret_hash, invitation.sent_by = secret_links.digest_of(secret), sender.id
    invitation.sent_at, invitation.expires_at = now, now + LIVES
    mail.queue(
        "invitation",
        to=invitation.email,
        now=now,
        organisation_id=invitation.organisation_id,
        sender=sender.name,
        what=to_what(invitation),
        until=day(invitation.expires_at),
        link=mail.page("accounts.invited", secret=secret),
    )


def _give_area_role(person: Person, invitation: Invitation, now: datetime) -> None:
    person.parent_carer = person.parent_carer or invitation.parent_carer
    if all(role.name != invitation.role for role in person.roles):
        person.roles.append(operations.role_row(AreaRole(invitation.role)))
        history.record("role.given", person, actor=invitation.sender.actor, now=now, role=invitation.role)


def _let_in(person: Person, organisation_id: UUID, invitation: Invitation, now: datetime) -> None:
    """A new member, somebody who was waiting, or a contributor who becomes a lead. Nobody loses a part by accepting."""
    before = queries.membership_of(person.id, organisation_id)
    if before is not None and before.in_force and before.role in {invitation.role, MemberRole.LEAD.value}:
        return
    membership = before or Membership(person_id=person.id, organisation_id=organisation_id, asked_at=now)
    membership.role = invitation.role
    membership.accepted_at, membership.accepted_by = membership.accepted_at or now, invitation.sent_by
    db.session.add(membership)
    history.record(
        "membership.accepted", membership, actor=invitation.sender.actor, now=now, role=membership.role, by="invitation"
    )


def _refuse_who_is_in(invitation: Invitation) -> None:
    """Whoever invites sees the list of these people anyway, so this tells nothing about accounts."""
    if invitation.organisation_id is None:
        return
    person = queries.person_with_email(invitation.email)
    member = queries.membership_of(person.id, invitation.organisation_id) if person else None
    if member is not None and member.in_force:
        raise Invalid(N_("This person belongs to the organisation already"), field="email")


def _open_one(invitation: Invitation) -> Invitation | None:
    place = Invitation.organisation_id
    same_place = place.is_(None) if invitation.organisation_id is None else place == invitation.organisation_id
    return db.session.scalars(
        select(Invitation)
        .where(Invitation.email == invitation.email, Invitation.role == invitation.role, same_place)
        .where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
        .order_by(Invitation.sent_at.desc())
        .limit(1)
    ).one_or_none()


def _check_open(invitation: Invitation) -> None:
    if invitation.accepted_at is not None:
        raise WrongState(N_("This invitation has been accepted. The person is on the list of people."))
    if invitation.withdrawn_at is not None:
        raise WrongState(N_("This invitation was taken back. Invite the person anew."))


def _action(invitation: Invitation) -> Action:
    return Action.INVITE_TO_AREA if invitation.organisation_id is None else Action.INVITE_MEMBER
