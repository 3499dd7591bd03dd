"""Somebody has a certificate as a file, and asks if it is genuine."""

import io
from datetime import timedelta

import pytest
from flask import Flask

from coprod.certificates import making
from coprod.certificates.models import Certificate
from coprod.certificates.rules import Ending
from coprod.web.files import LARGEST_SMALL
from tests.certificates.test_certificates_rows import awarded, ended, signed
from tests.support.build import MOMENT, organisation
from tests.support.client import Client, Page

TODAY = MOMENT.date()


@pytest.fixture
def made(app: Flask) -> Certificate:
    award = awarded(organisation("Hazel Lane School"))
    making.make_missing(now=MOMENT)
    return award


def told(client: Client, content: bytes, status: int = 200, name: str = "certificate.pdf") -> Page:
    client.get("/verify")
    client.follow("Check the file")
    return client.submit("Check this file", file=(io.BytesIO(content), name), status=status)


def test_the_file_that_we_made_is_genuine(made: Certificate, client: Client) -> None:
    shown = told(client, making.document_of(made))
    assert shown.h1 == "Genuine"
    assert "Hazel Lane School" in shown.text
    assert made.code in shown.text
    assert "We did not keep your file" in shown.text


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (Ending.WITHDRAWN, "Genuine, but withdrawn on 22 November 2026"),
        (Ending.REVOKED, "Genuine, but revoked on 22 November 2026"),
        (Ending.LAPSED, "Genuine, but lapsed on 22 November 2026"),
        (Ending.SUPERSEDED, "Genuine, but replaced on 22 November 2026"),
    ],
)
def test_a_genuine_file_of_what_is_over_says_so(made: Certificate, client: Client, how: Ending, words: str) -> None:
    content = making.document_of(made)
    ended(made, how)
    shown = told(client, content)
    assert shown.h1 == words
    assert "private" not in shown.source


def test_an_award_that_ran_out_is_genuine_but_expired(app: Flask, client: Client) -> None:
    old = awarded(organisation(), today=TODAY - timedelta(days=2000))
    making.make_missing(now=MOMENT)
    assert told(client, making.document_of(old)).h1.startswith("Genuine, but expired on")


def test_a_changed_file_is_named_and_the_page_says_what_is_true(made: Certificate, client: Client) -> None:
    content = making.document_of(made)
    for changed in (content + b"\n", content.replace(b"Hazel Lane School", b"Other Lane School")):
        assert changed != content
        shown = told(client, changed)
        assert shown.h1 == "Changed"
        assert "Hazel Lane School" in shown.text
        assert made.code in shown.text


def test_a_number_used_again_in_another_file_shows_whose_it_is(made: Certificate, client: Client) -> None:
    other = signed(organisation("Other School"))
    making.make_missing(now=MOMENT)
    forged = making.document_of(other).replace(other.code.encode(), made.code.encode())
    shown = told(client, forged)
    assert shown.h1 == "Changed"
    assert "Hazel Lane School" in shown.text
    assert "Other School" not in shown.text


@pytest.mark.parametrize("content", [b"", b"x", b"%PDF-1.7 nothing", b"0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV" * 40])
def test_another_file_is_not_ours(app: Flask, client: Client, content: bytes) -> None:
    assert told(client, content).h1 == "Not ours"


def test_no_file_is_asked_for_again(app: Flask, client: Client) -> None:
    client.get("/verify/file")
    shown = client.submit("Check this file", status=422)
    assert "Choose the file to check" in " ".join(shown.errors)


def test_a_file_too_large_to_be_one_is_refused(app: Flask, client: Client) -> None:
    told(client, b"x" * (LARGEST_SMALL + 1), status=413)


def test_nothing_is_kept_of_the_file_or_of_the_answer(made: Certificate, client: Client, app: Flask) -> None:
    before = sorted(app.extensions["coprod.storage"].digests())
    told(client, b"somebody else\'s file")
    assert sorted(app.extensions["coprod.storage"].digests()) == before
    assert client.http.get("/verify/file").headers["Cache-Control"] == "no-store"
