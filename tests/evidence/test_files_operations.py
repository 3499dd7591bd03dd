"""Files as facts: received, used once, replaced, opened, shut away, deleted."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from coprod.assessments import retention
from coprod.assessments.snapshot import facts_of
from coprod.database import db
from coprod.errors import Busy, Invalid, NotAllowed, NotFound, WrongState
from coprod.evidence import housekeeping, opening, operations, queries, receiving
from coprod.evidence.models import EvidenceFile
from coprod.evidence.rules import delete_on
from coprod.history import Event
from coprod.mail.models import Letter
from coprod.moderation import exhibits
from coprod.moderation import operations as moderation
from coprod.permissions import ANONYMOUS, AreaRole
from coprod.transaction import transaction
from coprod.web import deployment
from tests.support import build, files
from tests.support.assessments import submitted
from tests.support.build import MOMENT
from tests.support.files import FACTS, TODAY
from tests.support.snapshots import sent_in


@pytest.fixture
def school(app):
    return build.organisation()


@pytest.fixture
def member(school):
    return build.actor(build.lead_of(school).id)


def events(what):
    return list(db.session.scalars(select(Event).where(Event.what == what).order_by(Event.id)))


def stored():
    return [digest for digest, _ in deployment.evidence_storage().digests()]


def test_an_upload_is_no_evidence_before_somebody_describes_it(school, member):
    file = files.upload(school.id, member)
    assert queries.of_organisation(school.id) == []
    assert queries.unfinished(school.id) == [file]
    assert queries.upload_for(file.id, member) is file
    with pytest.raises(NotFound):
        queries.upload_for(file.id, build.actor(build.lead_of(build.organisation("Other"), "Olga Lead").id))
    assert events("evidence_file.received")[0].facts == {"sha256": file.sha256, "type": "pdf"}


def test_a_file_is_used_once_and_by_its_own_organisation(school, member):
    item = files.filed(school.id, member)
    other = build.organisation("Other School")
    stranger = build.actor(build.lead_of(other, "Olga Lead").id)
    file = files.upload(other.id, stranger)
    for wrong in (item.file, file):
        with pytest.raises(NotFound), transaction():
            operations.add(school.id, **FACTS, file=wrong, actor=member, now=MOMENT, today=TODAY, looked=True)
    with pytest.raises(NotFound):
        queries.upload_for(item.file_id, member)


@pytest.mark.parametrize("field", ["title", "shows", "statement"])
def test_what_looks_like_personal_data_is_pointed_out_and_kept_only_on_purpose(school, member, field):
    facts = FACTS | {"statement": "They said yes", field: "Ring Sam on 07700 900123"}
    with pytest.raises(Invalid, match="a phone number, “07700 900123”") as refusal, transaction():
        operations.add(school.id, **facts, actor=member, now=MOMENT, today=TODAY)
    assert refusal.value.field == "looked"
    assert queries.of_organisation(school.id) == []
    with transaction():
        operations.add(school.id, **facts, looked=True, actor=member, now=MOMENT, today=TODAY)
    assert events("evidence.added")[0].facts["looked_at"] == ["a phone number"]


def test_what_was_found_in_a_file_is_asked_about_and_then_forgotten(school, member):
    file = files.upload(school.id, member, b"Sam Reed, dob 12/03/2015", "Sam Reed 03.05.2015.txt")
    assert [sign["where"] for sign in file.signs] == ["the file’s name", "line 1"]  # noqa: RUF001
    with pytest.raises(Invalid, match="a date of birth"), transaction():
        operations.add(school.id, **FACTS, file=file, actor=member, now=MOMENT, today=TODAY)
    with transaction():
        operations.add(school.id, **FACTS, file=file, looked=True, actor=member, now=MOMENT, today=TODAY)
    assert file.signs == []
    assert "Sam" not in str([event.facts for event in events("evidence.added")])


def test_an_item_that_is_replaced_keeps_what_it_was(school, member):
    item = files.filed(school.id, member)
    before = item.file
    new = files.upload(school.id, member, files.pdf(Title="New"))
    with transaction():
        operations.replace(item, **FACTS | {"title": "Better"}, file=new, actor=member, now=MOMENT, today=TODAY)
    assert (item.title, item.revision, item.file) == ("Better", 2, new)
    [version] = item.versions
    assert (version.title, version.revision, version.file) == ("Parent survey", 1, before)
    assert set(stored()) == {before.sha256, new.sha256}
    with transaction():  # Other words, the same file.
        operations.replace(item, **FACTS, actor=member, now=MOMENT, today=TODAY)
    assert item.file is new
    with transaction():
        operations.withdraw(item, actor=member, now=MOMENT)
    with pytest.raises(WrongState), transaction():
        operations.replace(item, **FACTS, actor=member, now=MOMENT, today=TODAY)


def test_every_opening_is_a_fact_and_nobody_else_opens(school, member):
    item = files.filed(school.id, member)
    with transaction():
        operations.open_own(item, actor=member, now=MOMENT)
    [event] = events("evidence.opened")
    assert (event.actor_id, event.facts["sha256"]) == (member.person_id, item.file.sha256)
    for stranger in (ANONYMOUS, build.actor(build.person("Nora Body").id)):
        with pytest.raises(NotAllowed), transaction():
            operations.open_own(item, actor=stranger, now=MOMENT)


@pytest.fixture
def reviewed(school, member):
    """A case with a reviewer in it, whose RA1 rests on a file."""
    item = files.filed(school.id, member)
    assessment = sent_in(school, member.person_id, every=3)
    files.sent_with(assessment, item, "RA1")
    who = build.person("Ann One", AreaRole.REVIEWER, parent_carer=True)
    with transaction():
        case = moderation.open_case(assessment, now=MOMENT)
        moderation.declare(case, conflict=False, actor=build.actor(who.id), now=MOMENT)
    with transaction():
        moderation.take_seat(case, actor=build.actor(who.id), now=MOMENT)
    return item, case, build.actor(who.id)


def test_a_reviewers_opening_names_the_case(reviewed):
    item, case, reviewer = reviewed
    with transaction():
        assert exhibits.open_file(case, "RA1", item.id, actor=reviewer, now=MOMENT).id == item.file_id
    [event] = events("evidence.opened")
    assert (event.actor_id, event.facts["case_id"]) == (reviewer.person_id, str(case.id))


def test_who_sits_elsewhere_opens_and_shuts_nothing(reviewed, member):
    item, case, _ = reviewed
    other = build.actor(build.person("Ben Two", AreaRole.REVIEWER).id)
    for wrong in (other, member, ANONYMOUS):
        for act in (exhibits.open_file, exhibits.personal_data_seen):
            with pytest.raises(NotAllowed), transaction():
                act(case, "RA1", item.id, actor=wrong, now=MOMENT)
        with pytest.raises(NotAllowed), transaction():
            opening.quarantine(item, case=case, actor=wrong, now=MOMENT)
    with pytest.raises(NotFound), transaction():  # It was not sent in for this question.
        exhibits.open_file(case, "RA2", item.id, actor=reviewed[2], now=MOMENT)


def test_reviewers_open_what_was_sent_in_whatever_replaced_it(reviewed, school, member):
    item, case, reviewer = reviewed
    first = item.file_id
    new = files.upload(school.id, member, files.pdf(Title="New"))
    with transaction():
        operations.replace(item, **FACTS, file=new, actor=member, now=MOMENT, today=TODAY)
    with transaction():
        assert exhibits.open_file(case, "RA1", item.id, actor=reviewer, now=MOMENT).id == first


def test_personal_data_seen_is_gone_for_everybody_at_that_moment(reviewed, member):
    item, case, reviewer = reviewed
    with transaction():
        exhibits.personal_data_seen(case, "RA1", item.id, actor=reviewer, now=MOMENT)
    with pytest.raises(NotFound), transaction():
        exhibits.open_file(case, "RA1", item.id, actor=reviewer, now=MOMENT)
    with pytest.raises(NotFound), transaction():  # Nor past the list of what was sent in.
        operations.open_in_case(item.id, item.file_id, 1, case=case, actor=reviewer, now=MOMENT)
    with pytest.raises(NotFound), transaction():
        operations.open_own(item, actor=member, now=MOMENT)
    [sent] = case.assessment.snapshot["answers"]["RA1"]["evidence"]
    assert sent["gone"]
    assert "Parent survey" not in str(sent)
    assert "survey.pdf" not in str(sent)
    assert sent["file"]["sha256"] == item.file.sha256  # Hashes stay.
    assert queries.of_organisation(item.organisation_id) == []
    assert queries.counted(item).dated is None
    assert facts_of(case.assessment.snapshot)  # What was scored stays.
    [letter] = db.session.scalars(select(Letter).where(Letter.template == "evidence_shut_away"))
    assert "Parent survey" not in letter.words
    with transaction():  # A second reviewer's press changes nothing.
        exhibits.personal_data_seen(case, "RA1", item.id, actor=reviewer, now=MOMENT)
    assert len(events("evidence.quarantined")) == 1


def test_what_was_shut_away_goes_within_days_and_never_comes_back(reviewed, school, member):
    item, case, reviewer = reviewed
    shut = item.file
    assert shut.hidden == [["Author", "Ann Author"]]
    with transaction():
        exhibits.personal_data_seen(case, "RA1", item.id, actor=reviewer, now=MOMENT)
    assert shut.hidden == []
    new = files.upload(school.id, member, files.pdf(Title="Clean"))
    with transaction():
        operations.replace(item, **FACTS, file=new, actor=member, now=MOMENT, today=TODAY)
    assert not item.is_shut
    with transaction():
        operations.open_own(item, actor=member, now=MOMENT)
    with pytest.raises(NotFound), transaction():
        exhibits.open_file(case, "RA1", item.id, actor=reviewer, now=MOMENT)
    assert item.versions[0].facts == {}
    assert housekeeping.drop_rejected(now=MOMENT + timedelta(days=6)) == 0
    assert housekeeping.drop_rejected(now=MOMENT + timedelta(days=7)) == 1
    assert stored() == [new.sha256]
    assert shut.name == ""


def test_earlier_words_and_files_of_what_is_shut_away_go_with_it(reviewed, school, member):
    item, case, reviewer = reviewed
    first = item.file
    new = files.upload(school.id, member, files.pdf(Title="Clean"))
    with transaction():
        operations.replace(item, **FACTS, file=new, actor=member, now=MOMENT, today=TODAY)
    assert item.versions[0].title
    assert item.versions[0].facts["shows"]
    with transaction():
        exhibits.personal_data_seen(case, "RA1", item.id, actor=reviewer, now=MOMENT)
    assert [(each.title, each.facts) for each in item.versions] == [("", {})]
    assert first.rejected_at == new.rejected_at == MOMENT
    assert housekeeping.drop_rejected(now=MOMENT + timedelta(days=7)) == 2
    assert stored() == []


def test_uploads_that_nobody_finished_go_after_a_week(school, member):
    kept = files.filed(school.id, member)
    thrown, forgotten = (files.upload(school.id, member, files.pdf(Title=name)) for name in ("thrown", "forgotten"))
    with transaction():
        operations.discard(thrown, actor=member, now=MOMENT)
    assert queries.unfinished(school.id) == [forgotten]
    assert housekeeping.drop_rejected(now=MOMENT + timedelta(days=8)) == 2
    assert stored() == [kept.file.sha256]
    assert housekeeping.drop_rejected(now=MOMENT + timedelta(days=8)) == 0
    gone = {event.facts["sha256"] for event in events("evidence_file.deleted")}
    assert gone == {thrown.sha256, forgotten.sha256}


def test_content_that_two_files_share_goes_with_the_last(school, member):
    same = files.pdf()
    item = files.filed(school.id, member, same)
    other = files.upload(school.id, member, same)
    assert other.sha256 == item.file.sha256
    assert housekeeping.drop_rejected(now=MOMENT + timedelta(days=8)) == 1
    assert stored() == [item.file.sha256]


def at_the_next_use(monkeypatch, do):
    """Just before the store is used the next time, somebody does something."""
    use = deployment.evidence_storage

    def used():
        monkeypatch.setattr(deployment, "evidence_storage", use)
        do()
        return use()

    monkeypatch.setattr(deployment, "evidence_storage", used)


def test_whoever_sends_the_same_content_just_as_it_is_deleted_keeps_it(school, member, monkeypatch):
    files.upload(school.id, member)
    at_the_next_use(monkeypatch, lambda: files.upload(school.id, member))
    assert housekeeping.drop_rejected(now=MOMENT + timedelta(days=8)) == 1
    (kept,) = queries.unfinished(school.id)
    assert stored() == [kept.sha256]


def test_whoever_sends_the_same_content_just_as_it_is_swept_keeps_it(school, member, tmp_path, monkeypatch):
    left = tmp_path / "left"
    left.write_bytes(files.pdf())
    store = deployment.evidence_storage()
    store.put_file(left)
    known = queries.known

    def asked(sha256):
        monkeypatch.setattr(queries, "known", known)
        found = known(sha256)
        files.upload(school.id, member)
        return found

    monkeypatch.setattr(queries, "known", asked)
    assert housekeeping.sweep(now=datetime.now(UTC) + timedelta(days=2)) == 0
    (kept,) = queries.unfinished(school.id)
    assert stored() == [kept.sha256]


@pytest.mark.parametrize("how", ["receive", "clean"])
def test_a_row_is_never_written_for_content_that_went_meanwhile(school, member, how):
    file = files.upload(school.id, member)
    taken = receiving.without_hidden(file.sha256, file.type, file.name, now=MOMENT, today=TODAY)
    deployment.evidence_storage().remove(taken.sha256)
    write, at = {"receive": (operations.receive, school.id), "clean": (operations.clean_file, file)}[how]
    with pytest.raises(Busy), transaction():
        write(at, taken, actor=member, now=MOMENT)
    assert [each.sha256 for each in queries.unfinished(school.id)] == [file.sha256]


def test_content_that_no_row_needs_is_swept_once_it_is_a_day_old(school, member, tmp_path):
    item = files.filed(school.id, member)
    left = tmp_path / "left"
    left.write_bytes(b"an upload that was cut off")
    deployment.evidence_storage().put_file(left)
    assert housekeeping.sweep(now=datetime.now(UTC)) == 0
    assert housekeeping.sweep(now=datetime.now(UTC) + timedelta(days=2)) == 1
    assert stored() == [item.file.sha256]


def test_what_a_killed_process_left_half_done_is_swept_once_it_is_a_day_old(school, member):
    """An upload that was being looked into, and one that was being written to its place."""
    item = files.filed(school.id, member)
    instance = deployment.settings().instance
    looked_into = instance / "incoming" / "new-cut"
    looked_into.mkdir()
    (looked_into / "sent").write_bytes(b"a child's plan")
    written = deployment.evidence_storage().path(item.file.sha256).with_name(".new-cut")
    written.write_bytes(b"half of a child's plan")
    assert housekeeping.sweep(now=datetime.now(UTC)) == 0
    assert looked_into.exists()
    assert written.exists()
    assert housekeeping.sweep(now=datetime.now(UTC) + timedelta(days=2)) == 2
    assert not looked_into.exists()
    assert not written.exists()
    assert stored() == [item.file.sha256]


DAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("used", "awards", "on"),
    [
        (DAY, [], date(2028, 3, 31)),
        (date(2026, 6, 30), [], date(2028, 6, 30)),
        (DAY, [(date(2026, 9, 1), date(2028, 9, 1))], date(2029, 9, 1)),
        (DAY, [(date(2026, 9, 1), date(2028, 2, 29))], date(2029, 2, 28)),
        (DAY, [(date(2025, 9, 1), date(2028, 9, 1))], date(2028, 3, 31)),  # Given before: it rests on other things.
        (DAY, [(date(2026, 9, 1), date(2027, 9, 1)), (date(2027, 8, 1), date(2029, 8, 1))], date(2030, 8, 1)),
        (date(2028, 12, 1), [(date(2026, 9, 1), date(2028, 9, 1))], date(2030, 12, 1)),  # Worked on again since.
        (date(2026, 10, 1), [(date(2026, 9, 1), date(2029, 9, 1))], date(2030, 9, 1)),
    ],
)
def test_evidence_goes_a_year_after_the_award_or_two_years_after_its_last_use(used, awards, on):
    assert delete_on(DAY, used, awards, months=12) == on


def test_time_deletes_words_and_files_and_leaves_scores_reasons_and_hashes(school, member):
    item = files.filed(school.id, member, title="Secret title")
    sha256 = item.file.sha256
    assessment = sent_in(school, member.person_id, every=2)
    files.sent_with(assessment, item, "RA1")
    assessment.state = "final"
    db.session.commit()
    build.award(school, valid_to=date(2028, 3, 2), issued_on=date(2026, 12, 1))
    day = date(2029, 3, 2)
    before = MOMENT.replace(year=2029, month=2, day=10)
    assert retention.delete_due(now=before, today=before.date()) == (0, 0)
    assert retention.remind(now=before, today=before.date()) == 1
    assert retention.remind(now=before, today=before.date()) == 0
    [letter] = db.session.scalars(select(Letter).where(Letter.template == "evidence_goes"))
    assert "2 March 2029" in letter.subject
    assert "1 item" in letter.words
    then = MOMENT.replace(year=2029, month=3, day=2)
    assert retention.delete_due(now=then, today=day) == (1, 1)
    assert retention.delete_due(now=then, today=day) == (0, 0)
    assert stored() == []
    assert "Secret title" not in str([item.title, assessment.snapshot])
    [sent] = assessment.snapshot["answers"]["RA1"]["evidence"]
    assert sent["file"]["sha256"] == sha256
    assert assessment.snapshot["answers"]["RA1"]["claimed"] == 2
    [event] = events("evidence.deleted")
    assert event.facts == {"files": 1}


def test_what_comes_into_use_while_others_are_deleted_stays(school, member, monkeypatch):
    """What is due is listed first. By the time that an item's turn comes, somebody may have sent it in again."""
    first, second = (files.filed(school.id, member, files.pdf(Title=name), title=name) for name in ("First", "Second"))
    late = MOMENT + timedelta(days=4000)
    deleted = retention._delete

    def meanwhile(item, *, now):
        gone = deleted(item, now=now)
        other = second if item.id == first.id else first
        other.changed_at = late
        return gone

    monkeypatch.setattr(retention, "_delete", meanwhile)
    assert retention.delete_due(now=late, today=late.date()) == (1, 1)
    assert [item.deleted_at is None for item in (first, second)].count(True) == 1
    assert len(stored()) == 1


