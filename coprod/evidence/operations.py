"""WRITES: adding an item of evidence, putting another in its place, withdrawing it; files that are uploaded."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from coprod import history
from coprod.database import db
from coprod.errors import Invalid, NotFound, WrongState
from coprod.evidence import queries, rules, screening
from coprod.evidence.models import Evidence, EvidenceFile, EvidenceVersion
from coprod.evidence.opening import open_in_case, open_own, quarantine
from coprod.evidence.receiving import Taken
from coprod.evidence.removing import check_there
from coprod.framework.queries import current_framework
from coprod.organisations import queries as organisations
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_, Phrase, Phrases
from coprod.transaction import hold

__all__ = [
    "add",
    "clean_file",
    "discard",
    "open_in_case",
    "open_own",
    "quarantine",
    "receive",
    "replace",
    "withdraw",
]
SHOWN = 5  # signs named in one message


def add(
    organisation_id: UUID,
    *,
    kind: str,
    title: str,
    url: str,
    statement: str,
    dated: date,
    shows: str,
    from_families: bool,
    no_child_named: bool,
    looked: bool = False,
    file: EvidenceFile | None = None,
    actor: Actor,
    now: datetime,
    today: date,
) -> Evidence:
    """A member adds a link, a statement or a file to what their organisation can show.

    `looked`: somebody has looked at what seems to be personal data, and says that it is right to keep it.
    """
    require(actor, Action.ANSWER, organisations.get(organisation_id))
    facts = rules.EvidenceFacts(
        kind, title, url, statement, dated, shows, from_families, no_child_named, file is not None
    )
    kept = _checked(facts, file, looked, today)
    item = Evidence(
        organisation_id=organisation_id,
        file=_used(file, organisation_id, now),
        added_by=actor.person_id,
        added_at=now,
        **_columns(facts),
    )
    db.session.add(item)
    history.record("evidence.added", item, actor=actor, now=now, kind=kind, **_about(file, kept))
    return item


def replace(
    item: Evidence,
    *,
    kind: str,
    title: str,
    url: str,
    statement: str,
    dated: date,
    shows: str,
    from_families: bool,
    no_child_named: bool,
    looked: bool = False,
    file: EvidenceFile | None = None,
    actor: Actor,
    now: datetime,
    today: date,
) -> EvidenceVersion:
    """A member puts something else in an item's place. What it was is kept; answers go on to rest on the new one."""
    require(actor, Action.ANSWER, item)
    hold(item)
    if item.withdrawn_at is not None or item.deleted_at is not None:
        raise WrongState(N_("This evidence was withdrawn already."))
    standing = None if file or item.is_shut else item.file
    facts = rules.EvidenceFacts(
        kind, title, url, statement, dated, shows, from_families, no_child_named, bool(file or standing)
    )
    kept = _checked(facts, file, looked, today)
    before = _version(item, actor, now)
    db.session.add(before)
    for name, value in _columns(facts).items():
        setattr(item, name, value)
    item.file = _used(file, item.organisation_id, now) or standing
    item.revision, item.changed_at = item.revision + 1, now
    item.link_checked_at, item.link_seen_at, item.link_fault = None, None, ""
    history.record("evidence.replaced", item, actor=actor, now=now, revision=item.revision, **_about(file, kept))
    return before


def withdraw(item: Evidence, *, actor: Actor, now: datetime) -> None:
    """A member takes an item back. It is kept, but counts for nothing from now on."""
    require(actor, Action.ANSWER, item)
    if item.withdrawn_at is not None:
        raise WrongState(N_("This evidence was withdrawn already."))
    item.withdrawn_at = now
    history.record("evidence.withdrawn", item, actor=actor, now=now)


def receive(organisation_id: UUID, taken: Taken, *, actor: Actor, now: datetime) -> EvidenceFile:
    """A member's upload, looked into and kept. It is no evidence before somebody says what it shows."""
    require(actor, Action.ANSWER, organisations.get(organisation_id))
    file = EvidenceFile(organisation_id=organisation_id, uploaded_by=actor.person_id, uploaded_at=now)
    _fill(file, taken, now)
    db.session.add(file)
    check_there(file.sha256)
    history.record("evidence_file.received", file, actor=actor, now=now, sha256=file.sha256, type=file.type)
    return file


