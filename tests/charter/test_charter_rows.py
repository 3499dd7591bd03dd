from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from coprod.certificates.models import Certificate
from coprod.certificates.operations import issue_award
from coprod.certificates.queries import checked
from coprod.charter import asking, operations, queries
from coprod.charter.models import SignUp
from coprod.charter.rules import Promised, Standing
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, WrongState
from coprod.framework.queries import current_charter, current_framework
from coprod.history import Event
from coprod.organisations.models import Organisation
from coprod.permissions import Actor, MemberRole
from coprod.register import queries as register
from coprod.transaction import transaction
from tests.support.build import MOMENT, actor, lead_of, membership, organisation, person

TODAY = MOMENT.date()
DAY = timedelta(days=1)
YEAR = date(2027, 11, 22)

PROMISES = (
    Promised("Tell families each term what we did", date(2027, 3, 31), about_feedback=True),
    Promised("Ask ten families we have not heard from", date(2027, 7, 1)),
    Promised("Give two parent carers a vote", date(2027, 9, 1)),
)
GIVEN: dict[str, Any] = {
    "senior_lead": "Canary Senior",
    "family_link": "Canary Link",
    "signatory_name": "Canary Signatory",
    "signatory_role": "Head teacher",
    "agreed": True,
    "commitments": PROMISES,
}


def lead(where: Organisation) -> Actor:
    return actor(lead_of(where, f"Lead of {where.name}").id)


def sign(where: Organisation, who: Actor, today: date = TODAY, **changed: Any) -> SignUp:
    with transaction():
        return operations.sign(where, **{**GIVEN, **changed}, actor=who, now=MOMENT, today=today)


def kinds() -> list[str]:
    return [entry.kind for entry in register.entries()]


def status_of(sign_up: SignUp, today: date = TODAY) -> str:
    assert sign_up.certificate is not None
    found = checked(sign_up.certificate.code, today=today)
    assert found is not None
    return found.status.value


def test_signing_keeps_the_text_the_promises_a_certificate_and_an_entry(app: Flask) -> None:
    where = organisation()
    made = sign(where, lead(where))
    charter = current_charter()
    assert (made.charter_version, made.charter_hash) == (charter.version, charter.sha256)
    assert [(c.position, c.text, c.due, c.about_feedback) for c in made.commitments] == [
        (n, p.text, p.due, p.about_feedback) for n, p in enumerate(PROMISES, 1)
    ]
    assert made.certificate is not None
    assert made.certificate.valid_to == YEAR
    assert queries.in_force(where.id) is made
    assert kinds() == ["charter.signed"]
    assert [event.what for event in db.session.query(Event).order_by(Event.id)] == [
        "certificate.issued",
        "charter.signed",
    ]


def test_names_of_people_are_in_no_public_place(app: Flask) -> None:
    where = organisation()
    made = sign(where, lead(where))
    assert made.certificate is not None
    public = f"{list(register.entries())}{made.certificate.facts}{[e.facts for e in db.session.query(Event)]}"
    assert "Canary" not in public


def test_a_double_click_makes_one_sign_up(app: Flask) -> None:
    where = organisation()
    who = lead(where)
    first = sign(where, who)
    assert sign(where, who) is first
    assert db.session.query(SignUp).count() == db.session.query(Certificate).count() == 1
    assert kinds() == ["charter.signed"]


