import hashlib
import io
import logging
import os
import re
import shutil
import subprocess
import sys
import unicodedata
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import page
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from pypdf import PdfReader

from coprod.certificates import document
from coprod.certificates.rules import Facts, Promise, code
from coprod.web.press import DocumentFault, pack
from tests.support.certificates import award, signing

pytestmark = pytest.mark.one_database

LONG_NAME = ("The Bartholomew Featherstonehaugh Memorial Academy for Children and Young People " * 3)[:200]
LONG_PROMISE = Promise(("We will publish what families told us, and what we did. " * 6)[:300], date(2027, 9, 30))
LONG_PROMISES = (LONG_PROMISE,) * 3
HOSTILE = '<img src=file:///etc/passwd><link rel=attachment href=file:///etc/passwd>{{ 7*7 }}</title>&amp;"\''

CASES = {
    "award": award(),
    "signing": signing(),
    "long award": award(organisation=LONG_NAME, demonstration=True),
    "long signing": signing(organisation=LONG_NAME, promises=LONG_PROMISES, demonstration=True),
    "capitals": signing(
        organisation="W" * 200, promises=(Promise("W" * 300, date(2027, 9, 30)),) * 3, area="W" * 80
    ),
    "accents": award(organisation="Ysgol Tŷ Ffynnon, École Zoë Łódź “Ñandú” & Sons"),
    "other scripts": award(organisation="学校 مدرسة ਸਕੂਲ 🙂 Σχολείο"),
    "hostile": signing(organisation=HOSTILE, promises=(Promise(HOSTILE, date(2027, 9, 30)),)),
}


