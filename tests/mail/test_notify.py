"""GOV.UK Notify by setting, against a server on loopback that answers as Notify's API does."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from coprod.database import db
from coprod.mail import carriers, delivery, notify
from coprod.mail.models import Letter, Receiver
from coprod.settings import Settings
from coprod.transaction import transaction
from tests.conftest import MOMENT, made
from tests.support import build

KEY = "a_key-11111111-1111-1111-1111-111111111111-22222222-2222-2222-2222-222222222222"


class Api(BaseHTTPRequestHandler):
    asked: list[dict]
    status = 201

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append({"path": self.path, "signed": self.headers["Authorization"].startswith("Bearer "), **body})
        answer = json.dumps({"id": "1"} if self.status == 201 else {"errors": [{"message": "no"}]}).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_words):
        """It writes nothing into the tests' output."""


@pytest.fixture
def settings(tmp_path):
    return made(tmp_path, notify_key=KEY, notify_template="the-template")


@pytest.fixture
def api(app, monkeypatch):
    handler = type("Handler", (Api,), {"asked": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()

    def here(settings: Settings) -> notify.Notify:
        carrier = notify.Notify(settings)
        carrier.client.base_url = f"http://127.0.0.1:{server.server_port}"
        return carrier

    monkeypatch.setattr(carriers, "chosen", here)
    yield handler
    server.shutdown()
    server.server_close()


def deliver():
    return delivery.deliver(now=lambda: MOMENT)


def test_a_letter_goes_to_notify_with_the_letters_own_id_as_reference(app, api):
    letter = build.letter(words="Grüße\n")
    assert deliver().sent == 1
    (asked,) = api.asked
    assert asked == {
        "path": "/v2/notifications/email",
        "signed": True,
        "email_address": "sam@example.org",
        "template_id": "the-template",
        "personalisation": {"subject": "News", "words": "Grüße\n"},
        "reference": str(letter.id),
    }
    assert db.session.get_one(Letter, letter.id).words == ""


def test_a_reminder_carries_the_address_that_stops_reminders(app, api):
    with transaction():
        db.session.add(Receiver(address="sam@example.org", secret="secret"))
    build.letter(essential=False)
    deliver()
    assert api.asked[0]["one_click_unsubscribe_url"] == "http://localhost/letters/stop/secret"


@pytest.mark.parametrize(("status", "given_up"), [(400, 1), (403, 0), (429, 0), (500, 0), (503, 0)])
def test_only_what_notify_refuses_for_good_is_given_up(app, api, status, given_up):
    api.status = status
    build.letter("one@example.org")
    build.letter("two@example.org")
    done = deliver()
    assert done.sent == 0
    assert (done.given_up, done.later) == ((2, 0) if given_up else (0, 1)), "one letter is enough to see that none goes"


def test_the_setting_chooses_the_carrier(tmp_path):
    assert isinstance(carriers.chosen(made(tmp_path, notify_key=KEY, notify_template="t")), notify.Notify)
    assert carriers.chosen(made(tmp_path)) is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"notify_key": KEY}, "COPROD_NOTIFY_TEMPLATE"),
        ({"notify_key": KEY, "notify_template": "t", "smtp_host": "mail.example.org"}, "not both"),
        ({"smtp_host": "mail.example.org", "smtp_user": "u", "smtp_tls": "none"}, "COPROD_SMTP_TLS"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(tmp_path, given, words):
    with pytest.raises(ValueError, match=words):
        made(tmp_path, **given)
