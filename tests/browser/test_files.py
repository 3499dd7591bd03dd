"""In a real browser: what people upload is kept as a file, and nothing of it ever runs or is shown."""

import re

import pytest

from tests.evidence import hostile
from tests.support import build

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
TWO_AT_ONCE = [file for file in hostile.files() if file.what in {"PDF and page", "PNG and page", "JPEG and zip"}]


def test_what_is_two_things_at_once_runs_as_neither(site, person, tmp_path):
    with site.app.app_context():
        school = build.organisation()
        lead = build.lead_of(school)
        email, address = lead.email, f"/organisations/{school.id}/evidence"
    page = person(accept_downloads=True)
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(build.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert TWO_AT_ONCE
    for number, file in enumerate(TWO_AT_ONCE):
        page.goto(f"{address}/file")
        page.get_by_label("Choose a file").set_input_files(
            {"name": file.name, "mimeType": "text/html", "buffer": file.content}
        )
        page.get_by_role("button", name="Look at this file").click()
        page.get_by_role("heading", name="What is in your file").wait_for()
        page.get_by_label("Family voice").check()
        page.get_by_label("Title").fill(f"File {number}")
        for part, value in (("Day", "1"), ("Month", "6"), ("Year", "2026")):
            page.get_by_label(part).fill(value)
        page.get_by_label("What does it show?").fill("Something")
        page.get_by_label("I have checked that no child").check()
        page.get_by_role("button", name="Add this evidence").click()
        with page.expect_download() as started:
            page.get_by_role("button", name=re.compile(f"Open the file.*File {number}")).click()
        started.value.save_as(tmp_path / f"{number}")
        assert (tmp_path / f"{number}").stat().st_size
        assert page.url.endswith("/evidence")  # It was kept, not shown.
        assert "canary" not in page.title()
    assert len(page.context.pages) == 1
