"""WRITES: a school goes on under a new official number, as an academy does. Its sign-up and its award go on with it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update

from coprod import history, mail
from coprod.accounts import letters
from coprod.accounts.models import HandOver, Invitation, Membership
from coprod.certificates import operations as certificates
from coprod.certificates.queries import in_force
from coprod.database import db
from coprod.errors import Invalid, WrongState
from coprod.organisations import queries as organisations
from coprod.organisations.models import Organisation, Succession
from coprod.organisations.rules import WORKING
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_, Phrase
from coprod.transaction import hold

# What may be there already where a school begins anew: people, and what was written about them.
PEOPLE = {"memberships", "invitations", "hand_overs", "trusted_domains", "letters", "events", "mailboxes"}
KEPT = {"id", "added_at"}


def succeed(school: Organisation, new: Organisation, *, actor: Actor, now: datetime, today: date) -> None:
    """`school` takes the number, name and address of `new`, whose row keeps the old ones and leads on.

    So everything that belongs to the school goes on: people, drafts, change records, its sign-up and its award for
    their remaining life. Members of `new` are members of the school. What `new` wrote here of its own can't be joined
    to it: then it is refused.
    """
    require(actor, Action.LINK_SUCCESSOR, school)
    for each in sorted((school, new), key=lambda one: one.id):
        hold(each)
    _may_succeed(school, new)
    _move_members(new.id, school.id, now)
    _swap(school, new)
    db.session.add(Succession(id=new.id, successor_id=school.id, linked_on=today))
    for certificate in in_force(school.id, today):
        certificates.carry_over(certificate, former=new, now=now, today=today)
    history.record("organisation.succeeded", school, actor=actor, now=now, former=str(new.id))
    letters.to_leads(
        "school_goes_on",
        school.id,
        now=now,
        former=new.name,
        code=school.value or "",
        link=mail.page("charter.signed", organisation_id=school.id),
    )


def _may_succeed(school: Organisation, new: Organisation) -> None:
    if school.id == new.id:
        raise Invalid(N_("Choose the new school, not the one that it was"))
    if organisations.has_succeeded(school.id) or organisations.has_succeeded(new.id):
        raise WrongState(N_("One of the two goes on under another number already."))
    if school.value is None or new.value is None or school.scheme != new.scheme:
        raise Invalid(N_("Both need an official number of the same sort"))
    if new.status not in WORKING:
        raise Invalid(Phrase("{name} is not open in the national register", name=new.name))
    if organisations.is_used(new.id, besides=PEOPLE | {"organisations", "listings"}):
        raise WrongState(
            Phrase(
                "{name} has written or signed something here of its own, which can't be joined to {school}.",
                name=new.name,
                school=school.name,
            )
        )


def _swap(school: Organisation, new: Organisation) -> None:
    """Each takes what the other said of itself. What there may be only one of waits aside."""
    names = [column.key for column in Organisation.__table__.columns if column.key not in KEPT]
    mine = {name: getattr(school, name) for name in names}
    theirs = {name: getattr(new, name) for name in names}
    new.value, new.slug, new.search_name = "-", str(new.id), str(new.id)
    db.session.flush()
    for name in names:
        setattr(school, name, theirs[name])
    db.session.flush()
    for name in names:
        setattr(new, name, mine[name])
    db.session.flush()


def _move_members(from_id: UUID, to_id: UUID, now: datetime) -> None:
    """Who was let in at the new school belongs to the one it is now; who belongs there already stays as they are."""
    there = set(db.session.scalars(select(Membership.person_id).where(Membership.organisation_id == to_id)))
    for membership in db.session.scalars(
        select(Membership).where(Membership.organisation_id == from_id).order_by(Membership.id)
    ):
        if membership.person_id not in there:
            membership.organisation_id = to_id
    offers = update(HandOver).where(HandOver.organisation_id == from_id, HandOver.ended_at.is_(None))
    db.session.execute(offers.values(ended_at=now))
    asked = update(Invitation).where(Invitation.organisation_id == from_id)
    db.session.execute(asked.values(organisation_id=to_id))
