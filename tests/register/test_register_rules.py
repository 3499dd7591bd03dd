import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coprod.register import queries
from coprod.register.rules import (
    FIRST,
    Entry,
    EntryKind,
    Unreadable,
    canonical,
    line,
    next_entry,
    payload_hash,
    read_line,
    stamp,
    verify,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SCHOOL = UUID(int=7)

facts = st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(max_size=12), max_size=4)
payloads = st.tuples(st.sampled_from(EntryKind), facts, st.binary(min_size=32, max_size=32))


def chain(*written: tuple[EntryKind, dict[str, object], bytes]) -> list[Entry]:
    made: list[Entry] = []
    for place, (kind, said, salt) in enumerate(written):
        last = (made[-1].seq, made[-1].entry_hash) if made else None
        at = NOON + timedelta(minutes=place)
        made.append(next_entry(last, kind=kind, organisation_id=SCHOOL, facts=said, salt=salt, now=at))
    return made


def plain(count: int) -> list[Entry]:
    return chain(*((EntryKind.SIGNED, {"organisation": f"School {n}"}, bytes([n]) * 32) for n in range(count)))


def erased(entry: Entry) -> Entry:
    return entry._replace(salt=None, facts=None)


def test_the_canonical_payload_does_not_depend_on_the_order_of_facts() -> None:
    assert canonical({"b": 1, "a": "é"}) == canonical({"a": "é", "b": 1}) == '{"a":"é","b":1}'.encode()


@pytest.mark.parametrize("fact", [1.5, True, ["list"], {"a": 1}, b"bytes"])
def test_facts_are_words_whole_numbers_or_nothing(fact: object) -> None:
    with pytest.raises(TypeError):
        canonical({"fact": fact})  # type: ignore[dict-item]


def test_the_hashes_are_those_that_the_format_promises() -> None:
    (entry,) = chain((EntryKind.SIGNED, {"organisation": "Hazel Lane School"}, bytes(32)))
    assert entry.previous == FIRST
    assert entry.payload_hash == sha256(bytes(32) + b'{"organisation":"Hazel Lane School"}').hexdigest()
    held = {
        "at": "2026-11-22T12:00:00.000000+00:00",
        "kind": "charter.signed",
        "organisation_id": str(SCHOOL),
        "payload_hash": entry.payload_hash,
        "previous": FIRST,
        "seq": 1,
    }
    assert entry.entry_hash == sha256(json.dumps(held, separators=(",", ":")).encode()).hexdigest()
    assert entry.at == "2026-11-22T12:00:00.000000+00:00"


def test_a_moment_is_written_in_utc_wherever_it_was_taken() -> None:
    assert stamp(NOON.astimezone(timezone(timedelta(hours=5)))) == stamp(NOON)


def test_the_same_payload_with_another_salt_has_another_hash() -> None:
    assert payload_hash("00" * 32, {"a": "b"}) != payload_hash("01" * 32, {"a": "b"})


def test_a_salt_has_256_bits() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        next_entry(None, kind=EntryKind.SIGNED, organisation_id=SCHOOL, facts={}, salt=bytes(31), now=NOON)


@given(st.lists(payloads, max_size=6))
def test_what_was_written_is_sound_and_survives_being_published(written: list) -> None:
    made = chain(*written)
    assert verify(made).sound
    read = [read_line(line(entry)) for entry in made]
    assert read == made
    assert verify(read).head == (made[-1].entry_hash if made else FIRST)


@given(st.lists(payloads, min_size=1, max_size=6), st.data())
def test_erased_payloads_leave_the_register_sound(written: list, data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.integers(0, len(written) - 1)))
    made = [erased(entry) if n in gone else entry for n, entry in enumerate(chain(*written))]
    assert verify(made).sound


def other(value: object, data: st.DataObject) -> object:
    """A value of the same kind that differs from `value`."""
    if isinstance(value, int):
        return data.draw(st.integers().filter(lambda n: n != value))
    if isinstance(value, str):
        place = data.draw(st.integers(0, len(value) - 1)) if value else 0
        new = data.draw(st.text(min_size=1, max_size=1).filter(lambda c: c != value[place : place + 1]))
        return value[:place] + new + value[place + 1 :]
    assert isinstance(value, dict)
    return data.draw(facts.filter(lambda found: found != value))


@given(st.lists(payloads, min_size=1, max_size=5), st.data())
def test_any_one_change_is_named(written: list, data: st.DataObject) -> None:
    made = chain(*written)
    place = data.draw(st.integers(0, len(made) - 1))
    part = data.draw(st.sampled_from(sorted(Entry._fields)))
    made[place] = made[place]._replace(**{part: other(getattr(made[place], part), data)})
    fault = verify(made).fault
    assert fault is not None
    assert fault.seq == place + 1


