"""Everything that is kept of one organisation, for itself: rows as JSON and CSV, its files, and a page that explains.

Each table of the database stands below: what goes along, or why it does not. A new table fails a test until somebody
has decided. No reviewer is named, nothing that was shut away goes out again, and nobody learns who of the families
said what.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, Table, or_, select

from coprod import history
from coprod.accounts.models import Membership, Person
from coprod.certificates.models import Certificate
from coprod.changes import queries as changes
from coprod.changes.models import ChangeRecord
from coprod.database import db
from coprod.errors import Busy, Invalid, NotFound
from coprod.evidence import queries as evidence
from coprod.evidence.models import Evidence, EvidenceFile
from coprod.framework.queries import pinned
from coprod.moderation import letter
from coprod.moderation.models import Case
from coprod.moderation.reply_models import OutcomeBefore
from coprod.organisations import queries as organisations
from coprod.organisations.models import Organisation
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_
from coprod.web import deployment
from coprod.web.formatting import counted
from coprod.web.spreadsheets import as_csv

Row = dict[str, Any]

# What goes along, and what of it does not.
TAKEN: Mapping[str, frozenset[str]] = {
    "organisations": frozenset({"search_name"}),
    "memberships": frozenset(),
    "invitations": frozenset({"secret_hash"}),
    "hand_overs": frozenset(),
    "trusted_domains": frozenset(),
    "mailboxes": frozenset(),
    "assessments": frozenset(),
    "snapshots_before": frozenset(),
    "answers": frozenset(),
    "answer_versions": frozenset(),
    "answer_evidence": frozenset(),
    "answer_changes": frozenset(),
    "question_assignments": frozenset(),
    "question_notes": frozenset(),
    "plan_actions": frozenset(),
    "family_meetings": frozenset(),
    "family_ratings": frozenset(),
    "family_words": frozenset(),
    "more_asked": frozenset(),
    "more_asked_questions": frozenset(),
    "replies": frozenset(),
    "change_records": frozenset(),
    "confirmation_links": frozenset({"secret_hash", "used_at", "made_from"}),
    "plan_files": frozenset(),
    "evidence": frozenset(),
    "evidence_files": frozenset({"signs"}),
    "evidence_versions": frozenset(),
    "sign_ups": frozenset(),
    "signing_requests": frozenset({"secret_hash"}),
    "commitments": frozenset(),
    "certificates": frozenset({"inputs"}),
}
# What does not, and why.
LEFT: Mapping[str, str] = {
    "cases": N_("what came of moderation is in results.json, as you read it; reviewers are never named"),
    "confirmations": N_("how many families gave each answer, and the comments they shared, are in families.json"),
    "register_entries": N_("public: the register can be downloaded whole"),
    "register_payloads": N_("public: the register can be downloaded whole"),
    "listings": N_("worked out from the rest"),
    "concerns": N_("what people told the coordinator, in confidence"),
    "successions": N_("which numbers you had before is on your public page, and in the register"),
    "letters": N_("each person can download the list of their own letters"),
    "events": N_("who decided what is kept for whoever looks after the site; your own decisions stand in the rows"),
} | dict.fromkeys(
    (
        "allocations", "declarations", "judgements", "outcomes_before", "reply_decisions", "seats", "settlements",
        "waivers",
    ),
    N_("how reviewers came to their result; the result and its reasons are in results.json"),
) | dict.fromkeys(
    (
        "account_requests", "alerts", "authenticators", "emailed_links", "guesses", "passkeys", "pauses", "people",
        "person_roles", "person_sessions", "practice_ratings", "receivers", "recovery_codes", "roles",
        "single_sign_ons", "time_spent",
    ),
    N_("about people, and not about your organisation: each can download their own"),
) | dict.fromkeys(
    (
        "certificate_documents", "deployment_facts", "job_runs", "listed_numbers", "listed_words", "public_keys",
        "public_state", "rate_counts", "register_heads",
    ),
    N_("how the site works"),
)  # fmt: skip
WORDS = """Everything that is kept of {name}
{under}

Made on {day}. It is for your organisation alone: it names your colleagues and holds your evidence.

