"""What a password must be, and how its owner changes it."""

import pytest

from coprod.accounts import passwords
from coprod.errors import Invalid
from coprod.transaction import transaction
from tests.support import build
from tests.support.client import Client
from tests.support.second_step import letters_to, with_app

NOW = build.MOMENT
SAM = "sam.reed@example.org"
NEW = "lanterns under wet trees"


@pytest.fixture
def sam(app):
    return build.person("Sam Reed")


@pytest.mark.parametrize(
    "common",
    [
        "passwordpassword",
        "password1234",
        "Password1234",
        "qwertyuiop123",
        "123456789012",
        "iloveyou1234",
        "letmeinplease",
    ],
)
def test_what_many_people_use_is_refused(app, common):
    with pytest.raises(Invalid, match="Many people use"):
        passwords.hashed(common, name="Sam Reed", email=SAM)


@pytest.mark.parametrize(
    "good", [NEW, "twelve chars", "only-lower-case", "学校学校学校学校学校学校", "with  two  spaces"]
)
def test_any_composition_will_do(app, good):
    assert passwords.hashed(good, name="Sam Reed", email=SAM)


def test_the_same_letters_from_another_keyboard_are_the_same_password(app, sam):
    with transaction():
        passwords.set_first(sam, "Zoe\u0308 und der Kakadu", actor=sam.actor, now=NOW)
    assert passwords.is_right(sam, "Zo\u00eb und der Kakadu")


def test_an_account_without_a_password_has_none_that_is_right(app, sam):
    sam.password = None
    assert not passwords.is_right(sam, "")
    assert not passwords.is_right(sam, build.PASSWORD)


def test_a_changed_password_keeps_this_session_and_ends_the_others(app, client, sam):
    elsewhere = Client(app)
    elsewhere.sign_in(SAM)
    client.sign_in(SAM)
    client.get("/account/sign-in")
    client.follow("Change your password")
    page = client.submit("Save the new password", present=build.PASSWORD, password=NEW)
    assert page.h1 == "How you sign in"
    assert elsewhere.get("/start").h1 == "Sign in"
    assert Client(app).sign_in(SAM).errors
    assert Client(app).sign_in(SAM, NEW).address == "/start"
    assert [letter.template for letter in letters_to(SAM)] == ["password_changed"]


def test_whoever_passed_the_second_step_does_not_pass_it_again_for_a_new_password(client, sam):
    with_app(sam)
    client.sign_in(SAM)
    client.get("/account/password")
    assert client.submit("Save the new password", present=build.PASSWORD, password=NEW).h1 == "How you sign in"


def test_the_present_password_is_asked_for(client, sam):
    client.sign_in(SAM)
    client.get("/account/password")
    page = client.submit("Save the new password", present="not the present one", password=NEW, status=422)
    assert page.errors == ["This is not your present password"]
    assert not letters_to(SAM)


def test_each_error_stands_beside_its_field(client, sam):
    client.sign_in(SAM)
    client.get("/account/password")
    page = client.submit("Save the new password", status=422)
    said = {e.get("id") for e in page.tree.iter("p") if "govuk-error-message" in e.get("class", "")}
    assert said == {"present-error", "password-error"}


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("/sign-in", {"email": "username", "password": "current-password"}),
        ("/sign-in/link", {"email": "username"}),
        ("/account/password", {"email": "username", "present": "current-password", "password": "new-password"}),
    ],
)
def test_password_managers_know_each_field_and_pasting_is_fine(client, sam, address, wanted):
    if address.startswith("/account"):
        client.sign_in(SAM)
    page = client.get(address)
    found = {e.get("name"): e.get("autocomplete") for e in page.tree.iter("input") if e.get("autocomplete")}
    assert wanted.items() <= found.items()
    assert "onpaste" not in page.source


# Known and unknown accounts


@pytest.fixture
def hashes(monkeypatch):
    """How often a password was hashed, as the library's functions are called."""
    done = []
    context = "flask_security.utils"
    import flask_security.utils as library

    for name in ("hash", "verify"):
        original = getattr(library._pwd_context, name)
        monkeypatch.setattr(f"{context}._pwd_context.{name}", lambda *a, o=original, n=name: done.append(n) or o(*a))
    return done


@pytest.mark.parametrize("who", ["known", "unknown", "closed", "without a password"])
def test_the_password_is_hashed_whether_or_not_there_is_an_account(client, sam, hashes, who):
    if who == "closed":
        sam.active = False
    if who == "without a password":
        sam.password = None
    build.db.session.commit()
    address = "nobody@example.org" if who == "unknown" else SAM
    assert client.sign_in(address, "not the password").errors
    assert len(hashes) == 1
