"""Whatever somebody sends: it is refused in words, or kept as something that can do no harm."""

import io
import os
import re
import signal
import subprocess
import sys
import unicodedata
import zipfile
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from coprod.app import create_app
from coprod.errors import Invalid
from coprod.evidence import receiving, standby
from coprod.evidence.file_types import TYPES
from coprod.evidence.inside import __main__ as inside
from coprod.evidence.inside import one_file, photos
from coprod.web import deployment
from coprod.web.files import attachment
from tests.conftest import made
from tests.evidence import hostile
from tests.evidence.hostile import REFUSED, Hostile
from tests.support.build import MOMENT

TODAY = date(2026, 11, 22)
PHOTOS = (photos.LABEL, photos.SAID)
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


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("a PDF with a password", "has a password"),
        ("a script in a bundle", "would run a program"),
        ("a script in disguise", "would run a program"),
        ("a PDF with a program inside", "holds other files"),
        ("a small zip bomb", "far more in this file than its size says"),
        ("parts that are large together", "far more in this file than its size says"),
        ("20,000 parts in a zip", "far more in this file than its size says"),
        ("macros by type", "a macro"),
        ("ActiveX", "a macro"),
        ("a program inside", "holds other files"),
        ("a picture of 30,000 by 30,000", "too many dots"),
        ("a plain picture of 5,000 by 5,000", "too many dots"),
        ("a Linux program", "This file is something else"),
        ("text that moves a terminal", "not plain text"),
    ],
)
def test_each_rule_refuses_for_its_own_reason(app, what, words):
    """Rules stand behind each other: that a file is refused does not show which of them did it."""
    (file,) = (each for each in CORPUS if each.what == what)
    with pytest.raises(Invalid, match=words):
        sent(file.content, file.name)


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


def test_photos_in_a_word_file_lose_their_place_and_not_a_dot(app):
    before = hostile.with_photos()
    taken = sent(before, "album.docx")
    assert PHOTOS in taken.hidden
    cleaned = receiving.without_hidden(taken.sha256, taken.type, taken.name, now=MOMENT, today=TODAY)
    assert cleaned.hidden == ()
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(io.BytesIO(kept(cleaned))) as new:
        assert set(old.namelist()) - set(new.namelist()) == {"docProps/thumbnail.jpeg"}
        assert b"thumbnail" not in new.read("_rels/.rels")
        for part in ("word/media/image1.JPG", "word/media/image2.png"):
            assert b"Secret" in old.read(part)
            assert b"Secret" not in new.read(part)
            assert dots(new.read(part)) == dots(old.read(part))
        assert turned(new.read("word/media/image1.JPG")) == {0x0112: 6}


def test_photos_in_a_pdf_lose_their_place_and_not_a_dot(app):
    taken = sent(hostile.photographed(), "album.pdf")
    assert PHOTOS in taken.hidden
    cleaned = receiving.without_hidden(taken.sha256, taken.type, taken.name, now=MOMENT, today=TODAY)
    assert cleaned.hidden == ()
    assert b"Secret" not in kept(cleaned)
    (image,) = PdfReader(io.BytesIO(kept(cleaned))).pages[0].images
    assert dots(image.data) == dots(hostile.photo())


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("options", [{}, {"progressive": True, "icc_profile": b"colours"}, {"pnginfo": None}])
def test_a_photo_without_secrets_keeps_every_dot_and_its_colours(kind, options):
    before = hostile.picture(kind, (64, 48), **options)
    after = photos.bare(before)
    assert dots(after) == dots(before)
    with Image.open(io.BytesIO(after)) as seen:
        assert seen.info.get("icc_profile") == options.get("icc_profile")


def test_what_stands_behind_a_photo_goes_and_a_broken_one_ends_somewhere():
    """Phones put further pictures behind, each with its own place."""
    whole = hostile.photo()
    assert b"Secret" not in photos.bare(hostile.picture("JPEG") + whole)
    for cut in range(len(whole)):
        assert len(photos.bare(whole[:cut])) <= len(whole)
    assert photos.bare(b"GIF89a and more") == b"GIF89a and more"


