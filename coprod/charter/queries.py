"""READS: an organisation's sign-up. Names of people are private: only its own pages show them."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select

from coprod.calendar import add_months
from coprod.charter import rules
from coprod.charter.models import Commitment, SigningRequest, SignUp
from coprod.database import db
from coprod.errors import NotFound, WrongState
from coprod.framework.charter import Charter, Lapse
from coprod.organisations import queries as organisations
from coprod.organisations.models import Organisation
from coprod.permissions import Action, Actor, MemberRole, require
from coprod.phrases import N_

MOST_AT_ONCE = 200
LONGEST_STEP = 3  # days that a month's end can move a date by


def in_force(organisation_id: UUID) -> SignUp | None:
    """The sign-up that has not ended. An organisation has at most one."""
    return db.session.scalar(
        select(SignUp).where(SignUp.organisation_id == organisation_id, SignUp.ended_on.is_(None))
    )


def latest(organisation_id: UUID) -> SignUp | None:
    """The sign-up in force, or else the one that ended last."""
    return db.session.scalar(
        select(SignUp)
        .where(SignUp.organisation_id == organisation_id)
        .order_by(SignUp.ended_on.is_(None).desc(), SignUp.signed_at.desc(), SignUp.id)
        .limit(1)
    )


def needed(organisation_id: UUID) -> SignUp:
    """The sign-up in force. Raises WrongState where there is none."""
    found = in_force(organisation_id)
    if found is None:
        raise WrongState(N_("There is no sign-up in force. Open the page again to see how it stands."))
    return found


def has_signed(organisation_id: UUID, charter: Charter, *, today: date) -> bool:
    """True where today's text is signed and in force: there is nothing to sign."""
    found = in_force(organisation_id)
    return (
        found is not None
        and found.charter_hash == charter.sha256
        and today <= last_day_of(found, lapse=charter.lapse)
    )


def organisation_of(
    organisation_id: UUID, actor: Actor, action: Action = Action.SEE_ORGANISATION
) -> Organisation:
    """The actor's own organisation. Others' raise NotFound, as a missing one does; a member who may not: NotAllowed."""
    found = organisations.for_member(organisation_id, actor)
    require(actor, action, found)
    return found


def promised(last: SignUp | SigningRequest) -> list[rules.Promised]:
    """What was promised there and is not kept yet."""
    if isinstance(last, SigningRequest):
        return last.commitments
    return [
        rules.Promised(one.text, one.due, about_feedback=one.about_feedback)
        for one in last.commitments
        if one.kept_on is None
    ]


def commitment_of(organisation_id: UUID, commitment_id: UUID) -> Commitment:
    """One commitment of the organisation's sign-up in force. Raises NotFound for any other."""
    sign_up = in_force(organisation_id)
    for commitment in sign_up.commitments if sign_up else ():
        if commitment.id == commitment_id:
            return commitment
    raise NotFound


def led_by(actor: Actor) -> Sequence[Organisation]:
    """The organisations that the actor leads, and so may sign for, by name."""
    led = [organisation for organisation, role in actor.memberships.items() if role is MemberRole.LEAD]
    if not led:
        return ()
    return db.session.scalars(
        select(Organisation).where(Organisation.id.in_(led)).order_by(Organisation.search_name, Organisation.id)
    ).all()


def standing_of(sign_up: SignUp, *, lapse: Lapse, today: date) -> rules.Standing:
    return rules.standing(
        counts_from=sign_up.counts_from,
        assessed_on=sign_up.assessed_on,
        checked_in_on=sign_up.checked_in_on,
        ended_as=sign_up.ended_as,
        lapse=lapse,
        today=today,
    )


def last_day_of(sign_up: SignUp, *, lapse: Lapse) -> date:
    return rules.last_day(
        counts_from=sign_up.counts_from,
        assessed_on=sign_up.assessed_on,
        checked_in_on=sign_up.checked_in_on,
        lapse=lapse,
    )


def near_a_date(*, lapse: Lapse, today: date, after: UUID | None, limit: int) -> Sequence[SignUp]:
    """Sign-ups that a reminder may be due for, a batch at a time by id; the rule decides for which it is."""
    soon = today + timedelta(days=max(lapse.reminder_days) + LONGEST_STEP)
    oldest = add_months(soon, -min(lapse.lapses_months, lapse.check_in_months))
    found = select(SignUp).where(
        SignUp.ended_on.is_(None),
        (SignUp.assessed_on.is_(None) & (SignUp.counts_from <= oldest))
        | (func.coalesce(SignUp.checked_in_on, SignUp.counts_from) <= oldest),
    )
    if after is not None:
        found = found.where(SignUp.id > after)
    return db.session.scalars(found.order_by(SignUp.id).limit(limit)).all()


def signed_another_text(charter: Charter, *, after: UUID | None, limit: int) -> Sequence[SignUp]:
    """Sign-ups in force to a text that is not today's, a batch at a time by id."""
    found = select(SignUp).where(SignUp.ended_on.is_(None), SignUp.charter_hash != charter.sha256)
    if after is not None:
        found = found.where(SignUp.id > after)
    return db.session.scalars(found.order_by(SignUp.id).limit(limit)).all()


def may_have_lapsed(*, lapse: Lapse, today: date, after: UUID | None = None) -> Sequence[SignUp]:
    """Sign-ups old enough to have lapsed, a batch at a time by id; the rule decides which of them have."""
    oldest = add_months(today, -min(lapse.lapses_months, lapse.check_in_months))
    found = select(SignUp).where(
        SignUp.ended_on.is_(None),
        (SignUp.assessed_on.is_(None) & (SignUp.counts_from <= oldest))
        | (func.coalesce(SignUp.checked_in_on, SignUp.assessed_on) <= oldest),
    )
    if after is not None:
        found = found.where(SignUp.id > after)
    return db.session.scalars(found.order_by(SignUp.id).limit(MOST_AT_ONCE)).all()
