from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import inspect, select, text

from coprod.changes import operations, queries, rules
from coprod.changes.confirming import MOST_OPEN_LINKS, Answer, LinkState, Tally
from coprod.changes.groups import Group
from coprod.changes.models import ChangeRecord, Confirmation, ConfirmationLink
from coprod.changes.operations import Edited, LinkClosed
from coprod.changes.rules import ChangeFacts, Status
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from coprod.framework.model import Area, Voice
from coprod.framework.scoring import Change
from coprod.history import Event
from coprod.permissions import ANONYMOUS, AreaRole
from coprod.transaction import transaction
from tests.changes.conftest import WHOLE
from tests.support import build
from tests.support.build import MOMENT

LATER = MOMENT + timedelta(days=1)


def edit(record, actor, revision=None, **changed):
    with transaction():
        return operations.edit(
            record,
            facts=replace(record.facts, **changed),
            revision=revision or record.revision,
            actor=actor,
            now=LATER,
        )


def make_link(record, actor, now=MOMENT):
    with transaction():
        return operations.make_link(record, actor=actor, now=now)


def confirm(secret, answer="yes", *, now=LATER, group=Group.PARENTS_AND_CARERS, comment="", shared=False, **more):
    with transaction():
        return operations.confirm(
            secret, answer=answer, group=group, comment=comment, comment_shared=shared, now=now, **more
        )


def answered(record, actor, answer="yes", **more):
    _link, secret = make_link(record, actor)
    return confirm(secret, answer, **more)


def publish(record, actor, status=Status.DONE, *, checked=True):
    with transaction():
        operations.publish(record, no_child_named=checked, status=status, actor=actor, now=MOMENT)


def events_of(thing):
    return [e.what for e in db.session.scalars(select(Event).where(Event.thing_id == str(thing.id)).order_by(Event.id))]


# Writing and editing


def test_a_record_keeps_every_field_that_was_filled_in(write, contributor):
    record = write()
    assert record.facts == WHOLE
    assert (record.written_by, record.revision, record.wording) == (contributor.person_id, 1, 1)
    assert events_of(record) == ["change.written"]


def test_a_record_with_a_title_alone_is_kept(write):
    assert write(ChangeFacts("To be filled in")).facts == ChangeFacts("To be filled in")


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"title": " "}, "title"), ({"heard_on": date(2026, 11, 23)}, "heard_on"), ({"how_many": 0}, "how_many")],
)
def test_what_can_not_be_true_is_refused_on_writing_and_on_editing(write, contributor, changed, field):
    with pytest.raises(Invalid) as refusal:
        write(replace(WHOLE, **changed))
    assert refusal.value.field == field
    record = write()
    with pytest.raises(Invalid):
        edit(record, contributor, **({"heard_on": date(2027, 1, 1)} if field == "heard_on" else changed))
    assert record.facts == WHOLE


def test_an_edit_of_what_somebody_else_changed_meanwhile_is_refused(write, contributor, lead):
    record = write()
    edit(record, lead, why="Theirs")
    with pytest.raises(Stale):
        edit(record, contributor, revision=1, why="Mine")
    assert record.why == "Theirs"


def test_saving_without_a_change_changes_nothing(write, contributor):
    record = write()
    assert edit(record, contributor) == Edited()
    assert record.revision == 1
    assert events_of(record) == ["change.written"]


def test_nobody_else_may_touch_a_record(write, contributor, stranger, lead, school):
    record = write()
    link, _secret = make_link(record, contributor)
    reviewer = build.actor(build.person("Rae Reviewer", AreaRole.REVIEWER, AreaRole.COORDINATOR).id)
    for actor in (stranger, reviewer, ANONYMOUS):
        for attempt in (
            lambda actor=actor: write(who=actor),
            lambda actor=actor: edit(record, actor, why="x"),
            lambda actor=actor: make_link(record, actor),
            lambda actor=actor: operations.withdraw_link(link, actor=actor, now=MOMENT),
            lambda actor=actor: publish(record, actor),
            lambda actor=actor: operations.unpublish(record, actor=actor, now=MOMENT),
        ):
            with pytest.raises(NotAllowed):
                attempt()
    assert [record.revision, len(queries.of_organisation(school.id)), len(record.links)] == [1, 1, 1]


