from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, stream_with_context, url_for
from markupsafe import Markup

from coprod.changes import queries as changes
from coprod.directory import badges, downloads, profile, queries
from coprod.directory.rules import ON_THE_LIST, Standing
from coprod.directory.search import LONGEST_TEXT, Search
from coprod.organisations.rules import Kind
from coprod.web import clock, deployment
from coprod.web.access import public

bp = Blueprint("directory", __name__)

LONGEST_KEY = 120
PARTS = "coprod.directory.parts"
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
    asked, given = _asked()
    after, before = (_printable(request.args.get(name, "")[:LONGEST_KEY]) for name in ("after", "before"))
    return list_page(queries.page(asked, today=clock.today(), after=after, before=before), given)


def list_page(page: queries.ListPage, given: dict[str, Any]) -> str:
    """The page that shows these rows, with the search that found them."""
    return render_template(
        "directory/signatories.html",
        page=page,
        given=given,
        filters=part("directory/filters.html", *given.items()),
        files=part("directory/files.html", *given.items()),
        tags={tag: part("directory/tag.html", ("words", tag[0]), ("petals", tag[1])) for tag in page.tags},
        previous=url_for("directory.signatories", **given, before=page.before) if page.before else None,
        next=url_for("directory.signatories", **given, after=page.after) if page.after else None,
    )


@bp.get("/signatories.csv")
@public
def signatories_csv() -> Response:
    """The same list for a spreadsheet."""
    return _download("text/csv", "csv", lambda rows, base: downloads.as_csv(rows, base))


@bp.get("/signatories.json")
@public
def signatories_json() -> Response:
    """The same list for a program."""
    today = clock.today()
    return _download("application/json", "json", lambda rows, base: downloads.as_json(rows, base, today=today))


@bp.get("/signatories/<slug>")
@public(cached=True)
def signatory(slug: str) -> str:
    """What one organisation promised, holds and changed."""
    found = profile.profile(slug, today=clock.today())
    said = changes.published(organisation_id=found.id, limit=MOST_SAID)
    base = deployment.settings().base_url
    addresses = {"page": base + url_for(".signatory", slug=slug), "badge": base + url_for(".badge", slug=slug)}
    return render_template("directory/signatory.html", profile=found, said=said, addresses=addresses)


@bp.get("/signatories/<slug>/badge.svg")
@public(cached=True)
def badge(slug: str) -> Response:
    """A picture for the organisation's own website. It is served live, so it can't outlive its truth."""
    found = profile.badge(slug, today=clock.today())
    drawn = render_template("directory/badge.svg", badge=badges.drawn(found, deployment.settings().area_name))
    return Response(drawn, mimetype="image/svg+xml", headers={"Cache-Control": BADGE_KEPT})


@bp.get("/accessibility")
@public(cached=True)
def accessibility() -> str:
    return render_template("directory/accessibility.html")


@bp.get("/privacy")
@public(cached=True)
def privacy() -> str:
    return render_template("directory/privacy.html")


def _asked() -> tuple[Search, dict[str, Any]]:
    """What the address asks the list for, and the same as an address carries it. What it can't mean is left out."""
    said = request.args
    if not said:
        return Search(), {}
    text = _printable(said.get("q", "")[:LONGEST_TEXT]).strip()
    known = {name: {value for value, _ in choices} for name, choices in _choices().items()}
    kept = {name: value for name in known if (value := said.get(name, "")) in known[name]}
    standing = Standing(kept["status"]) if "status" in kept else None
    asked = Search(text, kept.get("kind", ""), kept.get("award", ""), standing)
    return asked, ({"q": text} if text else {}) | kept


def _printable(text: str) -> str:
    """Without what nobody types, such as NUL, for which PostgreSQL can't be asked."""
    return "".join(c for c in text if c.isprintable())


def part(template: str, *given: tuple[str, Any]) -> Markup:
    """A part of the list's page that depends on what is given alone, made once for each such in this app."""
    parts = current_app.extensions.get(PARTS)
    if parts is None:
        parts = current_app.extensions[PARTS] = lru_cache(maxsize=MOST_PARTS)(_made)
    made: Markup = parts(template, given)
    return made


def _made(template: str, given: tuple[tuple[str, Any], ...]) -> Markup:
    # The template is ours, and it escapes what was typed.
    return Markup(render_template(template, given=dict(given), choices=_choices(), fields=downloads.FIELDS))  # noqa: S704


def _choices() -> dict[str, list[tuple[str, str]]]:
    """The choices of each filter: what the address carries, and the words."""
    return {
        "kind": [(kind.value, kind.words) for kind in Kind],
        "award": list(queries.level_names().items()),
        "status": [(standing.value, standing.words) for standing in ON_THE_LIST],
    }


def _download(mimetype: str, ending: str, written: Callable[[Iterator[queries.Listed], str], Any]) -> Response:
    asked, _ = _asked()
    rows = queries.all_of(asked, today=clock.today())
    pieces = stream_with_context(written(rows, deployment.settings().base_url))
    name = f'attachment; filename="signatories.{ending}"'
    return Response(pieces, mimetype=mimetype, headers={"Content-Disposition": name})
