"""Guessing at passwords is slow, is told to the coordinator, and locks nobody out."""

import shutil
from datetime import timedelta

import pytest

from coprod.accounts import guessing, password_door
from coprod.accounts.delays import ACCOUNT, ADDRESS, WATCHES, standing, wait
from coprod.accounts.guessing import Alert, Guess
from coprod.app import create_app
from coprod.database import db
from coprod.errors import NotAllowed, TooSoon
from coprod.permissions import AreaRole
from coprod.transaction import transaction
from tests.conftest import MOMENT, QUICK, made
from tests.support import build
from tests.support.client import Client

SAM = "sam.reed@example.org"
SECOND = timedelta(seconds=1)


# How long a wait is


@pytest.mark.parametrize("kind", WATCHES)
def test_a_wait_grows_up_to_a_limit_and_never_beyond(kind):
    watch = WATCHES[kind]
    waits = [wait(watch, wrong) for wrong in range(2000)]
    assert waits == sorted(waits)
    assert not any(waits[: watch.free + 1])
    assert max(waits) == watch.most <= timedelta(minutes=1)


def test_wrong_tries_are_forgotten_after_a_while():
    watch = WATCHES[ACCOUNT]
    assert standing(watch, 30, MOMENT, MOMENT + watch.forgotten - SECOND) == 30
    assert standing(watch, 30, MOMENT, MOMENT + watch.forgotten) == 0


# An attack, second by second


def attempt(now, *, account="somebody", address="somewhere", browser=None, email=""):
    """True where the try is let through, and it is wrong."""
    try:
        tried = guessing.keys(account=account, address=address, browser=browser, now=now)
        guessing.begin_try(tried, email=email, now=now)
    except TooSoon:
        return False
    return True


def test_stuffing_passwords_into_one_account_is_slow_from_however_many_places(app):
    let_through = sum(attempt(MOMENT + n * SECOND, address=f"place {n}") for n in range(1800))
    assert let_through <= 5 + 6 + 1800 / 60


def test_spraying_a_thousand_accounts_three_times_from_one_place_takes_a_day(app):
    """Each hour's 3,600 seconds let through at most 120 tries: 3,000 would take 25 hours."""
    accounts = (f"account {n % 1000}" for n in range(10_000))
    let_through = sum(attempt(MOMENT + n * SECOND, account=next(accounts)) for n in range(600))
    assert let_through <= 20 + 5 + 600 / 30
    assert db.session.query(Alert).filter_by(kind=ADDRESS).count() == 1


def test_spraying_from_many_places_is_told_once(app):
    for n in range(300):
        assert attempt(MOMENT + n * SECOND, account=f"account {n % 100}", address=f"place {n}")
    assert [alert.kind for alert in db.session.query(Alert)] == ["everywhere"]


def test_the_owner_gets_in_while_strangers_guess_at_the_account(app):
    """Nobody is locked out: the browser in which they signed in before has its own count, and a wait ends."""
    for n in range(200):
        attempt(MOMENT + n * SECOND, address=f"place {n}")
    now = MOMENT + 200 * SECOND
    assert attempt(now, browser="the owner's")
    assert not attempt(now)
    assert attempt(now + timedelta(minutes=1))


def test_a_right_password_starts_the_account_anew_but_not_the_place(app):
    tried = guessing.keys(account="mine", address="here", browser=None, now=MOMENT)
    for n in range(5):
        guessing.begin_try(tried, email="", now=MOMENT + n * SECOND)
    guessing.take_back(tried)
    wrong = {row.key.split(":")[0]: row.wrong for row in db.session.query(Guess)}
    assert wrong == {"account": 0, "address": 4, "everywhere": 4}


def test_a_try_counts_before_the_password_is_looked_at(app):
    """So a hundred tries at the same moment do not get past it."""
    assert [attempt(MOMENT) for _ in range(8)] == [True] * 6 + [False] * 2


def test_a_try_that_looked_before_the_others_counted_is_refused_all_the_same(app, monkeypatch):
    """Two tries at once both look, then one counts: the other looks again, with the rows to itself."""
    for _ in range(6):
        attempt(MOMENT)
    looked_up = guessing._found
    monkeypatch.setattr(guessing, "_found", lambda tried, lock=False: looked_up(tried, lock=True) if lock else {})
    assert not attempt(MOMENT)


def test_counts_outlive_a_restart_and_are_the_same_for_each_worker(app, settings):
    for _ in range(6):
        attempt(MOMENT)
    another = create_app(settings, TESTING=True, KEEP_PAGES=False, CLOCK=lambda: MOMENT, RATELIMIT_ENABLED=False)
    with another.app_context():
        assert not attempt(MOMENT)
        db.session.remove()
        db.engine.dispose()


def test_time_forgets_old_counts_and_old_alerts(app):
    attempt(MOMENT)
    build.alert()
    for days, gone in ((0.1, 0), (2, 3), (100, 1), (100, 0)):
        with transaction():
            assert guessing.tidy(now=MOMENT + timedelta(days=days)) == gone


