"""The first page that somebody opens: few bytes as they are sent, nothing from anywhere else, whole sheets of paper."""

from collections.abc import Iterator
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from tests.browser.conftest import Site
from tests.support import build

MOST = 60 * 1024
PUBLIC = ("/", "/signatories", "/signatories/{school}", "/you-said", "/charter", "/framework")

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


@pytest.fixture
def school(site: Site) -> str:
    """One of forty on the list, by its address."""
    with site.app.app_context():
        for number in range(40):
            where = build.organisation(f"Hazel Lane School {number}")
            build.sign_up(where)
            build.public_change(where, f"Quieter ways in, {number}")
        return where.slug


@pytest.fixture
def visitor(browser: Browser, site: Site, school: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site.address)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("address", PUBLIC)
def test_little_travels_and_only_from_here(visitor: Page, site: Site, school: str, address: str) -> None:
    """As Chromium counts what came over the wire, heads of answers with it. Fonts are kept apart, for a year."""
    wire = visitor.context.new_cdp_session(visitor)
    wire.send("Network.enable")
    asked: dict[str, str] = {}
    came: dict[str, float] = {}
    wire.on("Network.requestWillBeSent", lambda e: asked.setdefault(e["requestId"], e["request"]["url"]))
    wire.on("Network.loadingFinished", lambda e: came.setdefault(e["requestId"], e["encodedDataLength"]))
    answer = visitor.goto(address.format(school=school), wait_until="networkidle")
    assert answer is not None
    assert answer.status == 200
    hosts = {urlsplit(url).netloc for url in asked.values() if not url.startswith("data:")}
    assert hosts == {urlsplit(site.address).netloc}
    counted = {asked[key]: size for key, size in came.items() if not asked[key].split("?")[0].endswith(".woff2")}
    assert any("govuk.css" in url for url in counted)
    assert any("govuk.js" in url for url in counted)
    assert sum(counted.values()) <= MOST, counted


def test_each_sheet_of_paper_has_its_foot_and_more_than_that(visitor: Page, school: str) -> None:
    for address in PUBLIC:
        visitor.goto(address.format(school=school))
        sheets = PdfReader(BytesIO(visitor.pdf(prefer_css_page_size=True))).pages
        for number, sheet in enumerate(sheets, start=1):
            said = " ".join(sheet.extract_text().split())
            assert "Run for families by" in said, f"{address}, sheet {number}"
            own = said.replace(said[said.index("Run for families by") :], "")
            assert len(own.split()) >= 8, f"{address}, sheet {number} of {len(sheets)}: {own}"
            assert "Contact us" not in said
            assert "Skip to main content" not in said
