"""Letters leave once, whatever the mail server does; and what can't leave is shown."""

import socket
from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import select

from coprod.database import db
from coprod.mail import carriers, delivery, faults, operations, queries, rules, smtp
from coprod.mail.carriers import Later
from coprod.mail.faults import Why
from coprod.mail.models import Letter, Receiver
from coprod.permissions import AreaRole
from coprod.transaction import transaction
from tests.conftest import MOMENT, made
from tests.support import build

SOON = timedelta(minutes=1)


@pytest.fixture
def settings(tmp_path, mail_server):
    return made(tmp_path, smtp_host="127.0.0.1", smtp_port=mail_server.plain, smtp_tls="none")


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    """Nobody waits for a server that does not answer for longer than it takes to see that it does not."""
    monkeypatch.setattr(carriers, "chosen", lambda settings: smtp.Smtp(settings, answer_within=0.4, done_within=0.8))


def deliver(at=MOMENT):
    return delivery.deliver(now=lambda: at)


def only():
    db.session.expire_all()
    return db.session.scalars(select(Letter)).one()


def set_port(app, port):
    app.extensions["coprod.settings"] = app.extensions["coprod.settings"].model_copy(update={"smtp_port": port})


def test_a_letter_is_sent_once_and_what_it_said_is_wiped(app, mail_server):
    build.letter(subject="Käthe & Co", words="Grüße\n", html="<p>Grüße</p>")
    assert deliver().sent == 1
    assert deliver().sent == 0
    (message,) = mail_server.messages("sam@example.org")
    assert message["Subject"] == "Käthe & Co"
    assert message["From"] == "Co-production in North Northamptonshire <coproduction@example.org>"
    assert message["Message-ID"] == f"<{only().id}@localhost>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None
    assert message.get_body(("plain",)).get_content().split() == ["Grüße"]
    assert message.get_body(("html",)).get_content().split() == ["<p>Grüße</p>"]
    sent = only()
    assert (sent.subject, sent.words, sent.html, sent.sent_at, sent.claim) == ("", "", "", MOMENT, None)


def test_several_letters_go_over_one_connection_essential_ones_first(app, mail_server):
    build.letter("reminded@example.org", essential=False)
    build.letter("needed@example.org")
    assert deliver().sent == 2
    assert [each["to"] for each in mail_server.taken] == [["needed@example.org"], ["reminded@example.org"]]


def test_an_address_that_is_refused_is_given_up_and_shown_and_keeps_no_other_letter(app, mail_server):
    build.letter("refused@example.org", queued_at=MOMENT - SOON, due_at=MOMENT - SOON)
    build.letter("sam@example.org")
    done = deliver()
    assert (done.sent, done.given_up) == (1, 1)
    (stuck,) = queries.stuck(now=MOMENT)
    assert stuck.receiver == "refused@example.org"
    assert stuck.fault == "The mail server does not take letters for this address (code 550)."
    assert stuck.next_try is None
    assert deliver(MOMENT + rules.DAY).given_up == 0


def test_a_letter_that_is_refused_once_it_was_read_is_given_up(app, mail_server):
    build.letter("unwanted@example.org")
    assert deliver().given_up == 1
    assert only().fault == "The mail server did not take this letter (code 554)."


def test_somebody_tries_a_stuck_letter_again(app, mail_server):
    cora = build.person("Cora Ordinator", AreaRole.COORDINATOR)
    build.letter("sam@example.org", gave_up_at=MOMENT, closed_at=MOMENT, tries=9, fault="It was refused")
    assert deliver().sent == 0
    with transaction():
        assert operations.try_all_again(actor=cora.actor, now=MOMENT) == 1
    assert deliver().sent == 1
    with transaction():
        operations.try_again(only().id, actor=cora.actor, now=MOMENT)
    assert deliver().sent == 0, "a letter that was sent is never sent again"


def test_a_letter_that_can_t_go_yet_is_tried_again_with_growing_pauses_until_it_is_given_up(app, mail_server):
    build.letter("greylisted@example.org")
    at, pauses = MOMENT, []
    while deliver(at).later:
        assert deliver(only().due_at - timedelta(seconds=1)).later == 0, "it was tried before its time"
        pauses.append(only().due_at - at)
        at = only().due_at
    assert pauses == sorted(pauses)
    assert timedelta(days=rules.GIVE_UP_DAYS) <= at - MOMENT <= timedelta(days=rules.GIVE_UP_DAYS + 1)
    assert only().gave_up_at == at
    assert only().words, "what it says is kept for somebody who tries it again"


def test_a_server_that_refuses_connections_holds_letters_up_and_loses_none(app, mail_server):
    closed = socket.create_server(("127.0.0.1", 0))
    set_port(app, closed.getsockname()[1])
    closed.close()
    build.letter("one@example.org")
    build.letter("two@example.org")
    done = deliver()
    assert (done.sent, done.later) == (0, 1), "one letter is enough to see that nobody answers"
    set_port(app, mail_server.plain)
    assert deliver(MOMENT + SOON).sent == 2
    mail_server.messages("one@example.org")
    mail_server.messages("two@example.org")


