"""WRITES: a lead hands their part over to a colleague, who has to accept. Until then nothing changes.

So an organisation is never without a lead, and the last one needs nobody's help to leave.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from coprod import history, mail
from coprod.accounts import queries
from coprod.accounts.models import HandOver, Membership
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.permissions import Action, Actor, MemberRole, can, require
from coprod.phrases import N_

CHANGED = N_(
    "One of you has left or has another part now. Look at the list of people, then offer it again if you need to."
)


def offer(taker: Membership, *, leaving: bool, actor: Actor, now: datetime) -> HandOver:
    """Offer one's own part as a lead to a colleague who belongs to the organisation. One offer at a time."""
    require(actor, Action.HAND_OVER, taker)
    giver = queries.membership_of(actor.person_id, taker.organisation_id)
    if giver is None or giver.id == taker.id or not taker.in_force or not taker.person.active:
        raise Invalid(N_("Choose a colleague who belongs to the organisation"), field="colleague")
    if _open_from(giver) is not None:
        raise WrongState(N_("You have offered your part already. Take that offer back first."))
    offered = HandOver(
        organisation_id=taker.organisation_id, from_id=giver.id, to_id=taker.id, leaving=leaving, offered_at=now
    )
    db.session.add(offered)
    _record("hand_over.offered", offered, giver, taker, actor=actor, now=now)
    mail.queue(
        "hand_over",
        to=taker.person.email,
        now=now,
        person_id=taker.person_id,
        organisation_id=taker.organisation_id,
        name=taker.person.name,
        giver=giver.person.name,
        place=queries.name_of_place(taker.organisation_id),
        link=mail.page("accounts.take_over", hand_over_id=offered.id),
    )
    return offered


def accept(offered: HandOver, *, actor: Actor, now: datetime) -> None:
    """The colleague becomes a lead; whoever handed over stays as a contributor, or leaves. Twice is once."""
    require(actor, Action.TAKE_OVER, offered)
    giver, taker = offered.giver, offered.taker
    if taker.person_id != actor.person_id:
        raise NotAllowed(N_("Only the colleague who was asked can take over."))
    if offered.accepted:
        return
    _check_open(offered)
    if not (giver.in_force and taker.in_force and giver.role == MemberRole.LEAD.value):
        raise WrongState(CHANGED)
    offered.ended_at, offered.accepted = now, True
    taker.role = MemberRole.LEAD.value
    if offered.leaving:
        giver.ended_at = now
    else:
        giver.role = MemberRole.CONTRIBUTOR.value
    _record("hand_over.accepted", offered, giver, taker, actor=actor, now=now)


def end(offered: HandOver, *, actor: Actor, now: datetime) -> None:
    """Say no to an offer, or take one's own offer back. Either way nothing changes."""
    require(actor, Action.TAKE_OVER, offered)
    if actor.person_id not in {offered.giver.person_id, offered.taker.person_id}:
        raise NotAllowed(N_("Only the two people whom it is about can end this."))
    if offered.ended_at is not None and not offered.accepted:
        return
    _check_open(offered)
    offered.ended_at = now
    what = "hand_over.declined" if actor.person_id == offered.taker.person_id else "hand_over.taken_back"
    _record(what, offered, offered.giver, offered.taker, actor=actor, now=now)


def concerning(hand_over_id: UUID, actor: Actor) -> HandOver:
    """An offer, for the two people whom it is about. Raises NotFound alike where it is missing or other people's."""
    found = db.session.get(HandOver, hand_over_id)
    theirs = found is not None and actor.person_id in {found.giver.person_id, found.taker.person_id}
    if found is None or not theirs or not can(actor, Action.TAKE_OVER, found):
        raise NotFound
    return found


def open_for(actor: Actor) -> tuple[HandOver, ...]:
    """Offers that wait and are this person's: made to them, or by them, the oldest first."""
    giver, taker = aliased(Membership), aliased(Membership)
    rows = db.session.scalars(
        select(HandOver)
        .join(giver, HandOver.from_id == giver.id)
        .join(taker, HandOver.to_id == taker.id)
        .where(HandOver.ended_at.is_(None), giver.ended_at.is_(None), taker.ended_at.is_(None))
        .where(or_(giver.person_id == actor.person_id, taker.person_id == actor.person_id))
        .order_by(HandOver.offered_at, HandOver.id)
        .limit(queries.MOST)
    )
    return tuple(rows)


def _open_from(giver: Membership) -> HandOver | None:
    return db.session.scalars(
        select(HandOver).where(HandOver.from_id == giver.id, HandOver.ended_at.is_(None))
    ).one_or_none()


def _check_open(offered: HandOver) -> None:
    if offered.ended_at is not None:
        raise WrongState(N_("This offer has ended. Look at the list of people to see who leads now."))


def _record(what: str, offered: HandOver, giver: Membership, taker: Membership, *, actor: Actor, now: datetime) -> None:
    history.record(
        what,
        offered,
        actor=actor,
        now=now,
        giver=str(giver.person_id),
        taker=str(taker.person_id),
        leaving=offered.leaving,
    )