def test_no_row_holds_an_address(app, client):
    build.person("Sam Reed")
    client.sign_in(SAM, "not the password")
    kept = " ".join(row.key for row in db.session.query(Guess))
    assert "127.0.0.1" not in kept
    assert "sam" not in kept


# Through the pages


@pytest.fixture
def clock(app):
    class Clock:
        now = MOMENT

    app.config["CLOCK"] = lambda: Clock.now
    return Clock


def tries(client, email, password, status=200):
    client.get("/sign-in")
    return client.submit("Sign in", email=email, password=password, status=status)


@pytest.mark.parametrize("email", [SAM, "nobody@example.org", SAM.upper()])
def test_known_and_unknown_accounts_are_told_to_wait_alike(app, client, clock, email):
    build.person("Sam Reed")
    for _ in range(6):
        tries(client, email, "not the password")
    page = tries(client, email, build.PASSWORD, status=429)
    assert "Wait 1 second, then go back and try again" in page.text
    clock.now += SECOND
    if email.lower() == SAM:
        assert tries(client, email, build.PASSWORD).address == "/start"


def test_a_browser_that_was_let_in_before_does_not_wait_for_what_others_do(app, client, clock):
    build.person("Sam Reed")
    client.sign_in(SAM)
    client.sign_out()
    stranger = Client(app)
    for _ in range(6):
        tries(stranger, SAM, "not the password")
    tries(stranger, SAM, build.PASSWORD, status=429)
    assert tries(client, SAM, build.PASSWORD).address == "/start"


@pytest.mark.parametrize("value", ["", "x", "x.y.z", "{}", "W10.aaaa.bbbb", "\u00e9" * 30])
def test_a_made_up_cookie_makes_no_browser_known(app, client, value):
    build.person("Sam Reed")
    client.http.set_cookie(password_door.KNOWN, value.encode().decode("latin-1"))
    client.sign_in(SAM, "not the password")
    assert {row.key.split(":")[0] for row in db.session.query(Guess)} == {"account", "address", "everywhere"}


def test_the_coordinator_reads_alerts_in_plain_words_and_notes_them(app, client, clock):
    build.person("Sam Reed")
    for _ in range(11):
        tries(client, SAM, "not the password") if clock.now == MOMENT else None
        clock.now += timedelta(minutes=2)
        tries(client, SAM, "not the password")
    assert db.session.query(Alert).count() == 1
    build.person("Cora", AreaRole.COORDINATOR)
    client.sign_in("cora@example.org")
    client.get("/start")
    page = client.follow("Alerts")
    assert "10 wrong passwords for Sam Reed" in page.text
    page = client.submit("I have seen to this : 10 wrong passwords for Sam Reed")
    assert "Seen to" in page.text
    assert "I have seen to this" not in page.text


def test_alerts_are_for_the_coordinator_alone(app):
    told = build.alert()
    for who in (build.person("Nora Body"), build.person("Rita", AreaRole.REVIEWER)):
        actor = build.actor(who.id)
        with pytest.raises(NotAllowed):
            guessing.alerts(actor)
        with pytest.raises(NotAllowed):
            guessing.note_alert(told.id, actor=actor, now=MOMENT)


def test_each_kind_of_alert_reads_well(app):
    for kind in ("account", "address", "everywhere"):
        build.alert(kind=kind, tries=40)
    told = guessing.alerts(build.actor(build.person("Cora", AreaRole.COORDINATOR).id))
    assert sorted(alert.heading for alert in told) == [
        "40 wrong passwords for an e-mail address that has no account",
        "40 wrong passwords from one place",
        "40 wrong passwords in an hour, over all accounts",
    ]


# The password once more


def test_a_password_given_once_more_is_counted_too(app, client, clock):
    build.person("Sam Reed")
    client.sign_in(SAM)
    for _ in range(11):
        client.get("/account/is-it-you")
        client.submit("Go on", password="not the password", status=422)
    client.get("/account/is-it-you")
    client.submit("Go on", password=build.PASSWORD, status=429)


def test_the_cookies_are_for_this_site_over_https_alone(tmp_path, empty_database):
    shutil.copy(empty_database, tmp_path / "coprod.sqlite3")
    app = create_app(
        made(tmp_path, base_url="https://localhost"),
        **QUICK,
        KEEP_PAGES=False,
        CLOCK=lambda: MOMENT,
        RATELIMIT_ENABLED=False,
    )
    with app.app_context():
        build.person("Sam Reed")
        client = Client(app)
        client.get("/sign-in", base_url="https://localhost")
        token = client.page.form("Sign in").find(".//input[@name='csrf_token']").get("value")
        data = {"email": SAM, "password": build.PASSWORD, "csrf_token": token}
        answer = client.http.post("/sign-in", data=data, base_url="https://localhost")
        cookies = answer.headers.getlist("Set-Cookie")
        assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-coprod_session", "__Host-coprod_known"}
        for cookie in cookies:
            for part in ("; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"):
                assert part in cookie, cookie
            assert "Domain" not in cookie
        assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