def test_a_letter_that_breaks_off_half_sent_goes_again_as_the_same_letter(app, engine, mail_server):
    address = f"cut@{engine}.example.org"  # The server breaks off once for each address.
    build.letter(address)
    assert deliver().later == 1
    assert only().fault == "The mail server stopped answering in the middle of a letter."
    assert deliver(MOMENT + SOON).sent == 1
    first, second = mail_server.messages(address, number=2)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_a_server_that_never_answers_is_given_up_on_in_time(app, mail_server):
    build.letter("silent@example.org")
    assert deliver().later == 1
    assert only().fault == "The mail server stopped answering in the middle of a letter."


@pytest.mark.parametrize("drip", [b"", b"2"])
def test_a_server_that_hangs_before_it_says_hello_is_given_up_on_in_time(app, mail_server, drip):
    """One that says a little now and then never lets a single wait grow long; it is cut off all the same."""
    hanging = socket.create_server(("127.0.0.1", 0))
    set_port(app, hanging.getsockname()[1])
    build.letter()

    def answer():
        connection, _ = hanging.accept()
        connection.settimeout(0.2)
        with connection:
            for _ in range(100):
                try:
                    connection.sendall(drip)
                    if connection.recv(1) == b"":
                        return
                except TimeoutError:
                    continue
                except OSError:
                    return

    server = Thread(target=answer)
    server.start()
    assert deliver().later == 1
    server.join()
    hanging.close()
    assert only().fault in {
        "The mail server does not answer.",
        "The mail server answers, but does not let us send.",
    }


class Hanging:
    """A server that has the letter, and does not answer before the test lets it."""

    def __init__(self):
        self.has_it, self.go_on = Event(), Event()

    def send(self, letter):
        self.has_it.set()
        self.go_on.wait(20)

    def close(self):
        self.go_on.set()


def test_nothing_is_locked_while_a_server_hangs(app, monkeypatch):
    build.letter()
    hanging = Hanging()
    monkeypatch.setattr(carriers, "chosen", lambda settings: hanging)

    def deliver_elsewhere():
        with app.app_context():
            deliver()
            db.session.remove()

    other = Thread(target=deliver_elsewhere)
    other.start()
    assert hanging.has_it.wait(20)
    build.letter("written.meanwhile@example.org")
    assert not hanging.go_on.is_set()
    hanging.go_on.set()
    other.join()
    assert {letter.sent_at for letter in db.session.scalars(select(Letter))} == {MOMENT}


def test_a_letter_whose_deliverer_died_goes_out_as_the_same_letter_when_the_claim_is_over(app, mail_server):
    build.letter()
    claimed = delivery._claimed(MOMENT)
    assert deliver().sent == 0, "somebody else has it"
    assert deliver(MOMENT + rules.LEASE).sent == 1
    (message,) = mail_server.messages("sam@example.org")
    assert message["Message-ID"] == claimed.message_id


def test_what_a_clock_that_ran_ahead_put_off_goes_once_it_is_right_again(app, mail_server):
    year = timedelta(days=365)
    port = app.extensions["coprod.settings"].smtp_port
    set_port(app, 1)
    build.letter()
    assert deliver(MOMENT + year).later == 1
    set_port(app, port)
    assert deliver().sent == 1
    assert max(rules.PAUSES[-1], rules.WEEK) < rules.FARTHEST


def test_who_comes_late_with_a_fault_does_not_undo_what_another_has_sent(app, mail_server):
    build.letter()
    late = delivery._claimed(MOMENT)
    assert deliver(MOMENT + rules.LEASE).sent == 1
    delivery._note(late, carriers.Refused(Why.OURS), delivery.Delivered(), MOMENT + rules.LEASE)
    assert only().sent_at is not None
    assert only().gave_up_at is None


def test_one_letter_that_can_t_be_written_does_not_keep_the_others(app, mail_server):
    build.letter("not an address", queued_at=MOMENT - SOON, due_at=MOMENT - SOON)
    build.letter("sam@example.org")
    done = deliver()
    assert (done.sent, done.later) == (1, 1)


def reminder(app, to="sam@example.org", **given):
    address = to.casefold()
    with transaction():
        if db.session.get(Receiver, address) is None:
            db.session.add(Receiver(address=address, secret=f"secret-of-{address}"))
    return build.letter(to, essential=False, **given)


def test_nobody_gets_more_reminders_in_a_week_than_the_setting_says(app, mail_server):
    for _ in range(5):
        reminder(app)
    build.letter()
    assert deliver().sent == 4, "three reminders, and the letter that is none"
    assert deliver(MOMENT + timedelta(days=6)).sent == 0
    assert deliver(MOMENT + timedelta(days=7)).sent == 2


