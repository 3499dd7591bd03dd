"""Where somebody is signed in: each session is a row, and an old cookie is worth nothing once it has ended."""

from datetime import timedelta

import pytest
from flask import session
from flask_security import login_user

from coprod.accounts import devices, operations, passwords, session_cookie, sessions, who
from coprod.accounts.devices import device_words
from coprod.accounts.models import Person
from coprod.accounts.sessions import PersonSession
from coprod.database import db
from coprod.errors import NotFound
from coprod.permissions import SYSTEM, AreaRole, MemberRole
from coprod.phrases import Phrase
from coprod.transaction import transaction
from tests.conftest import MOMENT
from tests.support import build
from tests.support.client import Client

SAM = "sam.reed@example.org"
COOKIE = "coprod_session"


@pytest.fixture
def sam(app):
    return build.person("Sam Reed")


@pytest.fixture
def at(app):
    """Moves the clock: at(minutes=…) after the moment at which each test begins."""

    def move(**later):
        app.config["CLOCK"] = lambda: MOMENT + timedelta(**later)

    return move


def known(secret: str) -> bool:
    return db.session.query(PersonSession).filter_by(digest=sessions.digest_of(secret)).count() == 1


def cookie_of(client: Client) -> str:
    return client.http.get_cookie(COOKIE).value


def is_in(client: Client) -> bool:
    return client.get("/start").h1 == "Your work"


def with_cookie(app, value: str) -> Client:
    other = Client(app)
    other.http.set_cookie(COOKIE, value)
    return other


# The endings


def sign_out(client: Client, who: Person) -> None:
    client.sign_out()


def new_password(client: Client, who: Person) -> None:
    client.get("/account/password")
    client.submit("Save the new password", present=build.PASSWORD, password="other words than before")


def forgotten_password(client: Client, who: Person) -> None:
    with transaction():
        passwords.reset(db.session.merge(who), password="other words than before", actor=SYSTEM, now=MOMENT)


def removed_from_organisation(client: Client, who: Person) -> None:
    where = build.organisation()
    place = build.membership(who, where, MemberRole.CONTRIBUTOR)
    lead = build.lead_of(where)
    with transaction():
        operations.remove(place, actor=build.actor(lead.id), now=MOMENT)


def disabled(client: Client, who: Person) -> None:
    who.active = False
    db.session.commit()


@pytest.mark.parametrize("ending", [sign_out, new_password, forgotten_password, removed_from_organisation, disabled])
def test_an_old_cookie_is_refused_after_each_ending(app, client, sam, ending):
    client.sign_in(SAM)
    elsewhere = Client(app)
    elsewhere.sign_in(SAM)
    copied = [cookie_of(client), cookie_of(elsewhere)]
    assert all(is_in(with_cookie(app, cookie)) for cookie in copied)
    ending(client, sam)
    assert not any(is_in(with_cookie(app, cookie)) for cookie in copied)


def test_a_session_opens_for_its_own_person_alone_and_no_more_once_their_token_is_another(app, sam):
    other = build.person("Olive Other")
    build.session(sam, "a secret")
    token = sam.fs_uniquifier
    assert who.in_session(token=token, secret="a secret").visitor.name == "Sam Reed"
    assert who.in_session(token=other.fs_uniquifier, secret="a secret") is None
    assert who.in_session(token=token, secret="another secret") is None
    sam.fs_uniquifier = "changed"
    db.session.commit()
    assert who.in_session(token=token, secret="a secret") is None


def test_somebody_with_many_parts_is_who_their_rows_say(app):
    many = build.person("Many Parts", AreaRole.COORDINATOR, AreaRole.REVIEWER)
    places = [build.organisation(f"School {n}", value=str(900010 + n)) for n in range(4)]
    parts = [build.membership(many, place) for place in places]
    parts[1].role = MemberRole.CONTRIBUTOR.value
    parts[2].ended_at = MOMENT - timedelta(days=30)
    parts[3].accepted_at = None
    build.session(many, "a secret")
    actor = who.in_session(token=many.fs_uniquifier, secret="a secret").visitor.actor
    assert actor == build.actor(many.id)
    assert (len(actor.roles), len(actor.memberships), actor.past) == (2, 2, {places[2].id})


