import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, text
from sqlalchemy.exc import DatabaseError

from coprod.database import db
from coprod.register import operations, queries
from coprod.register.models import RegisterPayload
from coprod.register.rules import EntryKind
from coprod.transaction import again, transaction
from tests.support.build import MOMENT, organisation
from tests.support.client import Client
from tests.support.engines import unguard

pytestmark = pytest.mark.both_databases


def written(count: int) -> None:
    school = organisation()
    who = school.id
    with transaction():
        for number in range(count):
            facts = {"organisation": f"School {number} “Hazel” \u4e2d", "number": number, "level": None}
            at = MOMENT - timedelta(minutes=number)  # A clock that goes back does not matter: numbers give the order.
            operations.append(EntryKind.SIGNED, organisation_id=who, facts=facts, now=at)


def test_entries_follow_one_another_and_verify(app: Flask) -> None:
    written(5)
    assert [entry.seq for entry in queries.entries()] == [1, 2, 3, 4, 5]
    assert queries.verify_database().sound
    assert queries.verify_database().entries == 5


def test_an_empty_register_is_sound(app: Flask) -> None:
    assert queries.verify_database().sound
    assert queries.last_number() == 0


def test_each_salt_is_new(app: Flask) -> None:
    written(3)
    assert len({entry.salt for entry in queries.entries()}) == 3


def test_what_is_rolled_back_leaves_no_entry(app: Flask) -> None:
    school = organisation()
    with suppress(RuntimeError), transaction():
        operations.append(EntryKind.SIGNED, organisation_id=school.id, facts={}, now=MOMENT)
        raise RuntimeError
    assert queries.last_number() == 0


def test_two_writers_never_clash(app: Flask) -> None:
    who = organisation().id
    db.session.remove()

    def one(number: int) -> None:
        with transaction():
            operations.append(EntryKind.SIGNED, organisation_id=who, facts={"number": number}, now=MOMENT)

    def write(count: int) -> None:
        with app.app_context():
            for number in range(count):
                again(partial(one, number))
            db.session.remove()

    with ThreadPoolExecutor(2) as writers:
        list(writers.map(write, [15, 15]))
    assert queries.verify_database().entries == 30
    assert queries.verify_database().sound


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE register_entries SET kind = 'award.made' WHERE seq = 1",
        "DELETE FROM register_entries WHERE seq = 2",
        "DELETE FROM register_entries",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(app: Flask, statement: str) -> None:
    written(2)
    db.session.execute(delete(RegisterPayload))  # Nothing else may stand in the way.
    with pytest.raises(DatabaseError, match="only ever added to"):
        db.session.execute(text(statement))
    db.session.rollback()


def test_an_entry_changed_behind_the_triggers_is_named(app: Flask) -> None:
    written(4)
    unguard("register_entries")
    db.session.execute(text("UPDATE register_entries SET kind = 'award.made' WHERE seq = 3"))
    fault = queries.verify_database().fault
    assert fault is not None
    assert fault.seq == 3


def test_a_payload_that_was_changed_is_named_and_an_erased_one_is_fine(app: Flask) -> None:
    written(4)
    db.session.execute(text("DELETE FROM register_payloads WHERE seq = 2"))
    assert queries.verify_database().sound
    db.session.execute(text("UPDATE register_payloads SET facts = '{}' WHERE seq = 3"))
    fault = queries.verify_database().fault
    assert fault is not None
    assert fault.seq == 3


def test_the_published_register_can_be_checked_with_nothing_else(app: Flask, client: Client, tmp_path: Path) -> None:
    written(4)
    db.session.execute(text("DELETE FROM register_payloads WHERE seq = 2"))
    db.session.commit()
    answer = client.http.get("/register.jsonl")
    assert answer.mimetype == "application/x-ndjson"
    file = tmp_path / "register.jsonl"
    file.write_bytes(answer.data)
    verdict = queries.verify_file(file)
    assert verdict.sound
    assert verdict.entries == 4
    assert [json.loads(line)["facts"] is None for line in answer.text.splitlines()] == [False, True, False, False]
    file.write_bytes(answer.data.replace(b"School 2", b"School 9"))
    fault = queries.verify_file(file).fault
    assert fault is not None
    assert fault.seq == 3


def test_what_was_erased_is_not_shown_any_more_to_who_asks_again(app: Flask, client: Client) -> None:
    written(2)
    tag = client.http.get("/register.jsonl").headers["ETag"]
    assert client.http.get("/register.jsonl", headers={"If-None-Match": tag}).status_code == 304
    with transaction():
        db.session.execute(delete(RegisterPayload).where(RegisterPayload.seq == 2))
    answer = client.http.get("/register.jsonl", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert json.loads(answer.text.splitlines()[1])["facts"] is None


def test_a_file_that_is_not_text_is_named_and_not_a_crash(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "register.jsonl"
    file.write_bytes(b"\xff\xfe\x00garbage\n")
    assert not queries.verify_file(file).sound


def numbers(client: Client, address: str) -> list[int]:
    return [json.loads(line)["seq"] for line in client.http.get(address).text.splitlines()]


def test_the_register_is_read_a_part_at_a_time_and_the_link_leads_on(app: Flask, client: Client) -> None:
    written(5)
    assert numbers(client, "/register.jsonl?after=3") == [4, 5]
    address, seen = "/register.jsonl?limit=2", []
    while address:
        answer = client.http.get(address)
        seen += [json.loads(line)["seq"] for line in answer.text.splitlines()]
        address = answer.headers["Link"].split(">")[0][1:] if "Link" in answer.headers else ""
    assert seen == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "query",
    ["after=-1", "after=x", "after=" + "9" * 40, "after=5329080150", "limit=0", "limit=²", "limit=", "limit=999999999"],
)
def test_strange_numbers_in_the_address_do_no_harm(app: Flask, client: Client, query: str) -> None:
    written(2)
    assert client.http.get(f"/register.jsonl?{query}").status_code == 200


def test_batches_join_without_a_gap(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    written(7)
    monkeypatch.setattr(queries, "BATCH", 3)
    assert [entry.seq for entry in queries.entries()] == [1, 2, 3, 4, 5, 6, 7]
    assert [entry.seq for entry in queries.entries(after=2, limit=4)] == [3, 4, 5, 6]
