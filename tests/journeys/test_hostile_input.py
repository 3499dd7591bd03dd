"""What nobody types by accident, sent to every page and every form: never a fault, and nothing kept that should not be.

Values stand here as a browser would send them, percent escapes and all, so that broken ones can be sent too.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import String, event
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from coprod.database import Base, db
from tests.architecture.test_matrix import MATRIX, REFUSED, address, rules, sent
from tests.support.sides import Sides
from tests.support.world import PEOPLE

MARKUP = "<script>alert(1)</script>"
HOSTILE = {
    "nothing": "",
    "NUL": "a%00b",
    "long": "x" * 5001,
    "surrogate": "a%ED%A0%80b",
    "not UTF-8": "%FF%FE%C3",
    "half an escape": "%",
    "huge": "9" * 5000,
    "64 bits": str(2**64),
    "33 bits": str(2**33),
    "below nothing": "-1",
    "other digits": quote("\u0663\u00b2"),
    "not a number": "NaN",
    "turning": quote("a\u202eb"),
    "markup": quote(MARKUP),
    "quotes": quote("'\"%_\\;--"),
    "lines": "a%0D%0AX-Bad:%20b",
    "template": quote("{{ 7 * 7 }}{% x %}%s%(x)s{0}"),
}
FEW = ("NUL", "huge")  # For pages that read nothing from the address, and for fields one by one.
ASKED = ("after", "before", "limit", "q", "kind", "award", "status", "code", "assessment", "next", "v", "page")
READ_THE_ADDRESS = {"certificates.check", "changes.new", "changes.records", "changes.you_said", "directory.signatories"}
READ_THE_ADDRESS |= {"directory.signatories_csv", "directory.signatories_json", "evidence.items", "register.lines"}
READ_THE_ADDRESS |= {"moderation.progress", "organisations.find", "organisations.register", "security.login"}
UNASKED = {
    "id": "1",
    "role": "coordinator",
    "roles": "coordinator",
    "state": "final",
    "owner": "me",
    "person_id": "7" * 32,
    "organisation_id": "7" * 32,
    "published_at": "2026-01-01",
    "accepted_at": "2026-01-01",
    "level": "leading",
    "credited": "4",
    "fs_uniquifier": "x",
    "active": "y",
    "first": "y",
    "__class__": "x",
}
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Numbered as saves go on; places from A to Z with room between; what people take turns by.
OF_64_BITS = ("answer_versions.id <", "listings", "pg_advisory_xact_lock")
SECRETS = r"\$argon2id\$[^']*|/[\w-]{40,}|[\w-]{64,}"
NEW_EACH_TIME = re.compile(
    rf"{SECRETS}|[0-9a-f]{{32,}}|(?:[0-9A-Z]{{4}}-){{6}}[0-9A-Z]{{4}}|[0-9a-f-]{{36}}|-[0-9a-f]{{10}}\b"
)


@pytest.fixture(scope="module")
def sides(two_sides: Sides, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    made = Sides(tmp_path_factory.mktemp("sides"), like=two_sides)
    with made.app.app_context():
        event.listen(db.engine, "before_cursor_execute", check_asked)
    yield made
    made.close()


def check_asked(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
    """PostgreSQL refuses what SQLite takes: NUL, half a character, a number beyond the 32 bits of most columns.

    Columns of 64 bits are asked with such numbers where we say so.
    """
    far = any(name in statement for name in OF_64_BITS)
    for value in flat(given):
        wrong = isinstance(value, str) and UNSTORABLE.search(value)
        assert not wrong, f"{value!r} is given to {statement}"
        assert far or not isinstance(value, int) or abs(value) < 2**31, f"{value} is given to {statement}"


def flat(given: Any) -> Iterator[Any]:
    """Every value of a statement, whether it is run once or for many rows."""
    if isinstance(given, dict):
        yield from given.values()
    elif isinstance(given, (list, tuple)):
        for part in given:
            yield from flat(part)
    else:
        yield given


def of(sides: Sides, row: str) -> tuple[Rule, str]:
    """The route of a row, and somebody whom it lets in."""
    method, endpoint = row.split()
    rule = next(rule for had, rule in rules(sides.app) if (had, rule.endpoint) == (method, endpoint))
    cells = dict(zip(PEOPLE, MATRIX[row][0].split(), strict=True))
    order = ("lead", "coordinator", "reviewer", "public")
    usual = [who for who in order if cells[who] not in REFUSED and not (row.endswith("login") and who != "public")]
    return rule, usual[0] if usual else "public"


def send(sides: Sides, where: str, who: str, fields: dict[str, str] | None = None) -> TestResponse:
    """Ask as `who` does; with fields, post them as they stand."""
    cookie, token = sides.seats[who]
    given = {"headers": {"Cookie": f"coprod_session={cookie}"}, "buffered": True}
    client = sides.app.test_client(use_cookies=False)
    if fields is None:
        return client.get(where, **given)
    body = "&".join(f"{name}={value}" for name, value in ({"csrf_token": token} | fields).items())
    return client.post(where, data=body, content_type="application/x-www-form-urlencoded", **given)


def sound(answer: TestResponse, what: str) -> None:
    assert answer.status_code < 500, what
    assert MARKUP.encode() not in answer.get_data(), what
    assert "X-Bad" not in answer.headers, what


def quoted(data: dict[str, Any]) -> dict[str, str]:
    """Valid data of a form as it is sent; a field with three boxes is sent three times."""
    return {
        name: f"&{name}=".join(quote(str(part)) for part in (value if isinstance(value, list) else [value]))
        for name, value in data.items()
    }


def kept(sides: Sides) -> dict[str, list[tuple[Any, ...]]]:
    return {table.name: sides.undoing.select(table.name) for table in Base.metadata.sorted_tables}


def check_kept(sides: Sides, what: str) -> None:
    """Whatever is in the database fits its column, which SQLite does not see to, and hides nothing."""
    for table in Base.metadata.sorted_tables:
        columns = [(column.name, column.type.length) for column in table.columns if isinstance(column.type, String)]
        if not columns:
            continue
        for row in sides.undoing.select(table.name, [name for name, _ in columns]):
            for (name, most), value in zip(columns, row, strict=True):
                assert not (value and most and len(value) > most), f"{what}: {table.name}.{name} holds {len(value)}"
                assert not (value and HIDDEN.search(value)), f"{what}: {table.name}.{name} holds {value!r}"


GETS = [row for row in MATRIX if row.startswith("GET")]
POSTS = [row for row in MATRIX if row.startswith("POST")]


@pytest.mark.parametrize("row", GETS)
def test_no_address_makes_a_fault(sides: Sides, row: str) -> None:
    rule, who = of(sides, row)
    where = address(sides, rule, "own")
    for kind in HOSTILE if rule.endpoint in READ_THE_ADDRESS or rule.arguments & {"code", "slug", "secret"} else FEW:
        value = HOSTILE[kind]
        everything = "&".join(f"{name}={value}" for name in ASKED)
        sound(send(sides, f"{where}?{everything}&{value}&{value}[]=1&q={value}", who), f"{kind} asked of {row}")
        for argument in rule.arguments:
            broken = re.sub(f"<([a-z]+:)?{argument}>", lambda _: value, rule.rule)  # noqa: B023  # used at once
            broken = re.sub("<uuid:[a-z_]+>", "7" * 32, re.sub("<code>", "RA1", broken))
            sound(send(sides, broken, who), f"{kind} as the {argument} of {row}")
    sides.changed()


@pytest.mark.parametrize("row", ["GET directory.signatories", "GET changes.you_said", "GET register.lines"])
@pytest.mark.parametrize("name", ["after", "before", "limit", "kind", "status", "award", "q"])
def test_no_single_question_makes_a_fault(sides: Sides, row: str, name: str) -> None:
    rule, who = of(sides, row)
    for kind, value in HOSTILE.items():
        sound(send(sides, f"{address(sides, rule, 'own')}?{name}={value}&{name}={value}", who), f"{kind} as {name}")


@pytest.mark.parametrize("row", POSTS)
def test_no_form_makes_a_fault_or_keeps_what_it_should_not(sides: Sides, row: str) -> None:
    rule, who = of(sides, row)
    where = address(sides, rule, "own")
    valid = quoted(sent(sides, rule, "own")) | ({"email": "a", "password": "b"} if row.endswith("login") else {})
    names = sorted({*valid, *names_on(sides, rule, where, who)})
    for kind, value in HOSTILE.items():
        tries = {"all": dict.fromkeys(names, value)}
        if kind in FEW:
            tries |= {name: valid | {name: value} for name in names} | {"array": {f"{n}[]": value for n in names}}
        for tried, fields in tries.items():
            what = f"{kind} in {tried} of {row}"
            answer = send(sides, where, who, fields)
            sound(answer, what)
            if answer.status_code == 302:
                sound(send(sides, answer.headers["Location"], who), what)
            check_if_changed(sides, what)


def names_on(sides: Sides, rule: Rule, where: str, who: str) -> set[str]:
    """The fields of the page at this address, where there is one."""
    page = send(sides, where, who).get_data(as_text=True)
    main = page.partition("<main")[2]
    return set(re.findall(r'<(?:input|select|textarea|button)[^>]*? name="([^"]+)"', main)) - {"csrf_token"}


def check_if_changed(sides: Sides, what: str) -> None:
    if sides.is_changed():
        check_kept(sides, what)
        sides.changed()


@pytest.mark.parametrize("row", POSTS)
def test_fields_that_nobody_asked_for_change_nothing(sides: Sides, row: str) -> None:
    rule, who = of(sides, row)
    where, valid = address(sides, rule, "own"), quoted(sent(sides, rule, "own"))
    extra = {name: value for name, value in UNASKED.items() if name not in valid}
    found = []
    for fields in (valid, valid | extra):
        if rule.endpoint == "accounts.give_role":
            fields = {"role": "contributor"} | fields
        answer = send(sides, where, who, fields)
        rows = {table: sorted(NEW_EACH_TIME.sub("", repr(row)) for row in rows) for table, rows in kept(sides).items()}
        found.append((answer.status_code, rows))
        sides.changed()
    (status, rows), (other_status, others) = found
    assert status == other_status
    for table in rows:
        if table not in {"cases"}:  # Its seed is drawn by lot.
            assert rows[table] == others[table], table


@pytest.mark.parametrize("content", [b"", b"\x00" * 9000, b"\xff\xfe\x00a", b'URN,"\n' * 50, b"PK" + b"z" * 900])
def test_a_file_that_is_no_register_is_refused_in_words(sides: Sides, content: bytes) -> None:
    cookie, token = sides.seats["coordinator"]
    data = {"csrf_token": token, "la_codes": "940", "file": (BytesIO(content), "..\\..\\a\x00\u202e.csv")}
    answer = sides.app.test_client(use_cookies=False).post(
        "/organisations/load", data=data, headers={"Cookie": f"coprod_session={cookie}"}
    )
    assert answer.status_code == 422
    assert not sides.changed()


@pytest.mark.parametrize("role", ["", "coordinator", "Lead", "lead%00"])
def test_a_part_that_there_is_not_is_given_to_nobody(sides: Sides, role: str) -> None:
    rule, who = of(sides, "POST accounts.give_role")
    assert send(sides, address(sides, rule, "own"), who, {"role": role}).status_code == 422
    assert not sides.changed()
