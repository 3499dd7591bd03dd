"""WRITES: people, and their parts in organisations."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from coprod import history, mail
from coprod.accounts import domains, letters, queries, sessions
from coprod.accounts.models import Membership, Person, Role
from coprod.accounts.passwords import hashed
from coprod.accounts.written import email_of, name_of
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.permissions import Action, Actor, AreaRole, MemberRole, require
from coprod.phrases import N_, Phrase
from coprod.text import cleaned

LONGEST_NOTE = 300


def add_person(
    *,
    email: str,
    name: str,
    password: str,
    roles: Iterable[AreaRole] = (),
    parent_carer: bool = False,
    actor: Actor,
    now: datetime,
) -> Person:
    """Make an account, for whoever runs the program or somebody who holds a link that was sent to the address.

    One e-mail address has one account, however its letters are written.
    """
    parts = list(dict.fromkeys(roles))
    address = email_of(email)
    plain = name_of(name)
    kept = hashed(password, name=plain, email=address)
    if queries.person_with_email(address):
        raise Invalid(N_("Somebody already has an account with this e-mail address"), field="email")
    person = Person(
        email=address,
        name=plain,
        password=kept,
        parent_carer=parent_carer,
        created_at=now,
        roles=[role_row(role) for role in parts],
    )
    db.session.add(person)
    history.record("person.added", person, actor=actor, now=now, roles=[role.value for role in parts])
    return person


def ask_to_join(organisation_id: UUID, *, note: str, actor: Actor, now: datetime) -> Membership:
    """Ask an organisation's leads, or the coordinator, to be let in. Asking twice is asking once.

    Whoever has a proved address on a domain that the organisation trusts is in at once, as a contributor.
    """
    require(actor, Action.FIND_ORGANISATION)
    said = cleaned(note)
    if len(said) > LONGEST_NOTE:
        raise Invalid(Phrase("Use {most} characters or fewer", most=LONGEST_NOTE), field="note")
    already = queries.membership_of(actor.person_id, organisation_id)
    if already:
        return already
    asked = Membership(person_id=actor.person_id, organisation_id=organisation_id, note=said, asked_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(asked)
    except IntegrityError:  # They asked in another window at the same moment, or the organisation is gone.
        already = queries.membership_of(actor.person_id, organisation_id)
        if already is None:
            raise NotFound from None
        return already
    history.record("membership.asked", asked, actor=actor, now=now)
    if domains.lets_in(organisation_id, asked.person):
        asked.role, asked.accepted_at = MemberRole.CONTRIBUTOR.value, now
        history.record("membership.accepted", asked, actor=actor, now=now, role=asked.role, by="domain")
    if not asked.in_force:
        decide = mail.page("accounts.decide", membership_id=asked.id)
        letters.to_leads("asked_to_join", organisation_id, now=now, link=decide)
    return asked


def accept(membership: Membership, *, role: MemberRole, actor: Actor, now: datetime) -> None:
    """Let somebody in who asked. Nobody lets themselves in; accepting twice is accepting once."""
    require(actor, Action.ACCEPT_MEMBER, membership)
    if membership.person_id == actor.person_id:
        raise NotAllowed(N_("You can't accept yourself. Ask another lead, or the area's coordinator."))
    if membership.in_force and membership.role == role.value:
        return
    if membership.accepted_at is not None or membership.ended_at is not None:
        raise WrongState(N_("Somebody else has already decided this. Go back to the list to see who still waits."))
    membership.role = role.value
    membership.accepted_at = now
    membership.accepted_by = actor.person_id
    history.record("membership.accepted", membership, actor=actor, now=now, role=role.value)
    home = mail.page("assessments.home", organisation_id=membership.organisation_id)
    _answer("let_in", membership, now=now, link=home)


def decline(membership: Membership, *, actor: Actor, now: datetime, why: str = "") -> None:
    """Do not let somebody in. The reason, where one is given, stays in the history; they may ask again."""
    require(actor, Action.ACCEPT_MEMBER, membership)
    if membership.accepted_at is not None:
        raise WrongState(
            N_("Somebody else has already accepted this person. You can remove them from the list of people.")
        )
    if membership.ended_at is not None:
        return
    membership.ended_at = now
    history.record("membership.declined", membership, actor=actor, now=now, why=cleaned(why) or None)
    again = mail.page("organisations.join", organisation_id=membership.organisation_id)
    _answer("not_let_in", membership, now=now, link=again)


def give_role(membership: Membership, *, role: MemberRole, actor: Actor, now: datetime) -> None:
    """Make a member a lead, or a lead a contributor. A lead always leaves another lead behind."""
    require(actor, Action.ACCEPT_MEMBER, membership)
    _in_force(membership)
    if membership.role == role.value:
        return
    _leave_a_lead(membership, actor)
    membership.role = role.value
    history.record("membership.role_given", membership, actor=actor, now=now, role=role.value)


def remove(membership: Membership, *, actor: Actor, now: datetime) -> None:
    """End somebody's part in an organisation, at once: their next page is refused. They stay in its history."""
    require(actor, Action.ACCEPT_MEMBER, membership)
    if membership.ended_at is not None:
        return
    _in_force(membership)
    _leave_a_lead(membership, actor)
    membership.ended_at = now
    history.record("membership.ended", membership, actor=actor, now=now)
    if membership.person_id != actor.person_id:
        sessions.end_all(membership.person, why="removed", now=now)


def _answer(template: str, membership: Membership, *, now: datetime, link: mail.Page) -> None:
    letters.to_person(template, membership.person_id, organisation_id=membership.organisation_id, now=now, link=link)


def _in_force(membership: Membership) -> None:
    if not membership.in_force:
        raise WrongState(N_("This person does not belong to the organisation any more, or not yet."))


def _leave_a_lead(membership: Membership, actor: Actor) -> None:
    """The last lead hands over first. The coordinator may end it all the same, and accept somebody new."""
    last = membership.role == MemberRole.LEAD and queries.how_many_lead(membership.organisation_id) == 1
    if last and AreaRole.COORDINATOR not in actor.roles:
        raise WrongState(
            N_("This is the only lead. Make somebody else a lead first, so that the organisation keeps one.")
        )


def role_row(role: AreaRole) -> Role:
    """The row of a part for the area, made when the first person gets it."""
    found = db.session.scalars(select(Role).where(Role.name == role.value)).one_or_none()
    return found or Role(name=role.value)
