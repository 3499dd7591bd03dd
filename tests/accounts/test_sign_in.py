import shutil
from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import pytest
from flask_security.utils import get_hmac
from passlib.hash import argon2

from coprod.accounts.demonstration import VISITORS
from coprod.accounts.models import DeploymentFact, Person
from coprod.app import create_app
from coprod.database import db
from tests.conftest import MOMENT, made
from tests.support import build
from tests.support.client import Client

NOT_RIGHT = "The e-mail address or the password is not right. Check both, then try again."
SAM = "sam.reed@example.org"


@pytest.fixture
def sam(app):
    return build.person("Sam Reed")


def app_with(tmp_path, empty_database, **changed):
    """An app of its own, with other settings than the tests' usual ones."""
    settings = made(tmp_path, **changed)
    shutil.copy(empty_database, tmp_path / "coprod.sqlite3")
    return create_app(
        settings, TESTING=True, KEEP_PAGES=False, CLOCK=lambda: MOMENT, RATELIMIT_ENABLED=False
    )


def token_of(client):
    page = client.get("/sign-in")
    return next(e.get("value") for e in page.form("Sign in").iter("input") if e.get("name") == "csrf_token")


# Signing in and out


@pytest.mark.parametrize("typed", [SAM, "SAM.Reed@Example.org", f"  {SAM} "])
def test_somebody_signs_in_however_they_write_their_address(client, sam, typed):
    assert client.sign_in(typed).address == "/start"


def test_a_wrong_password_an_unknown_address_and_a_disabled_account_are_answered_alike(client, sam):
    build.person("Gone").active = False
    db.session.commit()
    answers = set()
    for email, password in (
        (SAM, "not the password"),
        ("nobody@example.org", "not the password"),
        ("not an address", "not the password"),
        ("gone@example.org", build.PASSWORD),
        ("gone@example.org", "not the password"),
    ):
        page = client.sign_in(email, password)
        assert page.errors == [NOT_RIGHT]
        assert page.tree.find(".//title").text.startswith("Error: ")
        answers.add(page.text)
    assert len(answers) == 1
    assert client.get("/start").h1 == "Sign in"


@pytest.mark.parametrize("typed", [{"email": ""}, {"password": ""}, {"email": "", "password": ""}])
def test_an_empty_field_is_asked_for(client, sam, typed):
    client.get("/sign-in")
    page = client.submit("Sign in", **({"email": SAM, "password": build.PASSWORD} | typed))
    assert page.errors == ["Enter your e-mail address and your password"]


def test_the_errors_lead_nowhere_that_is_not_there(client):
    page = client.sign_in("nobody@example.org", "not the password")
    assert NOT_RIGHT in page.text
    assert NOT_RIGHT not in page.links()


def test_an_account_that_is_disabled_is_out_at_once(client, sam):
    client.sign_in(SAM)
    sam.active = False
    db.session.commit()
    assert client.get("/start").h1 == "Sign in"


def test_signing_out_ends_every_session_so_a_copied_cookie_is_worth_nothing(app, client, sam):
    client.sign_in(SAM)
    copied = client.http.get_cookie("coprod_session").value
    other = Client(app)
    other.sign_in(SAM)
    thief = Client(app)
    thief.http.set_cookie("coprod_session", copied)
    assert thief.get("/start").h1 == "Your work"
    client.sign_out()
    thief.http.set_cookie("coprod_session", copied)
    assert thief.get("/start").h1 == "Sign in"
    assert other.get("/start").h1 == "Sign in"


def test_signing_out_needs_a_button_and_not_a_link(client, sam):
    client.sign_in(SAM)
    client.get("/sign-out", status=405)
    assert client.get("/start").h1 == "Your work"


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(client, sam):
    client.sign_in(SAM)
    cookie = client.http.get_cookie("coprod_session")
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")


def test_pages_for_the_signed_in_are_not_stored(client, sam):
    client.sign_in(SAM)
    assert client.page.response.headers["Cache-Control"] == "no-store"


# Where one goes next


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "///evil.example",
        "https:evil.example",
        "https://evil.example",
        "https:/evil.example",
        "http://localhost@evil.example",
        "http://evil.example\\@localhost",
        "javascript:alert(1)",
        "\t//evil.example",
        "/\t/evil.example",
        " //evil.example",
        "%2f%2fevil.example",
        "/%5cevil.example",
    ],
)
def test_nobody_is_sent_to_another_site(client, sam, target):
    typed = {"email": SAM, "password": build.PASSWORD, "next": target, "csrf_token": token_of(client)}
    client.get("/sign-in", query_string={"next": target})
    for query in ({}, {"next": target}):
        led = client.http.post("/sign-in", data=typed, query_string=query).headers.get("Location", "/")
        as_browsers_read_it = led.replace("\\", "/").replace("\t", "").strip()
        assert urlsplit(urljoin("http://localhost/sign-in", as_browsers_read_it)).netloc == "localhost"


