"""The command line. Each command asks one operation and prints what it did; refusals are plain words and exit 1."""

import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import click
from flask import current_app
from flask.cli import AppGroup, FlaskGroup
from flask_migrate import upgrade as migrate

from coprod import backup, demo, jobs, remaking, restoring
from coprod.accounts import operations as accounts
from coprod.accounts import queries as people
from coprod.accounts import second_step
from coprod.app import create_app
from coprod.assessments import dry_run
from coprod.directory import export, listings
from coprod.errors import DomainError, NotFound
from coprod.framework import load, schemas
from coprod.keys import operations as keys
from coprod.organisations import operations as organisations
from coprod.permissions import SYSTEM, AreaRole
from coprod.register import queries as register
from coprod.register import rules
from coprod.running.commands import COMMANDS
from coprod.settings import ROOT
from coprod.transaction import transaction
from coprod.web import clock, deployment, health
from coprod.web.formatting import counted

Command = TypeVar("Command", bound=Callable[..., Any])

commands = AppGroup("coprod", help="Look after a deployment of Coprod.")


for _each in COMMANDS:
    commands.add_command(_each)


def say(words: str) -> None:
    click.echo(words)


def refuse(words: str) -> None:
    click.echo(words, err=True)
    sys.exit(1)


def _sentence(fault: str) -> str:
    return f"{fault[0].upper()}{fault[1:]}."


@commands.command()
def upgrade() -> None:
    """Make the database, or bring it to this version."""
    if health.database_fault() == health.NEWER:
        refuse(_sentence(health.NEWER))
    migrate()
    with transaction():
        listings.mend(today=clock.today())
    say("The database is up to date.")


@commands.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def back_up(file: Path) -> None:
    """Write everything that this deployment holds into FILE, while people work. Keys and secrets are kept apart."""
    say(f"{file} holds {backup.backup(file).words}.")


@commands.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    """Put a backup into an empty deployment, on either database, and check what is there afterwards."""
    report = restoring.restore(file)
    say(f"Back are {report.words}. The register is sound.")
    if lines := list(restoring.differing(report.settings)):
        say("These settings were others where the backup was made:")
        for line in lines:
            say(line)


@commands.group()
def frameworks() -> None:
    """The standards and the charter as files."""


@frameworks.command("check", with_appcontext=False)
@click.argument("path", type=click.Path(path_type=Path), default=ROOT / "frameworks")
def check(path: Path) -> None:
    """Say what the files hold, or every fault in them. Nothing that runs is touched."""
    report = load.check(path)
    for line in report.summary():
        say(line)
    if report.faults:
        sys.exit(1)


@frameworks.command("schema", with_appcontext=False)
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), default=ROOT / "frameworks" / "schema")
def schema(into: Path) -> None:
    """Write the JSON Schemas that help editors, from the same definitions that check the files."""
    into.mkdir(parents=True, exist_ok=True)
    for name, content in schemas.json_schemas().items():
        file = into / name
        file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        say(str(file))


@frameworks.command("dry-run")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
def dry_run_version(old: str, new: str) -> None:
    """Say who would be affected by the version NEW (or a folder that holds it) after OLD, and how. Changes nothing."""
    for line in dry_run.dry_run(deployment.settings().framework, old, new):
        say(line)


@commands.group("organisations")
def organisations_group() -> None:
    """Schools from the national register."""


@organisations_group.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--la", "la_codes", multiple=True, metavar="CODE", help="Only this local authority (repeat it for more).")
def import_organisations(file: Path, la_codes: tuple[str, ...]) -> None:
    """Load a "Get information about schools" download. It can be done again at any time."""
    with transaction():
        report = organisations.import_register(file, la_codes=la_codes, now=clock.now())
    for line in report.lines():
        say(line)


@commands.command("export-site")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def export_site(folder: Path) -> None:
    """Write all that the public sees into DIR as plain files, for any web server. An older copy there is replaced."""
    copied = export.export(folder, current_app._get_current_object())  # type: ignore[attr-defined]  # Flask's own way to it
    say(f"{folder} holds {counted(copied.files, 'file')}, {copied.bytes / 1e6:,.1f} MB.")


@commands.group("register")
def register_group() -> None:
    """The public log."""


@register_group.command("verify")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--fingerprint", help="As it is printed on a certificate: it must be in the register.")
def verify(file: Path | None, fingerprint: str | None) -> None:
    """Check the chain of the database's register and the signature under it, or the chain of a downloaded FILE."""
    head = None
    if fingerprint is not None and (head := rules.read_fingerprint(fingerprint)) is None:
        refuse("A fingerprint has at least 16 signs, 0 to 9 and a to f.")
    verdict = register.verify_file(file, head=head) if file else register.verify_database(head=head)
    say(verdict.words)
    if not verdict.sound:
        sys.exit(1)


