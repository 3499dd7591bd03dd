import re
import shutil
from dataclasses import replace

import pytest
from sqlalchemy import select

from coprod.app import create_app
from coprod.changes import operations
from coprod.changes.models import ChangeRecord, Confirmation
from coprod.changes.rules import ChangeFacts, Status
from coprod.database import db
from coprod.transaction import transaction
from coprod.web.page_cache import PublicState
from tests.changes.conftest import WHOLE
from tests.support import build
from tests.support.build import MOMENT
from tests.support.client import Client

TYPED = {
    "title": WHOLE.title,
    "heard": WHOLE.heard,
    "group": "parents_and_carers",
    "how_many": "12",
    "heard_on": ["2", "3", "2026"],
    "heard_where": "Coffee morning",
    "before": WHOLE.before,
    "after": WHOLE.after,
    "decision": WHOLE.decision,
    "why": WHOLE.why,
    "decided_on": ["9", "3", "2026"],
    "changed_mind": True,
    "told_on": ["12", "3", "2026"],
    "told_how": WHOLE.told_how,
    "better": WHOLE.better,
    "area": "organisation",
}


@pytest.fixture
def people(school):
    return {
        "lead": build.lead_of(school, "Lee Lead").email,
        "other": build.lead_of(build.organisation("Other"), "Una Other").email,
    }


@pytest.fixture
def at(client, school, people):
    """The lead's client, and the address of the school's records."""
    client.sign_in(people["lead"])
    return client, f"/organisations/{school.id}/changes"


def only_record():
    return db.session.query(ChangeRecord).one()


def private_address(page):
    return re.search(r"/confirm/[\w-]{43}", page.text).group()


# Writing


def test_an_empty_list_says_where_to_start(at):
    client, address = at
    assert "No change records yet" in client.get(address).text
    assert client.follow("Write a change record").h1 == "Write a change record"


def test_a_whole_record_is_kept_and_shown(at):
    client, address = at
    client.get(f"{address}/new")
    page = client.submit("Save", **TYPED)
    assert page.h1 == WHOLE.title
    assert "Saved. This record is complete." in page.text
    assert only_record().facts == WHOLE
    for words in (
        WHOLE.heard,
        "Parents and carers",
        "2 March 2026",
        WHOLE.why,
        WHOLE.told_how,
        "The whole organisation",
    ):
        assert words in page.text
    assert "Complete" in client.get(address).text


def test_what_changed_in_the_plan_is_marked_in_words_and_not_by_colour_alone(at):
    client, address = at
    client.get(f"{address}/new")
    page = client.submit("Save", **(TYPED | {"before": "We meet at noon.", "after": "We meet at 6pm."}))
    assert "[taken out: noon. ]" in page.text
    assert "[new: 6pm. ]" in page.text
    assert "<del>" in page.source
    assert "<ins>" in page.source


def test_a_beginning_is_saved_and_what_is_missing_is_said(at):
    client, address = at
    client.get(f"{address}/new")
    page = client.submit("Save", title="Begun", heard="Too loud")
    assert "Saved. Still missing: which group said it, when you heard it" in page.text
    assert "Still missing" in client.get(address).text
    assert only_record().facts == ChangeFacts("Begun", heard="Too loud")


def test_mistakes_are_named_and_what_was_typed_stays(at):
    client, address = at
    client.get(f"{address}/new")
    wrong = {"title": "", "how_many": "many", "decided_on": ["31", "2", "2026"], "told_how": "x" * 301}
    page = client.submit("Save", status=422, **(TYPED | wrong))
    for words in ("Enter a title", "whole number", "real date", "300 characters"):
        assert words in page.errors[0]
    assert "Error:" in page.source
    assert db.session.query(ChangeRecord).count() == 0
    page = client.submit("Save", title="T" * 200, how_many="12", decided_on=["9", "3", "2026"], told_how="A letter")
    assert only_record().facts == replace(WHOLE, title="T" * 200, told_how="A letter")


