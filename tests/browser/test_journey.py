"""The main job from end to end, in real browsers, with a real school from the national register.

A school answers every question, families confirm what changed, the forum's reviewers moderate, the school gets its
award and signs the charter, and a member of the public finds it and checks its certificate.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from coprod.permissions import AreaRole
from coprod.settings import ROOT
from coprod.web import deployment
from tests.browser.conftest import Site
from tests.support import build, looks, second_step

SCHOOL = "Barton Seagrave Primary School"
REGISTER = ROOT / "tests" / "data" / "gias-northamptonshire-2017.csv"
TODAY = date.today()  # noqa: DTZ011  # the server's own day
QUESTIONS = 25
NEED_TWO_STEPS = {"cora.ordinator@example.org", "rita.reviewer@example.org", "saul.second@example.org"}
Window = Callable[..., Page]

pytestmark = pytest.mark.browser


@pytest.fixture
def people(site: Site) -> None:
    """The school list as the command line loads it, and somebody of each kind."""
    coprod = Path(sys.executable).parent / "coprod"
    environment = {
        "COPROD_INSTANCE": str(site.instance),
        "COPROD_SECRET_KEY": site.app.config["SECRET_KEY"],
        "COPROD_DATABASE_URL": site.app.extensions[deployment.SETTINGS].database_url,
        "PATH": "/usr/bin:/bin",
    }
    load = [coprod, "organisations", "import", REGISTER]
    done = subprocess.run(load, env=environment, cwd=ROOT, check=True, capture_output=True, text=True)
    assert "80" in done.stdout
    with site.app.app_context():
        build.person("Hana Head")
        build.person("Cora Ordinator", AreaRole.COORDINATOR)
        build.person("Rita Reviewer", AreaRole.REVIEWER, parent_carer=True)
        build.person("Saul Second", AreaRole.REVIEWER, parent_carer=True)


def test_a_real_school_from_sign_in_to_the_public_check_of_its_certificate(
    site: Site, people: None, person: Window
) -> None:
    head, coordinator = person(), person()
    sign_in(head, "hana.head@example.org")
    join_school(head)
    sign_in(coordinator, "cora.ordinator@example.org")
    accept(coordinator)

    start_assessment(head)
    links = [record_change(head, number) for number in range(2)]
    for link in links:
        confirm_as_family(person(viewport={"width": 390, "height": 844}), link)
    assess(head)
    see_score(head)
    send_in(head)

    for reviewer, email in ((person(), "rita.reviewer"), (person(), "saul.second")):
        sign_in(reviewer, f"{email}@example.org")
        moderate(reviewer)
    give_result(reviewer)
    accept_result(head)
    sign_charter(head)
    certificates = download_certificates(head)
    assert all(content.startswith(b"%PDF-") for content in certificates)

    family = person(viewport={"width": 390, "height": 844})
    find_in_public(family)
    check_certificate(family)
    checked = family.url
    check_file(family, certificates[0])
    look_at_taking_back(coordinator, checked)


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    looks.check(page, "sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(build.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    if email in NEED_TWO_STEPS:
        expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second step")
        second_step.set_up_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your work")


def join_school(page: Page) -> None:
    page.get_by_role("link", name="Find your school or service").click()
    page.get_by_label("Name").fill("barton seagrave")
    page.get_by_role("button", name="Search").click()
    looks.check(page, "find-organisation")
    page.get_by_role("link", name=SCHOOL).click()
    page.get_by_label("Who are you there?").fill("I am the head teacher")
    looks.check(page, "join-organisation")
    page.get_by_role("button", name="Ask to join").click()
    page.wait_for_load_state()


def accept(page: Page) -> None:
    page.goto("/people/requests")
    looks.check(page, "join-requests")
    page.get_by_role("link", name="Hana Head").click()
    looks.check(page, "join-request")
    page.get_by_role("radio", name=re.compile("lead", re.I)).first.check()
    page.get_by_role("button", name="Save what you decided").click()
    page.wait_for_load_state()


def start_assessment(page: Page) -> None:
    page.goto("/start")
    page.get_by_role("link", name=SCHOOL).click()
    looks.check(page, "organisation-new")
    page.get_by_role("button", name=re.compile("start", re.I)).click()
    expect(page.get_by_text("0 of 25 answered")).to_be_visible()
    looks.check(page, "task-list-empty")


def record_change(page: Page, number: int) -> str:
    """Writes a change record and makes a private link to it, for a family; answers the link."""
    page.goto("/start")
    page.get_by_role("link", name=SCHOOL).click()
    page.get_by_role("link", name="Change records").click()
    page.get_by_role("link", name="Write a change record").click()
    page.get_by_label("Give this change a short title").fill(f"A quieter start to the day, part {number + 1}")
    page.get_by_label("What did families say?").fill("The bell is too loud and some children turn back.")
    page.get_by_label("Families together" if number else "Parents and carers", exact=False).check()
    page.get_by_label("About how many people?").fill("12")
    fill_day(page, "When did you hear it?", TODAY - timedelta(days=60))
    page.get_by_label("Where or how did you hear it?").fill("Coffee morning")
    page.get_by_label("What was the plan before?").fill("Everybody comes in when the bell rings.")
    page.get_by_label("What is the plan now?").fill("Everybody comes in through the side door from 8.30am.")
    page.get_by_label("Who decided, and what did they decide?").fill("The head and two parents chose the side door.")
    page.get_by_label("Why did they decide this?").fill("The gate was what kept children at home.")
    fill_day(page, "When was it decided?", TODAY - timedelta(days=50))
    fill_day(page, "When did you tell families?", TODAY - timedelta(days=45))
    page.get_by_label("How did you tell them?").fill("A letter home")
    page.get_by_label("What got better?").fill("Eleven children come in on time.")
    reach = page.get_by_role("group", name="How far does the change reach?")
    reach.get_by_role("radio").nth(2 if number else 0).check()
    looks.check(page, "change-form")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state()
    looks.check(page, "change-record")
    page.get_by_role("link", name="Make a private link for a family").click()
    page.get_by_role("button", name="Make a private link").click()
    address = re.search(r"http://127\.0\.0\.1:\d+/confirm/[\w-]+", page.content())
    assert address, page.inner_text("main")
    looks.check(page, "change-link")
    return address.group()


def confirm_as_family(page: Page, link: str) -> None:
    page.goto(link)
    looks.check(page, "family-confirms")
    page.get_by_role("group", name="Is this what happened?").get_by_role("radio").first.check()
    page.get_by_role("group", name="Who are you?").get_by_role("radio").first.check()
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    looks.check(page, "family-thanked")


def assess(page: Page) -> None:
    """Every question is answered with Asking and one shared piece of evidence; RA1 leans on the change records."""
    page.goto("/start")
    page.get_by_role("link", name=SCHOOL).click()
    page.get_by_role("link", name="All questions").click()
    tasks = page.url
    page.get_by_role("link", name="Hearing from many families").click()
    for number in range(QUESTIONS):
        answer_question(page, first=number == 0)
    page.goto(tasks)
    expect(page.get_by_text("25 of 25 answered")).to_be_visible()
    looks.check(page, "task-list-full")
    page.get_by_role("link", name="Improvement plan").click()
    page.get_by_label("What will you do?").fill("Ask fathers what would help them to answer")
    page.get_by_label("Whose job is it?").fill("SENCO")
    fill_day(page, "By when?", TODAY + timedelta(days=120))
    page.get_by_role("button", name="Add to the plan").click()
    looks.check(page, "plan")


def answer_question(page: Page, *, first: bool) -> None:
    title = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("radio", name=re.compile("^Asking")).check()
    page.get_by_label("In your own words").fill("We asked in spring, and told families what came of it.")
    if first:
        looks.check(page, "question")
    records = "parent voice changed" in title or "child or young person" in title or "what we did with" in title
    if records:
        page.get_by_role("button", name="Save and add a change record").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Attach a change record")
        for box in page.get_by_role("checkbox").all():
            box.check()
        looks.check(page, "attach-change")
        page.get_by_role("button", name="Attach to this answer").click()
    else:
        page.get_by_role("button", name="Save and add evidence").click()
        add_first_evidence(page) if first else attach_evidence(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_text("Counts as Asking")).to_be_visible()
    page.get_by_role("button", name="Save and next").click()
    page.wait_for_load_state()


def add_first_evidence(page: Page) -> None:
    expect(page.get_by_label("Web address")).to_be_visible()
    looks.check(page, "add-evidence")
    page.get_by_role("radio", name=re.compile("Family voice")).check()
    page.get_by_label("Title", exact=True).fill("Spring survey")
    page.get_by_label("Web address").fill("https://www.example.org/survey")
    fill_day(page, "Date of the evidence", TODAY - timedelta(days=30))
    page.get_by_label("What does it show?").fill("What families asked for, and what we did.")
    page.get_by_label("I have checked that no child can be identified").check()
    page.get_by_role("button", name="Add to this answer").click()


def attach_evidence(page: Page) -> None:
    page.get_by_role("link", name="Use evidence that you added before").click()
    page.get_by_label("Spring survey").check()
    page.get_by_role("button", name="Attach to this answer").click()


def see_score(page: Page) -> None:
    page.get_by_role("link", name="Score and next steps").click()
    expect(page.get_by_text("50.0%").first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Developing")
    looks.check(page, "score")


def send_in(page: Page) -> None:
    page.get_by_role("link", name="Check and send in").click()
    looks.check(page, "submit")
    page.get_by_label("This is a true account of what we do").check()
    page.get_by_role("button", name="Send it in").click()
    expect(page.get_by_text("Your self-assessment is sent in")).to_be_visible()
    looks.check(page, "submitted")


def moderate(page: Page) -> None:
    page.goto("/moderation")
    looks.check(page, "queue")
    page.get_by_role("link", name=re.compile("waiting")).click()
    looks.check(page, "declare")
    page.get_by_role("radio", name=re.compile("^No")).check()
    page.get_by_role("button", name="Continue").click()
    looks.check(page, "case-offered")
    page.get_by_role("button", name="Take this case").click()
    page.wait_for_load_state()
    looks.check(page, "case")
    page.get_by_role("link", name="Rate the next question").click()
    looks.check(page, "rate")
    while page.get_by_role("button", name="Save and go on").count():
        page.get_by_role("radio", name="2. Asking").check()
        page.get_by_role("button", name="Save and go on").click()
        page.wait_for_load_state()
    page.get_by_role("button", name="I have finished").click()
    page.wait_for_load_state()


def give_result(page: Page) -> None:
    looks.check(page, "case-agreed")
    page.get_by_role("link", name="See the result as it would be given").click()
    looks.check(page, "outcome")
    page.get_by_role("button", name="Give this result").click()
    page.wait_for_load_state()


def accept_result(page: Page) -> None:
    page.goto("/start")
    page.get_by_role("link", name=SCHOOL).click()
    page.get_by_role("link", name="Result of moderation").click()
    expect(page.get_by_role("main")).to_contain_text("Developing")
    looks.check(page, "result")
    page.get_by_role("button", name="Accept this result").click()
    page.wait_for_load_state()
    looks.check(page, "result-final")


def sign_charter(page: Page) -> None:
    page.goto("/start")
    page.get_by_role("link", name=SCHOOL).click()
    page.get_by_role("button", name="Sign the charter").click()
    page.get_by_label("Name of your senior lead").fill("Hana Head")
    page.get_by_label("Name of your link with families").fill("Pat Parent")
    for number, promise in enumerate(("Tell families each half term", "Ask what helps", "Train with parents"), 1):
        page.get_by_label("What you promise").nth(number - 1).fill(promise)
        fill_day(page, "By when", TODAY + timedelta(days=90 * number), nth=number - 1)
    page.get_by_label("This one is about telling families what happened").first.check()
    page.get_by_label("Your name").fill("Hana Head")
    page.get_by_label("Your role").fill("Head teacher")
    page.get_by_label("I agree to this declaration").check()
    looks.check(page, "charter-sign")
    page.get_by_role("button", name="Sign the charter").click()
    page.wait_for_load_state()
    looks.check(page, "charter-signed")


def download_certificates(page: Page) -> list[bytes]:
    page.goto("/start")
    page.get_by_role("link", name=SCHOOL).click()
    expect(page.get_by_role("heading", name="Keep your promises")).to_be_visible()
    looks.check(page, "organisation-awarded")
    addresses = page.eval_on_selector_all("a[href$='.pdf']", "links => links.map(link => link.href)")
    assert len(addresses) == 2
    return [page.request.get(address).body() for address in addresses]


def find_in_public(page: Page) -> None:
    page.goto("/")
    looks.check(page, "home")
    page.get_by_label("Find a school or service").fill("barton")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("listitem").filter(has_text=SCHOOL)).to_contain_text("Developing")
    looks.check(page, "signatories")
    page.get_by_role("link", name=SCHOOL).click()
    expect(page.get_by_text("Tell families each half term")).to_be_visible()
    assert "Pat Parent" not in page.content()
    assert "Hana Head" not in page.content()
    looks.check(page, "signatory")


def check_certificate(page: Page) -> None:
    page.get_by_role("link", name="Check this award").click()
    expect(page.get_by_role("main")).to_contain_text(SCHOOL)
    expect(page.get_by_role("main")).to_contain_text("Developing")
    expect(page.get_by_role("main")).to_contain_text(re.compile("valid", re.I))
    looks.check(page, "verify")


def check_file(page: Page, certificate: bytes) -> None:
    """The file as its holder sent it on, with no account; and one that was changed on its way."""
    page.get_by_role("link", name="Check the file").click()
    looks.check(page, "verify-file")
    changed = certificate.replace(b"%PDF-1", b"%PDF-2", 1)
    for content, words in ((changed, "changed"), (certificate, "genuine")):
        page.goto("/verify/file")
        sent = {"name": "certificate.pdf", "mimeType": "application/pdf", "buffer": content}
        page.get_by_label("The certificate as a PDF file").set_input_files(sent)
        page.get_by_role("button", name="Check this file").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(words, re.I))
        looks.check(page, f"verify-file-{words}")


def look_at_taking_back(page: Page, certificate: str) -> None:
    page.goto(certificate)
    page.get_by_role("link", name="Take this certificate back").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Take back the certificate")
    looks.check(page, "revoke")
    page.get_by_role("button", name="Take this certificate back").click()
    looks.check(page, "revoke-error")


def fill_day(page: Page, legend: str, day: date, *, nth: int = 0) -> None:
    group = page.get_by_role("group", name=legend).nth(nth)
    for label, part in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(label).fill(str(part))
