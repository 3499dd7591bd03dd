"""The second step: owed by whoever has one or must have one, on every page, until this session has passed it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from coprod.accounts import second_step
from coprod.accounts.credentials import Authenticator, Passkey, RecoveryCode
from coprod.accounts.letting_in import PASSED
from coprod.accounts.models import Person
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.history import Event
from coprod.permissions import AreaRole, MemberRole
from coprod.transaction import transaction
from coprod.web import access
from tests.support import build
from tests.support.client import SECOND_STEP, Client
from tests.support.second_step import code_of, letters_to, with_app

NOW = build.MOMENT
SAM = "sam.reed@example.org"
CORA = "cora@example.org"


def password_only(client: Client, email: str):
    client.get("/sign-in")
    return client.submit("Sign in", email=email, password=build.PASSWORD)


def key_on(page) -> str:
    return next(e.text for e in page.tree.iter("strong") if e.get("class") == "key")


@pytest.fixture
def sam(app):
    return build.person("Sam Reed")


@pytest.fixture
def cora(app):
    return build.person("Cora", AreaRole.COORDINATOR)


# Who owes it


@pytest.mark.parametrize("role", AreaRole)
def test_whoever_plays_a_part_in_the_area_sets_one_up_before_anything_else(client, role):
    build.person("Sam Reed", role)
    assert password_only(client, SAM).address == "/sign-in/set-up?next=/start"
    for address in ("/start", "/people/requests", "/organisations", "/moderation", "/account/sign-in", "/account/app"):
        assert client.get(address).h1 == "Set up a second step", address


def test_a_person_without_such_a_part_may_do_without(client, sam):
    assert password_only(client, SAM).address == "/start"


def test_whoever_has_one_passes_it_each_time(client, sam):
    key = with_app(sam)
    assert password_only(client, SAM).h1 == "Second step"
    assert client.submit("Continue", code=code_of(key)).address == "/start"
    client.sign_out()
    assert password_only(client, SAM).h1 == "Second step"


def test_who_owes_it_reaches_no_page_but_those_of_the_second_step(app, client, cora):
    """Deny by default: every route that is not public, whatever it states. A post changes nothing either."""
    password_only(client, CORA)
    before = db.session.query(Event).count()
    for rule in app.url_map.iter_rules():
        stated = access.access_of(app, rule.endpoint)
        if stated is None or stated.anyone or stated.first_step or rule.arguments:
            continue
        method = client.get if "GET" in rule.methods else client.post
        page = method(rule.rule, status=200 if "GET" in rule.methods else 401)
        assert page.h1 in {"Set up a second step", "Sign in again to save this"}, rule.endpoint
    assert db.session.query(Event).count() == before


def test_public_pages_do_not_know_who_owes_it(client, cora):
    password_only(client, CORA)
    page = client.get("/")
    assert "Sign in" in page.links()
    assert "Your work" not in page.links()


def test_somebody_half_way_in_can_stop(client, cora):
    password_only(client, CORA)
    client.submit("Stop, and sign in as somebody else")
    assert client.get("/start").h1 == "Sign in"


def test_a_part_given_meanwhile_asks_for_it_with_the_next_page(client, sam):
    password_only(client, SAM)
    sam.roles.append(build._role(AreaRole.REVIEWER))
    db.session.commit()
    assert client.get("/start").h1 == "Set up a second step"


def test_what_one_person_passed_is_worth_nothing_to_the_next_in_the_same_browser(client, sam, cora):
    with_app(cora)
    client.sign_in(CORA)
    client.sign_out()
    password_only(client, CORA)
    assert client.get("/start").h1 == "Second step"


# Setting up


def test_a_mark_that_names_somebody_else_passes_nobody(client, sam, cora):
    with_app(sam)
    password_only(client, SAM)
    with client.http.session_transaction() as kept:
        kept[PASSED] = str(cora.id)
    assert client.get("/start").h1 == "Second step"


def test_setting_up_an_app_shows_recovery_codes_once_and_goes_on(client, cora):
    page = client.get("/people/requests")
    client.submit("Sign in", email=CORA, password=build.PASSWORD)
    key = key_on(client.page)
    page = client.submit("Continue", code=code_of(key))
    assert page.h1 == "Keep these recovery codes"
    codes = [e.text for e in page.tree.iter("li") if e.text and e.text.count("-") == 3]
    assert len(codes) == second_step.HOW_MANY_CODES
    assert client.follow("I have kept them: go on").address == "/people/requests"
    kept = db.session.scalars(select(RecoveryCode.digest)).all()
    assert not set(codes) & set(kept)
    assert [letter.template for letter in letters_to(CORA)] == ["sign_in_changed"]


def test_a_wrong_code_is_refused_beside_its_field_and_the_key_stays(client, cora):
    password_only(client, CORA)
    key = key_on(client.page)
    page = client.submit("Continue", code="000000", status=422)
    assert page.errors == [second_step.WRONG]
    assert key_on(page) == key
    assert client.get("/start").h1 == "Set up a second step"


def test_the_key_is_kept_sealed(client, cora):
    password_only(client, CORA)
    key = key_on(client.page).replace(" ", "")
    client.submit("Continue", code=code_of(key))
    assert key not in db.session.scalars(select(Authenticator.sealed_key)).one()


def test_a_password_alone_does_not_replace_the_second_step_that_is_there(client, cora):
    with_app(cora)
    password_only(client, CORA)
    for address in ("/sign-in/set-up", "/account/app", "/sign-in/set-up/passkey", "/account/passkeys/new"):
        assert client.get(address).h1 == "Second step", address


def test_setting_one_up_ends_sessions_that_never_passed_it(app, client, sam):
    other = Client(app)
    password_only(other, SAM)
    password_only(client, SAM)
    client.get("/account/app")
    client.submit("Continue", code=code_of(key_on(client.page)))
    assert other.get("/start").h1 == "Sign in"
    assert client.get("/start").h1 == "Your work"


# Passing it


def test_a_code_is_taken_once(app, client, sam):
    key = with_app(sam)
    password_only(client, SAM)
    client.submit("Continue", code=code_of(key))
    thief = Client(app)
    password_only(thief, SAM)
    assert thief.submit("Continue", code=code_of(key), status=422).errors == [second_step.WRONG]


@pytest.mark.parametrize(("seconds", "right"), [(-70, False), (-30, True), (0, True), (30, True), (70, False)])
def test_a_phones_clock_may_be_half_a_minute_off(app, sam, seconds, right):
    key = with_app(sam)
    with transaction():
        assert second_step.answers(sam, code=code_of(key, NOW + timedelta(seconds=seconds)), now=NOW) is right


@pytest.mark.parametrize("code", ["", "abcdef", "12345", "1234567", "٣٤٥٦٧٨", "\0", "9" * 400])
def test_what_is_no_code_is_wrong_and_no_fault(app, sam, code):
    with_app(sam)
    with transaction():
        assert not second_step.answers(sam, code=code, now=NOW)


def test_a_code_of_somebody_elses_app_is_wrong(app, sam, cora):
    with_app(sam)
    with transaction():
        assert not second_step.answers(sam, code=code_of(with_app(cora)), now=NOW)


def test_a_recovery_code_works_once_however_it_is_typed(app, client, sam):
    with_app(sam)
    with transaction():
        codes = second_step.replace_codes(sam, actor=sam.actor, now=NOW)
    password_only(client, SAM)
    client.follow("Use a recovery code")
    assert client.submit("Continue", code=codes[0].upper().replace("-", " ")).h1 == "How you sign in"
    other = Client(app)
    password_only(other, SAM)
    other.follow("Use a recovery code")
    other.submit("Continue", code=codes[0], status=422)
    assert other.submit("Continue", code=codes[1]).h1 == "How you sign in"


def test_new_recovery_codes_end_the_ones_before(app, client, sam):
    with_app(sam)
    with transaction():
        old = second_step.replace_codes(sam, actor=sam.actor, now=NOW)
    client.sign_in(SAM)
    client.get("/account/sign-in")
    assert client.submit("Make new recovery codes").h1 == "Keep these recovery codes"
    with transaction():
        assert not second_step.takes(sam, recovery_code=old[0], now=NOW)


def test_nobody_has_recovery_codes_without_a_second_step(app, sam):
    with pytest.raises(NotFound), transaction():
        second_step.replace_codes(sam, actor=sam.actor, now=NOW)


# Giving it up, and losing it


def test_whoever_needs_one_keeps_one_way(app, client, cora):
    with_app(cora)
    client.sign_in(CORA)
    client.get("/account/sign-in")
    assert "Add another one first" in client.submit("Remove the app", status=409).text
    assert second_step.has_app(cora.id)


def test_whoever_does_not_may_give_it_up_with_its_codes(app, client, sam):
    with_app(sam)
    with transaction():
        second_step.replace_codes(sam, actor=sam.actor, now=NOW)
    client.sign_in(SAM)
    client.get("/account/sign-in")
    assert "The app is removed" in client.submit("Remove the app").text
    assert db.session.query(RecoveryCode).count() == 0
    client.sign_out()
    assert password_only(client, SAM).address == "/start"


def test_nobody_touches_another_persons_second_step(app, sam, cora):
    with_app(sam)
    stranger = cora.actor
    for refused in (
        lambda: second_step.remove_app(sam, actor=stranger, now=NOW),
        lambda: second_step.replace_codes(sam, actor=stranger, now=NOW),
        lambda: second_step.add_app(sam, sealed_key=second_step.new_key(), code="", actor=stranger, here=None, now=NOW),
    ):
        with pytest.raises(NotAllowed), transaction():
            refused()


def test_the_coordinator_takes_away_a_lost_one_and_says_why(app, client, cora):
    rita = build.person("Rita Reviewer", AreaRole.REVIEWER)
    with_app(rita)
    hers = Client(app)
    hers.sign_in("rita.reviewer@example.org")
    client.sign_in(CORA)
    client.get(f"/people/{rita.id}/second-step")
    assert client.submit("Take away the second step", status=422).errors
    client.submit("Take away the second step", why="She came to the office.")
    assert hers.get("/start").h1 == "Sign in"
    assert password_only(hers, "rita.reviewer@example.org").h1 == "Set up a second step"
    event = db.session.scalars(select(Event).where(Event.what == "second_step.reset")).one()
    assert (event.thing_id, event.why) == (str(rita.id), "She came to the office.")
    assert [letter.template for letter in letters_to("rita.reviewer@example.org")] == ["sign_in_changed"]


@pytest.mark.parametrize("who", ["reviewer", "lead reviewer", "lead", "themselves"])
def test_nobody_else_takes_away_a_second_step(app, sam, who):
    with_app(sam)
    place = build.organisation()
    build.membership(sam, place, MemberRole.CONTRIBUTOR)
    others = {
        "reviewer": build.person("R", AreaRole.REVIEWER),
        "lead reviewer": build.person("L", AreaRole.LEAD_REVIEWER),
        "lead": build.lead_of(place),
        "themselves": sam,
    }
    with pytest.raises(NotAllowed), transaction():
        second_step.reset(sam, why="Because", actor=others[who].actor, now=NOW)
    assert second_step.has_app(sam.id)


def test_a_reset_without_a_reason_is_refused(app, sam, cora):
    with pytest.raises(Invalid), transaction():
        second_step.reset(sam, why="  ", actor=cora.actor, now=NOW)


def test_the_last_of_two_ways_may_not_go_but_the_other_may(app, cora):
    with_app(cora)
    key = Passkey(person_id=cora.id, credential_id="k", public_key=b"", sign_count=0, name="Phone", added_at=NOW)
    db.session.add(key)
    db.session.commit()
    with transaction():
        second_step.remove_app(db.session.get(Person, cora.id), actor=cora.actor, now=NOW)
    with pytest.raises(WrongState), transaction():
        second_step.keep_one_way(db.session.get(Person, cora.id))


def test_the_tests_own_short_way_in_is_the_mark_that_the_pages_set(client, sam):
    """`Client.sign_in` skips the pages; this goes through them and compares."""
    key = with_app(sam)
    password_only(client, SAM)
    assert client.page.address.startswith(SECOND_STEP)
    client.submit("Continue", code=code_of(key))
    with client.http.session_transaction() as session:
        assert session["second_step"] == str(sam.id)
