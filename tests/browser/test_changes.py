"""Proof that what families say changed the plan: from a school's record to the public page, in real browsers.

A school records a change, two family members confirm it, the question that it stands for rises by exactly the rules,
everybody can read it, and a file that shows personal data is gone for everybody the moment a reviewer says so.
"""

import re
import urllib.request
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from coprod.accounts.models import Person
from coprod.assessments import operations as assessments
from coprod.assessments.models import Assessment
from coprod.changes import operations as changes
from coprod.changes.groups import Group
from coprod.changes.rules import ChangeFacts
from coprod.database import db
from coprod.framework.model import Area
from coprod.framework.queries import current_framework
from coprod.moderation import operations as moderation
from coprod.permissions import AreaRole
from coprod.transaction import transaction
from tests.browser.conftest import Site
from tests.browser.test_journey import confirm_as_family, fill_day, sign_in
from tests.support import assessments as make
from tests.support import build, files

TODAY = date.today()  # noqa: DTZ011  # the server's own day
TITLE = "A side door for calm mornings"
Window = Callable[..., Page]

pytestmark = pytest.mark.browser


def earlier(title: str) -> ChangeFacts:
    """A complete record of this year about the whole school, which no family has confirmed."""
    return ChangeFacts(
        title=title,
        heard="Reviews at 3 o'clock leave working parents out.",
        group=Group.PARENTS_AND_CARERS,
        heard_on=TODAY - timedelta(days=90),
        before="Reviews at 3 o'clock",
        after="Reviews at 9 or at 5 o'clock",
        decision="The head offers two times.",
        why="Most parents work.",
        decided_on=TODAY - timedelta(days=80),
        told_on=TODAY - timedelta(days=70),
        told_how="A letter",
        area=Area.ORGANISATION,
    )


@pytest.fixture
def school(site: Site) -> dict[str, UUID]:
    """A school that rates itself Asking, but Shaping at RA1, with a file and two earlier records behind it."""
    with site.app.app_context():
        where = build.organisation()
        lead = build.lead_of(where, "Hana Head").id
        build.person("Rita Reviewer", AreaRole.REVIEWER, parent_carer=True)
        head = build.actor(lead)
        item = files.filed(where.id, head, title="Notes of our families' evening")
        draft = make.started(where, head)
        for question in current_framework().questions:
            make.save(draft, question.code, head, 3 if question.code == "RA1" else 2)
            with transaction():
                assessments.attach_evidence(draft, question.code, item, actor=head, now=make.MOMENT)
        now = datetime.now(UTC)
        with transaction():
            assessments.add_action(
                draft,
                what="Ask fathers",
                owner="SENCO",
                due=TODAY + timedelta(days=90),
                question_code="RA1",
                actor=head,
                now=now,
                today=TODAY,
            )
            for number in range(2):
                record = changes.write(where.id, facts=earlier(f"Reviews, part {number}"), actor=head, now=now)
                assessments.attach_change(draft, "RA1", record, actor=head, now=now)
        return {"place": where.id, "draft": draft.id, "item": item.id, "head": lead}


def test_a_change_is_proved_published_and_kept_safe(site: Site, school: dict[str, UUID], person: Window) -> None:
    head = person()
    sign_in(head, "hana.head@example.org")
    question = f"/assessments/{school['draft']}/questions/RA1"
    counts_as(head, question, "Asking")
    record = write_record(head, school["place"])
    attach(head, question)
    counts_as(head, question, "Asking")  # Three records, two areas: but no family has confirmed one.
    links = [private_link(head, record) for _ in range(2)]
    confirm_as_family(person(viewport={"width": 390, "height": 844}), links[0])
    counts_as(head, question, "Shaping")
    confirm_as_family(person(viewport={"width": 320, "height": 700}), links[1])
    counts_as(head, question, "Shaping")

    public = person(viewport={"width": 390, "height": 844})
    public.goto("/you-said")
    expect(public.get_by_text(TITLE)).to_have_count(0)
    publish(head, record)
    seen_in_public(public, site)

    reviewer = person()
    case = send_in(site, school)
    sign_in(reviewer, "rita.reviewer@example.org")
    shut_away(reviewer, case)
    gone_for_everybody(head, reviewer, school, case)


def counts_as(page: Page, question: str, rung: str) -> None:
    page.goto(question)
    expect(page.get_by_text(re.compile(f"Counts as {rung}")).first).to_be_visible()


