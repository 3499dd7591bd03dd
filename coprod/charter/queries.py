"""READS: an organisation's sign-up. Names of people are private: only its own pages show them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from coprod.calendar import add_months
from coprod.charter import rules
from coprod.charter.models import Commitment, SignUp
from coprod.database import db
from coprod.errors import NotFound
from coprod.framework.charter import Lapse
from coprod.organisations.models import Organisation
from coprod.permissions import Action, Actor, can

MOST_AT_ONCE = 200


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


def organisation_of(organisation_id: UUID, actor: Actor, action: Action) -> Organisation:
    """An organisation that the actor may do this for. Raises NotFound for a missing one and for others' alike."""
    found = db.session.get(Organisation, organisation_id)
    if found is None or not can(actor, action, found):
        raise NotFound
    return found


def commitment_of(organisation_id: UUID, commitment_id: UUID) -> Commitment:
    """One commitment of the organisation's sign-up in force. Raises NotFound for any other."""
    sign_up = in_force(organisation_id)
    for commitment in sign_up.commitments if sign_up else ():
        if commitment.id == commitment_id:
            return commitment
    raise NotFound


def led_by(actor: Actor) -> Sequence[Organisation]:
    """The organisations that the actor may sign for, by name."""
    led = [each for each in actor.memberships if can(actor, Action.SIGN_CHARTER, _Subject(each))]
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


class _Subject:
    """An organisation's id, as the table of permissions asks for it."""

    def __init__(self, organisation_id: UUID) -> None:
        self.organisation_id = organisation_id
