from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from coprod.assessments import drafting, operations, queries
from coprod.assessments.at_work import at_work
from coprod.assessments.models import Answer, AnswerVersion, Assessment
from coprod.assessments.operations import Incomplete, StaleAnswer
from coprod.assessments.rules import State, Written
from coprod.charter.models import SignUp
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.evidence import operations as evidence
from coprod.evidence.models import Evidence
from coprod.framework.queries import current_framework
from coprod.history import Event
from coprod.organisations.models import Organisation
from coprod.transaction import transaction
from tests.support import assessments as make
from tests.support import build

MOMENT, TODAY = make.MOMENT, make.TODAY


def events(what):
    return db.session.scalar(select(func.count()).where(Event.what == what))


def row(assessment, code):
    return drafting.answer_to(assessment, code)


@pytest.fixture
def draft(school, lead):
    return make.started(school, lead)


def test_an_assessment_is_tied_to_its_standards_and_its_audience(draft):
    framework = current_framework()
    assert (draft.framework, draft.version, draft.framework_hash) == (
        framework.slug,
        framework.version,
        framework.sha256,
    )
    assert (draft.audience, draft.state, draft.first) == ("school", "draft", True)
    assert events("assessment.started") == 1


def test_a_service_reads_the_services_wording(app):
    service = build.organisation("Speech and Language", kind="service")
    assert make.started(service, build.actor(build.lead_of(service).id)).audience == "service"


def test_a_double_click_starts_one_assessment(school, lead, draft):
    again = make.started(school, lead)
    assert again.id == draft.id
    assert db.session.scalar(select(func.count(Assessment.id))) == 1
    assert events("assessment.started") == 1


def test_another_can_be_started_after_one_was_withdrawn(school, lead, draft):
    with transaction():
        operations.withdraw(draft, actor=lead, now=MOMENT)
    assert make.started(school, lead).id != draft.id


def test_only_the_first_assessment_to_come_to_a_result_is_the_first(school, lead):
    first = make.submitted(school, lead)
    for step in (operations.begin_moderation, operations.give_provisional, operations.make_final):
        with transaction():
            step(first, actor=lead, now=MOMENT)
    assert (first.state, first.final_at) == ("final", MOMENT)
    assert not make.started(school, lead).first


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("lead", {"start", "save", "submit", "withdraw"}),
        ("contributor", {"save"}),
        ("stranger", set()),
    ],
)
def test_who_may_do_what(request, school, lead, who, may):
    actor = request.getfixturevalue(who)
    assessment = make.answered(school, lead)
    framework = current_framework()
    attempts = {
        "start": lambda: operations.start(school, framework=framework, actor=actor, now=MOMENT),
        "save": lambda: operations.save_answer(
            at_work(assessment.id, "LLE1", lead),
            rating=1,
            not_applicable=False,
            reason="",
            account="",
            revision=row(assessment, "LLE1").revision,
            actor=actor,
            now=MOMENT,
        ),
        "submit": lambda: operations.submit(assessment, declared=True, actor=actor, now=MOMENT, today=TODAY),
        "withdraw": lambda: operations.withdraw(assessment, actor=actor, now=MOMENT),
    }
    done = set()
    for name, attempt in attempts.items():
        try:
            with transaction():
                attempt()
            done.add(name)
        except NotAllowed:
            pass
    assert done == may


def test_each_save_is_one_event_and_one_version(draft, lead, contributor):
    make.save(draft, "RA1", lead, 1, account="First")
    make.save(draft, "RA1", contributor, 2, account="Second", revision=row(draft, "RA1").revision)
    assert events("answer.saved") == 2
    kept = [(version.account, name) for version, name in drafting.versions_of(row(draft, "RA1"))[0]]
    assert kept == [("Second", "Cat Contributor"), ("First", "Ravi Lead")]
    assert row(draft, "RA1").account == "Second"


def test_saving_the_same_twice_is_one_save(draft, lead):
    make.save(draft, "RA1", lead, 1)
    make.save(draft, "RA1", lead, 1)  # Made from the same form: a double click.
    assert events("answer.saved") == 1


def test_a_stale_save_shows_both_versions_and_changes_nothing(draft, lead, contributor):
    make.save(draft, "RA1", lead, 1, account="Theirs")
    with pytest.raises(StaleAnswer) as stale:
        make.save(draft, "RA1", contributor, 3, account="Yours")
    assert stale.value.yours == Written(rating=3, account="Yours")
    assert stale.value.theirs == Written(rating=1, account="Theirs")
    assert stale.value.saved_by == lead.person_id
    assert row(draft, "RA1").account == "Theirs"


