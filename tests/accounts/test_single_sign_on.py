"""What another site's word is worth: which account it opens, and that it makes nobody anything.

The protocol itself (state, nonce, PKCE, signatures) is the library's; tests/browser/test_sign_in.py goes through it
with a real provider. Here is what we make of what the provider says.
"""

import shutil

import pytest
from pydantic import ValidationError
from requests import ConnectionError as Away

from coprod.accounts import single_sign_on
from coprod.accounts.credentials import SingleSignOn
from coprod.accounts.models import Person
from coprod.accounts.single_sign_on import NotSignedIn, claimed
from coprod.app import create_app
from coprod.database import db
from coprod.permissions import AreaRole
from coprod.transaction import transaction
from tests.conftest import made
from tests.support import build
from tests.support.client import Client

NOW = build.MOMENT
SAM = "sam.reed@example.org"
PROVIDER = {
    "oidc_name": "Test Council",
    "oidc_issuer": "https://id.example.org",
    "oidc_client_id": "coprod",
    "oidc_client_secret": "a secret between the two",
}
SAYS = {"iss": "https://id.example.org", "sub": "1", "email": SAM, "email_verified": True, "name": "Sam Reed"}


@pytest.fixture
def settings(tmp_path):
    return made(tmp_path, **PROVIDER)


@pytest.fixture
def sam(app):
    return build.person("Sam Reed")


def account(**said):
    with transaction():
        return single_sign_on.account_of(claimed(SAYS | said, trusted=""), now=NOW)


def test_a_proved_address_finds_the_account_the_first_time(sam):
    assert account() is sam


def test_after_that_the_providers_own_number_counts_and_the_address_no_more(sam):
    account()
    assert account(email="somebody.else@example.org", email_verified=False) is sam


@pytest.mark.parametrize(
    "said",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": ""},
        {"email": None},
        {"email_verified": False, "xms_edov": False},
    ],
)
def test_an_address_that_is_not_proved_finds_nothing(sam, said):
    with pytest.raises(NotSignedIn):
        account(**said)
    assert db.session.query(SingleSignOn).count() == 0


@pytest.mark.parametrize("proved", [True, 1, "1", "true"])
def test_microsofts_word_for_a_proved_address_counts(sam, proved):
    assert account(email_verified=None, xms_edov=proved) is sam


def test_the_same_number_at_another_provider_is_another_person(sam):
    account()
    with pytest.raises(NotSignedIn):
        account(iss="https://other.example.org", email="x@example.org")


def test_an_address_given_to_somebody_new_there_does_not_open_the_old_account(sam):
    account()
    with pytest.raises(NotSignedIn, match="belongs to somebody else"):
        account(sub="2")


def test_a_closed_account_stays_closed(sam):
    sam.active = False
    db.session.commit()
    with pytest.raises(NotSignedIn, match="closed"):
        account()


def test_unknown_people_get_no_account_unless_a_setting_says_so(app):
    with pytest.raises(NotSignedIn, match="no account"):
        account(email="una@example.org")
    assert db.session.query(Person).count() == 0


def test_with_that_setting_they_get_one_without_any_role(tmp_path, empty_database):
    shutil.copy(empty_database, tmp_path / "coprod.sqlite3")
    app = create_app(made(tmp_path, oidc_new_people=True, **PROVIDER), TESTING=True, CLOCK=lambda: NOW)
    with app.app_context():
        una = account(sub="9", email="una@example.org", name="Una Known", roles=["coordinator"], groups=["admins"])
        assert (una.name, una.password, una.roles, una.memberships) == ("Una Known", None, [], [])
        with pytest.raises(NotSignedIn):
            account(sub="10", email="other@example.org", name="")


@pytest.mark.parametrize(
    ("said", "trusted", "both"),
    [
        ({"amr": ["pwd", "mfa"]}, "", False),
        ({"amr": ["pwd", "mfa"]}, "mfa", True),
        ({"amr": "mfa"}, "mfa", True),
        ({"acr": "urn:two"}, "urn:two", True),
        ({"amr": ["pwd"]}, "mfa", False),
        ({}, "mfa", False),
        ({"acr": None, "amr": None}, "", False),
        ({"acr": ""}, "", False),
    ],
)
def test_the_providers_own_second_step_counts_only_where_a_setting_names_it(said, trusted, both):
    assert claimed(SAYS | said, trusted=trusted).both_steps is both


def test_an_answer_that_this_browser_never_asked_for_signs_nobody_in(client: Client, sam):
    for query in ("", "?code=x&state=y", "?error=access_denied", "?state=y"):
        page = client.get(f"/sign-in/elsewhere/back{query}", status=403)
        assert page.h1 == "You are not signed in"
    assert client.get("/start").h1 == "Sign in"


def test_a_provider_that_does_not_answer_is_said_in_words(client: Client, monkeypatch):
    def away(*_given, **_named):
        raise Away

    monkeypatch.setattr("requests.sessions.Session.request", away)
    page = client.get("/sign-in/elsewhere", status=503)
    assert "Test Council does not answer just now" in page.text


def test_the_sign_in_page_offers_it_by_its_name(client: Client):
    assert client.get("/sign-in").link("Sign in with Test Council") == "/sign-in/elsewhere?next=/start"


@pytest.mark.parametrize("missing", PROVIDER)
def test_half_a_provider_is_refused_at_the_start(tmp_path, missing):
    with pytest.raises(ValidationError, match="give all four, or none"):
        made(tmp_path, **(PROVIDER | {missing: ""}))


def test_a_provider_without_tls_is_refused(tmp_path):
    with pytest.raises(ValidationError, match="https"):
        made(tmp_path, **(PROVIDER | {"oidc_issuer": "http://id.example.org"}))


def test_whoever_plays_a_part_still_owes_the_second_step(client: Client, monkeypatch):
    build.person("Sam Reed", AreaRole.REVIEWER)
    monkeypatch.setattr(single_sign_on, "finish", lambda: claimed(SAYS | {"amr": ["mfa"]}, trusted=""))
    assert client.get("/sign-in/elsewhere/back").h1 == "Set up a second step"
