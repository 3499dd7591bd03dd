"""Every way to sign in, in a real browser against a running server: password and app, e-mailed link, another site's
sign-in, passkey.

The other site is `oidc-provider`, a certified OpenID Connect provider, in a process of its own on loopback. What that
does not prove: that Microsoft Entra or Google say the same things in the same words (Entra has no `email_verified`),
nor anything about TLS between the two, because both speak plain HTTP here.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect

from coprod.accounts.models import Person
from coprod.database import db
from coprod.permissions import AreaRole
from coprod.settings import ROOT
from tests.browser.conftest import Site, free_port, serving
from tests.support import build, looks
from tests.support.second_step import code_of, letters_to, link_in, with_app

SAM = "sam.reed@example.org"
CORA = "cora.ordinator@example.org"
RITA = "rita.reviewer@example.org"
CLIENT, SECRET = "coprod", "a secret between the two"
Window = Callable[..., Page]

pytestmark = pytest.mark.browser


@pytest.fixture
def provider() -> Iterator[tuple[str, int]]:
    """The provider's address, and the port of the site that it sends people back to."""
    port, back = free_port(), free_port()
    node = shutil.which("node", path=f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin")
    assert node, "node is missing: ./run test installs it"
    script = [node, "tests/provider/provider.mjs", str(port), CLIENT, SECRET]
    script.append(f"http://localhost:{back}/sign-in/elsewhere/back")
    told = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    running = subprocess.Popen(script, cwd=ROOT, start_new_session=True, **told)
    assert running.stdout
    assert running.stdout.readline() == "ready\n"
    yield f"http://127.0.0.1:{port}", back
    os.killpg(running.pid, signal.SIGTERM)  # Node may be the child of a program that only starts it.
    running.wait(timeout=10)
    running.stdout.close()


@pytest.fixture
def site(provider: tuple[str, int], tmp_path: Path) -> Iterator[Site]:
    """At a name, because browsers know no passkeys at numbers."""
    issuer, port = provider
    named = {"oidc_name": "Test Council", "oidc_issuer": issuer}
    with serving(
        tmp_path, host="localhost", port=port, oidc_client_id=CLIENT, oidc_client_secret=SECRET, **named
    ) as served:
        with served.app.app_context():
            build.person("Sam Reed")
            build.person("Cora Ordinator", AreaRole.COORDINATOR)
            build.person("Rita Reviewer", AreaRole.REVIEWER)
        yield served


def test_every_way_to_sign_in(site: Site, person: Window) -> None:
    """One server for all of them, because starting it takes longer than they do."""
    by_password_and_app(person())
    by_emailed_link(site, person())
    by_new_password(site, person())
    by_another_sites_word(site, person)
    by_passkey(person())


# Password and app


def by_password_and_app(page: Page) -> None:
    """The coordinator must have a second step: set up with the first sign-in, asked for at the next."""
    give_password(page, CORA)
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second step")
    looks.check(page, "second-step-set-up")
    key = page.locator("strong.key").inner_text()
    page.get_by_label("Code from the app").fill("000000")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("This code is not right")
    looks.check(page, "second-step-wrong")
    page.get_by_label("Code from the app").fill(code_of(key, datetime.now(UTC)))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep these recovery codes")
    looks.check(page, "recovery-codes")
    code = page.locator(".codes li").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your work")
    sign_out(page)

    give_password(page, CORA)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    looks.check(page, "second-step")
    page.goto("/organisations")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    page.get_by_role("link", name="Use a recovery code").click()
    looks.check(page, "recovery-code")
    page.get_by_label("Recovery code").fill(code)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How you sign in")
    expect(page.get_by_text("9 codes left")).to_be_visible()
    looks.check(page, "ways")


# Letters


def by_emailed_link(site: Site, page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_role("link", name="Get a link by e-mail").click()
    page.get_by_role("button", name="Send me the link").click()
    looks.check(page, "ask-for-link-error")
    page.get_by_label("E-mail address").fill(SAM)
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look at your e-mail")
    looks.check(page, "letter-sent")
    link = newest_link(site)
    with urllib.request.urlopen(f"{site.address}{link}") as scanner:
        assert scanner.status == 200
        assert scanner.headers["Referrer-Policy"] == "no-referrer"
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in as Sam Reed")
    looks.check(page, "use-link")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your work")
    sign_out(page)
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work any more")
    looks.check(page, "link-over")


def by_new_password(site: Site, page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("E-mail address").fill(SAM)
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look at your e-mail")
    page.goto(newest_link(site))
    page.get_by_label("New password", exact=True).fill("password1234")
    page.get_by_role("button", name="Save the new password").click()
    looks.check(page, "new-password-error")
    page.get_by_label("New password", exact=True).fill("lanterns under wet trees")
    page.get_by_role("button", name="Save the new password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your new password is saved")
    looks.check(page, "password-chosen")
    give_password(page, SAM, "lanterns under wet trees")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your work")
    page.goto("/account/password")
    looks.check(page, "change-password")


# Another site's word


def by_another_sites_word(site: Site, person: Window) -> None:
    """The first time by the proved address; then by the provider's own number, whatever the address is by then."""
    first = person()
    first.goto("/sign-in")
    looks.check(first, "sign-in-elsewhere")
    elsewhere(first, "sam")
    expect(first.get_by_role("heading", level=1)).to_have_text("Your work")
    with site.app.app_context():
        db.session.query(Person).filter_by(email=SAM).one().email = "moved@example.org"
        db.session.commit()
    again = person()
    elsewhere(again, "sam")
    expect(again.get_by_role("heading", level=1)).to_have_text("Your work")
    for who in ("unproved", "stranger"):
        refused = person()
        elsewhere(refused, who)
        expect(refused.get_by_role("heading", level=1)).to_have_text("You are not signed in")
        looks.check(refused, "not-signed-in")
        refused.goto("/start")
        expect(refused.get_by_role("heading", level=1)).to_have_text("Sign in")
    with site.app.app_context():
        with_app(db.session.query(Person).filter_by(email="moved@example.org").one())
    both = person()
    elsewhere(both, "sam")
    expect(both.get_by_role("heading", level=1)).to_have_text("Second step")


def elsewhere(page: Page, who: str) -> None:
    page.goto("/start")
    page.get_by_role("link", name="Sign in with Test Council").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who are you?")
    page.get_by_role("link", name=who, exact=True).click()
    page.wait_for_url(re.compile("localhost"))


# Passkey


def by_passkey(page: Page) -> None:
    """Chromium's own make-believe authenticator answers, as a phone would, with a PIN that was right."""
    make_believe_authenticator(page.context.new_cdp_session(page))
    give_password(page, RITA)
    page.get_by_role("link", name="Add a passkey instead").click()
    page.get_by_label("What do you call it?").fill("My laptop")
    looks.check(page, "add-passkey")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How you sign in")
    expect(page.get_by_role("main")).to_contain_text("My laptop")
    looks.check(page, "ways-passkey")
    sign_out(page)

    page.goto("/start")
    page.get_by_role("link", name="Sign in with a passkey").click()
    looks.check(page, "passkey")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your work")
    sign_out(page)

    give_password(page, RITA)
    page.get_by_role("link", name="Use your passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your work")


def make_believe_authenticator(wire: CDPSession) -> None:
    wire.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})


# Shared


def give_password(page: Page, email: str, password: str = build.PASSWORD) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Sign out")).click()


def newest_link(site: Site) -> str:
    """From the outbox, where a letter waits to be sent."""
    with site.app.app_context():
        return link_in(letters_to(SAM)[-1])