def test_a_date_to_come_is_explained_beside_its_field(at):
    client, address = at
    client.get(f"{address}/new")
    page = client.submit("Save", status=422, **(TYPED | {"told_on": ["23", "11", "2026"]}))
    assert "can't be in the future" in page.errors[0]
    client.submit("Save", told_on=["12", "3", "2026"])
    assert only_record().facts == WHOLE


def test_what_is_typed_is_shown_as_text(at):
    client, address = at
    client.get(f"{address}/new")
    nasty = "<script>alert(1)</script>"
    client.submit("Save", **(TYPED | dict.fromkeys(("title", "heard", "before", "why", "told_how", "better"), nasty)))
    for page in (client.page, client.get(address), client.get(f"/changes/{only_record().id}/edit")):
        assert nasty in page.text or nasty in page.source.replace("&lt;", "<").replace("&gt;", ">")
        assert "<script>alert" not in page.source


# Editing


def test_an_edit_starts_from_what_is_on_record(at, write):
    client, _ = at
    record = write()
    page = client.get(f"/changes/{record.id}/edit")
    page = client.submit("Save", why="A better reason")
    assert "A better reason" in page.text
    assert only_record().facts == replace(WHOLE, why="A better reason")


def test_a_stale_edit_shows_both_versions_and_keeps_what_was_typed(at, write, lead):
    client, _ = at
    record = write()
    client.get(f"/changes/{record.id}/edit")
    with transaction():
        operations.edit(
            record, facts=replace(WHOLE, why="Theirs", told_how="By post"), revision=1, actor=lead, now=MOMENT
        )
    page = client.submit("Save", status=409, why="Mine", better="Mine too")
    for words in ("Somebody else saved this", "Yours Mine", "Theirs Theirs", "Theirs By post"):
        assert words in page.text
    assert "Who said it? Yours" not in page.text
    assert ">Mine too</textarea>" in page.source
    assert "Theirs" in record.why
    page = client.submit("Save")
    assert only_record().facts == replace(WHOLE, why="Mine", better="Mine too")


def test_an_edit_says_what_becomes_of_answers_and_of_the_public_page(at, write, lead):
    client, _ = at
    record = write()
    with transaction():
        _link, secret = operations.make_link(record, actor=lead, now=MOMENT)
    with transaction():
        operations.confirm(secret, answer="yes", group="forum", comment="", comment_shared=False, now=MOMENT)
    with transaction():
        operations.publish(record, no_child_named=True, status="done", actor=lead, now=MOMENT)
    page = client.get(f"/changes/{record.id}/edit")
    assert "Families have answered" in page.text
    assert "This record is public" in page.text
    page = client.submit("Save", why="Other words")
    assert "make new links to ask again" in page.text
    assert "no longer public" in page.text
    assert "About earlier words, which you have changed since: 1 yes, 0 partly, 0 no" in page.text


# Asking and answering


def test_a_link_is_shown_once_as_an_address_and_as_a_code(at, write):
    client, _ = at
    record = write()
    client.get(f"/changes/{record.id}")
    client.follow("Make a private link for a family")
    page = client.submit("Make a private link")
    address = private_address(page)
    assert f"http://localhost{address}" in page.text
    assert 'src="data:image/svg+xml' in page.source
    assert page.response.headers["Cache-Control"] == "no-store"
    page = client.get(f"/changes/{record.id}")
    assert "Waiting for an answer until 21 January 2027" in page.text
    assert address not in page.source


def test_what_is_missing_is_said_before_a_family_is_asked(at, write):
    client, _ = at
    record = write(replace(WHOLE, why=""))
    page = client.get(f"/changes/{record.id}/ask")
    assert "why it was decided" in page.text
    assert "Make a private link" not in page.text
    client.post(f"/changes/{record.id}/ask", status=409)


@pytest.fixture
def asked(at, write):
    """The lead's client, the record, and the address that a family was given."""
    client, _ = at
    record = write()
    client.get(f"/changes/{record.id}/ask")
    return client, record, private_address(client.submit("Make a private link"))