def test_who_is_asked_again_in_one_request_is_as_they_are_by_then(app, sam):
    build.session(sam, "a secret")
    visitor = who.in_session(token=sam.fs_uniquifier, secret="a secret").visitor
    assert visitor.actor.memberships == {}
    where = build.organisation()
    build.membership(sam, where)
    assert visitor.actor.memberships == {where.id: MemberRole.LEAD}


def test_ended_sessions_keep_when_and_why(app, client, sam):
    client.sign_in(SAM)
    client.sign_out()
    ended = db.session.query(PersonSession).one()
    assert (ended.ended_at, ended.ended_why) == (MOMENT, "signed_out")


def test_a_person_who_leaves_by_their_own_decision_stays_signed_in(app, client, sam):
    where = build.organisation()
    place = build.membership(sam, where)
    build.lead_of(where)
    client.sign_in(SAM)
    with transaction():
        operations.remove(place, actor=build.actor(sam.id), now=MOMENT)
    assert is_in(client)


def test_sessions_end_for_reasons_that_are_listed(app, sam):
    build.session(sam)
    with pytest.raises(ValueError, match="listed"), transaction():
        sessions.end_all(sam, why="because", now=MOMENT)


# A new session at each sign-in


def test_signing_in_makes_a_new_secret_and_drops_what_the_cookie_held(app, client, sam):
    """Whoever planted a cookie before somebody signed in holds nothing afterwards."""
    client.get("/sign-in")
    with client.http.session_transaction() as planted:
        planted[session_cookie.SECRET] = "a secret that somebody else knows"
        planted["more"] = "of theirs"
        before = dict(planted)
    client.submit("Sign in", email=SAM, password=build.PASSWORD)
    with client.http.session_transaction() as after:
        assert "more" not in after
        assert after["csrf_token"] != before["csrf_token"]
        assert known(after[session_cookie.SECRET])
    assert not known("a secret that somebody else knows")


def test_signing_in_again_in_the_same_browser_ends_the_session_before(app, client, sam):
    client.sign_in(SAM)
    before = cookie_of(client)
    with app.test_request_context(headers={"Cookie": f"{COOKIE}={before}"}):
        login_user(db.session.get(Person, sam.id))
        assert session[session_cookie.SECRET]
    assert not is_in(with_cookie(app, before))
    assert [row.ended_why for row in db.session.query(PersonSession).order_by(PersonSession.ended_at)].count(
        "replaced"
    ) == 1


def test_the_database_holds_no_secret_that_opens_a_session(app, client, sam):
    client.sign_in(SAM)
    row = db.session.query(PersonSession).one()
    with app.test_request_context(headers={"Cookie": f"{COOKIE}={cookie_of(client)}"}):
        secret = session[session_cookie.SECRET]
    assert secret not in {row.digest, row.device}
    assert row.digest == sessions.digest_of(secret)


def test_a_token_in_a_header_signs_nobody_in(app, client, sam):
    """The library can hand out tokens that no sign-out ends. Here they open nothing."""
    token = sam.get_auth_token()
    for given in ({"headers": {"Authentication-Token": token}}, {"query_string": {"auth_token": token}}):
        assert client.get("/start", **given).h1 == "Sign in"


# Limits


@pytest.mark.parametrize(("minutes", "still"), [(89, True), (90, False), (600, False)])
def test_a_session_that_is_left_alone_ends(app, client, sam, at, minutes, still):
    client.sign_in(SAM)
    at(minutes=minutes)
    assert is_in(client) is still


def test_each_page_keeps_a_session_going_until_its_longest_time_is_over(app, client, sam, at):
    client.sign_in(SAM)
    for minutes in range(60, 720, 60):
        at(minutes=minutes)
        assert is_in(client), minutes
    at(minutes=720)
    assert not is_in(client)


def test_a_copied_cookie_ends_by_itself_when_it_is_not_used(app, client, sam, at):
    client.sign_in(SAM)
    copied = cookie_of(client)
    at(minutes=60)
    assert is_in(client)
    at(minutes=100)
    assert is_in(client)
    assert not is_in(with_cookie(app, copied))


def test_reading_writes_nothing_and_sending_notes_the_time_now_and_then(app, client, sam, at):
    client.sign_in(SAM)
    at(minutes=30)
    client.get("/start")
    assert db.session.query(PersonSession).one().seen_at == MOMENT
    client.post("/account/stay")
    assert db.session.query(PersonSession).one().seen_at == MOMENT + timedelta(minutes=30)
    at(minutes=35)
    client.post("/account/stay")
    assert db.session.query(PersonSession).one().seen_at == MOMENT + timedelta(minutes=30)


