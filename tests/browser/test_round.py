"""A whole round of moderation in real browsers, and at each step what the organisation and the public must not see.

Two reviewers rate apart from each other, a third has a conflict. More is asked for, a difference of one is agreed
together and one of two is decided by the lead reviewer; of two replies one is upheld, and the award is on the list.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from coprod.accounts.models import Person
from coprod.app import create_app
from coprod.assessments.models import Answer
from coprod.database import db
from coprod.moderation import casework, operations
from coprod.moderation.models import Case
from coprod.permissions import AreaRole
from coprod.transaction import transaction
from coprod.web import clock
from tests.browser.conftest import Site
from tests.conftest import made
from tests.support import build, looks
from tests.support.client import Client
from tests.support.snapshots import sent_in

SCHOOL = "Elm Tree School"
FORUM = ("Ann Alder", "Ben Birch", "Cat Cedar", "Dee Damson", "Rita Rowan")
PRIVATE = "Between the two of us"
NOTE = "Thank you for the survey."
REASON_OF_ANN = "The account says that families were asked."
REASON_OF_DEE = "Families were asked, and told what came of it."
TOGETHER = "We read the minutes together: families were asked."
UPHELD = "The survey does show that families shaped it."
STAYS = "It shows asking, as it was decided."
SAID = {NOTE, REASON_OF_ANN, REASON_OF_DEE, TOGETHER, UPHELD, STAYS}
MORE = "Which plan changed, and when?"
Window = Callable[..., Page]

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Stage:
    """A school on the public list that has sent in answers which point to Established."""

    site: Site
    organisation: UUID
    slug: str
    assessment: UUID

    @contextmanager
    def acting(self, name: str) -> Iterator[tuple[Case, dict[str, object]]]:
        """What one person does beside the pages, where the pages are not the point."""
        with self.site.app.app_context():
            case = db.session.query(Case).filter_by(assessment_id=self.assessment).one()
            actor = db.session.query(Person).filter_by(name=name).one().actor
            yield case, {"actor": actor, "now": clock.now()}

    @property
    def case(self) -> str:
        with self.acting(FORUM[0]) as (case, _):
            return f"/moderation/cases/{case.id}"

    def rate_the_rest(self, name: str, **ratings: int) -> None:
        """Whatever is left on this reviewer's list, as it is credited unless said."""
        with self.acting(name) as (case, by), transaction():
            work = casework.of(case)
            sitting = work.sitting_of(by["actor"].person_id)  # type: ignore[attr-defined]  # an Actor
            assert sitting
            for look in work.left_to_rate(sitting):
                given = ratings.get(look.code, work.sent.claims[look.code].credited)
                operations.judge(
                    case, look.code, rating=given, reason=REASON_OF_ANN, note=NOTE, private_note=PRIVATE, **by
                )

    def finish(self, name: str) -> None:
        with self.acting(name) as (case, by), transaction():
            operations.finish(case, **by)


@pytest.fixture
def stage(site: Site) -> Stage:
    with site.app.app_context():
        where = build.organisation(SCHOOL)
        lead = build.lead_of(where, "Hana Head")
        build.sign_up(where)
        assessment = sent_in(where, lead.id, every=3)
        db.session.add(
            Answer(
                assessment_id=assessment.id,
                question_code="WT3",
                rating=3,
                account="We ask.",
                saved_by=lead.id,
                saved_at=build.MOMENT,
            )
        )
        for name in FORUM:
            role = AreaRole.LEAD_REVIEWER if name.startswith("Dee") else AreaRole.REVIEWER
            build.person(name, role, parent_carer=True)
        return Stage(site, where.id, where.slug, assessment.id)


@pytest.fixture
def window(person: Window, stage: Stage) -> Callable[[str], Page]:
    """Opens a browser in which somebody is signed in, with their second step behind them."""
    door = create_app(made(stage.site.instance))  # The same keys and data, where no browser is.

    def opened(name: str) -> Page:
        with door.app_context():
            client = Client(door)
            client.sign_in(f"{name.lower().replace(' ', '.')}@example.org")
            cookie = client.http.get_cookie("coprod_session")
        assert cookie
        page = person()
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": stage.site.address}])
        return page

    return opened


