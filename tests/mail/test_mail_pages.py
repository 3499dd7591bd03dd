"""Pages about letters: stuck ones, reminders that are stopped, the shared mailbox, and a demonstration's letters."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from coprod.accounts.models import DeploymentFact
from coprod.database import db
from coprod.history import Event
from coprod.mail import queries
from coprod.mail.models import Letter, Mailbox, Receiver
from coprod.permissions import AreaRole
from coprod.transaction import transaction
from tests.conftest import MOMENT
from tests.support import build

SECRET = "a-secret-in-a-letter"
LONG_AGO = MOMENT - timedelta(days=2)


@pytest.fixture
def coordinator(client):
    build.person("Cora Ordinator", AreaRole.COORDINATOR)
    client.sign_in("cora.ordinator@example.org")
    return client


def test_the_coordinator_sees_stuck_letters_from_the_start_page_and_tries_them_again(coordinator):
    words = "The mail server does not answer."
    build.letter("one@example.org", subject="A result", queued_at=LONG_AGO, tries=3, fault=words)
    build.letter("two@example.org", subject="A link", gave_up_at=MOMENT, closed_at=MOMENT, fault="No such mailbox")
    build.letter("fresh@example.org", subject="On its way")
    coordinator.get("/start")
    assert "2 letters got stuck" in coordinator.page.text
    page = coordinator.follow("See why, and try them again")
    assert page.h1 == "Letters"
    assert words in page.text
    assert "No such mailbox" in page.text
    assert "It was given up." in page.text
    assert "fresh@example.org" not in page.text
    assert "Some news." not in page.text, "what a letter says is for its receiver"
    page = coordinator.submit("Try again to write to one@example.org about A result")
    assert "one@example.org" not in page.text
    page = coordinator.submit("Try all of them again")
    assert "1 letter will be tried again" in page.text
    assert "No letter is stuck" in page.text
    letters = db.session.scalars(select(Letter).order_by(Letter.receiver)).all()
    assert [(letter.tries, letter.gave_up_at) for letter in letters] == [(0, None)] * 3
    assert len(db.session.scalars(select(Event).where(Event.what == "letter.tried_again")).all()) == 2


def test_the_start_page_is_silent_while_letters_leave(coordinator):
    build.letter()
    assert "stuck" not in coordinator.get("/start").text.replace("that got stuck", "")


def test_the_coordinator_is_told_where_no_mail_server_is_set(coordinator):
    assert "No letter can leave this site" in coordinator.get("/letters").text


def test_nobody_else_is_told_about_letters(client):
    build.letter(queued_at=LONG_AGO, tries=5)
    build.person("Nora Body")
    client.sign_in("nora.body@example.org")
    page = client.get("/start")
    assert "/letters" not in page.source
    assert "stuck" not in page.text


@pytest.fixture
def receiver(app):
    with transaction():
        db.session.add(Receiver(address="sam@example.org", secret=SECRET))


def stopped():
    db.session.expire_all()
    return queries.receiver_with(SECRET).stopped_at is not None


def test_a_link_in_a_letter_asks_before_it_stops_reminders_and_can_start_them_again(client, receiver):
    page = client.get(f"/letters/stop/{SECRET}")
    assert page.h1 == "Stop reminders"
    assert not stopped(), "a mail program that looks at links in advance stops nothing"
    assert client.submit("Stop reminders").h1 == "Reminders are stopped"
    assert stopped()
    assert client.submit("Send reminders again").h1 == "Stop reminders"
    assert not stopped()


def test_a_mail_program_stops_reminders_with_one_click_and_is_not_sent_elsewhere(client, receiver):
    """RFC 8058: a POST from no page of ours, with no cookie."""
    answer = client.http.post(f"/letters/stop/{SECRET}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert stopped()


def test_a_made_up_secret_stops_nothing(client, receiver):
    client.get("/letters/stop/made-up", status=404)
    assert client.http.post("/letters/stop/made-up").status_code == 404
    assert not stopped()


@pytest.fixture
def lead(client):
    where = build.organisation("Hazel Lane School")
    build.lead_of(where)
    client.sign_in("ravi.lead@example.org")
    client.get(f"/organisations/{where.id}")
    return client, where


def test_a_lead_chooses_a_shared_mailbox_which_is_told(lead):
    client, where = lead
    client.follow("Shared mailbox for letters")
    page = client.submit("Save", address="Office@Example.ORG")
    assert "The shared mailbox is saved." in page.text
    assert queries.mailbox_of(where.id) == "office@example.org"
    told = db.session.scalars(select(Letter)).one()
    assert (told.template, told.receiver, told.essential) == ("mailbox_chosen", "office@example.org", True)
    assert told.subject == "This mailbox now gets letters for Hazel Lane School"
    client.follow("Shared mailbox for letters")
    client.submit("Save", address="office@example.org")
    assert len(db.session.scalars(select(Letter)).all()) == 1, "saving the same address again is nothing new"
    client.follow("Shared mailbox for letters")
    client.submit("Save", address="")
    assert queries.mailbox_of(where.id) == ""


@pytest.mark.parametrize("typed", ["office", "office@", "a@b.org, c@d.org", "a@b.org\r\nBcc: c@d.org"])
def test_what_is_no_address_is_said_beside_the_field_and_kept(lead, typed):
    client, _ = lead
    client.follow("Shared mailbox for letters")
    page = client.submit("Save", status=422, address=typed)
    assert page.errors == ["Enter an e-mail address, such as office@example.org"]
    assert db.session.scalars(select(Mailbox)).all() == []


def demonstration(app, *, marked=True):
    settings = app.extensions["coprod.settings"]
    app.extensions["coprod.settings"] = settings.model_copy(update={"mode": "demonstration"})
    if marked:
        with transaction():
            db.session.add(DeploymentFact(name="kind", value="demonstration"))


def test_a_demonstration_shows_its_letters_with_links_to_follow(app, client):
    demonstration(app)
    link = "http://localhost/charter"
    build.letter(subject="News of the charter", words=f"Hello Sam,\n\nRead this:\n\n{link}\n\nhttp://bad.example/\n")
    client.get("/demonstration/letters")
    page = client.follow("News of the charter")
    assert page.link(link) == link
    assert "http://bad.example/" in page.text
    assert "http://bad.example/" not in page.links()


def test_real_letters_are_never_shown_whatever_the_setting_says(app, client):
    """Two things must agree: the setting, and the mark in the database that everything in it is invented."""
    letter = build.letter()
    client.get("/demonstration/letters", status=404)
    demonstration(app, marked=False)
    client.get("/demonstration/letters", status=404)
    client.get(f"/demonstration/letters/{letter.id}", status=404)


def test_a_demonstration_that_sends_its_letters_does_not_show_them(app, client):
    demonstration(app)
    settings = app.extensions["coprod.settings"]
    app.extensions["coprod.settings"] = settings.model_copy(update={"smtp_host": "mail.example.org"})
    client.get("/demonstration/letters", status=404)
