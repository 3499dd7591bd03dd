"""The commands with which a deployment is begun and looked after."""

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from coprod.accounts import first_coordinator
from coprod.permissions import SYSTEM
from coprod.running import checks, organisation_data
from coprod.transaction import transaction
from coprod.web import clock, deployment


@click.command("create-coordinator")
@click.option("--email", prompt="E-mail address of the coordinator")
@click.option("--name", prompt="Their name")
@with_appcontext
def create_coordinator(email: str, name: str) -> None:
    """Make the first coordinator's account, and print a link with which they choose their password."""
    with transaction():
        page = first_coordinator.make(email=email, name=name, actor=SYSTEM, now=clock.now())
    click.echo("The account is made. Its owner opens this link within an hour and chooses a password. It works once:")
    click.echo(deployment.address(page.endpoint, **page.values))
    click.echo("Then they sign in and set up a second step: an app on their phone, or a passkey.")


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Say whether everything works. Exit code 1 where something does not."""
    found = list(checks.answers(now=clock.now()))
    for each in found:
        click.echo(f"{each.state.value:13} {each.name}: {each.words}{' ' if each.mend else ''}{each.mend}")
    click.echo(checks.in_short(found))
    if any(each.state is checks.State.BROKEN for each in found):
        sys.exit(1)


@click.command("export-organisation")
@click.argument("organisation", metavar="ORGANISATION")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def export_organisation(organisation: str, file: Path) -> None:
    """Write everything that is kept of one organisation into FILE (a zip). ORGANISATION is its official code, its id,
    or the last part of its public address.
    """
    file.touch(mode=0o600)  # It names people: nobody else on the machine may read it.
    taken = organisation_data.write(organisation_data.named(organisation), file, today=clock.today())
    click.echo(f"{file} holds {taken.words}.")


COMMANDS = (create_coordinator, doctor, export_organisation)
