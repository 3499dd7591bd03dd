"""A letter is part of what was decided: written with it, rendered at once, and safe whatever people are called."""

from datetime import timedelta

import pytest
from jinja2 import ChoiceLoader, DictLoader, UndefinedError
from sqlalchemy import select

from coprod import mail
from coprod.database import db
from coprod.mail.models import Letter
from coprod.transaction import transaction
from tests.conftest import MOMENT

HELLO = "Subject: Hello {{ name }}\n\nDear {{ name }}\n\nRead the charter:\n\n{{ link }}\n"


@pytest.fixture(autouse=True)
def hello(app):
    app.jinja_env.loader = ChoiceLoader([DictLoader({"mail/hello.txt": HELLO}), app.jinja_env.loader])


def letters():
    return list(db.session.scalars(select(Letter).order_by(Letter.queued_at, Letter.id)))


def say_hello(*, to="sam@example.org", name="Sam Reed", **more):
    return mail.queue("hello", to=to, now=MOMENT, name=name, link=mail.page("charter.read"), **more)


def test_a_letter_is_rendered_at_once_with_whole_addresses(app):
    with transaction():
        assert say_hello()
    (letter,) = letters()
    assert letter.subject == "Hello Sam Reed"
    assert "Dear Sam Reed" in letter.words
    assert "http://localhost/charter\n" in letter.words
    assert '<a href="http://localhost/charter">' in letter.html
    assert letter.due_at == MOMENT


def test_a_decision_that_fails_sends_no_letter(app):
    def decide():
        with transaction():
            say_hello()
            raise RuntimeError("the decision came to nothing")

    with pytest.raises(RuntimeError):
        decide()
    assert letters() == []


def test_the_same_key_is_queued_once(app):
    with transaction():
        assert say_hello(once="award-ends:1")
        assert not say_hello(once="award-ends:1")
        assert say_hello(once="award-ends:2")
    with transaction():
        assert not say_hello(once="award-ends:1")
    assert len(letters()) == 2


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x00", "\u2028", "\u0085", "\x0b"])
def test_a_name_starts_no_header_and_no_line(app, end):
    with transaction():
        say_hello(name=f"Sam{end}Bcc: everybody@example.org{end}{end}Click here", to=f"sam@example.org{end}")
    (letter,) = letters()
    assert letter.subject == "Hello Sam Bcc: everybody@example.org Click here"
    assert letter.receiver == "sam@example.org"
    assert "\nBcc" not in letter.words
    assert "\nClick" not in letter.words


def test_only_html_is_escaped(app):
    with transaction():
        say_hello(name="Sam <b>O'Neil</b> & Co")
    (letter,) = letters()
    assert "Dear Sam <b>O'Neil</b> & Co" in letter.words
    assert "<b>" not in letter.html
    assert "Sam &lt;b&gt;O&#39;Neil&lt;/b&gt; &amp; Co" in letter.html


def test_an_address_in_somebodys_name_is_no_link(app):
    with transaction():
        say_hello(name="https://bad.example")
    assert 'href="https://bad.example' not in letters()[0].html


def test_a_letter_that_lacks_a_fact_is_not_sent_half_written(app):
    with pytest.raises(UndefinedError), transaction():
        mail.queue("hello", to="sam@example.org", now=MOMENT + timedelta(days=1), name="Sam")
