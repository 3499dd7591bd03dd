"""Over every route: no form is taken that is not ours, reading changes nothing, and each answer carries its headers."""

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from coprod.errors import Busy
from coprod.web import access
from coprod.web.headers import POLICY
from tests.architecture.test_matrix import MATRIX, REFUSED, address, rules, sent
from tests.support.sides import Sides
from tests.support.world import PEOPLE

# What is taken without a form of ours, and why.
TAKEN = {"mail.stop": "a mail program stops reminders with one click (RFC 8058): its address is secret"}
ORDER = ("lead", "coordinator", "reviewer", "lead reviewer", "public")
HERE = "http://localhost"
ELSEWHERE = "https://evil.example"


@pytest.fixture(scope="module")
def sides(two_sides: Sides, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    made = Sides(tmp_path_factory.mktemp("sides"), like=two_sides)
    made.app._got_first_request = False
    for name, fault in (("broken", KeyError("a secret thing")), ("busy", Busy())):
        made.app.add_url_rule(f"/{name}", name, access.public(_raising(fault)))
    yield made
    made.close()


def _raising(fault: Exception) -> Any:
    def view() -> str:
        raise fault

    return view


def whom_it_lets_in(row: str) -> str:
    cells = dict(zip(PEOPLE, MATRIX[row][0].split(), strict=True))
    return next((who for who in ORDER if cells[who] not in REFUSED), "public")


def ask(sides: Sides, method: str, where: str, who: str, data: Any = None, **headers: str) -> TestResponse:
    """One request with exactly these headers; a browser would add where a form comes from."""
    cookie = sides.seats[who][0]
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    sent_with = {"Cookie": f"coprod_session={cookie}", "Origin": ""} | given
    return sides.app.test_client(use_cookies=False).open(
        where, method=method, data=data, headers=sent_with, buffered=True
    )


def posts(sides: Sides) -> Iterator[tuple[Rule, str]]:
    for method, rule in rules(sides.app):
        if method == "POST" and rule.endpoint not in TAKEN:
            yield rule, whom_it_lets_in(f"POST {rule.endpoint}")


# What is wrong with the form: the token's owner (None: no token at all), and what the browser says of the page.
FORGED = {
    "no token": (None, {"Origin": HERE}),
    "a token of somebody else's session": ("other", {"Origin": HERE}),
    "from another site": ("own", {"Origin": ELSEWHERE}),
    "from another site, by its Referer": ("own", {"Referer": f"{ELSEWHERE}/page"}),
    "from another site, as the browser says": ("own", {"Sec_Fetch_Site": "cross-site", "Origin": HERE}),
    "from another site of the same domain": ("own", {"Sec_Fetch_Site": "same-site"}),
    "from a page that names nobody": ("own", {"Origin": "null"}),
    "from our own name on another port": ("own", {"Origin": "http://localhost:8080"}),
    "without a word of where it comes from": ("own", {}),
}


@pytest.mark.parametrize("forged", FORGED)
def test_no_form_is_taken_that_is_not_ours(sides: Sides, forged: str) -> None:
    whose, headers = FORGED[forged]
    for rule, who in posts(sides):
        stranger = "stranger" if who != "stranger" else "lead"
        token = {None: "", "own": sides.seats[who][1], "other": sides.seats[stranger][1]}[whose]
        data = {"csrf_token": token} | sent(sides, rule, "own")
        answer = ask(sides, "POST", address(sides, rule, "own"), who, data, **headers)
        # 401: somebody who is not signed in sent a form of one who was; it is held, and not taken.
        assert answer.status_code in {400, 401}, f"{forged}: {rule.endpoint} answered {answer.status_code}"
        assert not sides.changed(), f"{forged}: {rule.endpoint} changed something"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": HERE},
        {"Referer": f"{HERE}/start"},
        {"Sec_Fetch_Site": "same-origin", "Origin": "null"},
        {"Sec_Fetch_Site": "same-origin", "Origin": HERE, "Referer": f"{HERE}/"},
    ],
)
def test_a_form_of_ours_is_taken_in_whichever_way_the_browser_says_so(sides: Sides, headers: dict[str, str]) -> None:
    answer = ask(sides, "POST", "/account/stay", "lead", {"csrf_token": sides.seats["lead"][1]}, **headers)
    assert answer.status_code == 200


