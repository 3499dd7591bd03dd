import csv
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coprod.errors import Invalid
from coprod.framework.model import Audience
from coprod.organisations import rules, school_row
from coprod.organisations.models import Organisation
from coprod.organisations.rules import Kind, Scheme, Status
from coprod.organisations.school_row import Row, RowFault, read_row

DATA = Path(__file__).parents[1] / "data"
SCHOOL = {
    "URN": "121945",
    "LA (code)": "928",
    "LA (name)": "Northamptonshire",
    "EstablishmentName": "Duston Eldean Primary School",
    "TypeOfEstablishment (name)": "Community School",
    "EstablishmentStatus (name)": "Open",
    "PhaseOfEducation (name)": "Primary",
    "UKPRN": "10003788",
    "Street": "Main Road",
    "Locality": "Duston",
    "Address3": "",
    "Town": "Northampton",
    "County (name)": "Northamptonshire",
    "Postcode": "nn5  6pp",
    "SchoolWebsite": "www.dustoneldeanprimary.co.uk/",
    "Trusts (code)": "2053",
}


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_words_and_an_audience(kind):
    assert kind.words
    expected = Audience.SERVICE if kind in {Kind.SERVICE, Kind.TRUST} else Audience.SCHOOL
    assert rules.audience_of(kind) is expected


@pytest.mark.parametrize(
    ("type_name", "phase", "kind"),
    [
        ("Community School", "Primary", Kind.PRIMARY),
        ("Community School", "Middle Deemed Primary", Kind.PRIMARY),
        ("Academy Converter", "Secondary", Kind.SECONDARY),
        ("Voluntary Aided School", "Middle deemed secondary", Kind.SECONDARY),
        ("Free Schools", "All Through", Kind.ALL_THROUGH),
        ("Free schools", "All-through", Kind.ALL_THROUGH),
        ("Other Independent School", "Not applicable", Kind.ALL_THROUGH),
        ("", "", Kind.ALL_THROUGH),
        ("LA Nursery School", "Nursery", Kind.EARLY_YEARS),
        ("Children's Centre", "Not applicable", Kind.EARLY_YEARS),
        ("Community Special School", "Not applicable", Kind.SPECIAL),
        ("Academy Special Converter", "Not applicable", Kind.SPECIAL),
        ("Free Schools Special", "Not applicable", Kind.SPECIAL),
        ("Other Independent Special School", "Not applicable", Kind.SPECIAL),
        ("Special Post 16 Institution", "16 plus", Kind.SPECIAL),
        ("Pupil Referral Unit", "Not applicable", Kind.ALTERNATIVE),
        ("Free Schools - Alternative Provision", "Not applicable", Kind.ALTERNATIVE),
        ("Academy Alternative Provision Converter", "Not applicable", Kind.ALTERNATIVE),
        ("Secure Units", "Not applicable", Kind.ALTERNATIVE),
        ("Free Schools - 16-19", "16 Plus", Kind.COLLEGE),
        ("Academy 16 to 19 sponsor led", "16 plus", Kind.COLLEGE),
        ("Further Education", "16 plus", Kind.COLLEGE),
        ("University Technical College", "Secondary", Kind.SECONDARY),
        ("City Technology College", "Secondary", Kind.SECONDARY),
        ("A type nobody has heard of", "Primary", Kind.PRIMARY),
        ("A type nobody has heard of", "A phase nobody has heard of", Kind.ALL_THROUGH),
    ],
)
def test_the_type_decides_the_kind_and_else_the_phase(type_name, phase, kind):
    assert rules.kind_of(type_name, phase) is kind


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Open", Status.OPEN),
        ("OPEN", Status.OPEN),
        ("Open, but proposed to close", Status.CLOSING),
        ("Proposed to open", Status.PROPOSED),
        ("Closed", Status.CLOSED),
        ("Pending approval", None),
        ("", None),
    ],
)
def test_the_registers_words_for_a_status(words, status):
    assert rules.status_of(words) is status


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("nn156qy", "NN15 6QY"),
        (" NN15  6QY ", "NN15 6QY"),
        ("m1 1ae", "M1 1AE"),
        ("EC1A1BB", "EC1A 1BB"),
        ("", ""),
        ("Jersey", "JERSEY"),
    ],
)
def test_a_postcode_has_one_form(typed, kept):
    assert rules.postcode_of(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("www.example.org", "http://www.example.org"),
        ("http://example.org/school?a=1", "http://example.org/school?a=1"),
        ("HTTPS://Example.org", "HTTPS://Example.org"),
        ("javascript:alert(1)", ""),
        ("data:text/html,hello", ""),
        ("//example.org", ""),
        ("ftp://example.org", ""),
        ("n/a", ""),
        ("office@example.org", ""),
        ('http://example.org/"onclick="x', ""),
        ("http://example.org/\nSet-Cookie: a", ""),
        ("http://localhost", ""),
        ("http://" + "a" * 300 + ".org", ""),
        ("", ""),
    ],
)
def test_only_an_address_on_the_web_becomes_a_link(typed, kept):
    assert rules.website_of(typed) == kept