def test_only_a_lead_of_the_organisation_signs(app: Flask) -> None:
    where, other = organisation("Mine"), organisation("Other")
    contributor = person("Con Tributor")
    membership(contributor, where, MemberRole.CONTRIBUTOR)
    for who in (lead(other), actor(contributor.id), Actor()):
        with pytest.raises(NotAllowed):
            sign(where, who)
    assert kinds() == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"senior_lead": " \u200b"}, "senior_lead"),
        ({"family_link": ""}, "family_link"),
        ({"signatory_name": ""}, "signatory_name"),
        ({"signatory_role": " "}, "signatory_role"),
        ({"agreed": False}, "agreed"),
        ({"commitments": PROMISES[:2]}, "commitment_1"),
        ({"commitments": tuple(replace(p, about_feedback=False) for p in PROMISES)}, "feedback_1"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_written(app: Flask, changed: dict[str, Any], field: str) -> None:
    where = organisation()
    with pytest.raises(Invalid) as refusal:
        sign(where, lead(where), **changed)
    assert refusal.value.field == field
    assert queries.in_force(where.id) is None
    assert kinds() == []


def test_a_closed_organisation_can_not_sign(app: Flask) -> None:
    where = organisation()
    where.status = "closed"
    db.session.commit()
    with pytest.raises(WrongState):
        sign(where, lead(where))


def new_text(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = replace(current_charter(), version="2.0", sha256="f" * 64)
    for module in (operations, asking):
        monkeypatch.setattr(module, "current_charter", lambda: newer)


def test_a_new_text_is_signed_anew_and_the_months_go_on(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    where = organisation()
    who = lead(where)
    first = sign(where, who)
    new_text(monkeypatch)
    second = sign(where, who, today=date(2027, 2, 1))
    assert second is not first
    assert (first.ended_as, first.ended_on) == ("superseded", date(2027, 2, 1))
    assert status_of(first) == "superseded"
    assert second.counts_from == TODAY
    assert second.certificate is not None
    assert second.certificate.valid_to == YEAR
    assert kinds() == ["charter.signed", "charter.superseded", "charter.signed"]


def test_who_lapsed_may_sign_again_and_starts_anew(app: Flask) -> None:
    where = organisation()
    who = lead(where)
    first = sign(where, who)
    second = sign(where, who, today=YEAR + DAY, commitments=tuple(replace(p, due=date(2028, 1, 1)) for p in PROMISES))
    assert (first.ended_as, first.ended_on) == ("lapsed", YEAR)
    assert second.counts_from == YEAR + DAY
    assert kinds() == ["charter.signed", "charter.lapsed", "charter.signed"]


def test_withdrawing_ends_the_certificate_and_keeps_the_reason_private(app: Flask) -> None:
    where = organisation()
    who = lead(where)
    made = sign(where, who)
    with transaction():
        operations.withdraw(made, why="Canary reason", actor=who, now=MOMENT, today=TODAY)
    assert (made.ended_as, made.ended_on, made.ended_why) == ("withdrawn", TODAY, "Canary reason")
    assert queries.in_force(where.id) is None
    assert queries.latest(where.id) is made
    assert status_of(made) == "withdrawn"
    assert kinds() == ["charter.signed", "charter.withdrawn"]
    assert "Canary" not in str(list(register.entries()))
    with pytest.raises(WrongState), transaction():
        operations.withdraw(made, why="", actor=who, now=MOMENT, today=TODAY)


def test_who_withdrew_may_sign_again(app: Flask) -> None:
    where = organisation()
    who = lead(where)
    made = sign(where, who)
    with transaction():
        operations.withdraw(made, why="", actor=who, now=MOMENT, today=TODAY)
    again = sign(where, who)
    assert again.ended_as is None
    assert queries.latest(where.id) is again


def test_only_a_lead_withdraws_keeps_and_checks_in(app: Flask) -> None:
    where, other = organisation("Mine"), organisation("Other")
    made, stranger = sign(where, lead(where)), lead(other)
    with pytest.raises(NotAllowed):
        operations.withdraw(made, why="", actor=stranger, now=MOMENT, today=TODAY)
    with pytest.raises(NotAllowed):
        operations.keep(made.commitments[0], kept_on=TODAY, actor=stranger, now=MOMENT, today=TODAY)
    with pytest.raises(NotAllowed):
        operations.check_in(made, senior_lead="A", family_link="B", actor=stranger, now=MOMENT, today=TODAY)


def test_a_commitment_is_kept_once_on_a_day_that_can_be(app: Flask) -> None:
    where = organisation()
    who = lead(where)
    made = sign(where, who)
    asking: dict[str, Any] = {"actor": who, "now": MOMENT, "today": TODAY + 9 * DAY}
    for day in (TODAY - DAY, TODAY + 10 * DAY):
        with pytest.raises(Invalid) as refusal, transaction():
            operations.keep(made.commitments[1], kept_on=day, **asking)
        assert refusal.value.field == "kept_on"
    with transaction():
        operations.keep(made.commitments[1], kept_on=TODAY + 5 * DAY, **asking)
    assert [c.kept_on for c in made.commitments] == [None, TODAY + 5 * DAY, None]
    with pytest.raises(WrongState), transaction():
        operations.keep(made.commitments[1], kept_on=TODAY, **asking)


def test_an_assessment_keeps_a_sign_up_in_force(app: Flask) -> None:
    where = organisation()
    made = sign(where, lead(where))
    sent = date(2027, 6, 1)
    with transaction():
        operations.record_assessment(where.id, today=sent)
    assert (made.assessed_on, made.checked_in_on) == (sent, sent)
    assert made.certificate is not None
    assert made.certificate.valid_to == date(2028, 6, 1) + 90 * DAY
    with transaction():
        operations.record_assessment(where.id, today=date(2028, 5, 1))
    assert (made.assessed_on, made.checked_in_on) == (sent, date(2028, 5, 1))


def test_who_holds_an_award_when_they_sign_is_not_asked_for_another_assessment(app: Flask) -> None:
    where = organisation()
    who = lead(where)
    framework = current_framework()
    with transaction():
        issue_award(
            where, framework=framework, level=framework.levels[0], inputs={}, actor=who, now=MOMENT, today=TODAY
        )
    assert sign(where, who).assessed_on == TODAY


def test_an_assessment_of_somebody_who_never_signed_is_no_fault(app: Flask) -> None:
    where = organisation()
    with transaction():
        operations.record_assessment(where.id, today=TODAY)
    assert queries.in_force(where.id) is None


def lapse(today: date) -> int:
    with transaction():
        return operations.lapse_overdue(now=MOMENT, today=today)


def test_sign_ups_without_an_assessment_lapse_after_their_last_day(app: Flask) -> None:
    idle, busy = organisation("Idle"), organisation("Busy")
    first, second = sign(idle, lead(idle)), sign(busy, lead(busy))
    with transaction():
        operations.record_assessment(busy.id, today=date(2027, 10, 1))
    assert lapse(YEAR) == 0
    assert status_of(first, YEAR) == "valid"
    assert status_of(first, YEAR + DAY) == "lapsed"  # The certificate says so at once, before anything ran.
    assert lapse(YEAR + 3 * DAY) == 1
    assert (first.ended_as, first.ended_on, second.ended_as) == ("lapsed", YEAR, None)
    assert status_of(first, YEAR + DAY) == "lapsed"
    assert kinds()[2:] == ["charter.lapsed"]
    assert lapse(YEAR + 4 * DAY) == 0


def test_a_check_in_that_never_comes_lapses_too_and_one_that_comes_does_not(app: Flask) -> None:
    where = organisation()
    who = lead(where)
    made = sign(where, who)
    with transaction():
        operations.record_assessment(where.id, today=TODAY)
    late = YEAR + 60 * DAY
    charter = current_charter()
    assert queries.standing_of(made, lapse=charter.lapse, today=late) is Standing.CHECK_IN_OVERDUE
    with transaction():
        operations.check_in(made, senior_lead="New Lead", family_link="New Link", actor=who, now=MOMENT, today=late)
    assert made.senior_lead == "New Lead"
    assert lapse(YEAR + 91 * DAY) == 0
    assert lapse(date(2029, 6, 1)) == 1


def test_lapsing_goes_through_every_batch(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_AT_ONCE", 2)
    for number in range(5):
        where = organisation(f"School {number}")
        sign(where, lead(where))
    assert lapse(YEAR + DAY) == 5
    assert kinds().count("charter.lapsed") == 5
    assert register.verify_database().sound