def test_somebody_goes_on_to_the_page_that_they_asked_for(client, sam):
    client.get("/organisations/find?q=hazel")
    page = client.submit("Sign in", email=SAM, password=build.PASSWORD)
    assert page.address == "/organisations/find?q=hazel"


# Demonstration

COLE = SimpleNamespace(
    email="cole@example.org",
    name="Cole Demo",
    what="The area's coordinator.",
    first="See how far each organisation has got.",
)


@pytest.fixture(params=["production, marked", "production", "demonstration", "demonstration, marked"])
def kind(request):
    return request.param


@pytest.fixture
def tried(kind, tmp_path, empty_database):
    """A client of an app whose setting and database each say, or do not say, that it is a demonstration."""
    app = app_with(tmp_path, empty_database, mode=kind.split(",")[0])
    app.extensions[VISITORS] = (COLE,)
    with app.app_context():
        build.person(COLE.name, email=COLE.email)
        build.person("Sam Reed")
        if "marked" in kind:
            db.session.add(DeploymentFact(name="kind", value="demonstration"))
            db.session.commit()
        yield Client(app)


def test_only_a_marked_demonstration_lets_visitors_in_without_a_password(kind, tried):
    page = tried.get("/sign-in")
    token = token_of(tried)
    if kind == "demonstration, marked":
        assert "See how far each organisation has got." in page.text
        page = tried.submit("Sign in as Cole Demo")
        assert page.address == "/start"
        assert "Hello, Cole Demo" in page.text
    else:
        assert "Cole Demo" not in page.text
        assert "demonstration/sign-in" not in page.source
        tried.post("/demonstration/sign-in", {"email": COLE.email, "csrf_token": token}, status=404)
        assert tried.get("/start").h1 == "Sign in"


@pytest.fixture
def demonstration(tmp_path, empty_database):
    app = app_with(tmp_path, empty_database, mode="demonstration")
    with app.app_context():
        db.session.add(DeploymentFact(name="kind", value="demonstration"))
        db.session.commit()
        yield app


def test_only_those_who_are_offered_can_be_signed_in_as(demonstration):
    demonstration.extensions[VISITORS] = (COLE,)
    build.person("Sam Reed")
    client = Client(demonstration)
    for email in (SAM, COLE.email, "", "x" * 9000):
        client.post("/demonstration/sign-in", {"email": email, "csrf_token": token_of(client)}, status=404)
    build.person(COLE.name, email=COLE.email).active = False
    db.session.commit()
    client.post("/demonstration/sign-in", {"email": COLE.email, "csrf_token": token_of(client)}, status=404)
    assert client.get("/start").h1 == "Sign in"


def test_a_demonstration_without_visitors_offers_none(demonstration):
    demonstration.extensions.pop(VISITORS, None)
    client = Client(demonstration)
    assert "Try it as" not in client.get("/sign-in").text


def test_visitors_need_the_forms_token_too(demonstration):
    demonstration.extensions[VISITORS] = (COLE,)
    build.person(COLE.name, email=COLE.email)
    client = Client(demonstration)
    client.post("/demonstration/sign-in", {"email": COLE.email}, status=400)
    assert client.get("/start").h1 == "Sign in"


def test_a_visitor_may_change_who_they_are(demonstration):
    other = SimpleNamespace(email=SAM, name="Sam Reed", what="A lead.", first="Answer a question.")
    demonstration.extensions[VISITORS] = (COLE, other)
    build.person(COLE.name, email=COLE.email)
    build.person("Sam Reed")
    client = Client(demonstration)
    client.get("/sign-in")
    client.submit("Sign in as Cole Demo")
    client.sign_out()
    client.get("/sign-in")
    assert "Hello, Sam Reed" in client.submit("Sign in as Sam Reed").text
    assert db.session.query(Person).count() == 2


def test_a_password_kept_at_an_older_cost_still_signs_in_and_is_kept_at_todays(app, client):
    who = build.person("Sam Reed")
    who.password = older = argon2.using(time_cost=2, memory_cost=128, parallelism=1).hash(get_hmac(build.PASSWORD))
    db.session.commit()
    page = client.sign_in(who.email)
    assert page.h1 == "Your work"
    assert db.session.get_one(Person, who.id).password != older
    client.sign_out()
    assert client.sign_in(who.email).h1 == "Your work"