@pytest.fixture
def hidden(stage: Stage, person: Window) -> Callable[..., None]:
    """Asks each page of the organisation and of the public, and fails where it shows what it must not."""
    public = person()
    assessment, signatory = f"/assessments/{stage.assessment}", f"/signatories/{stage.slug}"
    organisation = [f"/organisations/{stage.organisation}", assessment, f"{assessment}/questions/WT3"]
    organisation += [f"{assessment}/more", f"{assessment}/result"]

    def check(own: Page, *, shown: tuple[str, ...] = (), award: bool = False) -> None:
        never = {*FORUM, PRIVATE, "conflict"}
        for address in organisation:
            _has_none(own, address, never | (SAID - {*shown}))
        for address in ("/", signatory, "/signatories.csv"):
            _has_none(public, address, never | SAID | {MORE, "orking towards"})
        if not award:
            _has_none(public, signatory, {"Established"})

    return check


def _has_none(page: Page, address: str, never: set[str]) -> None:
    text = page.request.get(address).text()
    found = [words for words in never if words in text]
    assert not found, f"{address} shows {found}"


def test_a_round_with_a_conflict_two_differences_more_evidence_and_two_replies(
    stage: Stage, window: Callable[[str], Page], person: Window, hidden: Callable[..., None]
) -> None:
    head = window("Hana Head")
    has_a_conflict(window("Rita Rowan"))
    ann, ben = window("Ann Alder"), window("Ben Birch")
    takes_the_case(ann)
    takes_the_case(ben)
    hidden(head)
    rates(ann, stage, "LLE1", "2. Asking")
    stage.rate_the_rest("Ann Alder", AMB1=1)
    stage.finish("Ann Alder")
    ben.goto(stage.case)
    expect(ben.get_by_text("Ann")).to_have_count(0)
    asks_for_more(ben, stage)
    hidden(head)

    adds_more(head, stage)
    hidden(head)
    rates_again(ann, stage)
    stage.rate_the_rest("Ben Birch")
    stage.finish("Ben Birch")
    hidden(head)

    puts_forward(ann, stage)
    agrees(ben, stage)
    dee = window("Dee Damson")
    decides_as_lead(dee, stage)
    hidden(head)
    gives_the_result(ann, stage)
    given = (REASON_OF_DEE, TOGETHER, NOTE, REASON_OF_ANN)
    hidden(head, shown=given)

    replies(head, stage)
    hidden(head, shown=given)
    decides_the_replies(window("Cat Cedar"), stage)
    hidden(head, shown=(*given, UPHELD, STAYS))
    accepts(head, stage)
    hidden(head, shown=(*given, UPHELD, STAYS), award=True)
    is_public(person(viewport={"width": 390, "height": 844}), stage)


def has_a_conflict(page: Page) -> None:
    opens_the_first(page)
    expect(page.get_by_role("main")).to_contain_text(SCHOOL)
    page.get_by_role("radio", name="I have a conflict").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Somebody else will look at this one.")).to_be_visible()
    expect(page.get_by_text("Nothing is waiting for you")).to_be_visible()


def takes_the_case(page: Page) -> None:
    opens_the_first(page)
    page.get_by_role("radio", name="No, I have no conflict").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Take this case").click()
    expect(page.get_by_role("link", name="Rate the next question")).to_be_visible()


def opens_the_first(page: Page) -> None:
    page.goto("/moderation")
    assert SCHOOL not in page.inner_text("main")
    page.get_by_role("list").get_by_role("link", name="Primary school, waiting").first.click()


def rates(page: Page, stage: Stage, code: str, rating: str) -> None:
    page.goto(f"{stage.case}/{code}")
    page.get_by_role("radio", name=rating).check()
    page.get_by_label("Why this rating").fill(REASON_OF_ANN)
    page.get_by_label("A note for the organisation").fill(NOTE)
    page.get_by_label("A private note").fill(PRIVATE)
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go on").click()


def asks_for_more(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.case}/WT3")
    page.get_by_role("link", name="Ask for more evidence").click()
    page.locator("#reason_WT3").fill(MORE)
    page.get_by_role("button", name="Ask for this").click()
    expect(page.get_by_text("Nobody rates meanwhile.")).to_be_visible()