@pytest.mark.parametrize(
    ("name", "code", "slug"),
    [
        ("Hazel Lane School", "121945", "hazel-lane-school-121945"),
        ("St Mary's CE (VA) Primary", "1", "st-marys-ce-va-primary-1"),
        ("Ysgol Gynradd Dŵr-y-Felin", "2", "ysgol-gynradd-dwr-y-felin-2"),
        ("École Élémentaire", "3", "ecole-elementaire-3"),
        ("学校", "121945", "121945"),
        ("مدرسة Hazel", "4", "hazel-4"),
    ],
)
def test_an_address_is_made_of_plain_letters_and_the_code(name, code, slug):
    assert rules.slug_of(name, code) == slug


@given(st.text(max_size=300), st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_an_address_always_fits_and_ends_with_the_code(name, code):
    slug = rules.slug_of(name, code)
    assert len(slug) <= rules.LONGEST_SLUG
    assert slug.isascii()
    assert slug == code or slug.endswith(f"-{code}")
    assert not set(slug) - set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize(
    ("scheme", "typed", "kept"),
    [
        (Scheme.URN, " 121945 ", "121945"),
        (Scheme.UKPRN, "1000 3788", "10003788"),
        (Scheme.ODS, "rp1", "RP1"),
        (Scheme.CQC, "1-101234567", "1-101234567"),
        (Scheme.CHARITY, "1098765", "1098765"),
        (Scheme.NONE, "anything", None),
    ],
)
def test_an_official_number_is_kept_in_its_schemes_shape(scheme, typed, kept):
    assert rules.official_code(scheme, typed) == kept


@pytest.mark.parametrize("scheme", sorted(set(Scheme) - {Scheme.NONE}))
@pytest.mark.parametrize("typed", ["", "12", "a" * 21, "12194\u0665", "-"])
def test_a_number_of_another_shape_is_refused_with_an_example(scheme, typed):
    with pytest.raises(Invalid, match="such as") as refused:
        rules.official_code(scheme, typed)
    assert refused.value.field == "value"


def test_a_row_becomes_a_school():
    row = read_row(2, SCHOOL)
    assert row == Row(
        value="121945",
        name="Duston Eldean Primary School",
        type_name="Community School",
        phase="Primary",
        status="open",
        kind="primary",
        ukprn="10003788",
        la_code="928",
        la_name="Northamptonshire",
        street="Main Road",
        locality="Duston",
        address3="",
        town="Northampton",
        county="Northamptonshire",
        postcode="NN5 6PP",
        trust_code="2053",
        website="http://www.dustoneldeanprimary.co.uk/",
    )


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("URN", "", "There is no URN"),
        ("URN", "12A945", "The URN is not a number of 5 to 7 digits"),
        ("URN", "١٢١٩٤٥", "The URN is not a number of 5 to 7 digits"),
        ("URN", "0121945", "The URN is not a number of 5 to 7 digits"),
        ("URN", "121945678", "The URN is not a number of 5 to 7 digits"),
        ("URN", "1.21945E+05", "The URN is not a number of 5 to 7 digits"),
        ("EstablishmentName", "  ", "There is no name"),
        ("EstablishmentName", "- - -", "The name has no letters or digits"),
        ("EstablishmentName", "a" * 201, "It has 201 characters. There is room for 200"),
        ("EstablishmentName", "Hazel\x00Lane", "There is a character that can't be seen"),
        ("EstablishmentName", "Hazel\u202eLane", "There is a character that can't be seen"),
        ("EstablishmentName", "Hazel\x1fLane", "There is a character that can't be seen"),
        ("EstablishmentName", "Hazel\ufffdLane", "There is a character that can't be read"),
        ("EstablishmentStatus (name)", "", "There is no status"),
        ("EstablishmentStatus (name)", "Pending approval", "We don't know the status “Pending approval”"),
        ("Street", "a" * 121, "It has 121 characters. There is room for 120"),
        ("Postcode", "NN15 6QY and more", "It has 17 characters. There is room for 10"),
        ("LA (code)", "9280", "It has 4 characters. There is room for 3"),
        ("SchoolWebsite", "http://a.org/\x07", "There is a character that can't be seen"),
    ],
)
def test_a_row_that_can_not_be_taken_says_its_column_and_why(column, cell, reason):
    assert read_row(7, SCHOOL | {column: cell}) == RowFault(7, column, reason)


