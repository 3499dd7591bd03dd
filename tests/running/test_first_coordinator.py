"""The first coordinator: an account, a link that sets a password once, and the second step at the first sign-in."""

import re

import pytest

from coprod.accounts.models import Person
from coprod.cli import commands
from coprod.database import db
from coprod.permissions import AreaRole
from tests.support import build
from tests.support.client import Client


@pytest.fixture
def create(app):
    def run(email: str = "cora@example.org", name: str = "Cora Ordinator"):
        result = app.test_cli_runner().invoke(commands, ["create-coordinator"], input=f"{email}\n{name}\n")
        db.session.rollback()
        return result

    return run


def link_in(result) -> str:
    assert result.exit_code == 0, result.output
    return re.search(r"^http://localhost(/\S+)$", result.output, flags=re.M).group(1)


def test_the_link_sets_a_password_once_and_the_second_step_is_asked_for(create, client: Client):
    link = link_in(create())
    assert db.session.query(Person).one().actor.roles == {AreaRole.COORDINATOR}
    client.get(link)
    client.submit("Save the new password", password="four words together here")
    client.get(link, status=404)
    page = client.get("/sign-in")
    page = client.submit("Sign in", email="cora@example.org", password="four words together here")
    assert "second step" in page.text.lower()
    assert client.get("/is-everything-working").h1 != "Is everything working?"


def test_asked_again_it_gives_a_new_link_and_the_old_one_is_worth_nothing(create, client: Client):
    first, second = link_in(create()), link_in(create())
    assert db.session.query(Person).count() == 1
    client.get(first, status=404)
    client.get(second)


def test_nobody_gets_into_an_account_that_is_there_already(create):
    build.person("Cora Ordinator", AreaRole.COORDINATOR, email="cora@example.org")
    build.person("Ravi Reviewer", AreaRole.REVIEWER, email="ravi@example.org")
    for address in ("CORA@example.org", "ravi@example.org"):
        result = create(address)
        assert "There is an account with this address already" in str(result.exception)
        assert "http" not in result.output


@pytest.mark.parametrize(
    ("email", "name", "words"),
    [
        ("not an address", "Cora", "Enter an e-mail address"),
        ("cora@example.org", " \u200b ", "Enter the person's name"),
    ],
)
def test_what_will_not_do_is_refused_in_plain_words(create, email, name, words):
    result = create(email, name)
    assert result.exit_code == 1
    assert words in str(result.exception)
    assert not db.session.query(Person).count()