@commands.group("keys")
def keys_group() -> None:
    """What certificates, credentials and the register's end are signed with."""


@keys_group.command("rotate")
def rotate_keys() -> None:
    """Make new keys, and sign with them from now on. Old public keys stay listed; old private keys are gone."""
    with transaction():
        rotated = keys.rotate(now=clock.now())
    for purpose, key in rotated:
        say(f"New key for each {purpose.value}: {key.id}")
    if deployment.settings().signing_key:
        say("The key for documents is the one that COPROD_SIGNING_KEY names: change it there.")


@commands.group("certificates")
def certificates_group() -> None:
    """The documents of certificates."""


@certificates_group.command("remake")
@click.option("--all", "anew", is_flag=True, help="Also those that are there: with today's template and key.")
@click.option("--processes", type=click.IntRange(1, 16), default=2, show_default=True)
def remake_certificates(anew: bool, processes: int) -> None:
    """Make the documents that are missing from the storage. Older documents of the same certificate stay genuine."""
    with click.progressbar(length=remaking.number(), label="Certificates", file=sys.stderr) as bar:
        made = remaking.remake(anew=anew, processes=processes, step=bar.update)
    say(f"{counted(made, 'certificate')} made.")


@commands.command()
def tick() -> None:
    """Do what time asks for: lapses, expiries, reminders, deletions, letters. Safe to run twice, and twice at once."""
    if fault := health.database_fault():
        refuse(_sentence(fault))
    done = jobs.tick(now=clock.now)
    for line in done.lines:
        say(line)
    if done.failed:
        refuse(f"These went wrong and are tried again the next time; the log says why: {', '.join(done.failed)}.")


@commands.command()
def worker() -> None:
    """The same as tick, again and again: letters every few seconds, the rest every few minutes. SIGTERM stops it."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    say("The worker has begun.")
    jobs.work(now=clock.now, stop=stop, say=_say_what_was_done)
    say("The worker has stopped.")


def _say_what_was_done(done: jobs.Done) -> None:
    for line in done.lines:
        say(line)
    for name in done.failed:
        click.echo(f"{name} went wrong and is tried again; the log says why.", err=True)


@commands.group("list")
def list_group() -> None:
    """The public list of signatories."""


@list_group.command("check")
@click.option("--mend", is_flag=True, help="Put right what differs.")
def check_list(mend: bool) -> None:
    """Compare each row of the list with the sign-ups, awards and changes that it is worked out from."""
    wrong = len(listings.differing(today=clock.today()))
    say(f"{counted(wrong, 'row')} of the list differ from what they should say." if wrong else "The list is right.")
    if wrong and not mend:
        sys.exit(1)
    if wrong:
        with transaction():
            listings.mend(today=clock.today())
        say("They were put right.")


@commands.command("add-person")
@click.argument("email")
@click.argument("name")
@click.option("--role", "roles", type=click.Choice([role.value for role in AreaRole]), multiple=True)
@click.option("--parent-carer", is_flag=True, help="A reviewer who is a parent carer.")
@click.password_option(help="At least 12 characters. Asked for when it is not given.")
def add_person(email: str, name: str, roles: tuple[str, ...], parent_carer: bool, password: str) -> None:
    """Make an account. The first one is the coordinator's."""
    with transaction():
        accounts.add_person(
            email=email,
            name=name,
            password=password,
            roles=[AreaRole(role) for role in roles],
            parent_carer=parent_carer,
            actor=SYSTEM,
            now=clock.now(),
        )
    say(f"{email} can sign in now.")


@commands.command("forget-second-step")
@click.argument("email")
def forget_second_step(email: str) -> None:
    """For a coordinator who lost their phone and recovery codes, when there is no other coordinator to ask."""
    person = people.person_with_email(email)
    if person is None:
        raise NotFound(f"There is no account with {email}.")
    person_id = person.id
    with transaction():
        second_step.forget(people.person(person_id), why="on the command line", actor=SYSTEM, now=clock.now())
    say(f"{email} is signed out everywhere, and sets up a new second step at the next sign-in.")


@commands.command("demonstration")
@click.option("--fresh", is_flag=True, help="Make it anew. Only ever over another demonstration.")
def demonstration(fresh: bool) -> None:
    """Load the demonstration, unless it is there, and print its accounts."""
    for line in demo.prepare(fresh=fresh):
        say(line)


class Ours(FlaskGroup):
    """Only this program's own commands: they are known, and can be explained, where no app can be made yet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.commands)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return self.commands.get(name)


def main() -> None:
    """The console command `coprod`. A refusal is said in one line, without the program's insides."""
    group = Ours(create_app=create_app, add_default_commands=False, help=commands.help)
    for name, command in commands.commands.items():
        group.add_command(command, name)
    try:
        group.main(standalone_mode=False)
    except DomainError as refusal:
        refuse(refusal.message)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except click.exceptions.Abort:
        refuse("Stopped.")