def test_what_is_put_aside_is_kept_once_and_does_not_stand(draft, lead, contributor):
    make.save(draft, "RA1", lead, 1, account="Theirs")
    for _ in range(2):
        with transaction():
            operations.put_aside(draft, "RA1", Written(rating=3, account="Yours"), actor=contributor, now=MOMENT)
    versions = [(version.account, version.stood) for version, _ in drafting.versions_of(row(draft, "RA1"))[0]]
    assert versions == [("Yours", False), ("Theirs", True)]
    assert row(draft, "RA1").account == "Theirs"


def test_two_people_who_answer_different_questions_never_meet(draft, lead, contributor):
    make.save(draft, "RA1", lead, 1)
    make.save(draft, "RA2", contributor, 1)
    assert {code for code, each in drafting.outline(draft).items() if each.rating == 1} == {"RA1", "RA2"}


def test_evidence_that_came_first_does_not_make_the_first_save_stale(school, draft, lead):
    item = make.item(school, lead)
    with transaction():
        operations.attach_evidence(draft, "RA1", item, actor=lead, now=MOMENT)
    assert drafting.outline(draft)["RA1"].progress == "in progress"
    make.save(draft, "RA1", lead, 2)
    assert row(draft, "RA1").rating == 2


def test_not_applicable_drops_the_rating_and_a_rating_drops_the_reason(draft, lead):
    make.save(draft, "LLE1", lead, 2, not_applicable=True, reason="We hold no meetings.")
    assert (row(draft, "LLE1").rating, row(draft, "LLE1").not_applicable) == (None, True)
    make.save(draft, "LLE1", lead, 2, reason="left over", revision=row(draft, "LLE1").revision)
    assert (row(draft, "LLE1").rating, row(draft, "LLE1").reason) == (2, "")


@pytest.mark.parametrize(
    ("code", "changed", "field"),
    [
        ("RA1", {"not_applicable": True, "reason": "No"}, "rating"),
        ("HOT1", {"not_applicable": True}, "reason"),
        ("LLE4", {"not_applicable": True, "reason": "No"}, "rating"),
        ("LLE1", {"rating": 5}, "rating"),
    ],
)
def test_what_is_not_allowed_is_refused_and_nothing_is_kept(draft, lead, code, changed, field):
    make.save(draft, "LLE2", lead, not_applicable=True, reason="We hold no meetings.")
    with pytest.raises(Invalid) as refused:
        make.save(draft, code, lead, **changed)
    assert refused.value.field == field
    assert row(draft, code) is None


def test_a_question_that_the_standards_do_not_have_is_not_found(draft, lead):
    with pytest.raises(NotFound):
        make.save(draft, "XX9", lead)


@pytest.mark.parametrize("state", [state for state in State if state is not State.DRAFT])
def test_nothing_can_be_written_outside_a_draft(school, lead, draft, state):
    item, record = make.item(school, lead), make.change(school, lead)
    make.save(draft, "RA1", lead)
    with transaction():
        draft.state = state.value
    day = TODAY + timedelta(days=9)
    attempts = (
        lambda: operations.save_answer(
            at_work(draft.id, "RA1", lead),
            rating=4,
            not_applicable=False,
            reason="",
            account="",
            revision=1,
            actor=lead,
            now=MOMENT,
        ),
        lambda: operations.put_aside(draft, "RA1", Written(account="x"), actor=lead, now=MOMENT),
        lambda: operations.attach_evidence(draft, "RA1", item, actor=lead, now=MOMENT),
        lambda: operations.detach_evidence(draft, "RA1", item, actor=lead, now=MOMENT),
        lambda: operations.attach_change(draft, "RA1", record, actor=lead, now=MOMENT),
        lambda: operations.detach_change(draft, "RA1", record, actor=lead, now=MOMENT),
        lambda: operations.add_action(
            draft, what="Ask", owner="SENCO", due=day, question_code=None, actor=lead, now=MOMENT, today=TODAY
        ),
    )
    for attempt in attempts:
        with pytest.raises(WrongState), transaction():
            attempt()