def write_record(page: Page, place: UUID) -> str:
    """A change of one team, from what parents said. Answers its address."""
    page.goto(f"/organisations/{place}/changes/new")
    page.get_by_label("Give this change a short title").fill(TITLE)
    page.get_by_label("What did families say?").fill("The bell is too loud and some children turn back.")
    page.get_by_label("Parents and carers", exact=True).check()
    fill_day(page, "When did you hear it?", TODAY - timedelta(days=60))
    page.get_by_label("What was the plan before?").fill("Everybody comes in when the bell rings.")
    page.get_by_label("What is the plan now?").fill("Everybody comes in through the side door from 8.30am.")
    page.get_by_label("Who decided, and what did they decide?").fill("The head and two parents chose the side door.")
    page.get_by_label("Why did they decide this?").fill("The gate was what kept children at home.")
    fill_day(page, "When was it decided?", TODAY - timedelta(days=50))
    fill_day(page, "When did you tell families?", TODAY - timedelta(days=45))
    page.get_by_label("How did you tell them?").fill("A letter home")
    page.get_by_label("One class, team or service").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_text("This record is complete").first).to_be_visible()
    return page.url


def attach(page: Page, question: str) -> None:
    page.goto(f"{question}/changes")
    page.get_by_label(TITLE).check()
    page.get_by_role("button", name="Attach to this answer").click()
    page.wait_for_load_state()


def private_link(page: Page, record: str) -> str:
    page.goto(record)
    page.get_by_role("link", name="Make a private link for a family").click()
    page.get_by_role("button", name="Make a private link").click()
    found = re.search(r"http://127\.0\.0\.1:\d+/confirm/[\w-]+", page.content())
    assert found
    return found.group()


def publish(page: Page, record: str) -> None:
    page.goto(record)
    expect(page.get_by_text("2 yes, 0 partly, 0 no")).to_be_visible()
    page.get_by_role("link", name="Make this record public").click()
    page.get_by_role("radio", name="Done").check()
    page.get_by_label("I have read it, and no child or other person can be identified").check()
    page.get_by_role("button", name="Make it public").click()
    expect(page.get_by_text("This record is public now")).to_be_visible()


def seen_in_public(page: Page, site: Site) -> None:
    page.wait_for_timeout(1000)  # Pages kept ready are made anew within a second.
    page.goto("/you-said")
    expect(page.get_by_text(TITLE).first).to_be_visible()
    expect(page.get_by_text("The gate was what kept children at home.")).to_be_visible()
    for ending in ("atom", "csv", "json"):
        with urllib.request.urlopen(f"{site.address}/you-said.{ending}") as answer:
            assert TITLE in answer.read().decode(), ending


def send_in(site: Site, school: dict[str, UUID]) -> UUID:
    """The lead sends it in, and the reviewer takes a place in its case."""
    with site.app.app_context():
        now = datetime.now(UTC)
        draft = db.session.get_one(Assessment, school["draft"])
        with transaction():
            assessments.submit(draft, declared=True, actor=build.actor(school["head"]), now=now, today=TODAY)
        with transaction():
            case = moderation.open_case(draft, now=now)
        rita = db.session.query(Person).filter_by(name="Rita Reviewer").one().id
        with transaction():
            moderation.declare(case, conflict=False, actor=build.actor(rita), now=now)
        with transaction():
            moderation.take_seat(case, actor=build.actor(rita), now=now)
        return case.id


def shut_away(page: Page, case: UUID) -> None:
    page.goto(f"/moderation/cases/{case}/RA1")
    expect(page.get_by_role("button", name=re.compile("Open the file"))).to_be_visible()
    page.get_by_text("I see personal data in it").first.click()
    page.get_by_role("button", name=re.compile("Shut it away")).first.click()
    expect(page.get_by_text("Shut away. Nobody can see it any more")).to_be_visible()


def gone_for_everybody(head: Page, reviewer: Page, school: dict[str, UUID], case: UUID) -> None:
    reviewer.goto(f"/moderation/cases/{case}/RA1")
    expect(reviewer.get_by_role("button", name=re.compile("Open the file"))).to_have_count(0)
    expect(reviewer.get_by_text("families' evening")).to_have_count(0)
    head.goto(f"/organisations/{school['place']}/evidence")
    expect(head.get_by_role("heading", name="Evidence that is shut away")).to_be_visible()
    expect(head.get_by_role("button", name=re.compile("Open the file"))).to_have_count(0)
    for page, address in (
        (head, f"/evidence/{school['item']}/open"),
        (reviewer, f"/moderation/cases/{case}/RA1/evidence/{school['item']}/open"),
    ):
        token = page.locator('input[name="csrf_token"]').first.get_attribute("value") or ""
        origin = page.url.split("/", 3)
        headers = {"Origin": "/".join(origin[:3])}
        answer = page.request.post(address, form={"csrf_token": token}, headers=headers)
        assert answer.status == 404