@given(st.lists(payloads, min_size=1, max_size=5), st.data())
def test_half_an_erasure_is_named(written: list, data: st.DataObject) -> None:
    made = chain(*written)
    place = data.draw(st.integers(0, len(made) - 1))
    part = data.draw(st.sampled_from(["salt", "facts"]))
    made[place] = made[place]._replace(**{part: None})
    fault = verify(made).fault
    assert fault is not None
    assert fault.seq == place + 1


# Whoever changes the second entry can work out its hash again: then it does not fit those before and after it.
WRITTEN_ANEW = {
    "other words": (lambda first: (1, first.entry_hash), 3),
    "another entry before it": (lambda _first: (1, "a" * 64), 2),
    "another number": (lambda first: (2, first.entry_hash), 2),
}


@pytest.mark.parametrize("name", WRITTEN_ANEW)
def test_an_entry_written_anew_with_a_hash_that_fits_is_named(name: str) -> None:
    follows, named = WRITTEN_ANEW[name]
    made = plain(4)
    made[1] = next_entry(
        follows(made[0]), kind=EntryKind.SIGNED, organisation_id=SCHOOL, facts={}, salt=bytes(32), now=NOON
    )
    fault = verify(made).fault
    assert fault is not None
    assert fault.seq == named


@given(st.integers(2, 8), st.data())
def test_a_removed_entry_is_named(count: int, data: st.DataObject) -> None:
    made = plain(count)
    place = data.draw(st.integers(0, count - 2))
    del made[place]
    fault = verify(made).fault
    assert fault is not None
    assert fault.seq == place + 1


@given(st.integers(1, 6), st.integers(1, 3))
def test_entries_taken_off_the_end_are_named_to_who_knows_a_later_fingerprint(kept: int, cut: int) -> None:
    made = plain(kept + cut)
    short = made[:kept]
    assert verify(short).sound
    fault = verify(short, head=made[-1].entry_hash).fault
    assert fault is not None
    assert fault.seq == kept + 1
    assert verify(made, head=made[kept - 1].entry_hash).sound


@given(st.permutations(range(5)))
def test_any_new_order_is_named(order: list[int]) -> None:
    made = plain(5)
    fault = verify([made[n] for n in order]).fault
    moved = [n for n in range(5) if order[n] != n]
    assert (fault.seq if fault else None) == (moved[0] + 1 if moved else None)


def test_an_entry_that_was_put_in_is_named() -> None:
    made = plain(3)
    last = (made[0].seq, made[0].entry_hash)
    extra = next_entry(last, kind=EntryKind.AWARDED, organisation_id=SCHOOL, facts={}, salt=bytes(32), now=NOON)
    fault = verify([made[0], extra, *made[1:]]).fault
    assert fault is not None
    assert fault.seq == 3


def test_a_chain_rebuilt_after_a_change_fails_against_a_printed_fingerprint() -> None:
    true, rebuilt = plain(3), chain(*((EntryKind.AWARDED, {"level": "embedded"}, bytes(32)) for _ in range(3)))
    assert verify(rebuilt).sound
    assert not verify(rebuilt, head=true[1].entry_hash).sound


LINE = line(plain(1)[0])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "{}",
        "{" * 10_000,
        "[" * 100_000,
        LINE.replace('"seq":1', '"seq":1.0'),
        LINE.replace('"seq":1', '"seq":"1"'),
        LINE.replace('"seq":1', '"seq":true'),
        LINE.replace('"seq":1', '"seq":1,"seq":1'),
        LINE.replace('"seq":1', '"seq":1,"more":1'),
        LINE.replace('"facts":{', '"facts":{"a":1.5,'),
        LINE.replace('"facts":{', '"facts":{"a":[],'),
        LINE.replace('"facts":{', '"facts":{"a":"\\ud800",'),
        LINE.replace('"kind":"charter.signed"', '"kind":null'),
    ],
)
def test_a_line_that_is_no_entry_is_refused_and_named(text: str) -> None:
    with pytest.raises(Unreadable):
        read_line(text)
    fault = queries.verify_lines([LINE, text or "x"]).fault
    assert fault is not None
    assert fault.seq == 2


def test_the_words_of_a_verdict_say_which_entry_and_why() -> None:
    made = plain(3)
    made[1] = made[1]._replace(facts={"organisation": "Another school"})
    assert verify(made).words == "Entry 2 is not as it was written: what it says was changed."
    assert "Entries: 3" in verify(plain(3)).words
    assert json.loads(line(made[0]))["facts"] == {"organisation": "School 0"}
