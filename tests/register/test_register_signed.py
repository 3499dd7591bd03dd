"""The end of the register is signed; one small program checks all of it, and every change of it is named."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from coprod.database import Model, db
from coprod.keys import operations as keys
from coprod.register import operations, queries
from coprod.register.models import RegisterEntry, RegisterHead, RegisterPayload
from coprod.register.rules import EntryKind, line, next_entry
from coprod.settings import ROOT
from coprod.transaction import transaction
from tests.register.test_register_rows import written
from tests.support.build import MOMENT, organisation
from tests.support.client import Client

CHECKER = ROOT / "static" / "check_register.py"

Lines = list[str]


@pytest.fixture
def files(app: Flask, client: Client, tmp_path: Path) -> Path:
    """A folder with what anybody can download."""
    written(6)
    for name, address in (
        ("register.jsonl", "/register.jsonl"),
        ("head.json", "/register/head.json"),
        ("jwks.json", "/.well-known/jwks.json"),
    ):
        (tmp_path / name).write_bytes(client.http.get(address).data)
    return tmp_path


def checked(folder: Path, *more: str) -> tuple[int, str]:
    """What the program says, run as a stranger would: away from our code."""
    call = [sys.executable, "-I", str(CHECKER), "register.jsonl", "--head", "head.json", "--keys", "jwks.json", *more]
    done = subprocess.run(call, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_end_is_signed_and_open_to_all(app: Flask, client: Client) -> None:
    assert client.http.get("/register/head.json").status_code == 404
    written(3)
    answer = client.http.get("/register/head.json")
    assert answer.json["seq"] == 3
    assert answer.json["entry_hash"] == queries.verify_database().head
    for address in ("/register/head.json", "/register.jsonl?after=1&limit=1"):
        answer = client.http.get(address)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        again = client.http.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_every_entry_has_its_signature(app: Flask) -> None:
    written(4)
    assert [head.seq for head in db.session.query(RegisterHead).order_by(RegisterHead.seq)] == [1, 2, 3, 4]


@pytest.mark.on_sqlite
@pytest.mark.parametrize("place", range(len("2026-11-22 12:00:00.000000")))
def test_every_sign_of_a_time_behind_the_triggers_is_read(app: Flask, place: int) -> None:
    """The words in which SQLite keeps a moment are checked as they are, whatever else could be read in them."""
    written(3)
    without_triggers()
    changed = f"substr(at, 1, {place}) || 'T' || substr(at, {place + 2})"
    db.session.execute(text(f"UPDATE register_entries SET at = {changed} WHERE seq = 2"))  # noqa: S608  # our own words
    fault = queries.verify_database().fault
    assert fault is not None
    assert fault.seq == 2


@pytest.mark.on_sqlite
def test_a_chain_that_was_built_anew_in_the_database_is_named(app: Flask) -> None:
    written(3)
    (*_, last) = queries.entries()
    made = next_entry(
        (2, last.previous),
        kind=EntryKind.AWARDED,
        organisation_id=organisation("Other").id,
        facts={"organisation": "Forged"},
        salt=bytes(32),
        now=MOMENT,
    )
    without_triggers()
    changed = {"kind": made.kind, "payload_hash": made.payload_hash, "entry_hash": made.entry_hash}
    changed |= {"at": MOMENT, "organisation_id": UUID(made.organisation_id)}
    db.session.execute(update(RegisterEntry).where(RegisterEntry.seq == 3).values(changed))
    forged = {"salt": made.salt, "facts": {"organisation": "Forged"}}
    db.session.execute(update(RegisterPayload).where(RegisterPayload.seq == 3).values(forged))
    assert list(queries.entries())[-1] == made  # The chain by itself is sound …
    fault = queries.verify_database().fault
    assert fault is not None
    assert (fault.seq, "signature" in fault.why) == (3, True)


def without_triggers() -> None:
    """As somebody who may do everything with the database could make it."""
    for (name,) in db.session.execute(text("SELECT name FROM sqlite_master WHERE type='trigger' AND name LIKE 'reg%'")):
        db.session.execute(text(f"DROP TRIGGER {name}"))


@pytest.mark.parametrize("table", [RegisterEntry, RegisterPayload, RegisterHead])
def test_every_change_of_one_row_is_refused_or_named(app: Flask, table: type[Model]) -> None:
    """Each column of each row, and each row taken away: refused by the database, or named by who checks it."""
    written(3)
    name, tried = table.__tablename__, 0
    changes = [f"UPDATE {name} SET {column.name} = {other(column)}" for column in table.__table__.columns]  # noqa: S608
    removal = [] if table is RegisterPayload else [f"DELETE FROM {name}"]  # noqa: S608  # A payload may be erased.
    for statement in (*changes, *removal):
        for seq in (1, 2, 3):
            try:
                with db.session.begin_nested():
                    db.session.execute(text(f"{statement} WHERE seq = {seq}"))
                    fault = queries.verify_database().fault
                    assert fault is not None
                    assert fault.seq == seq, statement
                    raise Seen
            except (Seen, IntegrityError):
                tried += 1
            except ProgrammingError as refused:
                if "is only ever added to" not in str(refused.orig):  # What a trigger says on PostgreSQL.
                    raise
                tried += 1
    assert tried == 3 * (len(changes) + len(removal))


@pytest.mark.on_sqlite
@pytest.mark.parametrize("table", [RegisterEntry, RegisterPayload])
def test_every_change_of_one_row_behind_the_triggers_is_named(app: Flask, table: type[Model]) -> None:
    """The number of a payload says whose it is: without it, an entry is one that was erased."""
    written(3)
    organisation("Other")
    without_triggers()
    db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    for column in (each for each in table.__table__.columns if (table, each.name) != (RegisterPayload, "seq")):
        for seq in (1, 2, 3):
            with suppress(Seen), db.session.begin_nested():
                changed = f"UPDATE {table.__tablename__} SET {column.name} = {other(column)} WHERE seq = {seq}"  # noqa: S608
                db.session.execute(text(changed))
                fault = queries.verify_database().fault
                assert fault is not None, changed
                assert fault.seq == seq, changed
                raise Seen


class Seen(Exception):
    """Undoes a change that was named."""


def other(column: Any) -> str:
    """Another value for a column, in SQL."""
    if column.name == "seq":
        return "seq + 10"
    if column.name == "at":
        return "'2001-01-01 00:00:00.000000'"
    if column.name == "facts":
        return "'{}'"
    if column.name == "organisation_id":
        return "(SELECT id FROM organisations WHERE name = 'Other')"
    return f"'!' || substr({column.name}, 2)"


@pytest.mark.on_sqlite
def test_a_signature_by_a_key_that_is_not_ours_is_named(app: Flask) -> None:
    written(2)
    without_triggers()
    db.session.execute(text("UPDATE register_heads SET key = 'x' WHERE seq = 2"))
    assert not queries.verify_database().sound
    db.session.execute(text("DELETE FROM register_heads WHERE seq = 2"))
    assert not queries.verify_database().sound


def test_one_small_program_says_that_it_is_sound(files: Path) -> None:
    fingerprint = json.loads((files / "head.json").read_text())["entry_hash"][:16]
    grouped = " ".join(fingerprint[n : n + 4] for n in range(0, 16, 4))
    code, said = checked(files, "--fingerprint", grouped)
    assert (code, said.startswith("The register is sound. Entries: 6.")) == (0, True), said


def test_it_stays_sound_when_a_payload_is_erased_and_when_keys_change(app: Flask, client: Client, files: Path) -> None:
    db.session.execute(text("DELETE FROM register_payloads WHERE seq = 2"))
    db.session.commit()
    with transaction():
        keys.rotate(now=MOMENT)
        who = organisation("New").id
    with transaction():
        operations.append(EntryKind.SIGNED, organisation_id=who, facts={}, now=MOMENT)
    (files / "register.jsonl").write_bytes(client.http.get("/register.jsonl").data)
    (files / "jwks.json").write_bytes(client.http.get("/.well-known/jwks.json").data)
    assert checked(files)[0] == 0  # The old end was signed by a key that is still listed.
    (files / "head.json").write_bytes(client.http.get("/register/head.json").data)
    assert checked(files)[0] == 0


def without(number: int) -> Callable[[Lines], Lines]:
    return lambda lines: lines[: number - 1] + lines[number:]


def second_anew(number: int, previous: str | None = None) -> Callable[[Lines], Lines]:
    """The second entry with other words, and a hash that was worked out again for them."""

    def change(lines: Lines) -> Lines:
        before = previous or json.loads(lines[0])["entry_hash"]
        who = UUID(json.loads(lines[1])["organisation_id"])
        made = next_entry(
            (number - 1, before), kind=EntryKind.SIGNED, organisation_id=who, facts={}, salt=bytes(32), now=MOMENT
        )
        return [lines[0], line(made), *lines[2:]]

    return change


CHANGES: dict[str, tuple[Callable[[Lines], Lines], str]] = {
    "an entry removed": (without(3), "Entry 3"),
    "two swapped": (lambda lines: [*lines[:1], lines[2], lines[1], *lines[3:]], "Entry 2"),
    "one twice": (lambda lines: [*lines[:2], *lines[1:]], "Entry 3"),
    "a name changed": (lambda lines: [each.replace("School 3", "School 9") for each in lines], "Entry 4"),
    "other words, and a hash that fits them": (second_anew(2), "Entry 3"),
    "another number, and a hash that fits it": (second_anew(3), "Entry 2"),
    "another entry before it, and a hash that fits": (second_anew(2, "a" * 64), "Entry 2"),
    "no text": (lambda lines: [*lines[:4], "\x00\n", *lines[5:]], "Entry 5"),
    "the end cut off": (lambda lines: lines[:5], "Entry 6"),
    "all cut off": (lambda lines: [], "Entry 6"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_one_small_program_names_what_is_wrong(files: Path, name: str) -> None:
    change, words = CHANGES[name]
    register = files / "register.jsonl"
    register.write_text("".join(change(register.read_text().splitlines(keepends=True))))
    code, said = checked(files)
    assert code == 1
    assert words in said


def test_it_refuses_a_register_built_anew_a_forged_signature_and_a_wrong_fingerprint(files: Path) -> None:
    assert "fingerprint is not in this register" in checked(files, "--fingerprint", "0123456789abcdef")[1]
    head = files / "head.json"
    signed = json.loads(head.read_text())
    head.write_text(json.dumps(signed | {"signature": "A" * 86}))
    assert checked(files)[1].strip() == "The signature under the register is not genuine."
    head.write_text(json.dumps(signed | {"kid": "https://elsewhere.example/key"}))
    assert "not among the public keys" in checked(files)[1]
    head.write_text(json.dumps(signed))
    anew, last = [], None
    for entry in queries.entries():
        made = next_entry(
            last,
            kind=EntryKind.AWARDED,
            organisation_id=organisation(f"Other {entry.seq}").id,
            facts={},
            salt=bytes(32),
            now=MOMENT,
        )
        last = (made.seq, made.entry_hash)
        anew.append(line(made))
    (files / "register.jsonl").write_text("".join(anew))
    assert "cut short or built anew" in checked(files)[1]


def test_every_part_of_every_entry_is_watched(files: Path) -> None:
    """Each value of each line is changed once; both of our readers name that line."""
    lines = (files / "register.jsonl").read_text().splitlines(keepends=True)
    module: dict[str, object] = {"__name__": "checker"}
    exec(compile(CHECKER.read_text(), str(CHECKER), "exec"), module)  # noqa: S102  # our own program
    check_file, fault = module["check_file"], module["Fault"]
    place = files / "changed.jsonl"
    tried = 0
    for number, text_of in enumerate(lines, 1):
        entry = json.loads(text_of)
        for part, value in entry.items():
            other = {"organisation": "Another"} if part == "facts" else value + 1 if part == "seq" else f"{value}0"
            changed = json.dumps(entry | {part: other}) + "\n"
            tampered = [*lines[: number - 1], changed, *lines[number:]]
            place.write_text("".join(tampered))
            with pytest.raises(fault, match=f"Entry {number} "):  # type: ignore[arg-type]  # the program's own
                check_file(place)  # type: ignore[operator]  # a function of the program
            ours = queries.verify_lines(tampered).fault
            assert ours is not None
            assert ours.seq == number
            tried += 1
    assert tried == 6 * 9