def test_queries_answer_members_only(write, contributor, stranger):
    record = write()
    link, _secret = make_link(record, contributor)
    assert queries.for_member(record.id, contributor) is record
    assert queries.link_for_member(link.id, contributor) is link
    for query, thing in ((queries.for_member, record), (queries.link_for_member, link)):
        for wrong in ((thing.id, stranger), (uuid4(), contributor)):
            with pytest.raises(NotFound):
                query(*wrong)


# Private links


def test_a_secret_is_long_and_only_its_hash_is_kept(write, contributor):
    link, secret = make_link(write(), contributor)
    assert len(secret) == 43  # 256 bits in base 64
    assert link.secret_hash == queries.hash_of(secret)
    assert link.expires_at == MOMENT + timedelta(days=60)
    with db.engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        kept = "".join(str(connection.execute(text(f'SELECT * FROM "{t}"')).all()) for t in tables)  # noqa: S608
    assert link.secret_hash in kept
    assert secret not in kept


def test_each_link_has_a_secret_of_its_own(write, contributor):
    record = write()
    assert len({make_link(record, contributor)[1] for _ in range(5)}) == 5


@pytest.mark.parametrize("lacking", ["heard", "decision", "why", "told_how"])
def test_families_are_asked_only_about_a_story_with_an_end(write, contributor, lacking):
    record = write(replace(WHOLE, **{lacking: ""}))
    with pytest.raises(WrongState, match="Before you ask families"):
        make_link(record, contributor)


def test_a_record_has_at_most_fifty_links_that_wait(write, contributor):
    record = write()
    links = [make_link(record, contributor) for _ in range(MOST_OPEN_LINKS)]
    with pytest.raises(WrongState, match="50 links"):
        make_link(record, contributor)
    with transaction():
        operations.withdraw_link(links[0][0], actor=contributor, now=MOMENT)
    make_link(record, contributor)
    with pytest.raises(WrongState):
        make_link(record, contributor)
    assert make_link(record, contributor, now=MOMENT + timedelta(days=60))  # The others have expired by then.


def test_a_link_is_withdrawn_only_while_nobody_has_used_it(write, contributor):
    record = write()
    link, secret = make_link(record, contributor)
    confirm(secret, "no")
    with pytest.raises(WrongState, match="has answered"):
        operations.withdraw_link(link, actor=contributor, now=LATER)
    link, secret = make_link(record, contributor)
    with transaction():
        operations.withdraw_link(link, actor=contributor, now=LATER)
    with pytest.raises(WrongState, match="already"):
        operations.withdraw_link(link, actor=contributor, now=LATER)
    with pytest.raises(LinkClosed) as refusal:
        confirm(secret)
    assert refusal.value.state is LinkState.WITHDRAWN
    assert queries.tally_of(record) == Tally(no=1)


# Families' answers


def test_a_family_answers_once_and_nobody_is_named(write, contributor):
    record = write()
    link, secret = make_link(record, contributor)
    answer = confirm(secret, "partly", comment="Mostly", shared=True)
    assert (answer.answer, answer.group, answer.comment, answer.comment_shared) == (
        "partly",
        "parents_and_carers",
        "Mostly",
        True,
    )
    assert link.used_at == LATER
    with pytest.raises(LinkClosed) as refusal:
        confirm(secret, "yes")
    assert refusal.value.state is LinkState.USED
    assert queries.tally_of(record) == Tally(partly=1)
    event = db.session.scalars(select(Event).where(Event.what == "change.confirmed")).one()
    assert (event.actor_id, event.organisation_id) == (None, record.organisation_id)
    assert "partly" not in str(event.facts)


@pytest.mark.parametrize("answer", Answer)
@pytest.mark.parametrize("group", Group)
def test_every_answer_of_every_group_is_kept(write, contributor, answer, group):
    record = write()
    answered(record, contributor, answer, group=group)
    assert record.given[0].answer is answer
    assert record.confirmations[0].group == group.value


