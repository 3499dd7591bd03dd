"""WRITES: people, and their parts in organisations."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from coprod import history
from coprod.accounts import queries
from coprod.accounts.models import Membership, Person, Role
from coprod.accounts.rules import weakness
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.permissions import Action, Actor, AreaRole, MemberRole, require
from coprod.text import cleaned, has_words

LONGEST_NAME = 200
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
    """Make an account. Whoever runs the program may: the command line and the demonstration call this, no page does.

    One e-mail address has one account, however its letters are written.
    """
    parts = list(dict.fromkeys(roles))
    address = _email(email)
    plain = _name(name)
    kept = current_app.extensions["security"].password_util.normalize(password)
    weak = weakness(kept, name=plain, email=address)
    if weak:
        raise Invalid(weak, field="password")
    if queries.person_with_email(address):
        raise Invalid("Somebody already has an account with this e-mail address", field="email")
    person = Person(
        email=address,
        name=plain,
        password=hash_password(kept),
        parent_carer=parent_carer,
        created_at=now,
        roles=[_role(role) for role in parts],
    )
    db.session.add(person)
    history.record("person.added", person, actor=actor, now=now, roles=[role.value for role in parts])
    return person


def ask_to_join(organisation_id: UUID, *, note: str, actor: Actor, now: datetime) -> Membership:
    """Ask an organisation's leads, or the coordinator, to be let in. Asking twice is asking once."""
    require(actor, Action.FIND_ORGANISATION)
    said = cleaned(note)
    if len(said) > LONGEST_NOTE:
        raise Invalid(f"Use {LONGEST_NOTE} characters or fewer", field="note")
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
    return asked


def accept(membership: Membership, *, role: MemberRole, actor: Actor, now: datetime) -> None:
    """Let somebody in who asked. Nobody lets themselves in; accepting twice is accepting once."""
    require(actor, Action.ACCEPT_MEMBER, membership)
    if membership.person_id == actor.person_id:
        raise NotAllowed("You can't accept yourself. Ask another lead, or the area's coordinator.")
    if membership.in_force and membership.role == role.value:
        return
    if membership.accepted_at is not None or membership.ended_at is not None:
        raise WrongState("Somebody else has already decided this. Go back to the list to see who still waits.")
    membership.role = role.value
    membership.accepted_at = now
    membership.accepted_by = actor.person_id
    history.record("membership.accepted", membership, actor=actor, now=now, role=role.value)


def decline(membership: Membership, *, actor: Actor, now: datetime, why: str = "") -> None:
    """Do not let somebody in. The reason, where one is given, stays in the history; they may ask again."""
    require(actor, Action.ACCEPT_MEMBER, membership)
    if membership.accepted_at is not None:
        raise WrongState("Somebody else has already accepted this person. You can remove them from the list of people.")
    if membership.ended_at is not None:
        return
    membership.ended_at = now
    history.record("membership.declined", membership, actor=actor, now=now, why=cleaned(why) or None)


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


def _in_force(membership: Membership) -> None:
    if not membership.in_force:
        raise WrongState("This person does not belong to the organisation any more, or not yet.")


def _leave_a_lead(membership: Membership, actor: Actor) -> None:
    """The last lead hands over first. The coordinator may end it all the same, and accept somebody new."""
    last = membership.role == MemberRole.LEAD and queries.how_many_lead(membership.organisation_id) == 1
    if last and AreaRole.COORDINATOR not in actor.roles:
        raise WrongState("This is the only lead. Make somebody else a lead first, so that the organisation keeps one.")


def _email(text: str) -> str:
    try:
        found = validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise Invalid("Enter an e-mail address, such as name@example.org", field="email") from None
    return found.normalized.lower()


def _name(text: str) -> str:
    plain = " ".join(cleaned(text).split())
    if not has_words(plain):
        raise Invalid("Enter the person's name", field="name")
    if len(plain) > LONGEST_NAME:
        raise Invalid(f"Use {LONGEST_NAME} characters or fewer", field="name")
    return plain


def _role(role: AreaRole) -> Role:
    found = db.session.scalars(select(Role).where(Role.name == role.value)).one_or_none()
    return found or Role(name=role.value)