def adds_more(page: Page, stage: Stage) -> None:
    page.goto(f"/assessments/{stage.assessment}/more")
    expect(page.get_by_text(MORE)).to_be_visible()
    page.get_by_role("link", name="WT3").first.click()
    page.get_by_role("radio", name="Telling").check()
    page.get_by_label("In your own words").fill("The plan for mornings changed in May.")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and stay").click()
    page.goto(f"/assessments/{stage.assessment}/more")
    page.get_by_role("button", name="We have added what we can").click()
    expect(page.get_by_text("It is back with the reviewers.")).to_be_visible()


def rates_again(page: Page, stage: Stage) -> None:
    page.goto(stage.case)
    page.get_by_role("link", name="Rate the next question").click()
    expect(page.get_by_text("They wrote something new.")).to_be_visible()
    page.get_by_role("radio", name="1. Telling").check()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="I have finished").click()
    expect(page.get_by_text("Your ratings are in.")).to_be_visible()


def puts_forward(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.case}/agree")
    page.get_by_role("link", name="LLE1").click()
    looks.check(page, "settle")
    page.get_by_role("radio", name="2. Asking").check()
    page.get_by_label("Why this is the right rating").fill(TOGETHER)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("A rating is put forward.")).to_be_visible()


def agrees(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.case}/agree/LLE1")
    page.get_by_role("button", name="Agree to Asking (2)").click()
    expect(page.get_by_text("Agreed: Asking (2)")).to_be_visible()
    page.goto(f"{stage.case}/agree/AMB1")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)


def decides_as_lead(page: Page, stage: Stage) -> None:
    page.goto("/moderation")
    assert SCHOOL not in page.inner_text("main")
    page.get_by_role("link", name="Primary school").first.click()
    page.get_by_role("radio", name="No, I have no conflict").check()
    page.get_by_role("button", name="Continue").click()
    page.goto(f"{stage.case}/agree/AMB1")
    page.get_by_role("radio", name="2. Asking").check()
    page.get_by_label("Why this is the right rating").fill(REASON_OF_DEE)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("the lead reviewer decided").first).to_be_visible()


def gives_the_result(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.case}/outcome")
    expect(page.get_by_role("main")).to_contain_text("Established")
    page.get_by_role("button", name="Give this result").click()
    expect(page.get_by_text("The result is with the organisation.")).to_be_visible()


def replies(page: Page, stage: Stage) -> None:
    page.goto(f"/assessments/{stage.assessment}/result")
    page.get_by_role("link", name="reply to each rating").click()
    looks.check(page, "reply")
    for code in ("LLE1", "AMB1"):
        page.locator(f"input[name=agree_{code}][value=disagree]").check()
        page.locator(f"[name=words_{code}]").fill("Please look at the survey again.")
    page.get_by_role("button", name="Send the reply").click()
    expect(page.get_by_text("Thank you. Your reply is sent.")).to_be_visible()


def decides_the_replies(page: Page, stage: Stage) -> None:
    page.goto("/moderation")
    page.get_by_role("link", name="A reply to decide").click()
    page.get_by_role("radio", name="No, I have no conflict").check()
    page.get_by_role("button", name="Continue").click()
    for code, rating, reason in (("LLE1", "3. Shaping", UPHELD), ("AMB1", "2. Asking", STAYS)):
        page.get_by_role("link", name=code).click()
        assert not [name for name in FORUM if name in page.inner_text("main")]
        assert PRIVATE not in page.content()
        if code == "LLE1":
            looks.check(page, "decide-reply")
        page.get_by_role("radio", name=rating).check()
        page.get_by_label("Why this is the right rating").fill(reason)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Decided. Thank you.")).to_be_visible()


def accepts(page: Page, stage: Stage) -> None:
    page.goto(f"/assessments/{stage.assessment}/result")
    expect(page.get_by_role("main")).to_contain_text(UPHELD)
    page.get_by_role("button", name="Accept this result").click()
    address = page.get_by_role("link", name="Download your certificate").get_attribute("href")
    assert page.request.get(f"{stage.site.address}{address}").body().startswith(b"%PDF-")


def is_public(page: Page, stage: Stage) -> None:
    page.goto(f"/signatories/{stage.slug}")
    expect(page.get_by_role("main")).to_contain_text("Established")
    page.get_by_role("link", name="Check this award").click()
    for words in (*FORUM, PRIVATE, NOTE, UPHELD, STAYS, TOGETHER, "conflict"):
        assert words not in page.content()
