"""The first page that somebody opens: few bytes as they are sent, and nothing from anywhere else."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site
from tests.support import build

MOST = 60 * 1024
PUBLIC = ("/", "/signatories", "/signatories/{school}", "/you-said", "/charter", "/framework")

pytestmark = pytest.mark.browser


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
