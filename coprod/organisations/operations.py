"""WRITES: loading the register of schools, and adding a service that it does not hold."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import and_, or_, select

from coprod import history
from coprod.accounts import operations as people
from coprod.accounts.models import Membership
from coprod.database import db
from coprod.errors import Invalid, WrongState
from coprod.organisations import importing, queries
from coprod.organisations.importing import ImportReport
from coprod.organisations.models import Organisation
from coprod.organisations.rules import (
    WORKING,
    Kind,
    Scheme,
    Status,
    is_postcode,
    official_code,
    postcode_of,
    slug_of,
    website_of,
)
from coprod.permissions import SYSTEM, Action, Actor, require
from coprod.phrases import N_, Phrase
from coprod.text import cleaned, folded

LONGEST_NAME = 200
LONGEST_TOWN = 80
LONGEST_TRUST_CODE = 20


def import_register(path: Path, *, la_codes: Collection[str], now: datetime) -> ImportReport:
    """Load a "Get information about schools" file, from the command line.

    The same file twice changes nothing. A row with a fault is listed while the others go in. With `la_codes` only the
    schools of those local authorities are taken. Raises NotARegister where the file is not one.
    """
    return importing.load(path, called=path.name, la_codes=la_codes, actor=SYSTEM, now=now)


def upload_register(
    path: Path, *, called: str, la_codes: Collection[str], actor: Actor, now: datetime
) -> ImportReport:
    """The same for a file that the coordinator sent in, which they know under the name `called`."""
    require(actor, Action.RUN_REGISTER)
    return importing.load(path, called=called, la_codes=la_codes, actor=actor, now=now)


def ask_to_join(organisation_id: UUID, *, note: str, actor: Actor, now: datetime) -> Membership:
    """Ask to be let in to an organisation that has not closed."""
    require(actor, Action.FIND_ORGANISATION)
    organisation = queries.get(organisation_id)
    if organisation.status == Status.CLOSED:
        raise WrongState(Phrase("{name} has closed, so nobody can join it.", name=organisation.name))
    return people.ask_to_join(organisation_id, note=note, actor=actor, now=now)


def add_service(
    *,
    name: str,
    parent_id: UUID | None,
    kind: Kind,
    town: str,
    postcode: str,
    website: str,
    actor: Actor,
    now: datetime,
    scheme: Scheme = Scheme.NONE,
    value: str = "",
    trust_code: str = "",
) -> Organisation:
    """Add a service that the register of schools does not hold, with its parent where it has one.

    The same official number is the same organisation, and so is the same name under the same parent: refused,
    with the words naming the one that is here already. `trust_code` is a trust's own: what its schools carry too.
    """
    require(actor, Action.ADD_SERVICE)
    plain = _name(name)
    code = official_code(scheme, value)
    parent = _parent(parent_id)
    _refuse_the_same_number(scheme, code)
    _refuse_the_same_name(plain, parent)
    service = Organisation(
        scheme=scheme.value,
        value=code,
        ukprn=code if scheme is Scheme.UKPRN else None,
        name=plain,
        search_name=folded(plain)[:LONGEST_NAME],
        slug=slug_of(plain, code or uuid4().hex[:10]),
        kind=kind.value,
        town=_short(town, most=LONGEST_TOWN, field="town"),
        postcode=_postcode(postcode),
        website=_website(website),
        parent_id=parent.id if parent else None,
        trust_code=_short(trust_code, most=LONGEST_TRUST_CODE, field="trust_code") if kind is Kind.TRUST else "",
        added_at=now,
    )
    db.session.add(service)
    history.record("service.added", service, actor=actor, now=now, parent=str(parent_id) if parent_id else None)
    return service


def _parent(parent_id: UUID | None) -> Organisation | None:
    if parent_id is None:
        return None
    parent = db.session.get(Organisation, parent_id)
    if parent is None or parent.status not in WORKING:
        raise Invalid(N_("Choose who runs this service from the list"), field="parent_id")
    return parent


def _refuse_the_same_number(scheme: Scheme, code: str | None) -> None:
    if code is None:
        return
    same = and_(Organisation.scheme == scheme.value, Organisation.value == code)
    if scheme is Scheme.UKPRN:
        same = or_(same, Organisation.ukprn == code)
    taken = db.session.scalars(select(Organisation.name).where(same).order_by(Organisation.id).limit(1)).first()
    if taken is not None:
        raise Invalid(Phrase("That number belongs to {name}, which is here already", name=taken), field="value")


def _refuse_the_same_name(name: str, parent: Organisation | None) -> None:
    same = select(Organisation.name).where(Organisation.search_name == folded(name)[:LONGEST_NAME])
    if parent is not None:
        same = same.where(Organisation.parent_id == parent.id)
    else:
        same = same.where(Organisation.parent_id.is_(None), Organisation.scheme == Scheme.NONE.value)
    taken = db.session.scalars(same.limit(1)).first()
    if taken is not None:
        if parent:
            said = N_("{body} has {name} already. Use that one, or give this one a name that tells them apart")
        else:
            said = N_("{name} is here already. Use that one, or give this one a name that tells them apart")
        raise Invalid(Phrase(said, name=taken, body=parent.name if parent else ""), field="name")


def _name(text: str) -> str:
    plain = _short(text, most=LONGEST_NAME, field="name")
    if not folded(plain):
        raise Invalid(N_("Enter the name of the service"), field="name")
    return plain


def _short(text: str, *, most: int, field: str) -> str:
    plain = " ".join(cleaned(text).split())
    if len(plain) > most:
        raise Invalid(Phrase("Use {most} characters or fewer", most=most), field=field)
    return plain


def _postcode(text: str) -> str:
    plain = postcode_of(text)
    if plain and not is_postcode(plain):
        raise Invalid(N_("Enter a whole postcode, such as NN15 6QY, or leave this empty"), field="postcode")
    return plain


def _website(text: str) -> str:
    plain = website_of(text)
    if text.strip() and not plain:
        raise Invalid(N_("Enter a web address, such as https://www.example.org, or leave this empty"), field="website")
    return plain