def test_a_family_reads_and_answers_without_an_account(asked, app, school):
    lead_client, record, address = asked
    family = Client(app)
    page = family.get(address)
    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.response.headers["Referrer-Policy"] == "same-origin"
    for words in (school.name, WHOLE.heard, WHOLE.decision, WHOLE.why, WHOLE.told_how, "9 March 2026", "What we keep"):
        assert words in page.text
    assert "Lee Lead" not in page.text
    page = family.submit("Send my answer", answer="no", group="parents_and_carers", comment="It is not like that.")
    assert page.h1 == "Thank you"
    page = lead_client.get(f"/changes/{record.id}")
    assert "0 yes, 0 partly, 1 no" in page.text
    assert "It is not like that." not in page.text
    assert "Used" in page.text
    page = family.get(address, status=410)
    assert page.h1 == "This link has been used"


def test_personal_data_in_a_comment_is_pointed_out_before_it_is_sent(asked, app):
    _, _, address = asked
    family = Client(app)
    family.get(address)
    typed = {"answer": "yes", "group": "forum", "comment": "Ring Jo on 01632 960123."}
    page = family.submit("Send my answer", status=422, **typed)
    assert "01632 960123”, in your comment" in page.text
    assert "Ring Jo" in page.source
    assert db.session.query(Confirmation).count() == 0
    assert family.submit("Send my answer", looked=True).h1 == "Thank you"
    assert db.session.query(Confirmation).one().comment == typed["comment"]


def test_a_comment_goes_to_the_school_where_the_family_agrees(asked, app):
    lead_client, record, address = asked
    family = Client(app)
    family.get(address)
    family.submit("Send my answer", answer="yes", group="forum", comment="Well done.", comment_shared=True)
    assert "Well done." in lead_client.get(f"/changes/{record.id}").text


def test_an_answer_without_its_parts_is_asked_for_again_and_keeps_what_was_typed(asked, app):
    _, _, address = asked
    family = Client(app)
    family.get(address)
    page = family.submit("Send my answer", status=422, comment="Half done")
    assert "Choose yes, partly or no" in page.errors[0]
    assert "Choose who you are" in page.errors[0]
    assert ">Half done</textarea>" in page.source
    assert family.submit("Send my answer", answer="yes", group="young_people").h1 == "Thank you"


def test_the_second_of_two_answers_to_one_link_is_told_so(asked, app):
    _, record, address = asked
    first, second = Client(app), Client(app)
    first.get(address)
    second.get(address)
    first.submit("Send my answer", answer="yes", group="forum")
    page = second.submit("Send my answer", status=410, answer="no", group="forum")
    assert page.h1 == "This link has been used"
    assert [one.answer for one in record.confirmations] == ["yes"]


def test_a_family_reads_words_again_that_were_changed_under_its_eyes(asked, app, lead):
    _, record, address = asked
    family = Client(app)
    family.get(address)
    with transaction():
        operations.edit(
            record, facts=replace(WHOLE, why="New reason"), revision=record.revision, actor=lead, now=MOMENT
        )
    page = family.submit("Send my answer", status=409, answer="partly", group="forum", comment="Kept")
    assert "The words were changed" in page.text
    assert "New reason" in page.text
    assert ">Kept</textarea>" in page.source
    assert family.submit("Send my answer").h1 == "Thank you"
    assert [(one.answer, one.change_revision) for one in record.confirmations] == [("partly", 2)]


def test_the_organisation_sees_the_page_but_can_not_answer(asked):
    client, record, address = asked
    page = client.get(address)
    assert "This is what a family sees" in page.text
    assert "Send my answer" not in page.text
    client.post(address, {"answer": "yes", "group": "forum", "wording": "1"}, status=403)
    assert record.confirmations == []


def test_a_link_that_was_taken_back_says_so(asked, app):
    client, record, address = asked
    client.get(f"/changes/{record.id}")
    page = client.submit("Withdraw link 1")
    assert "Link withdrawn" in page.text
    assert Client(app).get(address, status=410).h1 == "This link was taken back"


def test_a_link_that_has_run_out_says_so(asked, app):
    _, record, address = asked
    with transaction():
        record.links[0].expires_at = MOMENT
    assert Client(app).get(address, status=410).h1 == "This link has run out"


