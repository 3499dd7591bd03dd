"""An account for oneself: asked for with an e-mail address, made with the letter's link."""

from datetime import timedelta

import pytest
from flask_security import verify_password
from sqlalchemy import func, select

from coprod.accounts import domains, joining, operations
from coprod.accounts.models import AccountRequest, Membership, Person
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound
from coprod.history import Event
from coprod.permissions import AreaRole, MemberRole
from coprod.transaction import transaction
from tests.support import build
from tests.support.letters import letters_to, links_in

NOW = build.MOMENT
NEW = "new.person@school.example.org"
GOOD = "three words together"


def ask(client, address=NEW):
    client.get("/account/new")
    return client.submit("Send me the link", email=address)


def link(address=NEW):
    return links_in(letters_to(address)[-1])[0]


def people():
    return db.session.scalar(select(func.count()).select_from(Person))


def test_somebody_new_gets_in_by_themselves_and_asks_to_join(client):
    place = build.organisation("Hazel Lane School")
    client.get("/sign-in")
    client.follow("Make an account")
    page = client.submit("Send me the link", email=f" {NEW.upper()} ")
    assert page.h1 == "Look at your e-mail"
    page = client.get(link())
    assert NEW in page.text
    page = client.submit("Make my account", name="Noor Person", password=GOOD)
    assert page.address == "/start"
    assert "Hello, Noor Person" in page.text
    client.get(f"/organisations/{place.id}/join")
    assert "You have asked to join" in client.submit("Ask to join").text
    made = db.session.scalars(select(Person)).one()
    assert (made.email, made.address_proved_at) == (NEW, NOW)
    assert verify_password(GOOD, made.password)


def test_only_a_hash_of_the_secret_is_kept(client):
    ask(client)
    secret = link().rsplit("/", 1)[1]
    assert len(secret) > 40
    row = db.session.scalars(select(AccountRequest)).one()
    assert secret not in str(vars(row))


def test_known_and_unknown_addresses_are_answered_alike_and_do_the_same_work(client):
    """The page is the same, and each leaves one row and one letter: only the letter tells them apart."""
    build.person("Sam Reed")
    pages = [ask(client, address) for address in ("sam.reed@example.org", NEW, "SAM.REED@example.org")]
    assert len({(page.status, page.address, page.text) for page in pages}) == 1
    assert db.session.scalar(select(func.count()).select_from(AccountRequest)) == 3
    assert [letter.template for letter in letters_to("sam.reed@example.org")] == ["account_exists"] * 2
    assert [letter.template for letter in letters_to(NEW)] == ["account_link"]
    assert links_in(letters_to("sam.reed@example.org")[0]) == ["/sign-in"]
    assert people() == 1


def test_looking_at_the_link_makes_nothing_and_the_button_works_once(client):
    ask(client)
    address = link()
    for _ in range(2):
        client.get(address)
    assert people() == 0
    form = client.page
    client.submit("Make my account", name="Noor Person", password=GOOD)
    assert client.get(address, status=404).text == client.get("/account/new/never-sent", status=404).text
    client.sign_out()
    client.page = form
    client.submit("Make my account", name="Noor Person", password=GOOD, status=400)  # The token was another session's.
    assert people() == 1


def test_using_one_link_uses_up_the_others_of_the_address(client):
    ask(client)
    first = link()
    ask(client)
    second = next(links_in(letter)[0] for letter in letters_to(NEW) if links_in(letter)[0] != first)
    client.get(second)
    client.submit("Make my account", name="Noor Person", password=GOOD)
    client.get(first, status=404)


def test_a_link_runs_out_after_a_day_and_is_then_forgotten(app, client):
    ask(client)
    address = link()
    app.config["CLOCK"] = lambda: NOW + joining.LIVES - timedelta(seconds=1)
    client.get(address)
    app.config["CLOCK"] = lambda: NOW + joining.LIVES
    client.get(address, status=404)
    with transaction():
        assert joining.forget_old(now=NOW + joining.LIVES) == 1
        assert joining.forget_old(now=NOW + joining.LIVES) == 0
    assert db.session.scalars(select(AccountRequest)).first() is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "", "password": GOOD}, "Enter your name"),
        ({"name": "Noor", "password": ""}, "Choose a password"),
        ({"name": "Noor", "password": "short"}, "Use 12 characters or more"),
        ({"name": "Noor", "password": NEW}, "Do not use your name or e-mail address"),
        ({"name": "a" * 201, "password": GOOD}, "200 characters or fewer"),
    ],
)
def test_what_will_not_do_is_said_and_the_link_still_works(client, typed, said):
    ask(client)
    client.get(link())
    page = client.submit("Make my account", **typed, status=422)
    assert said in page.errors[0]
    assert people() == 0
    client.submit("Make my account", name="Noor Person", password=GOOD)
    assert people() == 1


@pytest.mark.parametrize("typed", ["", "nobody", "a@b", "x@example..org", "a\0b", f"{'a' * 300}@example.org"])
def test_what_is_no_address_is_said(client, typed):
    client.get("/account/new")
    assert client.submit("Send me the link", email=typed, status=422).errors
    assert letters_to(typed) == []


