"""What somebody typed is not lost when their session is over, and nobody can send something in their name by that."""

from datetime import timedelta

import pytest

from coprod.database import db
from coprod.permissions import MemberRole
from coprod.web import recently
from tests.conftest import MOMENT
from tests.support import build
from tests.support.client import Client

SAM = "sam.reed@example.org"
WORDS = "We asked forty families what they need, and this is what they said."


@pytest.fixture
def place(app):
    where = build.organisation()
    build.membership(build.person("Sam Reed"), where, MemberRole.LEAD)
    return where


@pytest.fixture
def form(client: Client, place):
    """The form of a new change record, open in Sam's browser, with words typed in."""
    client.sign_in(SAM)
    address = f"/organisations/{place.id}/changes/new"
    page = client.get(address)
    token = page.tree.find(".//main//input[@name='csrf_token']").get("value")
    return address, {"csrf_token": token, "title": WORDS}


def titles(client: Client, place) -> str:
    return client.get(f"/organisations/{place.id}/changes").text


def left_alone(app, client):
    app.config["CLOCK"] = lambda: MOMENT + timedelta(hours=2)


def signed_out(app, client):
    other = Client(app)
    other.http.set_cookie("coprod_session", client.http.get_cookie("coprod_session").value)
    other.get("/start")
    other.sign_out()


def signed_out_in_this_browser(app, client):
    client.get("/start")
    client.sign_out()


@pytest.mark.parametrize("over", [left_alone, signed_out, signed_out_in_this_browser])
def test_a_form_sent_too_late_is_held_and_taken_after_signing_in_again(app, client, place, form, over):
    address, typed = form
    over(app, client)
    page = client.post(address, typed, status=401)
    assert page.h1 == "Sign in again to save this"
    assert WORDS in page.text
    held = page.form("Save what I typed")
    tab = Client(app)  # The second tab has the same cookies.
    tab.http = client.http
    tab.get("/sign-in/back")
    assert tab.submit("Sign in", email=SAM, password=build.PASSWORD).h1 == "Now go back to your other tab"
    kept = {e.get("name"): e.get("value") for e in held.iter("input")}
    page = client.post(held.get("action"), kept, status=400)
    assert page.h1 == "Nothing is lost: press save once more"
    assert WORDS not in titles(tab, place)
    client.page = page
    client.submit("Save what I typed")
    assert WORDS in titles(tab, place)


def test_nothing_is_taken_for_another_person(app, client, place, form):
    """Somebody else who signs in at the same computer neither sends nor sees what was typed before them."""
    address, typed = form
    signed_out_in_this_browser(app, client)
    build.membership(build.person("Other Person"), place)
    client.sign_in("other.person@example.org")
    page = client.post(address, typed, status=400)
    assert WORDS not in page.source
    assert WORDS not in titles(client, place)


def test_a_form_that_somebody_made_up_is_not_held(app, client, place, form):
    """Without a token that names its owner, or from another site, nobody is led to send it by signing in."""
    address, typed = form
    stranger = Client(app)
    stranger.get("/sign-in")
    strangers_own = stranger.page.form("Sign in").find(".//input[@name='csrf_token']").get("value")
    signed_out_in_this_browser(app, client)
    for token, origin in (
        ("", "http://localhost"),
        ("x" * 90, "http://localhost"),
        (strangers_own, "http://localhost"),
        (typed["csrf_token"], "https://evil.example"),
    ):
        answer = client.http.post(address, data=typed | {"csrf_token": token}, headers={"Origin": origin})
        assert answer.status_code == 400
        assert WORDS not in answer.text


def test_a_token_of_the_same_persons_other_session_is_not_taken_unasked(app, client, place, form):
    address, typed = form
    other = Client(app)
    other.sign_in(SAM)
    page = other.post(address, typed, status=400)
    assert page.h1 == "Nothing is lost: press save once more"
    assert WORDS not in titles(other, place)


def test_a_password_is_never_held(app, client, place, form):
    _, typed = form
    left_alone(app, client)
    data = typed | {"present": "my old password", "password": "my new password"}
    page = client.post("/account/password", data, status=401)
    assert "my old password" not in page.source
    assert "my new password" not in page.source


def test_a_script_is_sent_to_sign_in_and_keeps_what_it_has(app, client, place, form):
    address, typed = form
    left_alone(app, client)
    json = {"Accept": "application/json"}
    page = client.post(address, typed, headers=json, follow_redirects=False, status=302)
    assert page.response.headers["Location"].startswith("/sign-in")


# The password once more


def asked_for_again(app) -> set[str]:
    return {endpoint for endpoint, view in app.view_functions.items() if getattr(view, recently.ATTRIBUTE, False)}


# What a browser left open must not be enough for: ways of signing in, parts of others, leaving, all of one's data.
RECENT = {
    "accounts.add_passkey",
    "accounts.change_area_role",
    "accounts.close_account",
    "accounts.erase_person",
    "accounts.give_role",
    "accounts.hand_over",
    "accounts.invite_to_area",
    "accounts.leave",
    "accounts.new_codes",
    "accounts.open_account",
    "accounts.own_data_file",
    "accounts.remove_app",
    "accounts.remove_passkey",
    "accounts.reset_second_step",
    "accounts.set_up_app",
    "accounts.trust_domain",
    "charter.revoke",
    "running.take_data",
}


def test_these_decisions_ask_for_the_password_again(app):
    """Changing the password is not among them: its own form asks for the present one."""
    assert asked_for_again(app) == RECENT


@pytest.fixture
def later(app):
    """A route that asks for it, and a browser left open for 20 minutes."""
    app.config["CLOCK"] = lambda: MOMENT + timedelta(minutes=20)


def test_what_only_its_owner_should_do_asks_for_the_password_again(app, client, place, form, monkeypatch, later):
    address, typed = form
    view = app.view_functions["changes.new"]
    monkeypatch.setattr(view, recently.ATTRIBUTE, True, raising=False)
    page = client.post(address, typed, status=401)
    assert page.h1 == "Show that it is you"
    assert WORDS not in titles(client, place)
    tab = Client(app)
    tab.http = client.http
    assert tab.get(address).h1 == "Show that it is you"
    assert tab.submit("Go on", password="not the password", status=422).errors == [
        "This is not your password. Check it, then try again"
    ]
    assert tab.submit("Go on", password=build.PASSWORD).address == address
    client.page = page
    client.submit("Go on")
    assert WORDS in titles(client, place)


def test_who_signed_in_lately_is_not_asked(app, client, place, form, monkeypatch):
    address, typed = form
    monkeypatch.setattr(app.view_functions["changes.new"], recently.ATTRIBUTE, True, raising=False)
    client.post(address, typed)
    assert WORDS in titles(client, place)
    db.session.rollback()