def test_an_upload_that_becomes_evidence_while_others_are_dropped_stays(school, member, monkeypatch):
    uploads = [files.upload(school.id, member, files.pdf(Title=name)) for name in ("thrown", "described")]
    dropped = housekeeping.drop

    def meanwhile(file, *, now):
        gone = dropped(file, now=now)
        for other in uploads:
            if other.id != file.id:
                other.used_at = now
        return gone

    monkeypatch.setattr(housekeeping, "drop", meanwhile)
    assert housekeeping.drop_rejected(now=MOMENT + timedelta(days=8)) == 1
    assert [file.deleted_at is None for file in uploads].count(True) == 1
    assert len(stored()) == 1


def test_what_is_being_moderated_does_not_go(school, member):
    assessment = submitted(school, member)
    late = MOMENT + timedelta(days=4000)
    assert list(retention.soon(today=late.date())) == []
    assessment.state = "withdrawn"
    db.session.commit()
    assert len(list(retention.soon(today=late.date()))) == 1


def test_what_was_sent_in_carries_the_hash_of_its_files(school, member):
    item = files.filed(school.id, member)
    assessment = sent_in(school, member.person_id)
    files.sent_with(assessment, item, "RA1")
    [sent] = assessment.snapshot["answers"]["RA1"]["evidence"]
    file = db.session.get_one(EvidenceFile, item.file_id)
    assert sent["revision"] == 1
    assert sent["file"] == {
        "id": str(file.id),
        "name": "survey.pdf",
        "type": "pdf",
        "size": file.size,
        "sha256": file.sha256,
    }


def test_links_to_answers_survive_the_migration_down_and_up(school, member):
    """The table is made anew where the database can't change its rule: what refers to it is put aside and back."""
    submitted(school, member)
    kept = db.session.execute(text("SELECT count(*) FROM answer_evidence")).scalar_one()
    assert kept
    db.session.remove()
    downgrade(revision="0009_public_list")
    upgrade()
    assert db.session.execute(text("SELECT count(*) FROM answer_evidence")).scalar_one() == kept
    assert db.session.execute(text("SELECT count(*) FROM evidence WHERE revision = 1")).scalar_one()
