"""The register with 100,000 entries: checked in the database, as a file, and by the one small program."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sqlalchemy import insert

from coprod.database import WRITING, db
from coprod.keys import operations as keys
from coprod.keys.ring import Purpose
from coprod.register import queries, rules
from coprod.register.models import RegisterEntry, RegisterHead, RegisterPayload
from coprod.register.operations import _in_letters
from coprod.register.rules import Entry, EntryKind
from coprod.settings import ROOT
from coprod.transaction import transaction
from tests.bench import data, harness
from tests.bench.harness import Figure
from tests.support import build

ENTRIES = 100_000
CHUNK = 2_000
SECONDS = 2.0
FLAT_MB = 20
SHORT = 100  # entries of a register of which every part is changed once
PARTS = Entry._fields


def figures(folder: Path, *, quick: bool) -> Iterable[Figure]:
    number = ENTRIES // 10 if quick else ENTRIES
    app = data.app_with_tables(folder)
    with app.app_context():
        fill(number)
        before = harness.held_mb()
        yield _timed(f"The register's {number:,} entries in the database", number, queries.verify_database)
        grown = harness.held_mb() - before
        yield Figure("  memory", f"{grown:+.1f} MB", "", "", f"under {FLAT_MB} MB", grown < FLAT_MB)
        file = folder / "register.jsonl"
        with file.open("w", encoding="utf-8") as lines:
            lines.writelines(rules.line(entry) for entry in queries.entries())
        yield _timed("  as a downloaded file", number, lambda: queries.verify_file(file))
        yield _by_the_program(file, number)
        yield _changed()


def fill(number: int) -> None:
    """So many entries in a chain, each with a payload, the last one signed; all in bulk."""
    who = build.organisation()
    with transaction():
        key = keys.in_use(Purpose.REGISTER, now=data.MOMENT)
    db.session.connection(execution_options={WRITING: True})
    made = chain(number, who.id)
    while some := [entry for _, entry in zip(range(CHUNK), made, strict=False)]:
        rows = [{**{part: getattr(each, part) for part in PARTS[:7]}} for each in some]
        same = {"at": data.MOMENT, "organisation_id": who.id}
        db.session.execute(insert(RegisterEntry), [row | same for row in rows])
        payloads = [{"seq": each.seq, "salt": each.salt, "facts": each.facts} for each in some]
        db.session.execute(insert(RegisterPayload), payloads)
        last = some[-1]
    signature = _in_letters(key.private.private_key.sign(rules.signed_words(last.seq, last.entry_hash)))
    db.session.add(RegisterHead(seq=last.seq, key=key.id, signature=signature))
    db.session.commit()


def chain(number: int, who: object) -> Iterator[Entry]:
    dice = random.Random(7)  # noqa: S311  # the same entries each time
    last = None
    for count in range(number):
        facts = {
            "organisation": f"School number {count}",
            "official_code": f"URN {100_000 + count}",
            "date": "2026-11-22",
            "certificate_sha256": f"{dice.getrandbits(256):064x}",
            "charter": "co-production",
            "version": "1.0",
        }
        made = rules.next_entry(
            last,
            kind=EntryKind.SIGNED,
            organisation_id=who,  # type: ignore[arg-type]  # a UUID
            facts=facts,
            salt=dice.randbytes(32),
            now=data.MOMENT,
        )
        last = (made.seq, made.entry_hash)
        yield made


def _timed(name: str, number: int, verify: Callable[[], rules.Verdict]) -> Figure:
    begun = time.perf_counter()
    verdict = verify()
    taken = time.perf_counter() - begun
    goal = SECONDS * number / ENTRIES
    met = (verdict.sound, verdict.entries) == (True, number) and taken <= goal
    return Figure(name, f"{taken:.2f} s", "", "", f"at most {goal:g} s", met)


def _by_the_program(file: Path, number: int) -> Figure:
    begun = time.perf_counter()
    said = subprocess.run(  # our own program
        [sys.executable, "-I", str(ROOT / "static" / "check_register.py"), str(file)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    taken, goal = time.perf_counter() - begun, SECONDS * number / ENTRIES
    met = f"Entries: {number:,}" in said and taken <= goal
    return Figure("  by the one small program", f"{taken:.2f} s", "", "", f"at most {goal:g} s", met)


def _changed() -> Figure:
    """Every part of every entry changed, every entry left out, put in twice or swapped: which is not named?"""
    lines = [rules.line(entry) for entry in chain(SHORT, build.organisation("Other").id)]
    tried = missed = 0
    for number, changed in changes(lines):
        fault = queries.verify_lines(changed, head=json.loads(lines[-1])["entry_hash"]).fault
        tried += 1
        missed += fault is None or fault.seq != number
    return Figure(f"Not named, of {tried:,} changes of one entry", f"{missed:,}", "", "", "none", missed == 0)


def changes(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Each way to change one entry, with the number that has to be named."""
    for number, line in enumerate(lines, 1):
        before, after = lines[: number - 1], lines[number:]
        entry = json.loads(line)
        for part in PARTS:
            other = {"seq": number + 1, "facts": {}}.get(part, f"{entry[part]}"[:-1] + "!")
            yield number, [*before, json.dumps(entry | {part: other}), *after]
        yield number, [*before, *after]
        yield number + 1, [*before, line, line, *after]
        if after:
            yield number, [*before, after[0], line, *after[1:]]