def test_an_empty_row_says_so():
    assert read_row(7, dict.fromkeys(SCHOOL, "")) == RowFault(7, "", "The row is empty")


@pytest.mark.parametrize(
    "name",
    [
        "a" * 200,
        "Ysgol Gynradd Dŵr-y-Felin",
        "St Thomas à Becket\u2019s",
        "O'Brien School",
        "ਖ਼ਾਲਸਾ ਸਕੂਲ",
        "学校",
        "مدرسة النور",
        "Little Stars 👩‍👧 Nursery",
    ],
)
def test_names_of_every_script_and_of_every_length_go_in(name):
    row = read_row(2, SCHOOL | {"EstablishmentName": name})
    assert isinstance(row, Row)
    assert row.name == name


def test_lines_tabs_and_hard_spaces_within_a_cell_become_one_space():
    row = read_row(2, SCHOOL | {"Street": "Main\r\nRoad\t\u00a0 North"})
    assert isinstance(row, Row)
    assert row.street == "Main Road North"


@pytest.mark.parametrize(("column", "cell"), [("UKPRN", "0"), ("UKPRN", "abc"), ("SchoolWebsite", "none")])
def test_what_a_school_can_do_without_is_left_out(column, cell):
    row = read_row(2, SCHOOL | {column: cell})
    assert isinstance(row, Row)
    assert not (row.ukprn if column == "UKPRN" else row.website)


def test_the_room_for_each_fact_is_the_room_in_the_table():
    table = Organisation.__table__
    for name, most in school_row.LENGTHS.values():
        assert table.c[name].type.length == most
    assert table.c.website.type.length == rules.LONGEST_WEBSITE
    assert table.c.slug.type.length == rules.LONGEST_SLUG
    assert {fact.name for fact in fields(Row)} <= set(table.c.keys())


@pytest.mark.parametrize("file", ["gias-northamptonshire-2017.csv", "gias-england-2017.csv"])
def test_every_real_row_with_a_urn_is_a_school(file):
    with (DATA / file).open(encoding="cp1252", newline="") as rows:
        read = [read_row(number, cells) for number, cells in enumerate(csv.DictReader(rows), start=2)]
    faults = [row for row in read if isinstance(row, RowFault)]
    assert faults in ([], [RowFault(2582, "", "The row is empty")])


@given(st.dictionaries(st.sampled_from(sorted(SCHOOL)), st.text(max_size=250)))
def test_no_cell_breaks_the_reading_of_a_row(cells):
    assert isinstance(read_row(2, SCHOOL | cells), Row | RowFault)