data/           each table twice: as JSON, and as CSV for a spreadsheet
files/          your evidence, each file under the id that evidence_files names
certificates/   your certificates
results.json    what came of moderation
families.json   how many families confirmed each change, and the comments that they shared

What is not in it, and why:
{left}
Evidence that was shut away or deleted is not in it either. Nor is a file that still waits for the virus check.
"""


@dataclass(slots=True)
class Taken:
    """What was written: how many rows, and which files of which evidence."""

    rows: int = 0
    files: list[tuple[UUID, UUID]] = field(default_factory=list)

    @property
    def words(self) -> str:
        return f"{counted(self.rows, 'row')} and {counted(len(self.files), 'file')} of evidence"


def named(text: str) -> Organisation:
    """The organisation with this official code, id, or last part of a public address."""
    ways = [Organisation.value == text, Organisation.slug == text]
    with suppress(ValueError):
        ways.append(Organisation.id == UUID(text))
    found = db.session.scalars(select(Organisation).where(or_(*ways)).order_by(Organisation.name).limit(2)).all()
    if len(found) > 1:
        raise Invalid(f"Two organisations have the code {text}. Give the last part of the public address instead.")
    if not found:
        raise NotFound(f"There is no organisation {text}.")
    return found[0]


def for_lead(organisation_id: UUID, actor: Actor) -> Organisation:
    """The organisation, for its leads. Raises NotFound alike where it is missing and where it is not theirs."""
    organisation = organisations.for_member(organisation_id, actor)
    require(actor, Action.TAKE_ALL_DATA, organisation)
    return organisation


def note_taken(organisation_id: UUID, taken: Taken, *, actor: Actor, now: datetime) -> None:
    """Write down that somebody took it all, and each file that they have now."""
    organisation = organisations.for_member(organisation_id, actor)
    require(actor, Action.TAKE_ALL_DATA, organisation)
    history.record("organisation.data_taken", organisation, actor=actor, now=now, organisation_id=organisation_id)
    for evidence_id, file_id in taken.files:
        item, file = db.session.get_one(Evidence, evidence_id), db.session.get_one(EvidenceFile, file_id)
        history.record("evidence.opened", item, actor=actor, now=now, file_id=str(file_id), sha256=file.sha256)


def left_out() -> Mapping[str, list[str]]:
    """Why something does not go along, and what it is."""
    whole: dict[str, list[str]] = {}
    for name, why in LEFT.items():
        whole.setdefault(why, []).append(name)
    return whole


def write(organisation: Organisation, target: Path | IO[bytes], *, today: date) -> Taken:
    """Write the zip. Raises Busy where there is no room for it."""
    taken = Taken()
    try:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("READ ME.txt", _explained(organisation, today))
            _add_tables(archive, organisation.id, taken)
            archive.writestr("results.json", _json(list(_results(organisation.id))))
            archive.writestr("families.json", _json(list(_families(organisation.id))))
            _add_certificates(archive, organisation.id)
            for item, file in _files(organisation.id):
                _add_file(archive, file)
                taken.files.append((item.id, file.id))
    except OSError as fault:
        raise Busy from fault
    return taken


def _add_tables(archive: zipfile.ZipFile, organisation_id: UUID, taken: Taken) -> None:
    names = _colleagues(organisation_id)
    for name in TAKEN:
        table = db.metadata.tables[name]
        rows = [_shown(table, row, names) for row in db.session.execute(chosen(table, organisation_id)).mappings()]
        _add(archive, f"data/{name}", rows)
        taken.rows += len(rows)


def _add_file(archive: zipfile.ZipFile, file: EvidenceFile) -> None:
    with archive.open(f"files/{file.id}.{file.type}", "w", force_zip64=True) as kept:
        for piece in deployment.evidence_storage().pieces(file.sha256):
            kept.write(piece)


def chosen(table: Table, organisation_id: UUID) -> Select[Any]:
    """The rows of a table that are the organisation's: its own, or those below a row of its own."""
    kept = [column for column in table.c if column.name not in TAKEN.get(table.name, ())]
    key = list(table.primary_key.columns)
    if table.name == "organisations":
        return select(*kept).where(table.c.id == organisation_id)
    if "organisation_id" in table.c:
        return select(*kept).where(table.c.organisation_id == organisation_id).order_by(*key)
    column, above = next(
        (column, link.column.table)
        for column in table.c
        for link in column.foreign_keys
        if link.column.table.name in {*TAKEN, "cases"}
    )
    ids = chosen(above, organisation_id).with_only_columns(above.c.id).order_by(None)
    return select(*kept).where(column.in_(ids)).order_by(*key)


