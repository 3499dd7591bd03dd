from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coprod.evidence.rules import EvidenceFacts, address_fault, date_fault, faults
from coprod.framework.model import EvidenceKind, FromFamilies

TODAY = date(2026, 11, 22)
KINDS = (
    EvidenceKind("family_voice", "Family voice", ("A survey",), FromFamilies.YES, "Counts."),
    EvidenceKind("joint_working", "Joint working", ("Minutes",), FromFamilies.IF_AGREED, "If they agree."),
    EvidenceKind("public_record", "Public record", ("A page",), FromFamilies.NO, "Does not count."),
)
SOUND = {
    "kind": "family_voice",
    "title": "Parent survey",
    "url": "https://www.example.org/survey",
    "statement": "",
    "dated": date(2026, 3, 27),
    "shows": "41 of 60 parents say meetings are at better times",
    "from_families": True,
    "no_child_named": True,
}


def found(**changed: object) -> list[str]:
    """The fields that are at fault in sound facts with these changes."""
    facts = EvidenceFacts(**(SOUND | changed))  # type: ignore[arg-type]  # tests give each field what it takes
    return [fault.field for fault in faults(facts, kinds=KINDS, today=TODAY)]


def test_sound_facts_have_no_faults():
    assert found() == []


@pytest.mark.parametrize(
    ("changed", "at_fault"),
    [
        ({"kind": "no_such_kind"}, ["kind"]),
        ({"title": " "}, ["title"]),
        ({"shows": "\u200d"}, ["shows"]),
        ({"url": "", "statement": ""}, ["url"]),
        ({"url": "", "statement": " \n "}, ["url"]),
        ({"url": "", "statement": "Families told us."}, []),
        ({"url": "nonsense", "statement": "Families told us."}, ["url"]),
        ({"dated": TODAY}, []),
        ({"dated": TODAY + timedelta(days=1)}, ["dated"]),
        ({"dated": date(2000, 1, 1)}, []),
        ({"dated": date(1999, 12, 31)}, ["dated"]),
        ({"no_child_named": False}, ["no_child_named"]),
        ({"kind": "joint_working"}, []),
        ({"kind": "public_record"}, ["from_families"]),
        ({"kind": "public_record", "from_families": False}, []),
        ({"kind": "x", "title": "", "no_child_named": False}, ["kind", "title", "no_child_named"]),
    ],
)
def test_each_rule_names_its_field(changed, at_fault):
    assert found(**changed) == at_fault


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.org",
        "http://example.org/a/b?c=d&e=%20f#g",
        "HTTPS://Example.ORG:8443/x",
        "https://skola.example/Å",
        "https://[2001:db8::1]/page",
        "https://example.org/@name",
    ],
)
def test_web_addresses_are_accepted(url):
    assert address_fault(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "example.org",
        "//example.org",
        "/page",
        "https://",
        "https:///page",
        "https:example.org",
        "https://.",
        "https://:443/",
        "https://user:secret@example.org",
        "https://example.org@elsewhere.example",
        "https://@example.org",
        "https://example.org\\@elsewhere.example",
        "https://exam ple.org",
        "https://example.org/a b",
        "https://example.org/\x00",
        "https://example.org/\u202egnp.exe",
        "https://example.org:port/",
        "https://example.org:99999/",
        "https://[not-an-address/",
        "ftp://example.org",
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,hello",
        "file:///etc/passwd",
        "https://example.org/" + "a" * 2000,
    ],
)
def test_anything_else_is_refused_with_words(url):
    assert address_fault(url)


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_addresses(text):
    fault = address_fault(text)
    assert fault or text.lower().startswith(("http://", "https://"))


@given(st.dates())
def test_a_date_is_sound_exactly_from_2000_to_today(day):
    assert (date_fault(day, TODAY) == "") == (date(2000, 1, 1) <= day <= TODAY)
