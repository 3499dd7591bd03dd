"""Every route states who may come in. What states nothing is refused."""

import pytest
from flask import Flask

from coprod.permissions import Action
from coprod.web import access
from tests.support import build
from tests.support.client import Client

pytestmark = pytest.mark.one_database

PUBLIC = {
    "accounts.account_asked",
    "accounts.ask_for_account",
    "accounts.invitation_accepted",
    "accounts.invited",
    "accounts.left",
    "accounts.make_account",
    "accounts.ask_for_link",
    "accounts.ask_for_password",
    "accounts.back_from_elsewhere",
    "accounts.elsewhere",
    "accounts.new_password",
    "accounts.passkey",
    "accounts.password_chosen",
    "accounts.use_link",
    "accounts.demonstration",
    "certificates.check",
    "certificates.check_file",
    "certificates.credential",
    "certificates.verify",
    "changes.block",
    "changes.confirm",
    "changes.confirmed",
    "changes.you_said",
    "changes.you_said_atom",
    "changes.you_said_csv",
    "changes.you_said_json",
    "charter.confirm",
    "charter.confirmed",
    "charter.read",
    "charter.refuse",
    "charter.refused",
    "concerns.report",
    "concerns.sent",
    "running.own_colours",
    "directory.accessibility",
    "directory.badge",
    "directory.badge_dark",
    "directory.data",
    "directory.embed",
    "directory.home",
    "directory.how_to_read",
    "directory.open_api",
    "directory.privacy",
    "directory.robots",
    "directory.signatories",
    "directory.signatories_atom",
    "directory.signatories_csv",
    "directory.signatories_json",
    "directory.signatory",
    "directory.sitemap",
    "directory.sitemap_pages",
    "directory.sitemap_signatories",
    "framework.blank_document",
    "framework.blank_workbook",
    "framework.pack",
    "framework.pack_document",
    "framework.papers",
    "framework.question",
    "framework.standards",
    "health.live",
    "health.ready",
    "keys.listed",
    "keys.one",
    "mail.demonstration",
    "mail.demonstration_letter",
    "mail.stop",
    "register.head",
    "register.lines",
    "running.security_txt",
    "security.login",
    "static",
}


def routes(app: Flask) -> list:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in SHUT]


# Routes that libraries bring and this product does not use: they state nothing, so nobody comes in.
SHUT = {"security.static", "security.verify"}


def test_every_route_states_its_access(app):
    silent = {rule.endpoint for rule in routes(app) if access.access_of(app, rule.endpoint) is None}
    assert not silent


def test_the_public_routes_are_these_and_no_others(app):
    open_to_all = {rule.endpoint for rule in routes(app) if access.access_of(app, rule.endpoint).anyone}
    assert open_to_all == PUBLIC


def test_only_public_pages_are_shared(app):
    for rule in routes(app):
        stated = access.access_of(app, rule.endpoint)
        assert stated.anyone or not stated.cached


def test_a_route_that_states_nothing_is_shut_for_everybody(app, client: Client):
    app._got_first_request = False
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    client.get("/forgotten", status=403)
    build.person("Cora Ordinator", *[])
    client.sign_in("cora.ordinator@example.org")
    client.get("/forgotten", status=403)


@pytest.mark.parametrize("endpoint", sorted(SHUT))
def test_what_libraries_bring_and_nobody_needs_is_shut(app, client: Client, endpoint):
    rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint)
    client.get(rule.rule.replace("<path:filename>", "x").replace("<filename>", "x"), status=403)


def test_somebody_who_is_not_signed_in_is_asked_to_sign_in(app, client: Client):
    for rule in routes(app):
        stated = access.access_of(app, rule.endpoint)
        if not stated.anyone and "GET" in rule.methods:
            values = dict.fromkeys(rule.arguments, build.UUID(int=7))
            address = rule.rule
            for name, value in values.items():
                address = address.replace(f"<uuid:{name}>", str(value)).replace(f"<{name}>", "RA1")
            page = client.get(address)
            assert page.h1 == "Sign in", f"{rule.endpoint} answered {page.h1}"


def test_what_needs_a_part_in_the_area_does_not_exist_for_others(app, client: Client):
    build.person("Nora Body")
    client.sign_in("nora.body@example.org")
    for rule in routes(app):
        stated = access.access_of(app, rule.endpoint)
        parts = {Action.SEE_WORKINGS, Action.RUN_MAIL, Action.RUN_REGISTER, Action.SEE_PROGRESS, Action.SEE_QUEUE}
        if stated.action in parts and not rule.arguments:
            method = client.get if "GET" in rule.methods else client.post
            method(rule.rule, status=404)
