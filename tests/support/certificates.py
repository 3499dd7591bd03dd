"""Facts of certificates for tests, as they would be printed."""

from datetime import date
from typing import Any

from coprod.certificates.rules import Facts, Kind, Promise, code

VALUES = (
    "Learning from lived experience",
    "Working together",
    "Ambitious",
    "Responsive and accountable",
    "Honest, open and transparent",
)


def award(**changed: Any) -> Facts:
    """An award like any other, but for what is `changed`."""
    given: dict[str, Any] = {
        "kind": Kind.AWARD,
        "area": "North Northamptonshire",
        "forum": "the parent carer forum",
        "title": "North Northamptonshire SEND co-production standards",
        "headline": "Established",
        "organisation": "Meadowbank Primary School",
        "official_code": "URN 900123",
        "sentence": "has shown that families shape what happens here, and that what they say changes plans.",
        "promises": (),
        "values": VALUES,
        "petals": 3,
        "issued_on": date(2026, 11, 14),
        "valid_to": date(2029, 11, 13),
        "standards": "Version 1.0 (draft)",
        "standards_hash": "5f" * 32,
        "code": code((1 << 139) + 987_654_321),
        "address": "https://charter.example.org/verify",
        "register_entry": 12,
        "fingerprint": "3f9a" * 16,
        "demonstration": False,
    }
    return Facts(**(given | changed))


def signing(**changed: Any) -> Facts:
    """A signing like any other, but for what is `changed`."""
    given: dict[str, Any] = {
        "kind": Kind.SIGNING,
        "title": "North Northamptonshire co-production charter",
        "headline": "has signed the charter",
        "sentence": "Signing is a promise, not an award. These are the commitments that it made:",
        "promises": (
            Promise("Each term we will publish what families told us and what we did.", date(2027, 3, 31)),
            Promise("We will talk to ten families who never answered a survey.", date(2027, 7, 1)),
            Promise("Two parent carers will have a seat and a vote on our SEND group.", date(2027, 9, 1)),
        ),
        "petals": 0,
        "valid_to": None,
    }
    return award(**(given | changed))