# Trusted e-mail domains


@pytest.fixture
def place(app):
    return build.organisation("Hazel Lane School")


@pytest.fixture
def lead(place):
    return build.actor(build.lead_of(place, "Ravi Lead").id)


def newcomer(address, *, proved=True):
    who = build.person("Noor Person", email=address)
    who.address_proved_at = NOW if proved else None
    db.session.commit()
    return build.actor(who.id)


def trust(place, actor, domain="school.example.org"):
    with transaction():
        return domains.trust(place.id, domain=domain, actor=actor, now=NOW)


def joins(place, actor):
    with transaction():
        return operations.ask_to_join(place.id, note="", actor=actor, now=NOW)


@pytest.mark.parametrize(
    ("address", "proved", "is_in"),
    [
        (NEW, True, True),
        (NEW, False, False),
        ("new@other.example.org", True, False),
        ("new@sub.school.example.org", True, False),
        ("new@evil-school.example.org", True, False),
    ],
)
def test_only_a_proved_address_on_the_very_domain_lets_somebody_in(place, lead, address, proved, is_in):
    trust(place, lead)
    joined = joins(place, newcomer(address, proved=proved))
    assert (joined.in_force, joined.role) == (is_in, MemberRole.CONTRIBUTOR.value)
    events = db.session.scalars(select(Event.what).where(Event.thing == "memberships").order_by(Event.id)).all()
    assert events == ["membership.asked", "membership.accepted"][: 1 + is_in]


def test_another_organisations_trust_lets_nobody_in(place, lead):
    trust(place, lead)
    assert not joins(build.organisation("Elm School"), newcomer(NEW)).in_force


def test_trust_ends_when_it_is_taken_back(place, lead):
    trusted = trust(place, lead)
    with transaction():
        domains.stop_trusting(trusted, actor=lead, now=NOW)
    assert not joins(place, newcomer(NEW)).in_force


@pytest.mark.parametrize("domain", ["gmail.com", "GMAIL.com", "someone@outlook.com", "nhs.net", "btinternet.com"])
def test_free_and_shared_mail_is_never_trusted(place, lead, domain):
    with pytest.raises(Invalid, match="can't be trusted") as refused:
        trust(place, lead, domain)
    assert refused.value.field == "domain"


@pytest.mark.parametrize("domain", ["", "school", "school..org", "a b.org", "example.org\r\nx.org", "-x.org", "\0"])
def test_what_is_no_domain_is_refused(place, lead, domain):
    with pytest.raises(Invalid):
        trust(place, lead, domain)


def test_the_list_of_free_mail_is_in_order_and_holds_each_once():
    lines = [line for line in domains.FREE.read_text().splitlines() if not line.startswith("#")]
    assert lines == sorted(set(lines))
    assert len(domains.free_mail()) > 100


def test_trusting_twice_is_trusting_once_and_twenty_are_enough(place, lead):
    assert trust(place, lead).id == trust(place, lead, " @School.Example.org ").id
    for number in range(domains.MOST - 1):
        trust(place, lead, f"d{number}.example.org")
    with pytest.raises(Invalid, match="20 domains at most"):
        trust(place, lead, "one.more.example.org")


def test_only_its_leads_and_the_coordinator_trust_a_domain(place, lead):
    trusted = trust(place, lead)
    contributor = build.person("Con Tributor")
    build.membership(contributor, place, MemberRole.CONTRIBUTOR)
    elsewhere = build.lead_of(build.organisation("Elm School"), "Else Where")
    for who in (contributor, elsewhere):
        actor = build.actor(who.id)
        with pytest.raises(NotAllowed):
            trust(place, actor, "other.example.org")
        with pytest.raises(NotFound):
            domains.to_look_after(trusted.id, actor)
    coordinator = build.actor(build.person("Cora", AreaRole.COORDINATOR).id)
    assert trust(place, coordinator, "other.example.org").organisation_id == place.id


def test_a_lead_trusts_addresses_after_a_warning_and_a_colleague_is_in_at_once(client, place, lead):
    client.sign_in("ravi.lead@example.org")
    client.get(f"/organisations/{place.id}/people")
    page = client.follow("Trust e-mail addresses of Hazel Lane School")
    assert "They see the answers and the evidence at once" in page.text
    page = client.submit("Trust these addresses", domain="gmail.com", status=422)
    assert "Anybody can have an address at gmail.com" in page.errors[0]
    page = client.submit("Trust these addresses", domain="school.example.org")
    assert "school.example.org" in page.text
    client.sign_out()
    ask(client)
    client.get(link())
    client.submit("Make my account", name="Noor Person", password=GOOD)
    client.get(f"/organisations/{place.id}/join")
    assert "You belong to this organisation already" in client.submit("Ask to join").text
    assert db.session.scalars(select(Membership.role).order_by(Membership.role)).all() == ["contributor", "lead"]
    client.sign_out()
    client.sign_in("ravi.lead@example.org")
    page = client.get(f"/organisations/{place.id}/people")
    assert "Noor Person came in by a trusted e-mail domain, as a contributor" in page.text
    assert "None. Everybody who asks" in client.submit("Stop trusting school.example.org").text
