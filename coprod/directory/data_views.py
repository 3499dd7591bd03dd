"""HTTP: the public list as data: files, a feed, and what search engines read."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, current_app, jsonify, render_template, stream_with_context, url_for

from coprod.directory import downloads, feed, queries, search_engines
from coprod.directory.asking import ASKS, asked_for, chosen, keys
from coprod.directory.blueprint import bp
from coprod.errors import NotFound
from coprod.framework.queries import current_framework
from coprod.register import queries as register
from coprod.web import clock, deployment
from coprod.web.access import public
from coprod.web.headers import EMBEDDED
from coprod.web.open_api import document, gives
from coprod.web.open_data import LICENCES, open_data

SITEMAP_PAGES = (
    "directory.home",
    "directory.signatories",
    "changes.you_said",
    "charter.read",
    "framework.standards",
    "certificates.check",
    "directory.data",
    "directory.accessibility",
    "directory.privacy",
)


@bp.get("/signatories.csv")
@public
@open_data
@gives("text/csv", asks=ASKS)
def signatories_csv() -> Response:
    """The same list for a spreadsheet."""
    return _download("text/csv", "csv", lambda rows, base: downloads.as_csv(rows, base))


@bp.get("/signatories.json")
@public
@open_data
@gives("application/json", downloads.SCHEMA, asks=ASKS)
def signatories_json() -> Response:
    """The same list for a program."""
    today, licence = clock.today(), deployment.settings().data_licence
    return _download(
        "application/json",
        "json",
        lambda rows, base: downloads.as_json(rows, base, today=today, licence=licence),
    )


@bp.get("/signatories.atom")
@public
@open_data
@gives("application/atom+xml")
def signatories_atom() -> Response:
    """What happened lately: who signed, who holds an award, what changed because of families, who left."""
    entries = feed.latest(now=clock.now())
    return _xml(
        "directory/feed.xml",
        "application/atom+xml",
        entries=entries,
        updated=entries[0].at if entries else clock.now(),
        linked=queries.with_a_page({entry.slug for entry in entries}, today=clock.today()),
        licence=LICENCES[deployment.settings().data_licence],
    )


@bp.get("/data")
@public(cached=True)
def data() -> str:
    """Everything that other websites and programs may take from here."""
    base = _base()
    addresses = {"embed": base + url_for(".embed"), "open_api": base + url_for(".open_api")}
    return render_template(
        "directory/data.html",
        addresses=addresses,
        begun=register.last_number() > 0,
        licence=LICENCES[deployment.settings().data_licence],
    )


@bp.get("/openapi.json")
@public
@open_data
@gives("application/json", {"type": "object"})
def open_api() -> Response:
    """This description, as programs read it."""
    return jsonify(document(current_app._get_current_object()))  # type: ignore[attr-defined]  # Flask's own way to it


@bp.get("/embed/signatories")
@public(cached=True)
def embed() -> Response:
    """The list, or a part of it, made to be shown inside another website: no script, no form."""
    asked, given = asked_for()
    after, before = keys()
    page = queries.page(asked, today=clock.today(), after=after, before=before)
    words = render_template(
        "directory/embed.html",
        page=page,
        chosen=chosen(given),
        whole=_base() + url_for(".signatories", **given),
        previous=url_for(".embed", **given, before=page.before) if page.before else None,
        next=url_for(".embed", **given, after=page.after) if page.after else None,
    )
    return Response(words, mimetype="text/html", headers={"Content-Security-Policy": EMBEDDED})


@bp.get("/sitemap.xml")
@public
@open_data
def sitemap() -> Response:
    """Where search engines find everything: the list of the lists of pages."""
    parts = [url_for(".sitemap_signatories", part=part) for part in range(1, search_engines.parts() + 1)]
    return _xml("directory/sitemap_index.xml", addresses=[url_for(".sitemap_pages"), *parts])


@bp.get("/sitemap-pages.xml")
@public
@open_data
def sitemap_pages() -> Response:
    questions = [url_for("framework.question", code=each.code) for each in current_framework().questions]
    return _xml("directory/sitemap.xml", addresses=[*(url_for(page) for page in SITEMAP_PAGES), *questions])


@bp.get("/sitemap-signatories-<int(max=100000):part>.xml")
@public
@open_data
def sitemap_signatories(part: int) -> Response:
    slugs = search_engines.slugs(part)
    if not slugs:
        raise NotFound
    return _xml("directory/sitemap.xml", addresses=[f"/signatories/{slug}" for slug in slugs])


@bp.get("/robots.txt")
@public
@open_data
def robots() -> Response:
    """Everything that is public may be read by programs too."""
    words = f"User-agent: *\nDisallow:\nSitemap: {_base()}{url_for('.sitemap')}\n"
    return Response(words, mimetype="text/plain")


def _xml(template: str, mimetype: str = "application/xml", **given: Any) -> Response:
    return Response(render_template(template, base=_base(), **given), mimetype=mimetype)


def _base() -> str:
    return deployment.settings().base_url


def _download(mimetype: str, ending: str, written: Callable[[Iterator[queries.Listed], str], Any]) -> Response:
    asked, _ = asked_for()
    rows = queries.all_of(asked, today=clock.today())
    pieces = stream_with_context(written(rows, _base()))
    _, licence = LICENCES[deployment.settings().data_licence]
    headers = {
        "Content-Disposition": f'attachment; filename="signatories.{ending}"',
        "Link": f'<{licence}>; rel="license"',
    }
    return Response(pieces, mimetype=mimetype, headers=headers)