@pytest.fixture(autouse=True)
def _in_a_request(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def text_of(content: bytes) -> str:
    return " ".join(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())


@pytest.mark.parametrize("name", [name for name in CASES if name != "other scripts"])
def test_one_page_passes_both_standards_without_a_warning(name: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        made = document.render(CASES[name])
    assert [record for record in caplog.records if record.name.startswith("weasyprint")] == []
    assert len(PdfReader(io.BytesIO(made)).pages) == 1
    for standard in ("pdf/a-3a", "pdf/ua-1"):
        found = page.validate_pdf_bytes(made, profile=standard)
        assert found.failures == [], standard
        assert found.is_compliant
        assert found.rules.total > 50


def test_the_checker_sees_a_document_that_does_not_say_it_is_accessible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "_say_it_is_accessible", lambda _pdf: None)
    assert not page.is_pdf_compliant_bytes(document.render(award()), profile="pdf/ua-1")


def test_no_stream_ends_in_a_byte_that_readers_take_for_a_line_end() -> None:
    pydyf = pytest.importorskip("pydyf")
    unlucky = next(n for n in range(100_000) if zlib.compress(b"%d" % n, 9).endswith(b"\r"))
    streams = [pydyf.Stream([b"%d" % number]) for number in range(unlucky - 3, unlucky + 1)]
    pack(streams)
    assert ["Filter" in stream.extra for stream in streams] == [True, True, True, False]
    assert not any(stream.data.endswith(b"\r\nendstream") for stream in streams)


def test_many_codes_make_documents_that_pass() -> None:
    for number in range(10):
        made = document.render(signing(code=code(number << 100)))
        assert b"\r\nendstream" not in made
        assert page.is_pdf_compliant_bytes(made, profile="pdf/a-3a")


def test_characters_without_a_letter_form_do_not_stop_it() -> None:
    assert len(PdfReader(io.BytesIO(document.render(CASES["other scripts"]))).pages) == 1


@pytest.mark.parametrize("name", CASES)
def test_the_same_facts_make_the_same_bytes(name: str) -> None:
    assert document.render(CASES[name]) == document.render(CASES[name])


def made_here() -> bytes:
    """With a credential, and with letters of several faces."""
    return document.render(award(organisation="Tŷ Ffynnon 学校 مدرسة ਸਕੂਲ 🙂"), "a.b.c")


def test_the_same_facts_make_the_same_bytes_in_another_process(app: Flask) -> None:
    program = (
        "import hashlib, sys, tempfile; from pathlib import Path; from tests.conftest import made;"
        "from coprod.app import create_app;"
        "from tests.certificates.test_certificates_document import made_here\n"
        "app = create_app(made(Path(tempfile.mkdtemp())))\n"
        "with app.app_context(): sys.stdout.write(hashlib.sha256(made_here()).hexdigest())"
    )
    said = subprocess.run(  # our own program
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    assert said.stdout == hashlib.sha256(made_here()).hexdigest()


def test_threads_do_not_disturb_one_another(app: Flask) -> None:
    expected = document.render(award())

    def make(_number: int) -> bytes:
        with app.test_request_context():
            return document.render(award())

    with ThreadPoolExecutor(3) as threads:
        assert set(threads.map(make, range(9))) == {expected}


def test_an_award_reads_in_the_order_of_its_page() -> None:
    said = text_of(document.render(award()))
    parts = [
        "North Northamptonshire SEND co-production standards",
        "Established",
        "Meadowbank Primary School",
        "URN 900123",
        "has shown that families",
        "Awarded 14 November 2026",
        "Valid to 13 November 2029",
        "Standards Version 1.0 (draft)",
        "Given by North Northamptonshire, with the parent carer forum",
        f"Certificate {award().code}",
        "Check it at charter.example.org/verify",
        "Register Entry 12, fingerprint 3f9a 3f9a 3f9a 3f9a",
        "Learning from lived experience",
        "Honest, open and transparent",
    ]
    places = [said.find(part) for part in parts]
    assert -1 not in places, dict(zip(parts, places, strict=True))
    assert places == sorted(places)
    assert "Demonstration" not in said


def test_a_signing_is_plainly_not_an_award() -> None:
    said = text_of(document.render(signing()))
    assert "has signed the charter" in said
    assert "a promise, not an award" in said
    assert "Awarded" not in said
    assert "Valid to" not in said
    for promise in signing().promises:
        assert promise.text in said
    assert "(by 31 March 2027)" in said


def test_a_demonstration_says_so_on_paper() -> None:
    assert text_of(document.render(award(demonstration=True))).startswith("Demonstration: invented")


def test_it_carries_its_language_title_dates_and_words_for_pictures() -> None:
    reader = PdfReader(io.BytesIO(document.render(award())))
    assert reader.metadata is not None
    assert reader.metadata.title == "Meadowbank Primary School: Established"
    assert reader.metadata.creation_date_raw == "D:20261114"
    assert reader.root_object["/Lang"] == "en-GB"
    alternatives = re.findall(r"'/Alt': '([^']+)'", str(structure(reader.root_object["/StructTreeRoot"])))
    assert alternatives == [
        f"QR code that opens {award().link}",
        "The mark of the standards: 3 petals of 5 filled",
    ]


def structure(node: object, depth: int = 0) -> object:
    """The tree of tags, as far down as pictures are."""
    found = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(found, list):
        return [structure(one, depth) for one in found]
    if isinstance(found, dict) and depth < 12:
        return {k: structure(v, depth + 1) for k, v in found.items() if k in {"/K", "/S", "/Alt"}}
    return found if isinstance(found, str) else None


def test_hostile_names_stay_words() -> None:
    made = document.render(CASES["hostile"])
    assert "<img src=file:///etc/passwd>" in text_of(made)
    assert "49" not in text_of(made).replace("3f9a", "")
    assert "root:" not in text_of(made)
    reader = PdfReader(io.BytesIO(made))
    assert not reader.attachments
    assert b"root:x" not in made


@pytest.mark.parametrize(
    "asks",
    [
        '<img src="file:///etc/passwd" alt="x">',
        '<img src="http://127.0.0.1:9/x.png" alt="x">',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<p style="background: url(file:///etc/passwd)">x</p>',
    ],
)
def test_a_document_that_asks_for_anything_is_never_made(asks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = document._page(award(), tight=False)
    monkeypatch.setattr(document, "_page", lambda facts, tight: whole.replace("<body>", f"<body>{asks}"))
    with pytest.raises(DocumentFault, match=r"etc/passwd|127\.0"):
        document.render(award())


def test_a_complaint_of_the_library_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = document._page(award(), tight=False)
    monkeypatch.setattr(document, "_page", lambda facts, tight: whole.replace(' lang="en-GB"', ""))
    with pytest.raises(DocumentFault, match="lang"):
        document.render(award())


@pytest.mark.parametrize("number", range(8))
def test_the_qr_code_on_the_page_opens_its_check_page(number: int, tmp_path: Path) -> None:
    facts = award(code=code(number * 3**85))
    file = tmp_path / "certificate.pdf"
    file.write_bytes(document.render(facts))
    call = [str(shutil.which("pdftoppm")), "-r", "100", "-png", "-singlefile", str(file), str(tmp_path / "seen")]
    subprocess.run(call, check=True)
    with Image.open(tmp_path / "seen.png") as seen:
        assert [found.text for found in zxingcpp.read_barcodes(seen)] == [facts.link]


PDFTOTEXT = shutil.which("pdftotext")
WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')


def words_of(content: bytes, folder: Path) -> list[tuple[float, float, float, float, str]]:
    """Each word with its box on the page, as another program sees it."""
    file = folder / "certificate.pdf"
    file.write_bytes(content)
    call = [str(PDFTOTEXT), "-bbox", str(file), "-"]
    said = subprocess.run(call, capture_output=True, encoding="utf-8", errors="replace", check=True).stdout
    return [(float(a), float(b), float(c), float(d), word) for a, b, c, d, word in WORD.findall(said)]


@pytest.mark.skipif(PDFTOTEXT is None, reason="needs poppler's pdftotext")
@pytest.mark.parametrize("name", [name for name in CASES if name != "other scripts"])
def test_nothing_leaves_the_page_or_covers_anything_else(name: str, tmp_path: Path) -> None:
    words = words_of(document.render(CASES[name]), tmp_path)
    assert len(words) > 20
    assert_clear(words)


def assert_clear(words: list[tuple[float, float, float, float, str]]) -> None:
    """Each word stands on the page, and none on another."""
    for left, top, right, bottom, word in words:
        assert left > 0, word
        assert top > 0, word
        assert right < 842, word
        assert bottom < 595, word
    body = [box for box in words if box[0] > 230]
    for one in body:
        for two in body:
            across = min(one[2], two[2]) - max(one[0], two[0])
            # Boxes of neighbouring lines touch; letters that cover letters share more than half a line.
            down = min(one[3], two[3]) - max(one[1], two[1])
            height = min(one[3] - one[1], two[3] - two[1])
            assert one is two or across < 1 or down < height / 2, (one, two)


def test_what_no_page_can_hold_is_refused_and_not_cut_off() -> None:
    endless: Facts = award(sentence="words " * 6000)
    with pytest.raises(DocumentFault, match="one page"):
        document.render(endless)


SCRIPTS = {
    "Gurmukhi": "ਗੁਰਮੁਖੀ ਸਕੂਲ",
    "Chinese": "北安普敦郡中文学校",
    "Arabic": "مدرسة الأمل الابتدائية",
    "Hebrew": "בית ספר יסודי",
    "emoji": "Sunflower 🌻 Nursery 🙂",
    "emoji of several parts": "Families 👩‍👧‍👦 of 🇬🇧 Schools 👍🏽",
    "both directions": "Al-Noor School مدرسة النور (Kettering)",
    "accents": "Škola Žďár, Ysgol Tŷ Ffynnon, Trường Tiểu học Ấp Bắc",
    "Greek and Cyrillic": "Σχολείο Школа",
    "Devanagari": "हिन्दी विद्यालय",
    "Bengali": "বাংলা বিদ্যালয়",
    "Tamil": "தமிழ் பள்ளி",
}


def glyphs_missing(content: bytes) -> int:
    """How often a font of the document is asked for a letter that it does not have (which prints as a box)."""
    missing = 0
    for page_of in PdfReader(io.BytesIO(content)).pages:
        fonts = page_of["/Resources"]["/Font"]
        shown = page_of.get_contents().get_data()
        for drawn in re.findall(rb"<([0-9a-fA-F]{4,})>", shown):
            codes = [drawn[n : n + 4] for n in range(0, len(drawn), 4)]
            missing += codes.count(b"0000")
        assert all(font.get_object()["/Subtype"] == "/Type0" for font in fonts.values())
    return missing


@pytest.mark.parametrize("name", SCRIPTS)
def test_names_in_other_scripts_are_printed_whole(name: str) -> None:
    made = document.render(award(organisation=SCRIPTS[name]))
    assert glyphs_missing(made) == 0
    said = unicodedata.normalize("NFKC", text_of(made)).replace(" ", "")
    letters = {c for c in unicodedata.normalize("NFKC", SCRIPTS[name]) if c.isalpha()}
    assert letters <= set(said)
    for standard in ("pdf/a-3a", "pdf/ua-1"):
        assert page.validate_pdf_bytes(made, profile=standard).failures == [], standard


@pytest.mark.parametrize("name", SCRIPTS)
def test_names_of_200_characters_in_other_scripts_stay_on_the_page(name: str, tmp_path: Path) -> None:
    organisation = (f"{SCRIPTS[name]} " * 20)[:200].strip()
    made = document.render(signing(organisation=organisation, promises=LONG_PROMISES))
    assert glyphs_missing(made) == 0
    assert len(PdfReader(io.BytesIO(made)).pages) == 1
    if PDFTOTEXT is not None:
        assert_clear(words_of(made, tmp_path))


def test_what_other_scripts_need_is_not_in_documents_that_do_not_need_it() -> None:
    before = document.render(award())
    document.render(award(organisation=SCRIPTS["Chinese"]))
    assert document.render(award()) == before
    assert b"Noto" not in before