@pytest.mark.parametrize("secret", ["x", "a" * 43, "a" * 3000, "%00", "é"])
def test_an_unknown_link_says_what_to_do(client, secret):
    page = client.get(f"/confirm/{secret}", status=404)
    assert page.h1 == "We can't find that link"


# The public page


def test_a_lead_makes_a_record_public_and_takes_it_down(at, write, app):
    client, _ = at
    record = write(replace(WHOLE, how_many=3, heard_where="At the Bell Inn"))
    client.get(f"/changes/{record.id}")
    client.follow("Make this record public")
    page = client.submit("Make it public", status=422)
    assert "Choose how far this has come" in page.errors[0]
    assert "no child" in page.errors[0]
    page = client.post(f"/changes/{record.id}/publish", {"status": "done", "no_child_named": "y"})
    assert "This record is public now" in page.text
    assert page.link("Open the page “You said, we are doing”") == f"/you-said?organisation={record.organisation.slug}"
    public = Client(app).get("/you-said")
    for words in (WHOLE.title, WHOLE.heard, WHOLE.decision, WHOLE.why, "Primary school", "Done", "We did"):
        assert words in public.text
    assert "About how many people" not in public.text
    assert "Bell Inn" not in public.text
    client.get(f"/changes/{record.id}/publish")
    assert "Keep it public with this status" in client.page.text
    client.post(f"/changes/{record.id}/publish", {"status": "doing", "no_child_named": "y"})
    assert "We are doing" in Client(app).get("/you-said").text
    client.get(f"/changes/{record.id}/publish")
    assert "no longer public" in client.submit("Take it off the public page").text
    assert WHOLE.title not in Client(app).get("/you-said").text


def test_what_lacks_something_is_explained_on_the_page(at, write):
    client, _ = at
    record = write(replace(WHOLE, told_how=""))
    client.get(f"/changes/{record.id}/publish")
    page = client.post(f"/changes/{record.id}/publish", {"status": "done", "no_child_named": "y"}, status=422)
    assert page.errors == ["Before this can be public as “Done”, write down how you told families"]


def test_a_contributor_is_told_who_can_make_it_public(client, write, school):
    record = write()
    client.sign_in("cat.contributor@example.org")
    assert "Make this record public" not in client.get(f"/changes/{record.id}").text
    assert "Only a lead" in client.get(f"/changes/{record.id}/publish", status=403).text
    client.post(f"/changes/{record.id}/publish", {"status": "done", "no_child_named": "y"}, status=403)
    client.post(f"/changes/{record.id}/unpublish", status=403)
    assert record.published_at is None


def test_the_public_page_is_the_same_for_everybody_and_may_be_kept(client, write, lead):
    record = write()
    assert "Nothing to show here yet" in client.get("/you-said").text
    assert "Show everything" not in client.page.links()
    with transaction():
        operations.publish(record, no_child_named=True, status=Status.DOING, actor=lead, now=MOMENT)
    page = client.get("/you-said")
    assert page.response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Set-Cookie" not in page.response.headers
    assert "csrf" not in page.source


def test_from_what_changed_the_public_finds_whose_it_is(client, school, write, lead):
    build.sign_up(school)
    record = write()
    with transaction():
        operations.publish(record, no_child_named=True, status=Status.DOING, actor=lead, now=MOMENT)
    client.get("/you-said")
    assert client.follow(school.name).link(school.name) == f"/signatories/{school.slug}"


def test_the_public_page_is_filtered_and_paged(client, write, lead):
    for n in range(12):
        record = write(replace(WHOLE, title=f"Change {n}."))
        with transaction():
            operations.publish(record, no_child_named=True, status=Status.DOING, actor=lead, now=MOMENT)
    seen = client.get("/you-said").text
    assert seen.count("Change ") == 10
    seen += client.get(client.page.link("Next page →")).text
    assert all(f"Change {n}." in seen for n in range(12))
    assert client.get(client.page.link("← Previous page")).text.count("Change ") == 10
    page = client.get("/you-said?status=not_possible")
    assert "Nothing to show here yet" in page.text
    assert page.link("Show everything") == "/you-said"
    client.get("/you-said?status=doing")
    assert "status=doing" in client.page.link("Next page →")
    for odd in ("status=nonsense", "kind=x", "after=x", "before=99999999", "after=%00"):
        client.get(f"/you-said?{odd}")