def clean_file(file: EvidenceFile, taken: Taken, *, actor: Actor, now: datetime) -> None:
    """The upload without what it hid takes its place. Content that nothing needs any more is swept away by a job."""
    require(actor, Action.ANSWER, file)
    if queries.is_spent(file):
        raise WrongState
    before = file.sha256
    _fill(file, taken, now)
    check_there(file.sha256)
    history.record("evidence_file.cleaned", file, actor=actor, now=now, before=before, sha256=file.sha256)


def discard(file: EvidenceFile, *, actor: Actor, now: datetime) -> None:
    """A member throws an upload away. It is shut at once, and deleted some days later."""
    require(actor, Action.ANSWER, file)
    if queries.is_spent(file):
        raise WrongState
    file.rejected_at, file.signs = now, []
    history.record("evidence_file.discarded", file, actor=actor, now=now)


def _checked(facts: rules.EvidenceFacts, file: EvidenceFile | None, looked: bool, today: date) -> list[str]:
    """What looks like personal data and was kept on purpose. Raises Invalid for a fault, or where nobody looked."""
    for fault in rules.faults(facts, kinds=current_framework().evidence_kinds, today=today):
        raise Invalid(fault.words, field=fault.field)
    pieces = (
        (N_("the title"), facts.title),
        (N_("the statement"), facts.statement),
        (N_("what it shows"), facts.shows),
    )
    typed = [(sign.what.value, sign.words, sign.where) for sign in screening.signs(pieces, today=today)]
    found = typed + [(sign["what"], sign["words"], sign["where"]) for sign in (file.signs if file else ())]
    if found and not looked:
        named = Phrases(
            Phrase("{what}, “{words}”, in {where}", what=Phrase(what), words=words, where=Phrase(where))
            for what, words, where in found[:SHOWN]
        )
        raise Invalid(
            Phrase(
                "This looks like personal data: {named}. Take it out, or tick to say that you have looked and keep it",
                named=named,
            ),
            field="looked",
        )
    return sorted({what for what, _, _ in found})


def _columns(facts: rules.EvidenceFacts) -> dict[str, Any]:
    return {
        "kind": facts.kind,
        "title": facts.title,
        "url": facts.url,
        "statement": facts.statement,
        "dated": facts.dated,
        "shows": facts.shows,
        "from_families": facts.from_families,
        "no_child_named": facts.no_child_named,
    }


def _version(item: Evidence, actor: Actor, now: datetime) -> EvidenceVersion:
    """An item as it is now, to be kept. Words that a reviewer had shut away are not."""
    words = {"kind": item.kind, "url": item.url, "statement": item.statement, "shows": item.shows}
    rest = {"dated": item.dated.isoformat(), "from_families": item.from_families}
    return EvidenceVersion(
        evidence_id=item.id,
        revision=item.revision,
        title="" if item.is_shut else item.title,
        facts={} if item.is_shut else words | rest,
        file_id=item.file_id,
        replaced_by=actor.person_id,
        replaced_at=now,
    )


def _used(file: EvidenceFile | None, organisation_id: UUID, now: datetime) -> EvidenceFile | None:
    """An upload becomes evidence once. What was pointed out in it has been looked at: it is not kept."""
    if file is None:
        return None
    if file.organisation_id != organisation_id or queries.is_spent(file):
        raise NotFound
    file.used_at, file.signs = now, []
    return file


def _fill(file: EvidenceFile, taken: Taken, now: datetime) -> None:
    file.sha256, file.size, file.type, file.name = taken.sha256, taken.size, taken.type, taken.name
    file.hidden = [list(pair) for pair in taken.hidden]
    file.signs = list(taken.signs)
    file.partly, file.removable = taken.partly, taken.removable
    file.clean_at = now if taken.clean else None


def _about(file: EvidenceFile | None, kept: list[str]) -> dict[str, Any]:
    """What history keeps: the file's hash, and which kinds of personal data somebody looked at and kept."""
    return ({"sha256": file.sha256} if file else {}) | ({"looked_at": kept} if kept else {})
