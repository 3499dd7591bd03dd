"""Where the SEND information report is: linked by the lead, shown on the public page, and never anything but a page."""

import pytest
from flask import Flask

from coprod.database import db
from coprod.history import Event
from tests.support import build
from tests.support.client import Client


def test_families_are_led_to_the_report(app: Flask, client: Client) -> None:
    where = build.organisation()
    build.sign_up(where)
    client.sign_in(build.lead_of(where).email)
    client.get(f"/organisations/{where.id}/charter")
    client.get(client.page.link("Link your SEND information report there"))
    client.submit("Save", address="not an address", status=422)
    assert "Enter the whole web address" in client.page.text
    page = client.submit("Save", address="www.hazel.example/send?year=2026")
    assert "Your public page shows it." in page.text
    public = client.get(f"/signatories/{where.slug}")
    assert public.link("http://www.hazel.example/send?year=2026") == "http://www.hazel.example/send?year=2026"
    assert db.session.query(Event).filter_by(what="send_report.linked").count() == 1
    client.get(f"/organisations/{where.id}/charter/send-report")
    client.submit("Save", address="")
    assert "SEND information report" not in client.get(f"/signatories/{where.slug}").text


NO_PAGES = ("javascript:alert(1)", "//evil.example", "ftp://a.example/x", "https://a", "x" * 291)


@pytest.mark.parametrize("address", NO_PAGES)
def test_only_a_public_web_page_is_linked(app: Flask, client: Client, address: str) -> None:
    where = build.organisation()
    build.sign_up(where)
    client.sign_in(build.lead_of(where).email)
    client.get(f"/organisations/{where.id}/charter/send-report")
    client.submit("Save", address=address, status=422)
    db.session.expire_all()
    assert where.send_report == ""
