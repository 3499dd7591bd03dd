"""HTTP: the public pages: front page, list, an organisation's page, and what the footer leads to."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, render_template, request, url_for
from markupsafe import Markup

from coprod.changes import queries as changes
from coprod.directory import (
    badges,
    data_views,  # noqa: F401  # other routes of this room
    downloads,
    privacy_words,
    profile,
    queries,
    reading_views,  # noqa: F401  # and others
)
from coprod.directory.asking import asked_for, choices, keys
from coprod.directory.blueprint import bp
from coprod.directory.counting import Tallies, enough
from coprod.directory.rules import ACCESSIBILITY_CHECKED
from coprod.organisations.old_addresses import follows_schools
from coprod.web import clock, deployment
from coprod.web.access import public
from coprod.web.open_api import gives
from coprod.web.open_data import LICENCES, open_data

PARTS = "coprod.directory.parts"
ASKED = ("q", "kind", "place", "award", "status", "after", "before")
MOST_PARTS = 500
MOST_SAID = 50
BADGE_KEPT = "public, max-age=300"


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


def list_page(page: queries.ListPage, given: dict[str, Any]) -> str:
    """The page that shows these rows, with the search that found them."""
    return render_template(
        "directory/signatories.html",
        page=page,
        given=given,
        filters=part("directory/filters.html", *given.items(), ("tallies", page.tallies)),
        files=part("directory/files.html", *given.items()),
        tags={tag: part("directory/tag.html", ("words", tag[0]), ("petals", tag[1])) for tag in page.tags},
        previous=_address(given | {"before": page.before}) if page.before else None,
        next=_address(given | {"after": page.after}) if page.after else None,
        canonical=deployment.settings().base_url + _address(request.args),
    )


def _address(query: Mapping[str, Any]) -> str:
    """A page of the list. Asking Flask to put one together costs as much as reading ten rows."""
    known = {name: query[name] for name in ASKED if query.get(name)}
    return f"/signatories?{urlencode(known)}" if known else "/signatories"


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
    """A picture for the organisation's own website. It is served live, so it can't outlive its truth."""
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
    return Response(drawn, mimetype="image/svg+xml", headers={"Cache-Control": BADGE_KEPT})


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


def part(template: str, *given: tuple[str, Any]) -> Markup:
    """A part of the list's page that depends on what is given alone, made once for each such in this app."""
    parts = current_app.extensions.get(PARTS)
    if parts is None:
        parts = current_app.extensions[PARTS] = lru_cache(maxsize=MOST_PARTS)(_made)
    made: Markup = parts(template, given)
    return made


def _made(template: str, given: tuple[tuple[str, Any], ...]) -> Markup:
    asked = dict(given)
    tallies: Tallies | None = asked.pop("tallies", None)
    made = render_template(
        template,
        given=asked,
        choices=_counted(tallies, asked.get("place", "")) if tallies else {},
        fields=downloads.FIELDS,
        licence=LICENCES[deployment.settings().data_licence],
        embed=deployment.settings().base_url + url_for("directory.embed", **asked),
    )
    return Markup(made)  # noqa: S704  # The template is ours, and it escapes what was typed.


def _counted(tallies: Tallies, place: str) -> dict[str, list[tuple[str, str]]]:
    """The choices of each filter, with how many signatories each finds where that is enough of them to be said."""
    towns = list(tallies.towns.items())
    if place and place not in tallies.towns:
        towns.append((place, place.replace("-", " ").capitalize()))
    numbers = {"kind": tallies.kinds, "place": tallies.places, "award": tallies.levels, "status": tallies.standings}
    return {
        name: [(value, _with_number(words, numbers[name].get(value, 0))) for value, words in choices]
        for name, choices in (choices() | {"place": towns}).items()
    }


def _with_number(words: str, number: int) -> str:
    return f"{words} ({number:,})" if enough(number) else words