def test_reading_changes_nothing(sides: Sides) -> None:
    """Every page, by somebody of each sort, own things and missing ones: the database is as it was, byte for byte."""
    for method, rule in rules(sides.app):
        if method != "GET" or rule.endpoint in {"broken", "busy"}:
            continue
        for who in ("public", "lead", "reviewer", "coordinator"):
            for thing in ("own", "missing"):
                ask(sides, "GET", address(sides, rule, thing), who)
    assert sides.rows() == sides.before
    assert not sides.is_changed()


def answers(sides: Sides) -> Iterator[tuple[str, TestResponse]]:
    """Every page for two people, in each way that it can be asked for; static files; and each sort of refusal."""
    for method, rule in rules(sides.app):
        if method == "GET":
            for who in ("public", "lead", "coordinator"):
                where = address(sides, rule, "own") if rule.endpoint not in {"broken", "busy"} else rule.rule
                yield f"GET {where} as {who}", ask(sides, "GET", where, who)
            yield f"HEAD {where}", ask(sides, "HEAD", where, "public")
            yield f"OPTIONS {where}", ask(sides, "OPTIONS", where, "public")
            yield f"DELETE {where}", ask(sides, "DELETE", where, "lead")
    token = sides.seats["lead"][1]
    for what, method, where, data in (
        ("nothing there", "GET", "/nothing-here", None),
        ("nothing there, as a file", "GET", "/nothing-here.csv", None),
        ("no token", "POST", "/account/stay", {}),
        ("too big", "POST", "/sign-in", {"csrf_token": token, "email": "x" * 3_000_000}),
        ("no such static file", "GET", "/static/nothing.css", None),
        ("out of static", "GET", "/static/../wsgi.py", None),
        ("a slash too many", "GET", "/start/", None),
        ("a route of a library that is shut", "GET", "/sign-in/again", None),
    ):
        yield what, ask(sides, method, where, "lead", data, Origin=HERE)
    style = ask(sides, "GET", "/static/css/site.css", "public")
    yield "a static file", style
    again = {"If_None_Match": style.headers["ETag"]}
    yield "a static file that is still good", ask(sides, "GET", "/static/css/site.css", "public", **again)
    yield "another host", ask(sides, "GET", "/", "public", Host="evil.example")
    sides.changed()


def test_every_answer_carries_its_headers(sides: Sides) -> None:
    """Pages, redirects, errors, what has not changed, static files."""
    seen = set()
    for what, answer in answers(sides):
        seen.add(answer.status_code)
        headers = answer.headers
        policy = headers.get("Content-Security-Policy", "")
        assert policy.startswith(("default-src 'none'", "sandbox")), f"{what}: {answer.status_code} {policy!r}"
        assert "unsafe" not in policy, what
        assert "frame-ancestors" in policy or "sandbox" in policy, what
        assert headers.get("X-Content-Type-Options") == "nosniff", what
        assert headers.get("Referrer-Policy") in {"same-origin", "no-referrer"}, what
        assert headers.get("Cross-Origin-Opener-Policy") == "same-origin", what
        assert headers.get("Permissions-Policy"), what
        assert "Server" not in headers, what
        check_scripts(what, answer)
        assert b"a secret thing" not in answer.data, what
        assert b"Traceback" not in answer.data, what
        assert b"evil.example" not in answer.data, what
    assert {200, 302, 304, 400, 403, 404, 405, 413, 500, 503} <= seen, seen


def check_scripts(what: str, answer: TestResponse) -> None:
    """A script inside a page is one that the policy names by its hash; there is no style inside a page."""
    if answer.mimetype != "text/html":
        return
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", answer.text, flags=re.S):
        if "src=" not in attributes:
            digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in POLICY, what
    assert "<style" not in answer.text, what


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"])
def test_no_page_believes_a_header_about_where_it_is(sides: Sides, name: str) -> None:
    for where in ("/", "/sign-in", "/verify", "/signatories", "/password/forgotten", "/start"):
        answer = ask(sides, "GET", where, "public", **{name: "evil.example"})
        assert b"evil.example" not in answer.data, where
        assert "evil.example" not in answer.headers.get("Location", ""), where
