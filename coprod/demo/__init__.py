"""The demonstration: the real list of schools to search, and invented schools and services at every stage.

Nothing is inserted: everything that happened in it was done through the product's own operations. It is loaded into an
empty database only, which is marked as a demonstration for ever; it is never laid over anything else.
"""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select

from coprod.accounts import operations as accounts
from coprod.accounts.models import DeploymentFact
from coprod.certificates import making
from coprod.database import db
from coprod.demo.cast import ACCOUNTS, ASKING, PARENTS, PASSWORD, SERVICES, Account
from coprod.demo.moderating import practise
from coprod.demo.people import actor, organisation, person
from coprod.demo.story import tell
from coprod.directory import listings
from coprod.errors import DomainError
from coprod.mail import operations as mail
from coprod.organisations import operations as organisations
from coprod.organisations.models import Organisation
from coprod.organisations.rules import Kind
from coprod.permissions import SYSTEM
from coprod.transaction import transaction
from coprod.web import clock
from coprod.web.deployment import settings

DATA = Path(__file__).parent / "data"
BEGAN = datetime(2023, 1, 9, 10, 0, tzinfo=UTC)
COORDINATOR = "alex.morgan@example.org"
FILES = "files"
LATELY = timedelta(days=1)
OFFERED = tuple(account for account in ACCOUNTS if account.what)


class NotADemonstration(DomainError):
    """The demonstration is only ever made in a place of its own."""


def prepare(*, fresh: bool) -> list[str]:
    """Make the demonstration where there is none, or anew with `fresh`; answers what to print.

    Raises NotADemonstration where the settings or the database say that this is a real deployment.
    """
    if not settings().demonstration:
        raise NotADemonstration("Set COPROD_MODE=demonstration first: this is never part of a real deployment.")
    state = _state()
    if state == "real":
        raise NotADemonstration(
            "This database holds something that is not a demonstration, so nothing was touched. "
            "Choose another with COPROD_INSTANCE or COPROD_DATABASE_URL."
        )
    if state == "demonstration" and not fresh:
        upgrade()
        with transaction():
            listings.mend(today=clock.today())
        return _welcome()
    _clear()
    upgrade()
    _load(clock.today())
    return _welcome()


def _state() -> str:
    """ "empty", "demonstration" (whole), or "half" (one that was broken off); "real" for everything else."""
    tables = set(inspect(db.engine).get_table_names())
    if not tables - {"alembic_version"}:
        return "empty"
    if DeploymentFact.__tablename__ in tables:
        kind = db.session.get(DeploymentFact, "kind")
        if kind is not None and kind.value == "demonstration":
            return "demonstration" if db.session.get(DeploymentFact, "loaded") else "half"
    if not db.session.scalar(select(func.count()).select_from(Organisation)):
        return "empty"
    return "real"


def _clear() -> None:
    """Only ever called on an empty database, or on a demonstration."""
    db.session.remove()
    if inspect(db.engine).has_table("alembic_version"):
        downgrade(revision="base")
    shutil.rmtree(settings().instance / FILES, ignore_errors=True)


def _load(today: date) -> None:
    with transaction():
        db.session.add(DeploymentFact(name="kind", value="demonstration"))
    for file in ("gias-northamptonshire-2017.csv", "invented-schools.csv"):
        with transaction():
            organisations.import_register(DATA / file, la_codes=(), now=BEGAN)
    with transaction():
        for account in ACCOUNTS:
            _add_person(account)
    with transaction():
        _add_services()
    with transaction():
        for account in ACCOUNTS:
            if account.belongs_to:
                _join(account)
    with transaction():
        practise(BEGAN)
    tell(today)
    making.make_missing(now=clock.now())
    with transaction():
        for email, where, note in ASKING:
            accounts.ask_to_join(organisation(where).id, note=note, actor=actor(email), now=clock.now())
    with transaction():
        # The story was told in the past: nobody waits for its letters.
        mail.discard_waiting(before=clock.now() - LATELY)
        db.session.add(DeploymentFact(name="loaded", value=today.isoformat()))


def _add_person(account: Account) -> None:
    accounts.add_person(
        email=account.email,
        name=account.name,
        password=PASSWORD,
        roles=account.roles,
        parent_carer=account.parent_carer,
        actor=SYSTEM,
        now=BEGAN,
    )


def _add_services() -> None:
    coordinator = actor(COORDINATOR)

    def add(name: str, town: str, parent: Organisation | None, kind: Kind) -> None:
        organisations.add_service(
            name=name,
            parent_id=parent.id if parent else None,
            kind=kind,
            town=town,
            postcode="",
            website="https://www.example.org/",
            actor=coordinator,
            now=BEGAN,
        )
        db.session.flush()

    for name, town in PARENTS:
        add(name, town, None, Kind.SERVICE)
    for name, parent, town in SERVICES:
        add(name, town, organisation(parent), Kind.SERVICE)


def _join(account: Account) -> None:
    """They ask, and the coordinator accepts, as everybody does."""
    who = person(account.email)
    asked = accounts.ask_to_join(
        organisation(account.belongs_to).id, note="I work here", actor=who.actor, now=BEGAN
    )
    db.session.flush()
    accounts.accept(asked, role=account.part, actor=actor(COORDINATOR), now=BEGAN)
    db.session.flush()


def _welcome() -> list[str]:
    """What somebody needs to look round: the address, and whom to sign in as."""
    lines = [f"The demonstration is at {settings().base_url}", "", "Sign in with one button at /sign-in, or as:"]
    lines += [f"  {account.email:28} {account.what}" for account in OFFERED]
    return [*lines, f"  The password of each is: {PASSWORD}", ""]
