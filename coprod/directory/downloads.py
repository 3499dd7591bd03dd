"""The public list as files: documented fields only, streamed, and safe to open in a spreadsheet."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from coprod.directory.queries import Listed
from coprod.phrases import N_
from coprod.web import open_api, spreadsheets
from coprod.web.open_data import LICENCES

FIELDS: Mapping[str, str] = {
    "name": N_("The name of the school or service"),
    "kind": N_("What kind of organisation it is"),
    "place": N_("Its kind with its town, or with the organisation that it belongs to"),
    "code": N_("Its official number, with the name of the scheme that gave it; empty where it has none"),
    "website": N_("Its website; empty where we know none"),
    "signed_on": N_("The date when it signed the charter"),
    "status": N_("Its status in words on the day of the download"),
    "award": N_("The award level that it holds; empty where it holds none"),
    "award_valid_to": N_("The last day of that award"),
    "commitments": N_("How many commitments it made"),
    "commitments_kept": N_("How many of them it says it has kept"),
    "changes": N_("How many changes because of families it has published"),
    "page": N_("The address of its public page"),
}
SHAPES = {"signed_on": open_api.DAY, "award_valid_to": open_api.NO_DAY} | dict.fromkeys(
    ("commitments", "commitments_kept", "changes"), open_api.NUMBER
)
SCHEMA = open_api.rows("signatories", FIELDS, SHAPES)


def fields_of(row: Listed, base_url: str) -> dict[str, str | int | date | None]:
    """One row with the documented fields, and nothing else."""
    return {
        "name": row.name,
        "kind": row.kind,
        "place": row.place,
        "code": row.code,
        "website": row.website,
        "signed_on": row.signed_on,
        "status": row.status.standing.words,
        "award": row.award.level if row.award else "",
        "award_valid_to": row.award.valid_to if row.award else None,
        "commitments": row.commitments,
        "commitments_kept": row.kept,
        "changes": row.changes,
        "page": f"{base_url}/signatories/{row.slug}",
    }


def as_csv(rows: Iterable[Listed], base_url: str) -> Iterator[str]:
    """The list as CSV, in pieces."""
    return spreadsheets.as_csv(FIELDS, (fields_of(row, base_url).values() for row in rows))


def as_json(rows: Iterable[Listed], base_url: str, *, today: date, licence: str) -> Iterator[str]:
    """The list as JSON, in pieces: first what the fields mean and the licence, then the signatories."""
    name, address = LICENCES[licence]
    head = {
        "made_on": today.isoformat(),
        "licence": {"name": name, "address": address},
        "fields": dict(FIELDS),
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "signatories": ['
    comma = "\n"
    for row in rows:
        yield comma + json.dumps(fields_of(row, base_url), ensure_ascii=False, default=date.isoformat)
        comma = ",\n"
    yield "\n]}\n"
