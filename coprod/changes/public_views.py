"""HTTP: "You said, we are doing" for everybody: the page, its files and feed, and a block for other websites."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Response, render_template, request, stream_with_context, url_for

from coprod.changes import public as records
from coprod.changes import queries, rows
from coprod.changes.blueprint import bp
from coprod.changes.public import Place, Publisher, Wanted
from coprod.changes.public_forms import FilterForm
from coprod.changes.rules import Status
from coprod.framework.queries import current_framework
from coprod.organisations.old_addresses import follows_schools
from coprod.organisations.rules import Kind
from coprod.permissions import Action, can
from coprod.phrases import N_
from coprod.web import clock, deployment
from coprod.web.access import current_actor, public
from coprod.web.headers import EMBEDDED
from coprod.web.open_api import Asks, gives
from coprod.web.open_data import LICENCES, open_data
from coprod.web.spreadsheets import as_csv

IN_FEED = 50
IN_BLOCK = 5
ASKS = (
    Asks("status", N_("How far it has come"), {"type": "string", "enum": [status.value for status in Status]}),
    Asks("value", N_("The code of a value of the charter")),
    Asks("kind", N_("The kind of organisation"), {"type": "string", "enum": [kind.value for kind in Kind]}),
    Asks("town", N_("A town, as the records write it")),
    Asks("organisation", N_("One organisation, as the address of its page names it")),
)


@bp.get("/you-said")
@public(cached=True)
def you_said() -> str:
    """Every public record of the area, or of one organisation, newest decision first."""
    form, asked, publisher = _asked()
    page = queries.published_page(**asked, after=_place("after"), before=_place("before"))
    return render_template(
        "changes/you_said.html",
        form=form,
        page=page,
        publisher=publisher,
        filters=_given(form, publisher),
        values=_value_names(),
        may_take_down=can(current_actor(), Action.TAKE_DOWN_CHANGE),
        licence=LICENCES[deployment.settings().data_licence],
        columns=rows.FIELDS,
    )


@bp.get("/you-said.csv")
@public
@open_data
@gives("text/csv", asks=ASKS, may_be_missing=True)
def you_said_csv() -> Response:
    """The same for a spreadsheet."""
    return _file("text/csv", "csv", as_csv(rows.FIELDS, (row.values() for row in _rows())))


@bp.get("/you-said.json")
@public
@open_data
@gives("application/json", rows.SCHEMA, asks=ASKS, may_be_missing=True)
def you_said_json() -> Response:
    """The same for a program."""
    return _file("application/json", "json", _as_json(_rows()))


@bp.get("/you-said.atom")
@public
@open_data
@gives("application/atom+xml", asks=ASKS, may_be_missing=True)
def you_said_atom() -> Response:
    """The same as a feed: what changed last comes first."""
    form, asked, publisher = _asked()
    found = records.latest(asked, limit=IN_FEED)
    words = render_template(
        "changes/you_said.xml",
        entries=found,
        updated=found[0].updated if found else clock.now(),
        publisher=publisher,
        here=_base() + request.full_path.rstrip("?"),
        page=_base() + url_for(".you_said", **_given(form, publisher)),
        base=_base(),
        licence=LICENCES[deployment.settings().data_licence],
    )
    return Response(words, mimetype="application/atom+xml")


@bp.get("/you-said/<slug>/block")
@public(cached=True)
@follows_schools
def block(slug: str) -> Response:
    """One organisation's latest records, made to be shown inside its own website."""
    publisher = records.publisher(slug)
    found = queries.published(organisation_id=publisher.id, limit=IN_BLOCK)
    page = _base() + url_for(".you_said", organisation=publisher.slug)
    words = render_template("changes/block.html", publisher=publisher, rows=found, page=page)
    return Response(words, mimetype="text/html", headers={"Content-Security-Policy": EMBEDDED})


def _asked() -> tuple[FilterForm, Wanted, Publisher | None]:
    """What the address asks for. An organisation that is not there is not found; other filters are left out."""
    form = FilterForm(request.args, values=current_framework().values, towns=records.towns())
    slug = request.args.get("organisation", "")
    publisher = records.publisher(slug) if slug else None
    return form, form.chosen(publisher.id if publisher else None), publisher


def _given(form: FilterForm, publisher: Publisher | None) -> dict[str, Any]:
    """The same as an address carries it."""
    return form.known() | ({"organisation": publisher.slug} if publisher else {})


def _place(name: str) -> Place | None:
    """A place in the list, where the address carries a sound one."""
    try:
        return Place.read(request.args.get(name, ""))
    except ValueError:
        return None


def _rows() -> Iterator[dict[str, rows.Cell]]:
    _, asked, _ = _asked()
    names, base = _value_names(), _base()
    return (rows.fields_of(row, names, base) for row in records.every(asked))


def _as_json(found: Iterator[dict[str, rows.Cell]]) -> Iterator[str]:
    """First what the fields mean and the licence, then the records, in pieces."""
    name, address = LICENCES[deployment.settings().data_licence]
    head = {
        "made_on": clock.today().isoformat(),
        "licence": {"name": name, "address": address},
        "fields": dict(rows.FIELDS),
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "records": ['
    comma = "\n"
    for row in found:
        yield comma + json.dumps(row, ensure_ascii=False, default=date.isoformat)
        comma = ",\n"
    yield "\n]}\n"


def _file(mimetype: str, ending: str, pieces: Iterator[str]) -> Response:
    _, licence = LICENCES[deployment.settings().data_licence]
    headers = {
        "Content-Disposition": f'attachment; filename="you-said.{ending}"',
        "Link": f'<{licence}>; rel="license"',
    }
    return Response(stream_with_context(pieces), mimetype=mimetype, headers=headers)


def _value_names() -> dict[str, str]:
    return {value.code: value.name for value in current_framework().values}


def _base() -> str:
    return deployment.settings().base_url
