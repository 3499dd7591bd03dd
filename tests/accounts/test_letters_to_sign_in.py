"""Links by e-mail, to sign in and to choose a password: nobody learns who has an account, nothing works twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from coprod.accounts import secret_links, sign_in_links
from coprod.accounts.credentials import EmailedLink
from coprod.accounts.sign_in_links import Purpose
from coprod.database import db
from coprod.errors import NotFound
from coprod.mail.models import Letter
from coprod.transaction import transaction
from tests.accounts.test_sign_in import app_with
from tests.support import build
from tests.support.client import Client
from tests.support.second_step import letters_to, link_in, with_app

NOW = build.MOMENT
SAM = "sam.reed@example.org"
NEW = "lanterns under wet trees"
ASK = {Purpose.SIGN_IN: "/sign-in/link", Purpose.PASSWORD: "/password/forgotten"}


@pytest.fixture
def sam(app):
    return build.person("Sam Reed")


def asked(client: Client, purpose: Purpose, address: str = SAM) -> str:
    """Ask as a visitor, and answer the path of the link in the letter."""
    client.get(ASK[purpose])
    client.submit("Send me the link", email=address)
    return link_in(letters_to(SAM)[-1])


def send(purpose: Purpose, address: str = SAM) -> str:
    with transaction():
        sign_in_links.send(address, purpose=purpose, now=NOW)
    return link_in(letters_to(SAM)[-1]).rsplit("/", 1)[1]


# Asking


@pytest.mark.parametrize("purpose", Purpose)
def test_known_unknown_and_closed_accounts_are_answered_alike(client, sam, purpose):
    build.person("Gone").active = False
    db.session.commit()
    answers = set()
    for address in (SAM, SAM.upper(), "nobody@example.org", "gone@example.org"):
        client.get(ASK[purpose])
        answers.add((client.submit("Send me the link", email=address).text, client.page.status))
    assert len(answers) == 1


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_stands_on_the_address_of_the_settings_whatever_name_of_ours_was_asked(
    tmp_path, empty_database, purpose
):
    """A host that is not ours is refused; one of our other names is taken, and stands in no letter."""
    ours = "http://charter.example.org"
    app = app_with(tmp_path, empty_database, base_url=ours, trusted_hosts=("localhost",))
    with app.app_context():
        build.person("Sam Reed")
        client = Client(app)
        client.get(ASK[purpose])
        client.submit("Send me the link", email=SAM)
        letter = letters_to(SAM)[-1]
    for said in (letter.words, letter.html):
        assert f"{ours}/" in said
        assert "localhost" not in said


@pytest.mark.parametrize("purpose", Purpose)
def test_a_known_and_an_unknown_address_take_the_same_work(app, sam, purpose):
    """Each leaves one link and one letter, so that the time tells nothing either."""
    for address in (SAM, "nobody@example.org"):
        before = db.session.query(EmailedLink).count(), db.session.query(Letter).count()
        with transaction():
            sign_in_links.send(address, purpose=purpose, now=NOW)
        after = db.session.query(EmailedLink).count(), db.session.query(Letter).count()
        assert after == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize("purpose", Purpose)
def test_an_address_without_an_account_is_told_so_in_its_own_letter_box(client, app, purpose):
    client.get(ASK[purpose])
    client.submit("Send me the link", email="nobody@example.org")
    letter = letters_to("nobody@example.org")[0]
    assert "There is no account for it" in letter.words
    assert link_in(letter) == ASK[purpose]


@pytest.mark.parametrize("typed", ["", "sam", "sam@", "a@b\0c", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_said_beside_the_field(client, typed):
    client.get("/sign-in/link")
    assert client.submit("Send me the link", email=typed, status=422).errors
    assert db.session.query(EmailedLink).count() == 0


def test_only_a_hash_of_the_secret_is_kept(app, sam):
    secret = send(Purpose.SIGN_IN)
    kept = db.session.scalars(select(EmailedLink.digest)).one()
    assert kept == secret_links.digest_of(secret)
    assert secret not in kept


# Signing in


def test_opening_the_link_signs_nobody_in_and_uses_nothing_up(client, sam):
    """Programs that look into letters follow links, more than once."""
    path = asked(client, Purpose.SIGN_IN)
    for _ in range(3):
        page = client.get(path)
        assert page.h1 == "Sign in as Sam Reed"
    assert client.get("/start").h1 == "Sign in"
    client.get(path)
    assert client.submit("Sign in").address == "/start"


@pytest.mark.parametrize("purpose", Purpose)
def test_the_page_behind_a_link_tells_nobody_its_address(client, sam, purpose):
    response = client.get(asked(client, purpose)).response
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_link_works_once_and_ends_the_others(app, client, sam):
    first, second = asked(client, Purpose.SIGN_IN), asked(client, Purpose.SIGN_IN)
    client.get(second)
    client.submit("Sign in")
    for used in (first, second):
        assert Client(app).get(used, status=404).h1 == "This link does not work any more"


def test_a_link_asks_for_the_second_step_of_whoever_has_one(client, sam):
    with_app(sam)
    client.get(asked(client, Purpose.SIGN_IN))
    assert client.submit("Sign in").h1 == "Second step"


def test_a_link_sent_twice_at_once_lets_in_once(app, client, sam):
    path = asked(client, Purpose.SIGN_IN)
    other = Client(app)
    client.get(path)
    other.get(path)
    client.submit("Sign in")
    assert other.submit("Sign in", status=404).h1 == "This link does not work any more"


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_lives_as_long_as_its_letter_says_and_no_longer(app, sam, purpose):
    secret, lives = send(purpose), sign_in_links.LIVES[purpose]
    assert f"{int(lives.total_seconds() // 60)} minutes" in letters_to(SAM)[-1].words
    assert sign_in_links.owner_of(secret, purpose=purpose, now=NOW + lives - timedelta(seconds=1)) is sam
    with pytest.raises(NotFound):
        sign_in_links.owner_of(secret, purpose=purpose, now=NOW + lives)


def test_a_reset_link_lives_an_hour_at_most():
    assert sign_in_links.LIVES[Purpose.PASSWORD] <= timedelta(hours=1)


def test_a_link_for_one_purpose_is_none_for_the_other(app, sam):
    with pytest.raises(NotFound):
        sign_in_links.owner_of(send(Purpose.SIGN_IN), purpose=Purpose.PASSWORD, now=NOW)


def test_a_link_of_a_closed_account_is_over(app, sam):
    secret = send(Purpose.SIGN_IN)
    sam.active = False
    db.session.commit()
    with pytest.raises(NotFound):
        sign_in_links.owner_of(secret, purpose=Purpose.SIGN_IN, now=NOW)


@pytest.mark.parametrize("secret", ["x", "%00", "../start", "ü" * 40, "a" * 3000])
def test_a_link_that_never_was_answers_like_one_that_is_over(client, sam, secret):
    missing = client.get(f"/sign-in/link/{'m' * 43}", status=404).text
    page = client.get(f"/sign-in/link/{secret}", status=404)
    assert page.h1 in {"This link does not work any more", "Page not found"}
    if "/" not in secret:
        assert page.text == missing


# Choosing a password


def test_a_new_password_ends_every_session_and_a_letter_says_so(app, client, sam):
    elsewhere = Client(app)
    elsewhere.sign_in(SAM)
    path = asked(client, Purpose.PASSWORD)
    for _ in range(2):
        assert client.get(path).h1 == "Choose a new password"
    assert client.submit("Save the new password", password=NEW).h1 == "Your new password is saved"
    assert client.get("/start").h1 == "Sign in"
    assert elsewhere.get("/start").h1 == "Sign in"
    assert client.sign_in(SAM).errors
    assert client.sign_in(SAM, NEW).address == "/start"
    assert {letter.template for letter in letters_to(SAM)} == {"password_link", "password_changed"}


def test_a_reset_link_is_used_once(client, sam):
    path = asked(client, Purpose.PASSWORD)
    client.get(path)
    client.submit("Save the new password", password=NEW)
    assert client.get(path, status=404).h1 == "This link does not work any more"


def test_a_password_that_will_not_do_says_why_and_leaves_the_link(client, sam):
    path = asked(client, Purpose.PASSWORD)
    client.get(path)
    for weak, why in (("short", "12 characters or more"), ("Sam.Reed@example.org", "name"), ("password1234", "Many")):
        assert why in client.submit("Save the new password", password=weak, status=422).errors[0]
    assert client.submit("Save the new password", password=NEW).h1 == "Your new password is saved"


def test_old_links_are_forgotten_a_day_after_they_ended(app, sam):
    send(Purpose.SIGN_IN)
    with transaction():
        assert sign_in_links.forget_old(now=NOW + timedelta(hours=24)) == 0
    with transaction():
        assert sign_in_links.forget_old(now=NOW + timedelta(hours=25)) == 1
