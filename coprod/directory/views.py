"""HTTP: the public pages: front page, list, an organisation's page, and what the footer leads to."""

from flask import Response, render_template, url_for

from coprod.changes import queries as changes
from coprod.directory import (
    badges,
    data_views,  # noqa: F401  # other routes of this room
    privacy_words,
    profile,
    queries,
    reading_views,  # noqa: F401  # and others
)
from coprod.directory.asking import asked_for, keys
from coprod.directory.blueprint import bp
from coprod.directory.list_page import list_page
from coprod.directory.rules import ACCESSIBILITY_CHECKED
from coprod.organisations.old_addresses import follows_schools
from coprod.web import clock, deployment
from coprod.web.access import public
from coprod.web.open_api import gives
from coprod.web.open_data import open_data

MOST_SAID = 50


@bp.get("/")
@public(cached=True)
def home() -> str:
    """What this is, for families and for those who work with them, and what is new."""
    said = changes.published(limit=3)
    return render_template(
        "directory/home.html",
        newest=queries.newest(today=clock.today()),
        said=said,
        listed=queries.on_the_list({each.organisation_slug for each in said}, today=clock.today()),
    )


@bp.get("/signatories")
@public(cached=True)
def signatories() -> str:
    """Who has signed, A to Z, as far as the filters ask."""
    asked, given = asked_for()
    after, before = keys()
    return list_page(queries.page(asked, today=clock.today(), after=after, before=before), given)


@bp.get("/signatories/<slug>")
@public(cached=True)
@follows_schools
def signatory(slug: str) -> str:
    """What one organisation promised, holds and changed."""
    found = profile.profile(slug, today=clock.today())
    said = changes.published(organisation_id=found.id, limit=MOST_SAID)
    base = deployment.settings().base_url
    addresses = {
        "page": base + url_for(".signatory", slug=slug),
        "badge": base + url_for(".badge", slug=slug),
        "badge_dark": base + url_for(".badge_dark", slug=slug),
    }
    return render_template("directory/signatory.html", profile=found, said=said, addresses=addresses)


@bp.get("/signatories/<slug>/badge.svg")
@public(cached=True)
@open_data
@follows_schools
@gives("image/svg+xml")
def badge(slug: str) -> Response:
    """A picture for the organisation's own website. Browsers ask each time, so it can't outlive its truth."""
    return _drawn(slug, badges.LIGHT)


@bp.get("/signatories/<slug>/badge-dark.svg")
@public(cached=True)
@open_data
@follows_schools
@gives("image/svg+xml")
def badge_dark(slug: str) -> Response:
    """The same picture for a website in dark colours."""
    return _drawn(slug, badges.DARK)


def _drawn(slug: str, colours: badges.Colours) -> Response:
    found = profile.badge(slug, today=clock.today())
    badge = badges.drawn(found, deployment.settings().area_name)
    drawn = render_template("directory/badge.svg", badge=badge, colours=colours)
    return Response(drawn, mimetype="image/svg+xml")


@bp.get("/accessibility")
@public(cached=True)
def accessibility() -> str:
    return render_template("directory/accessibility.html", checked=ACCESSIBILITY_CHECKED)


@bp.get("/privacy")
@public(cached=True)
def privacy() -> str:
    settings = deployment.settings()
    return render_template(
        "directory/privacy.html", cookies=privacy_words.cookies(settings), months=settings.evidence_months
    )