# Other people


def test_what_is_not_yours_looks_as_if_it_were_not_there(asked, people):
    client, record, _ = asked
    link = record.links[0]
    gets = [
        f"/organisations/{record.organisation_id}/changes",
        f"/organisations/{record.organisation_id}/changes/new",
        *(f"/changes/{record.id}{end}" for end in ("", "/edit", "/ask", "/publish")),
    ]
    posts = [*gets[1:2], *gets[3:], f"/changes/{record.id}/unpublish", f"/changes/links/{link.id}/withdraw"]
    client.sign_out()
    client.sign_in(people["other"])
    missing = client.get("/changes/00000000-0000-4000-8000-000000000000", status=404).text
    for address in gets:
        assert client.get(address, status=404).text == missing
    for address in posts:
        client.post(address, {"title": "Mine now"}, status=404)
    assert record.facts == WHOLE
    assert link.withdrawn_at is None


def test_visitors_are_asked_to_sign_in(client, write):
    record = write()
    for end in ("", "/edit", "/ask", "/publish"):
        assert client.get(f"/changes/{record.id}{end}").h1 == "Sign in"


def test_pages_hold_the_longest_words(client, write, app):
    long_school = build.organisation("W" * 200)
    who = build.lead_of(long_school, "Lena Long")
    record = write(
        replace(WHOLE, title="T" * 200, heard="H" * 5000, told_how="L" * 300), long_school, build.actor(who.id)
    )
    client.sign_in(who.email)
    for address in (f"/changes/{record.id}", f"/changes/{record.id}/edit", f"/organisations/{long_school.id}/changes"):
        assert "T" * 200 in client.get(address).source


def test_a_form_with_fields_left_out_is_read_as_empty(at, asked, app):
    client, address = at
    client.get(f"{address}/new")
    client.post(f"{address}/new", {}, status=422)
    client.post(f"{address}/new", {"heard_on": ["1", "2", "2026", "4"], "told_on": "7", "group": "x"}, status=422)
    client.post(f"{address}/new", {"title": "Sent without a page"})
    assert "Sent without a page" in client.get(address).text
    _, _, private = asked
    family = Client(app)
    family.get(private)
    assert family.post(private, {"answer": "yes", "group": "forum", "wording": "1"}).h1 == "Thank you"


def test_errors_of_dates_lead_to_their_first_box(at):
    client, address = at
    client.get(f"{address}/new")
    page = client.submit("Save", status=422, title="T", told_on=["31", "2", "2026"])
    assert page.link("Enter a real date, such as 27 3 2026") == "#told_on-day"
    assert 'id="told_on-day"' in page.source


def test_private_links_are_tried_only_so_often(settings, empty_database):
    shutil.copy(empty_database, settings.instance / "coprod.sqlite3")
    app = create_app(settings, TESTING=True, KEEP_PAGES=False, CLOCK=lambda: MOMENT, RATELIMIT_ENABLED=True)
    with app.app_context():
        client = Client(app)
        for _ in range(60):
            client.http.get("/confirm/nonsense")
        assert client.get("/confirm/nonsense", status=429).h1 == "Too many tries"
        db.session.remove()
        db.engine.dispose()


def test_what_a_family_answers_reaches_the_public_page_at_once(write, lead):
    """The pages kept ready are made anew, because the number of families who agree is public."""
    record = write()
    with transaction():
        operations.publish(record, no_child_named=True, status=Status.DONE, actor=lead, now=MOMENT)
        _link, secret = operations.make_link(record, actor=lead, now=MOMENT)
    before = db.session.scalars(select(PublicState.version)).one()
    with transaction():
        operations.confirm(secret, answer="yes", group="forum", comment="", comment_shared=False, now=MOMENT)
    assert db.session.scalars(select(PublicState.version)).one() == before + 1
