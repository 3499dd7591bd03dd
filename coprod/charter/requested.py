"""READS: what was filled in and is not in force yet. All of it is private."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from coprod.accounts import secret_links
from coprod.accounts.models import Person
from coprod.charter import queries
from coprod.charter.models import SigningRequest
from coprod.charter.rules import OPEN_REQUEST, Request
from coprod.database import db
from coprod.errors import NotFound
from coprod.framework.charter import Charter
from coprod.organisations.models import Organisation
from coprod.organisations.rules import WORKING, Kind
from coprod.permissions import Action, Actor, MemberRole, can

MOST = 200


@dataclass(frozen=True, slots=True)
class Subject:
    """An organisation as the table of permissions sees it, with the bodies that it belongs to."""

    organisation_id: UUID
    trust_ids: frozenset[UUID]


def subject_of(organisation: Organisation) -> Subject:
    """A school belongs to the trust that has its trust's number; a service to the body that runs it."""
    trusts = {organisation.parent_id} if organisation.parent_id else set()
    if organisation.trust_code:
        same = select(Organisation.id).where(
            Organisation.kind == Kind.TRUST, Organisation.trust_code == organisation.trust_code
        )
        trusts |= set(db.session.scalars(same))
    return Subject(organisation.id, frozenset(trusts))


def to_ask_for(actor: Actor, charter: Charter, *, today: date) -> Sequence[Organisation]:
    """Organisations that the actor may fill the charter in for and that have not signed today's text, by name."""
    led = [organisation for organisation, role in actor.memberships.items() if role is MemberRole.LEAD]
    if not led:
        return ()
    trusts = select(Organisation.trust_code).where(
        Organisation.id.in_(led), Organisation.kind == Kind.TRUST, Organisation.trust_code != ""
    )
    found = db.session.scalars(
        select(Organisation)
        .where(
            or_(Organisation.id.in_(led), Organisation.parent_id.in_(led), Organisation.trust_code.in_(trusts)),
            Organisation.status.in_(sorted(WORKING)),
        )
        .order_by(Organisation.search_name, Organisation.id)
        .limit(MOST)
    )
    return [each for each in found if not queries.has_signed(each.id, charter, today=today)]


def to_ask(organisation_id: UUID, actor: Actor) -> Organisation:
    """One organisation that the actor may fill the charter in for. Raises NotFound for a missing one and others'."""
    found = db.session.get(Organisation, organisation_id)
    if found is None or not can(actor, Action.ASK_SIGNATORY, subject_of(found)):
        raise NotFound
    return found


def open_request(organisation_id: UUID) -> SigningRequest | None:
    return db.session.scalar(
        select(SigningRequest).where(
            SigningRequest.organisation_id == organisation_id, SigningRequest.state.in_(OPEN_REQUEST)
        )
    )


def last_request(organisation_id: UUID) -> SigningRequest | None:
    """What was filled in last and did not lead to a sign-up."""
    found = db.session.scalar(
        select(SigningRequest)
        .where(SigningRequest.organisation_id == organisation_id)
        .order_by(SigningRequest.filled_at.desc(), SigningRequest.state.in_(OPEN_REQUEST).desc(), SigningRequest.id)
        .limit(1)
    )
    return found if found is not None and found.state != Request.SIGNED.value else None


def request_of(request_id: UUID, actor: Actor) -> SigningRequest:
    """One that the actor looks after. Raises NotFound for a missing one and others' alike."""
    found = db.session.get(SigningRequest, request_id)
    if found is None or not can(actor, Action.ASK_SIGNATORY, subject_of(found.organisation)):
        raise NotFound
    return found


def behind(secret: str, *, lock: bool = False) -> SigningRequest | None:
    """What the link in a letter leads to, whatever became of it; with `lock`, for whoever answers now."""
    query = select(SigningRequest).where(SigningRequest.secret_hash == secret_links.digest_of(secret))
    return db.session.scalars(
        (query.with_for_update() if lock else query).execution_options(populate_existing=lock)
    ).one_or_none()


def still_stands(request: SigningRequest, *, now: datetime) -> bool:
    """True while the link is in time, nobody has answered, and whoever filled it in may still do so."""
    asker = db.session.get_one(Person, request.filled_by)
    in_time = request.expires_at is not None and now < request.expires_at
    allowed = asker.active and can(asker.actor, Action.ASK_SIGNATORY, subject_of(request.organisation))
    return request.state == Request.ASKED and in_time and allowed


def waiting() -> Sequence[SigningRequest]:
    """What the coordinator has to look at: agreed first, then what is on hold, the oldest first."""
    found = select(SigningRequest).where(SigningRequest.state.in_((Request.AGREED.value, Request.HELD.value)))
    return db.session.scalars(
        found.order_by(SigningRequest.state, SigningRequest.agreed_at, SigningRequest.id).limit(MOST)
    ).all()


def to_decide(request_id: UUID) -> SigningRequest:
    """One that waits for the coordinator. Raises NotFound for a missing one, and for one that does not wait."""
    found = db.session.get(SigningRequest, request_id)
    if found is None or found.state not in (Request.AGREED.value, Request.HELD.value):
        raise NotFound
    return found


def name_of_filler(request: SigningRequest) -> str:
    return db.session.get_one(Person, request.filled_by).name