def test_a_link_that_has_run_out_is_refused(write, contributor):
    _link, secret = make_link(write(), contributor)
    with pytest.raises(LinkClosed) as refusal:
        confirm(secret, now=MOMENT + timedelta(days=60))
    assert refusal.value.state is LinkState.EXPIRED
    assert db.session.scalars(select(Confirmation)).all() == []
    confirm(secret, now=MOMENT + timedelta(days=60) - timedelta(seconds=1))


@pytest.mark.parametrize("secret", ["", "x", "a" * 43, "é" * 10])
def test_an_unknown_secret_opens_nothing(write, contributor, secret):
    make_link(write(), contributor)
    with pytest.raises(NotFound):
        confirm(secret)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"answer": "maybe"}, "answer"),
        ({"group": "head_teachers"}, "group"),
        ({"comment": "x" * 1001}, "comment"),
    ],
)
def test_an_answer_that_is_none_leaves_the_link_as_it_was(write, contributor, given, field):
    link, secret = make_link(write(), contributor)
    with pytest.raises(Invalid) as refusal:
        confirm(secret, **given)
    assert refusal.value.field == field
    assert link.used_at is None
    confirm(secret)


def test_people_of_the_organisation_do_not_answer_for_families(write, contributor, lead, stranger):
    link, secret = make_link(write(), contributor)
    for actor in (contributor, lead):
        with pytest.raises(NotAllowed):
            confirm(secret, actor=actor)
    assert link.used_at is None
    confirm(secret, actor=stranger)


def test_a_comment_is_the_organisations_to_read_only_where_the_family_says_so(write, contributor):
    record = write()
    answered(record, contributor, comment="For the reviewers", shared=False)
    answered(record, contributor, comment="For everybody", shared=True)
    answered(record, contributor, comment="", shared=True)
    assert queries.shared_comments(record) == ("For everybody",)
    assert [one.comment_shared for one in record.confirmations].count(True) == 1


# What answers are worth after an edit


@pytest.mark.parametrize(
    ("changed", "new_wording"),
    [
        ({"heard": "Other"}, True),
        ({"group": Group.FORUM}, True),
        ({"before": "Other"}, True),
        ({"after": "Other"}, True),
        ({"decision": "Other"}, True),
        ({"why": "Other"}, True),
        ({"told_how": "Other"}, True),
        ({"told_on": date(2026, 3, 20)}, True),
        ({"title": "Other"}, False),
        ({"better": "Other"}, False),
        ({"how_many": 13}, False),
        ({"area": Area.TEAM}, False),
    ],
)
def test_answers_count_only_for_the_words_that_families_read(write, contributor, changed, new_wording):
    record = write()
    answered(record, contributor, "yes")
    answered(record, contributor, "no")
    assert edit(record, contributor, **changed).answers_set_aside is new_wording
    assert queries.tally_of(record) == (Tally() if new_wording else Tally(yes=1, no=1))
    assert queries.earlier_tally_of(record) == (Tally(yes=1, no=1) if new_wording else Tally())
    answered(record, contributor, "yes")
    assert queries.tally_of(record).families_agree == (1 if new_wording else 2)


def test_publishing_leaves_families_answers_as_they_were(write, contributor, lead):
    record = write()
    answered(record, contributor)
    publish(record, lead)
    assert queries.tally_of(record) == Tally(yes=1)


def test_a_family_that_read_words_since_changed_reads_again(write, contributor):
    record = write()
    link, secret = make_link(record, contributor)
    edit(record, contributor, why="Another reason")
    with pytest.raises(Stale):
        confirm(secret, wording=1)
    assert link.used_at is None
    assert confirm(secret, wording=2).change_revision == 2


def test_no_operation_takes_an_answer_away(write, contributor, lead):
    """Whatever an organisation does to a record, a "no" stays."""
    record = write()
    answered(record, contributor, "no")
    publish(record, lead)
    edit(record, lead, heard="Quite another thing")
    publish(record, lead)
    with transaction():
        operations.unpublish(record, actor=lead, now=LATER)
    assert queries.earlier_tally_of(record) == Tally(no=1)
    assert [c.answer for c in db.session.scalars(select(Confirmation))] == ["no"]


# Making it public


