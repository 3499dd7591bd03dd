import pytest

from coprod.accounts import rules
from coprod.permissions import MemberRole


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "twelve chars", "\u5b66\u6821" * 6, "a" * 200, "agreed-freedom-2026"],
)
def test_a_long_password_that_gives_nothing_away_will_do(password):
    assert rules.weakness(password, name="Sam Reed", email="sam.reed@example.org") is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "Use 12 characters or more"),
        ("eleven char", "Use 12 characters or more"),
        ("a" * 201, "Use 200 characters or fewer"),
        ("Ravindra-2026!", "your name"),
        ("my RAVINDRA password", "your name"),
        ("ravindra patel 1", "your name"),
        ("R\u00e1vindra R\u00e1vindra", "your name"),
        ("x-rpatel.send-x-x", "your name"),
        ("rpatel.send@example.org", "your name"),
    ],
)
def test_a_password_that_will_not_do_says_why(password, why):
    assert why in rules.weakness(password, name="Ravindra Patel", email="rpatel.send@example.org")


def test_the_first_person_is_offered_the_leads_part():
    assert rules.first_role(has_lead=False) == MemberRole.LEAD
    assert rules.first_role(has_lead=True) == MemberRole.CONTRIBUTOR


@pytest.mark.parametrize("role", MemberRole)
def test_each_part_says_what_it_is_and_what_it_may_do(role):
    assert rules.ROLE_WORDS[role]
    assert rules.ROLE_MAY[role]