def test_links_are_made_once_and_undone_once(school, draft, lead):
    item, record = make.item(school, lead), make.change(school, lead)
    for _ in range(2):
        with transaction():
            operations.attach_evidence(draft, "RA1", item, actor=lead, now=MOMENT)
            operations.attach_change(draft, "RA1", record, actor=lead, now=MOMENT)
    told = queries.told(queries.rows_of(draft)["RA1"])
    assert (len(told.items), len(told.changes)) == (1, 1)
    for _ in range(2):
        with transaction():
            operations.detach_evidence(draft, "RA1", item, actor=lead, now=MOMENT)
            operations.detach_change(draft, "RA1", record, actor=lead, now=MOMENT)
    told = queries.told(queries.rows_of(draft)["RA1"])
    assert (told.items, told.changes) == ((), ())
    names = ("evidence_attached", "evidence_detached", "change_attached", "change_detached")
    assert [events(f"answer.{name}") for name in names] == [1, 1, 1, 1]


def test_what_belongs_to_others_cannot_be_attached(draft, lead, stranger):
    other = next(iter(stranger.memberships))
    place = db.session.get_one(Organisation, other)
    item, record = make.item(place, stranger), make.change(place, stranger)
    for attach, thing in ((operations.attach_evidence, item), (operations.attach_change, record)):
        with pytest.raises(NotFound), transaction():
            attach(draft, "RA1", thing, actor=lead, now=MOMENT)
    assert db.session.scalar(select(func.count(Answer.id))) == 0


def test_withdrawn_evidence_can_not_be_attached_and_does_not_count(school, draft, lead):
    item = make.item(school, lead)
    make.save(draft, "LLE1", lead, 2)
    with transaction():
        operations.attach_evidence(draft, "LLE1", item, actor=lead, now=MOMENT)
    assert queries.scored(draft, today=TODAY).credited["LLE1"].rating == 2
    with transaction():
        evidence.withdraw(item, actor=lead, now=MOMENT)
    assert queries.scored(draft, today=TODAY).credited["LLE1"].rating == 1
    assert not queries.told(queries.rows_of(draft)["LLE1"]).items
    with pytest.raises(Invalid, match="withdrawn"), transaction():
        operations.attach_evidence(draft, "LLE2", item, actor=lead, now=MOMENT)


def test_an_assessment_with_gaps_is_not_sent_in_and_the_gaps_are_named(draft, lead):
    make.save(draft, "RA1", lead)
    with pytest.raises(Incomplete) as refused, transaction():
        operations.submit(draft, declared=True, actor=lead, now=MOMENT, today=TODAY)
    assert len(refused.value.problems) == 24
    assert draft.state == "draft"


def test_the_declaration_is_asked_for(school, lead):
    assessment = make.answered(school, lead)
    with pytest.raises(Invalid) as refused, transaction():
        operations.submit(assessment, declared=False, actor=lead, now=MOMENT, today=TODAY)
    assert refused.value.field == "declared"
    assert assessment.snapshot is None


def test_sending_in_twice_is_sending_in_once(school, lead):
    assessment = make.submitted(school, lead)
    with transaction():
        operations.submit(assessment, declared=True, actor=lead, now=MOMENT, today=TODAY)
    assert events("assessment.submitted") == 1
    assert (assessment.state, assessment.submitted_at, assessment.submitted_by) == ("submitted", MOMENT, lead.person_id)


def test_the_snapshot_holds_everything_that_reviewers_read(school, lead):
    assessment = make.submitted(school, lead, rating=3)
    kept = assessment.snapshot
    assert kept["framework"] == {
        "slug": assessment.framework,
        "version": assessment.version,
        "sha256": assessment.framework_hash,
    }
    assert (kept["submitted_on"], kept["first"], kept["level"]) == ("2026-11-22", True, "developing")
    assert set(kept["answers"]) == {question.code for question in current_framework().questions}
    answer = kept["answers"]["RA1"]
    assert (answer["claimed"], answer["credited"], answer["ceiling"]) == (3, 2, 2)
    assert answer["rule"] == "ra1_three_this_year"
    assert answer["account"] == "What we do about RA1."
    assert answer["evidence"][0]["title"] == "Parent survey"
    assert answer["evidence"][0]["dated"] == "2026-06-01"
    record = answer["changes"][0]
    assert (record["title"], record["decided_on"], record["complete"]) == ("Meetings moved", "2026-04-01", True)
    assert record["confirmed"] == {"yes": 1, "partly": 0, "no": 0}
    assert kept["plan"] == [
        {"what": "Ask parents which times suit them", "owner": "SENCO", "due": "2027-01-31", "question": "RA1"}
    ]
    assert kept["facts"] == {
        "plan_ready": True,
        "evidence_kinds": ["family_voice"],
        "evidence_months": 2,
        "held": {"developing": 0, "established": 0, "embedded": 0},
    }


