"""Passkeys: whose they are, what an answer must hold, and that each is good for one challenge only."""

import json

import pytest

from coprod.accounts import passkeys
from coprod.accounts.credentials import Passkey
from coprod.accounts.models import Person
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.permissions import AreaRole
from coprod.transaction import transaction
from tests.conftest import made
from tests.support import build
from tests.support.authenticator import PRESENT, Device
from tests.support.second_step import letters_to

NOW = build.MOMENT
SAM = "sam.reed@example.org"


@pytest.fixture
def sam(app):
    return build.person("Sam Reed")


def add(person: Person, device: Device, *, name: str = "Phone", challenge: str | None = None, **how) -> Passkey:
    asked = passkeys.to_create(person)[1]
    answer = device.made(challenge or asked, **how)
    with transaction():
        return passkeys.add(
            person, credential=answer, challenge=asked, name=name, actor=person.actor, here=None, now=NOW
        )


def owner(device: Device, *, challenge: str | None = None, **how) -> Person:
    asked = passkeys.to_sign_in()[1]
    answer = device.used(challenge or asked, **how)
    with transaction():
        return passkeys.owner_of(answer, challenge=asked, now=NOW)


def test_a_passkey_says_whose_it_is(sam):
    device = Device()
    key = add(sam, device)
    assert owner(device) is sam
    assert (key.sign_count, key.used_at) == (1, NOW)
    assert [letter.template for letter in letters_to(SAM)] == ["sign_in_changed"]


def test_a_passkey_is_both_steps_on_the_page_too(client):
    rita = build.person("Rita", AreaRole.REVIEWER)
    device = Device()
    add(rita, device)
    page = client.get("/sign-in/passkey?next=/moderation")
    options = next(json.loads(f.get("data-options")) for f in page.tree.iter("form") if f.get("data-options"))
    answer = client.submit("Use a passkey", credential=device.used(options["challenge"]))
    assert answer.address == "/moderation"
    assert "allowCredentials" not in options or not options["allowCredentials"]


def test_whoever_has_a_passkey_and_no_app_owes_a_second_step_after_a_password(client, sam):
    add(sam, Device())
    client.get("/sign-in")
    assert client.submit("Sign in", email=sam.email, password=build.PASSWORD).h1 == "Second step"
    assert client.get("/start").h1 == "Second step"


def test_an_answer_is_taken_for_the_challenge_of_its_own_page_only(client, sam):
    device = Device()
    add(sam, device)
    old = client.get("/sign-in/passkey")
    options = next(json.loads(f.get("data-options")) for f in old.tree.iter("form") if f.get("data-options"))
    client.get("/sign-in/passkey")
    page = client.submit("Use a passkey", credential=device.used(options["challenge"]), status=422)
    assert page.errors == [passkeys.NOT_READ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"challenge": "b3RoZXI"},
        {"flags": PRESENT},
        {"flags": 0},
    ],
)
def test_an_answer_without_its_challenge_or_its_owner_is_refused(sam, wrong):
    device = Device()
    with pytest.raises(Invalid):
        add(sam, device, **wrong)
    add(sam, device)
    with pytest.raises(Invalid):
        owner(device, **wrong)


@pytest.mark.parametrize("where", [{"site": "evil.example"}, {"origin": "https://evil.example"}])
def test_an_answer_from_another_site_is_refused(sam, where):
    device = Device(**where)
    with pytest.raises(Invalid):
        add(sam, device)


def test_a_copied_passkey_that_lags_behind_is_refused(sam):
    device = Device()
    add(sam, device)
    owner(device)
    device.count = 0
    with pytest.raises(Invalid):
        owner(device)


def test_another_devices_key_with_a_known_number_is_refused(sam):
    device, thief = Device(), Device()
    add(sam, device)
    thief.id = device.id
    with pytest.raises(Invalid):
        owner(thief)


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", "x", '{"id": 1}', '{"id": "a"}', "{" * 900])
def test_what_is_no_answer_is_refused_in_words(sam, answer):
    for ask in (
        lambda: passkeys.owner_of(answer, challenge="YQ", now=NOW),
        lambda: passkeys.add(sam, credential=answer, challenge="YQ", name="P", actor=sam.actor, here=None, now=NOW),
    ):
        with pytest.raises(Invalid), transaction():
            ask()


def test_a_passkey_of_a_closed_account_opens_nothing(sam):
    device = Device()
    add(sam, device)
    sam.active = False
    db.session.commit()
    with pytest.raises(Invalid):
        owner(device)


def test_one_passkey_belongs_to_one_person(sam):
    device = Device()
    add(sam, device)
    with pytest.raises(Invalid, match="in use already"):
        add(build.person("Other"), device)


def test_a_passkey_has_a_name(sam):
    for name in ("", "  ", "\u200b"):
        with pytest.raises(Invalid):
            add(sam, Device(), name=name)


def test_nobody_adds_or_removes_anothers(sam):
    other = build.person("Other")
    key_id = add(sam, Device()).id
    with pytest.raises(NotAllowed), transaction():
        passkeys.remove(key_id, sam, actor=other.actor, now=NOW)
    with pytest.raises(NotFound), transaction():
        passkeys.remove(key_id, other, actor=other.actor, now=NOW)
    assert db.session.query(Passkey).count() == 1


def test_a_removed_passkey_opens_nothing_and_the_last_one_stays_where_one_is_needed(app):
    rita = build.person("Rita", AreaRole.REVIEWER)
    first, second = Device(), Device()
    ids = [add(rita, device).id for device in (first, second)]
    with transaction():
        passkeys.remove(ids[0], rita, actor=rita.actor, now=NOW)
    with pytest.raises(Invalid):
        owner(first)
    with pytest.raises(WrongState), transaction():
        passkeys.remove(ids[1], rita, actor=rita.actor, now=NOW)


@pytest.mark.parametrize(
    ("base_url", "offered"),
    [
        ("https://charter.example.org", True),
        ("http://localhost:5000", True),
        ("http://charter.example.org", False),
        ("http://127.0.0.1:5000", False),
        ("https://192.0.2.1", False),
        ("https://[::1]", False),
    ],
)
def test_passkeys_are_offered_where_browsers_know_them(app, tmp_path, base_url, offered):
    app.extensions["coprod.settings"] = made(tmp_path, base_url=base_url)
    assert passkeys.possible() is offered
