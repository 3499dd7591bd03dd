import codecs
import io
import tracemalloc
import zipfile

import pytest

from coprod.organisations import gias
from coprod.organisations.gias import NotARegister
from coprod.organisations.school_row import RowFault
from tests.organisations.conftest import HEADING, school, written


def read(path, content):
    path.write_bytes(content)
    return list(gias.read(path))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "schools.csv"


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("St Thomas à Becket\u2019s", "cp1252"),
        ("St Thomas à Becket\u2019s", "utf-8"),
        ("St Thomas à Becket\u2019s", "utf-8-sig"),
        ("Ysgol Dŵr 学校", "utf-8"),
        ("Plain", "ascii"),
    ],
)
def test_names_arrive_as_they_were_written(path, name, encoding):
    [(number, cells)] = read(path, written([school(100001, name)]).encode(encoding))
    assert number == 2
    assert cells["EstablishmentName"] == name
    assert cells["URN"] == "100001"


def test_the_order_of_columns_and_other_columns_do_not_matter(path):
    heading = ("Head (name)", *reversed(HEADING), "UKPRN")
    rows = [school(100001) | {"Head (name)": "Somebody", "UKPRN": "10003788"}]
    [(_, cells)] = read(path, written(rows, heading).encode())
    assert cells["Postcode"] == "NN15 6QY"
    assert cells["UKPRN"] == "10003788"
    assert "Head (name)" not in cells


def test_a_cell_may_hold_lines_commas_and_quotation_marks(path):
    rows = [school(100001, 'The "Hazel", Lane\r\nSchool'), school(100002)]
    [(_, first), (number, second)] = read(path, written(rows).encode())
    assert first["EstablishmentName"] == 'The "Hazel", Lane\r\nSchool'
    assert (number, second["URN"]) == (3, "100002")


def test_rows_are_counted_as_a_spreadsheet_counts_them(path):
    content = written([school(100001)]) + "\r\n" + written([school(100002)]).split("\r\n", 1)[1]
    assert [number for number, _ in read(path, content.encode())] == [2, 4]


def test_a_row_with_too_few_or_too_many_cells_is_a_fault(path):
    content = written([school(100001)]) + '"100002","940"\r\n' + ",".join(["x"] * 10) + "\r\n"
    assert read(path, content.encode())[1:] == [
        RowFault(3, "", "It has 2 columns, and the heading has 9"),
        RowFault(4, "", "It has 10 columns, and the heading has 9"),
    ]


def a_spreadsheet():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


GOOD = written([school(100001)])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b" \r\n\t ", "it is empty"),
        (b"%PDF-1.7\n...", "it is a PDF"),
        (a_spreadsheet(), "it is a spreadsheet or a zip file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "it is an old spreadsheet"),
        (codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le"), "UTF-16"),
        (codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be"), "UTF-16"),
        (GOOD.encode("utf-16-le"), "it is not text"),
        (b"<!DOCTYPE html><html><title>Sign in</title>", "it is a web page"),
        (b"\xef\xbb\xbf\n <html>", "it is a web page"),
        (bytes(range(256)) * 8, "it is not text"),
        (b"Name,Town\r\nHazel Lane,Kettering\r\n", "It lacks URN, LA"),
        (GOOD.replace('"URN"', '"Urn"').encode(), "It lacks URN"),
        (GOOD.replace('"Town"', '"URN"').encode(), "It lacks Town"),
        (GOOD.replace('"LA (name)"', '"URN"').encode(), "the heading URN twice"),
        (b"x" * 200_000, "a line that is far too long"),
        ((GOOD + '"100002","never closed').encode(), "the quotation marks are not right"),
        ((GOOD + '"100002" x,"940"\r\n').encode(), "the quotation marks are not right"),
    ],
)
def test_a_file_that_is_not_a_register_is_refused_whole(path, content, reason):
    with pytest.raises(NotARegister) as refused:
        read(path, content)
    assert reason in refused.value.reason
    assert refused.value.message.startswith("schools.csv can't be used: ")


def test_the_refusal_calls_the_file_as_its_owner_does(path):
    path.write_bytes(b"")
    with pytest.raises(NotARegister, match=r"my schools\.csv can't be used"):
        list(gias.read(path, called="my schools.csv"))


def test_a_file_that_is_not_there_is_refused(path):
    with pytest.raises(NotARegister, match="it can't be opened"):
        list(gias.read(path))


def test_a_quotation_mark_that_is_never_closed_does_not_fill_the_memory(path):
    path.write_bytes((GOOD + '"100002","' + "many words\r\n" * 200_000).encode())
    tracemalloc.start()
    with pytest.raises(NotARegister, match="quotation marks"):
        list(gias.read(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000
