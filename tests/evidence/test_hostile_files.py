"""Whatever somebody sends: it is refused in words, or kept as something that can do no harm."""

import io
import json
import unicodedata
import zipfile
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from coprod.app import create_app
from coprod.errors import Invalid
from coprod.evidence import receiving
from coprod.evidence.file_types import TYPES
from coprod.web import deployment
from coprod.web.files import attachment
from tests.conftest import made
from tests.evidence import hostile
from tests.evidence.hostile import REFUSED, Hostile
from tests.support.build import MOMENT

TODAY = date(2026, 11, 22)
CORPUS = list(hostile.files())


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """One deployment for all of them: what is looked into is not written down."""
    made_app = create_app(made(tmp_path_factory.mktemp("hostile")), TESTING=True)
    with made_app.app_context():
        yield made_app


@pytest.fixture(autouse=True)
def nothing_left(app):
    yield
    for place in left_over():
        place.unlink()


def sent(content: bytes, name: str) -> receiving.Taken:
    return receiving.take_in(io.BytesIO(content), name, now=MOMENT, today=TODAY)


def kept(taken: receiving.Taken) -> bytes:
    return b"".join(deployment.evidence_storage().pieces(taken.sha256))


def left_over() -> list[Path]:
    instance = deployment.settings().instance
    return [*(instance / "incoming").glob("*"), *(instance / "evidence").glob("*/*")]


def test_the_corpus_is_large_enough():
    assert len(CORPUS) >= 60


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.what)
def test_each_is_refused_in_words_or_kept_as_what_it_is(app, file: Hostile):
    if file.becomes == REFUSED:
        with pytest.raises(Invalid) as refusal:
            sent(file.content, file.name)
        assert refusal.value.field == "file"
        assert refusal.value.status in {415, 422}
        assert left_over() == []
        return
    taken = sent(file.content, file.name)
    assert taken.type == file.becomes
    assert left_over() == [deployment.evidence_storage().path(taken.sha256)]
    assert taken.name.endswith(f".{TYPES[taken.type].extensions[0]}")
    assert len(taken.name) <= 120
    assert not taken.name.startswith(".")
    assert not any(unicodedata.category(c)[0] == "C" or c in '/\\:*?"<>|' for c in taken.name)
    answer = attachment([b""], name=taken.name, mime=TYPES[taken.type].mime, size=0)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.mimetype not in {"text/html", "image/svg+xml", "application/xml", "text/xml"}


@pytest.mark.parametrize("name", ["CON.pdf", "nul.tar.pdf", ".pdf"])
def test_names_that_computers_keep_are_not_used(app, name):
    assert sent(hostile.pdf(), name).name.startswith("file")


def test_a_photo_loses_its_place_and_stands_upright(app):
    taken = sent(hostile.photo(), "photo.jpg")
    content = kept(taken)
    assert not any(secret in content for secret in (b"Secret", b"Exif", b"GPS"))
    with Image.open(io.BytesIO(content)) as seen:
        assert seen.size == (20, 40)  # It was on its side.
        assert not seen.getexif()
    assert ("Where the photo was taken", "Taken out") in taken.hidden


def test_what_is_put_behind_a_picture_does_not_survive(app):
    content = kept(sent(hostile.picture("JPEG") + hostile.package({"run.exe": hostile.EXE}), "a.jpg"))
    assert not zipfile.is_zipfile(io.BytesIO(content))
    assert b"canary" not in kept(sent(hostile.picture() + hostile.HTML, "a.png"))


def test_what_a_word_file_hides_is_said_and_can_be_taken_out(app):
    taken = sent(hostile.tracked(), "tracked.docx")
    said = dict(taken.hidden)
    assert said["Author"] == "SecretAuthor"
    assert {"Comments", "Tracked changes", "Title"} <= set(said)
    assert taken.removable
    cleaned = receiving.without_hidden(taken.sha256, taken.type, taken.name, now=MOMENT, today=TODAY)
    assert cleaned.hidden == ()
    with zipfile.ZipFile(io.BytesIO(kept(cleaned))) as held:
        everything = b"".join(held.read(part) for part in held.namelist())
        assert b"PutIn" in held.read("word/document.xml")
    for secret in (b"SecretAuthor", b"SecretTitle", b"SecretRemark", b"CrossedOut"):
        assert secret not in everything


def test_what_a_pdf_hides_is_said_and_can_be_taken_out(app):
    taken = sent(hostile.pdf(Author="SecretAuthor", Title="SecretTitle"), "named.pdf")
    assert dict(taken.hidden) == {"Author": "SecretAuthor", "Title": "SecretTitle"}
    cleaned = receiving.without_hidden(taken.sha256, taken.type, taken.name, now=MOMENT, today=TODAY)
    assert cleaned.hidden == ()
    assert b"Secret" not in kept(cleaned)


def test_the_look_inside_knows_no_secret(app, monkeypatch, tmp_path):
    """The process that reads strangers' files is given nothing of this one's environment."""
    monkeypatch.setenv("COPROD_SECRET_KEY", "not for you")
    seen = {}

    def run(command, **options):
        seen.update(options)
        raise receiving.examining.subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(receiving.examining.subprocess, "run", run)
    with pytest.raises(Invalid):
        sent(hostile.pdf(), "a.pdf")
    assert "not for you" not in json.dumps(seen["env"])
    assert not [name for name in seen["env"] if name.startswith("COPROD")]