def test_a_page_knows_how_long_is_left(app, client, sam, at):
    client.sign_in(SAM)
    assert client.post("/account/stay").response.json == {"seconds": 90 * 60}
    for minutes in (80, 160, 240, 320, 400, 480, 560, 640, 700):
        at(minutes=minutes)
        page = client.post("/account/stay")
    assert page.response.json == {"seconds": 20 * 60}
    assert 'data-seconds="1200"' in client.get("/start").source


def test_time_closes_old_sessions_and_forgets_them_after_a_month(app, sam):
    build.session(sam)
    lifetime = timedelta(hours=12)
    for later, forgotten, left in ((timedelta(hours=13), 0, 1), (timedelta(days=20), 0, 1), (timedelta(days=45), 1, 0)):
        now = MOMENT + later
        with transaction():
            assert sessions.tidy(now=now, begun_before=now - lifetime) == forgotten
        assert db.session.query(PersonSession).count() == left


# The page of one's own sessions


def test_somebody_sees_where_they_are_signed_in_and_signs_out_one_device(app, client, sam):
    other = build.session(sam)
    client.sign_in(SAM)
    client.follow("Where you are signed in")
    assert "This device" in client.page.text
    assert "Firefox on Windows" in client.page.text
    page = client.submit("Sign out this device : Firefox on Windows, signed in on 22 November 2026 at 10:30am")
    assert "That device is signed out" in page.text
    assert "ended by you from another device" in page.text
    assert db.session.get(PersonSession, other.id).ended_why == "ended"
    assert is_in(client)


def test_somebody_signs_out_everywhere_but_here(app, client, sam):
    build.session(sam)
    elsewhere = Client(app)
    elsewhere.sign_in(SAM)
    client.sign_in(SAM)
    client.get("/account/sessions")
    page = client.submit("Sign out everywhere but here")
    assert "Sign out everywhere but here" not in page.text.replace("signed out everywhere but here", "")
    assert is_in(client)
    assert not is_in(elsewhere)


def test_nobody_ends_somebody_elses_session(app, client, sam):
    theirs = build.session(build.person("Other Person"))
    with pytest.raises(NotFound), transaction():
        sessions.end(theirs.id, why="ended", actor=build.actor(sam.id), now=MOMENT)
    client.sign_in(SAM)
    client.post(f"/account/sessions/{theirs.id}/end", status=404)
    client.get("/account/sessions")
    client.post("/account/sessions/end-others")
    assert db.session.get(PersonSession, theirs.id).ended_at is None


def test_no_row_says_where_somebody_was(app, client, sam):
    """No address, and nothing of what the browser sent but words of our own."""
    hostile = "Mozilla/5.0 (evil\u202e) Chrome/1 <script> 203.0.113.9"
    client.get("/sign-in")
    client.http.environ_base["HTTP_USER_AGENT"] = hostile.encode().decode("latin-1")
    client.submit("Sign in", email=SAM, password=build.PASSWORD)
    row = db.session.query(PersonSession).one()
    assert row.device == "Chrome on a device we do not know"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36", "Chrome on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on an iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) CriOS/140 Safari/604.1", "Chrome on an iPad"),
        ("Mozilla/5.0 (X11; CrOS x86_64 1) Chrome/140 Safari/537.36", "Chrome on a Chromebook"),
        ("Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28.0 Chrome/130 Safari/537.36", "Samsung Internet on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Gecko Firefox/145.0", "Firefox on a Mac"),
        ("", "A browser on a device we do not know"),
    ],
)
def test_a_device_is_named_as_its_owner_knows_it(sent, words):
    assert device_words(sent) == words


def test_what_is_stored_of_a_device_is_known_again_as_words_for_a_page():
    systems, browsers = ([mark for mark, _ in each] + [""] for each in (devices.SYSTEMS, devices.BROWSERS))
    stored = {str(device_words(f"{system} {browser}")) for system in systems for browser in browsers}
    assert stored == {str(words) for words in devices.KNOWN}
    assert all(type(devices.in_words(words)) is Phrase for words in stored)
    assert max(len(words) for words in stored) <= 60
    assert devices.in_words("Netscape on a fridge") == "Netscape on a fridge"