@pytest.mark.parametrize("status", Status)
def test_a_complete_record_may_be_public_under_every_status(write, lead, status):
    record = write()
    publish(record, lead, status)
    assert (record.published_at, record.status, record.no_child_named) == (MOMENT, status.value, True)
    assert events_of(record) == ["change.written", "change.published"]


def test_only_a_lead_makes_it_public_or_takes_it_down(write, contributor, lead):
    record = write()
    with pytest.raises(NotAllowed):
        publish(record, contributor)
    publish(record, lead)
    with pytest.raises(NotAllowed):
        operations.unpublish(record, actor=contributor, now=MOMENT)
    with transaction():
        operations.unpublish(record, actor=lead, now=MOMENT)
    assert (record.published_at, record.no_child_named) == (None, False)
    with pytest.raises(WrongState):
        operations.unpublish(record, actor=lead, now=MOMENT)


@pytest.mark.parametrize(
    ("facts", "status", "field"),
    [
        (replace(WHOLE, told_how=""), Status.DONE, "status"),
        (replace(WHOLE, after=WHOLE.before), Status.DOING, "status"),
        (replace(WHOLE, why="", before="", after=""), Status.NOT_POSSIBLE, "status"),
        (replace(WHOLE, heard=""), Status.LISTENING, "status"),
        (WHOLE, "invented", "status"),
    ],
)
def test_what_lacks_something_is_not_made_public(write, lead, facts, status, field):
    record = write(facts)
    with pytest.raises(Invalid) as refusal:
        publish(record, lead, status)
    assert refusal.value.field == field
    assert record.published_at is None


def test_somebody_confirms_that_nobody_can_be_identified(write, lead):
    record = write()
    with pytest.raises(Invalid) as refusal:
        publish(record, lead, checked=False)
    assert refusal.value.field == "no_child_named"
    assert record.published_at is None


def test_what_is_not_possible_is_public_with_its_reason(write, lead):
    record = write(replace(WHOLE, before="", after=""))
    publish(record, lead, Status.NOT_POSSIBLE)
    assert queries.published()[0].why == WHOLE.why


@pytest.mark.parametrize("field", sorted(rules.PUBLIC_READS))
def test_words_that_the_public_reads_leave_its_page_when_they_change(write, contributor, lead, field):
    record = write()
    publish(record, lead)
    other = {"group": Group.FORUM, "how_many": 40, "changed_mind": False}
    value = date(2026, 3, 10) if field.endswith("_on") else other.get(field, "Other words")
    assert edit(record, contributor, **{field: value}).taken_down
    assert queries.published() == ()


@pytest.mark.parametrize("changed", [{"heard_where": "A survey"}, {"area": Area.TEAM}])
def test_words_that_the_public_never_reads_leave_a_record_public(write, contributor, lead, changed):
    record = write()
    publish(record, lead)
    assert not edit(record, contributor, **changed).taken_down
    assert len(queries.published()) == 1


# What the rules of scoring see


def test_a_record_counts_as_it_stands(write, contributor, lead):
    record = write()
    for answer in ("yes", "partly", "no"):  # Only a whole yes confirms it.
        answered(record, contributor, answer)
    publish(record, lead)
    assert queries.counted(record) == Change(
        complete=True,
        decided_on=date(2026, 3, 9),
        area=Area.ORGANISATION,
        voices=frozenset({Voice.PARENTS}),
        confirmed=1,
        changed_mind=True,
        shared=True,
    )


def test_a_record_that_is_only_begun_counts_for_nothing(write):
    counted = queries.counted(write(ChangeFacts("Begun")))
    assert counted == Change(complete=False, decided_on=None, area=None, voices=frozenset())


def test_every_table_names_only_what_it_must():
    """Nothing about who answers: no name and no address; what stands for one is scrambled, and forgotten soon."""
    assert set(Confirmation.__table__.columns.keys()) == {
        "id",
        "change_id",
        "link_id",
        "change_revision",
        "answer",
        "group",
        "comment",
        "comment_shared",
        "answered_at",
        "visitor",
        "repeated",
        "near",
    }
    assert "secret" not in ConfirmationLink.__table__.columns
    assert ChangeRecord.__public__
    assert Confirmation.__public__