def _colleagues(organisation_id: UUID) -> Mapping[UUID, str]:
    """Those who belong or belonged to the organisation: only they are named."""
    rows = db.session.execute(
        select(Person.id, Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id)
        .order_by(Person.id)
    )
    return {row[0]: row[1] for row in rows}


def _shown(table: Table, row: RowMapping, names: Mapping[UUID, str]) -> Row:
    about_people = {c.name for c in table.c for link in c.foreign_keys if link.column.table.name == "people"}
    shown = {
        name: names.get(value, "somebody who looks after the site") if name in about_people and value else value
        for name, value in row.items()
    }
    return _without_what_is_shut(shown) if table.name == "evidence" else shown


def _without_what_is_shut(row: Row) -> Row:
    """What a reviewer had shut away goes to nobody again."""
    if row["quarantined_revision"] is None or row["quarantined_revision"] < row["revision"]:
        return row
    return row | {"title": "", "url": "", "statement": "", "shows": "", "link_fault": ""}


def _files(organisation_id: UUID) -> Iterator[tuple[Evidence, EvidenceFile]]:
    """Files that a member may open now."""
    items = select(Evidence).where(Evidence.organisation_id == organisation_id, Evidence.file_id.is_not(None))
    for item in db.session.scalars(items.order_by(Evidence.added_at, Evidence.id)):
        if item.file and not item.is_shut and not evidence.cannot_open(item.file):
            yield item, item.file


def _results(organisation_id: UUID) -> Iterator[Row]:
    """Each result that was given, as its letter says it, and those whose place it took."""
    given = select(Case).where(Case.organisation_id == organisation_id, Case.provisional_at.is_not(None))
    for case in db.session.scalars(given.order_by(Case.opened_at, Case.id)):
        framework = pinned(case.assessment.framework, case.assessment.version)
        before = db.session.scalars(
            select(OutcomeBefore).where(OutcomeBefore.case_id == case.id).order_by(OutcomeBefore.replaced_at)
        )
        yield {
            "assessment": case.assessment_id,
            "given": case.provisional_at,
            "final": case.closed_at,
            "before": [asdict(letter.letter(framework, each.outcome)) for each in before],
            "result": asdict(letter.letter(framework, case.outcome)) if case.outcome else None,
        }


def _families(organisation_id: UUID) -> Iterator[Row]:
    records = select(ChangeRecord).where(ChangeRecord.organisation_id == organisation_id)
    for record in db.session.scalars(records.order_by(ChangeRecord.written_at, ChangeRecord.id)):
        answers, comments = asdict(changes.tally_of(record)), changes.shared_comments(record)
        yield {"change": record.id, "answers": answers, "comments": comments}


def _add_certificates(archive: zipfile.ZipFile, organisation_id: UUID) -> None:
    for each in db.session.scalars(select(Certificate).where(Certificate.organisation_id == organisation_id)):
        try:
            content = deployment.storage().get(each.file_hash or "")
        except NotFound:  # It is made again by and by.
            continue
        archive.writestr(f"certificates/{each.code}.pdf", content)


def _add(archive: zipfile.ZipFile, name: str, rows: list[Row]) -> None:
    archive.writestr(f"{name}.json", _json(rows))
    if rows:
        cells = ([_cell(value) for value in row.values()] for row in rows)
        archive.writestr(f"{name}.csv", "".join(as_csv(rows[0].keys(), cells)))


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, str | int | date | datetime):
        return value
    return str(value) if isinstance(value, UUID) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _explained(organisation: Organisation, today: date) -> str:
    left = "".join(f"- {', '.join(names)}: {why}\n" for why, names in left_out().items())
    title = f"Everything that is kept of {organisation.name}"
    return WORDS.format(name=organisation.name, under="=" * len(title), day=today.isoformat(), left=left)