def test_the_ceiling_tells_how_far_moderation_may_raise_what_was_claimed(school, lead):
    kept = make.submitted(school, lead, rating=1).snapshot["answers"]["LLE1"]
    assert (kept["claimed"], kept["credited"], kept["ceiling"], kept["rule"]) == (1, 1, 4, None)


def test_what_was_sent_in_is_what_is_scored_from_then_on(school, lead):
    assessment = make.submitted(school, lead, rating=3)
    before = queries.scored(assessment, today=TODAY)
    with transaction():
        evidence.withdraw(db.session.scalars(select(Evidence)).one(), actor=lead, now=MOMENT)
    after = queries.scored(assessment, today=TODAY + timedelta(days=900))
    assert after.score == before.score
    assert after.outcome == before.outcome
    assert {code: each.rating for code, each in after.credited.items()} == {
        code: each.rating for code, each in before.credited.items()
    }


def test_a_draft_and_its_snapshot_score_alike(school, lead):
    assessment = make.answered(school, lead, 3)
    live = queries.scored(assessment, today=TODAY)
    with transaction():
        operations.submit(assessment, declared=True, actor=lead, now=MOMENT, today=TODAY)
    sent = queries.scored(assessment, today=TODAY)
    assert (sent.score, sent.outcome) == (live.score, live.outcome)


def test_sending_in_keeps_a_charter_sign_up_from_lapsing(school, lead, monkeypatch):
    told = []
    monkeypatch.setattr(
        "coprod.charter.operations.record_assessment", lambda organisation, *, today: told.append((organisation, today))
    )
    make.submitted(school, lead)
    assert told == [(school.id, TODAY)]
    assert db.session.scalar(select(func.count(SignUp.id))) == 0


@pytest.mark.parametrize("state", State)
def test_an_assessment_is_withdrawn_only_before_moderation(draft, lead, state):
    with transaction():
        draft.state = state.value
    if state in {State.DRAFT, State.SUBMITTED, State.WITHDRAWN}:
        with transaction():
            operations.withdraw(draft, actor=lead, now=MOMENT)
        assert draft.state == "withdrawn"
    else:
        with pytest.raises(WrongState), transaction():
            operations.withdraw(draft, actor=lead, now=MOMENT)


def test_the_longest_waiting_comes_first(school, lead):
    first = make.submitted(school, lead)
    other = build.organisation("Second School")
    second = make.submitted(other, build.actor(build.lead_of(other, "Ann Other").id))
    with transaction():
        second.submitted_at = MOMENT - timedelta(days=3)
    assert [each.id for each in queries.waiting()] == [second.id, first.id]


def test_somebody_elses_assessment_answers_like_a_missing_one(draft, stranger):
    for missing in (draft.id, stranger.person_id):
        with pytest.raises(NotFound):
            queries.for_member(missing, stranger)
        with pytest.raises(NotFound):
            at_work(missing, "RA1", stranger)


def test_a_step_of_the_plan_is_added_and_taken_out(draft, lead, stranger):
    with transaction():
        step = operations.add_action(
            draft,
            what="Ask",
            owner="SENCO",
            due=date(2027, 1, 1),
            question_code="RA1",
            actor=lead,
            now=MOMENT,
            today=TODAY,
        )
    assert queries.award_facts(draft, {}, today=TODAY).plan_ready
    for _ in range(2):
        with transaction():
            operations.remove_action(draft, step.id, actor=lead, now=MOMENT)
    assert not queries.award_facts(draft, {}, today=TODAY).plan_ready
    assert (events("plan.added"), events("plan.removed")) == (1, 1)


def test_nothing_that_was_saved_is_ever_lost(draft, lead, contributor):
    """Many saves by two people in turn: the last one stands, and each one is among the versions."""
    texts = [f"Text {number}" for number in range(12)]
    for number, text in enumerate(texts):
        stands = row(draft, "HOT1")
        make.save(
            draft,
            "HOT1",
            (lead, contributor)[number % 2],
            number % 5,
            account=text,
            revision=stands.revision if stands else None,
        )
    assert row(draft, "HOT1").account == texts[-1]
    kept = db.session.scalars(select(AnswerVersion.account).order_by(AnswerVersion.id)).all()
    assert kept == texts