def test_a_reminder_that_waited_too_long_helps_nobody_and_is_dropped(app, mail_server):
    for number in range(3):
        build.letter(essential=False, subject="", words="", html="", sent_at=MOMENT, closed_at=MOMENT, once=str(number))
    old = reminder(app, queued_at=MOMENT - timedelta(days=8))
    assert deliver().sent == 0
    assert old.stopped_at == MOMENT
    assert old.words == ""


def test_who_wants_no_reminders_gets_none_and_still_gets_what_they_need(app, mail_server):
    unwanted = reminder(app)
    needed = build.letter()
    with transaction():
        operations.stop_reminders("secret-of-sam@example.org", now=MOMENT)
    assert deliver().sent == 1
    assert needed.sent_at == MOMENT
    assert unwanted.stopped_at == MOMENT
    assert unwanted.words == ""
    with transaction():
        operations.start_reminders("secret-of-sam@example.org")
    reminder(app)
    assert deliver().sent == 1


def test_a_reminder_names_the_page_that_stops_reminders_with_one_click(app, mail_server):
    reminder(app)
    deliver()
    (message,) = mail_server.messages("sam@example.org")
    assert message["List-Unsubscribe"] == "<http://localhost/letters/stop/secret-of-sam@example.org>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_letters_wait_where_there_is_no_mail_server(app, mail_server, monkeypatch):
    monkeypatch.undo()
    app.extensions["coprod.settings"] = app.extensions["coprod.settings"].model_copy(update={"smtp_host": ""})
    build.letter()
    assert deliver().sent == 0
    assert only().tries == 0
    assert len(queries.stuck(now=MOMENT + timedelta(hours=2))) == 1


def test_what_letters_said_is_wiped_in_the_end_and_old_letters_are_forgotten(app):
    build.letter("a@example.org", gave_up_at=MOMENT, closed_at=MOMENT)
    build.letter("b@example.org", subject="", words="", html="", sent_at=MOMENT, closed_at=MOMENT)
    with transaction():
        assert operations.tidy(now=MOMENT + timedelta(days=29)) == 0
    with transaction():
        assert operations.tidy(now=MOMENT + timedelta(days=31)) == 1
    assert queries.stuck(now=MOMENT + timedelta(days=31)) == ()
    with transaction():
        assert operations.tidy(now=MOMENT + timedelta(days=401)) == 2
    assert db.session.scalars(select(Letter)).all() == []


# TLS and sign-in at the server.


def set_tls(app, monkeypatch, mail_server, *, tls, trusted=True, password="let me in"):
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(mail_server.certificate))
    changed = {"smtp_tls": tls, "smtp_port": getattr(mail_server, tls), "smtp_user": "coprod"}
    settings = app.extensions["coprod.settings"].model_dump() | changed | {"smtp_password": password}
    app.extensions["coprod.settings"] = type(app.extensions["coprod.settings"])(**settings)


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_letters_go_over_tls_with_user_name_and_password(app, monkeypatch, mail_server, tls):
    set_tls(app, monkeypatch, mail_server, tls=tls)
    build.letter()
    assert deliver().sent == 1
    mail_server.messages("sam@example.org")
    assert mail_server.taken[0]["secure"] is True
    assert mail_server.taken[0]["user"] == "coprod"


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(app, monkeypatch, mail_server, tls):
    set_tls(app, monkeypatch, mail_server, tls=tls, trusted=False)
    build.letter()
    assert deliver().later == 1
    assert only().fault == "A safe connection with the mail server can't be made."
    assert mail_server.taken == []


def test_a_wrong_password_holds_letters_up(app, monkeypatch, mail_server):
    set_tls(app, monkeypatch, mail_server, tls="starttls", password="wrong")
    build.letter()
    assert deliver().later == 1
    assert only().fault == "The mail server does not know our user name and password."


def test_a_password_never_goes_over_a_connection_that_anybody_can_read(app, monkeypatch, mail_server):
    """A server, or somebody in between, that offers no encryption gets neither password nor letter."""
    set_tls(app, monkeypatch, mail_server, tls="starttls")
    set_port(app, mail_server.plain)
    build.letter()
    assert deliver().later == 1
    assert only().fault == "The mail server answers, but does not let us send."


@pytest.mark.parametrize("why", Why)
@pytest.mark.parametrize("code", [421, -1])
def test_why_a_letter_did_not_go_is_stored_in_english_and_known_again(why, code):
    stored = Later(why, code).words
    assert type(stored) is str
    again = faults.in_words(stored)
    assert (again, again.pattern) == (stored, why.value)


@pytest.mark.parametrize("words", ["", "No such mailbox", "The mail server has no (code 421)."])
def test_what_is_none_of_our_words_stays_as_it_is(words):
    assert type(faults.in_words(words)) is str
    assert faults.in_words(words) == words