def dots(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as seen:
        return seen.convert("RGB").tobytes()


def turned(content: bytes) -> dict[int, object]:
    with Image.open(io.BytesIO(content)) as seen:
        return dict(seen.getexif())


def test_what_a_pdf_hides_is_said_and_can_be_taken_out(app):
    taken = sent(hostile.pdf(Author="SecretAuthor", Title="SecretTitle"), "named.pdf")
    assert dict(taken.hidden) == {"Author": "SecretAuthor", "Title": "SecretTitle"}
    cleaned = receiving.without_hidden(taken.sha256, taken.type, taken.name, now=MOMENT, today=TODAY)
    assert cleaned.hidden == ()
    assert b"Secret" not in kept(cleaned)


def test_what_people_wrote_on_a_pdf_is_said_and_can_be_taken_out(app):
    taken = sent(hostile.remarked(), "remarked.pdf")
    assert "Comments and marks" in dict(taken.hidden)
    assert [(sign["what"], sign["where"]) for sign in taken.signs] == [("a phone number", "page 1")]
    assert b"SecretCreator" in kept(taken)
    cleaned = receiving.without_hidden(taken.sha256, taken.type, taken.name, now=MOMENT, today=TODAY)
    assert cleaned.hidden == cleaned.signs == ()
    assert b"Secret" not in kept(cleaned)


@pytest.fixture
def none_ready():
    """No process that other tests left stands ready."""
    standby.end_all()
    yield
    standby.end_all()


def test_the_look_inside_knows_no_secret(app, none_ready, monkeypatch):
    """The process that reads strangers' files is given nothing of this one's environment."""
    monkeypatch.setenv("COPROD_SECRET_KEY", "not for you")
    sent(hostile.pdf(), "a.pdf")
    (ready,) = standby._ready
    environment = Path(f"/proc/{ready.process.pid}/environ").read_text()
    assert "not for you" not in environment
    assert "COPROD" not in environment


def test_each_file_has_a_process_of_its_own_and_none_is_left_with_it(app, none_ready):
    """One stands ready and reads nothing: what looks is a copy of it, within its own limits, and ends with the file."""
    for name in ("a.pdf", "b.pdf"):
        sent(hostile.pdf(), name)
    (ready,) = standby._ready
    assert Path(f"/proc/{ready.process.pid}/task/{ready.process.pid}/children").read_text() == ""
    limits = Path(f"/proc/{ready.process.pid}/limits").read_text()
    assert re.search(r"Max cpu time +unlimited", limits)


@pytest.mark.parametrize("limit", ["RLIMIT_AS", "RLIMIT_CPU"])
def test_a_look_has_only_so_much_memory_and_time(tmp_path, limit):
    """What is asked of a process for one file, asked of one here: afterwards it can't have more."""
    place = tmp_path / "a.txt"
    place.write_bytes(b"Hello")
    code = (
        "import resource, sys; from coprod.evidence.inside import one_file; "
        "one_file.limited('look', sys.argv[1], '', 'txt', '2026-11-22'); "
        "print(*resource.getrlimit(getattr(resource, sys.argv[2])))"
    )
    said = subprocess.run([sys.executable, "-c", code, str(place), limit], capture_output=True, check=True, text=True)
    most = {"RLIMIT_AS": one_file.MEMORY, "RLIMIT_CPU": one_file.SECONDS}[limit]
    assert said.stdout.split() == [str(most)] * 2


def test_a_look_that_takes_too_long_ends_with_all_that_it_started(app, none_ready, monkeypatch):
    sent(b"Hello", "a.txt")
    (ready,) = standby._ready
    os.kill(ready.process.pid, signal.SIGSTOP)
    monkeypatch.setattr(receiving.examining, "LONGEST", 0.2)
    with pytest.raises(Invalid, match="can't look through"):
        sent(b"Hello", "b.txt")
    assert ready.process.returncode == -signal.SIGKILL
    monkeypatch.undo()
    assert sent(b"Hello", "c.txt").type == "txt"


def test_one_that_ended_by_itself_is_followed_by_another(app, none_ready):
    sent(b"Hello", "a.txt")
    (ready,) = standby._ready
    ready.process.kill()
    ready.process.wait()
    assert sent(b"Hello", "b.txt").type == "txt"


def test_one_that_stood_ready_for_long_is_about_to_end_and_is_not_asked(app, none_ready):
    sent(b"Hello", "a.txt")
    (ready,) = standby._ready
    ready.used -= standby.FRESH
    sent(b"Hello", "b.txt")
    assert standby._ready != [ready]
    assert ready.process.returncode is not None
    assert standby.FRESH < inside.IDLE


def test_a_look_that_breaks_is_refused_and_the_next_one_is_not(app, none_ready, monkeypatch):
    with pytest.raises(standby.NoAnswer):
        standby.ask("look", "/nothing/there", "", "txt", "2026-11-22", longest=20)
    assert sent(b"Hello", "b.txt").type == "txt"
