"""WRITES: what time does to evidence: links are asked again, files are scanned again, files go when their time is over.

What takes long (the network, the scanner, the storage) happens between transactions, never inside one.
"""

import time
from datetime import datetime
from uuid import UUID

from coprod import history
from coprod.database import db
from coprod.errors import Busy, NotFound
from coprod.evidence import links, queries, receiving, telling
from coprod.evidence.models import Evidence, EvidenceFile
from coprod.evidence.removing import remove_unneeded
from coprod.evidence.scanning import Verdict
from coprod.permissions import SYSTEM
from coprod.transaction import transaction
from coprod.web import deployment

LONGEST_ROUND = 60.0  # seconds for links in one run; the others wait for the next
YOUNG = 24 * 3600  # seconds: content this young may belong to an upload that is being written down


def check_links(*, now: datetime) -> int:
    """Ask web addresses that nobody asked for a week; how many do not answer."""
    settings = deployment.settings()
    if not settings.check_links or settings.demonstration:
        return 0
    ends, dead = time.monotonic() + LONGEST_ROUND, 0
    for evidence_id, url in queries.links_to_check(now=now):
        if time.monotonic() > ends:
            break
        seen = links.look(url)
        with transaction():
            record_link(evidence_id, url, seen, now=now)
        dead += not seen.alive
    return dead


def record_link(evidence_id: UUID, url: str, seen: links.Seen, *, now: datetime) -> None:
    """What a look at a web address found. An item that has another address by now is left alone."""
    item = db.session.get(Evidence, evidence_id)
    if item is None or item.url != url:
        return
    if seen.alive:
        item.link_seen_at = now
    if bool(item.link_fault) == seen.alive:
        history.record("evidence.link_" + ("alive" if seen.alive else "dead"), item, actor=SYSTEM, now=now)
    item.link_checked_at, item.link_fault = now, seen.fault[:100]


def scan_waiting(*, now: datetime) -> tuple[int, int]:
    """Ask the scanner again about files that wait; how many are clean now, and in how many something was found."""
    if not deployment.settings().scanner:
        return 0, 0
    found = {Verdict.CLEAN: 0, Verdict.INFECTED: 0, Verdict.WAITING: 0}
    for file_id, sha256 in [(file.id, file.sha256) for file in queries.files_to_scan()]:
        try:
            verdict = receiving.scan_again(sha256, now=now)
        except (NotFound, Busy):
            continue
        with transaction():
            record_scan(file_id, verdict, now=now)
        found[verdict] += 1
        if verdict is Verdict.WAITING:
            break  # The scanner is away: the others wait too.
    return found[Verdict.CLEAN], found[Verdict.INFECTED]


def record_scan(file_id: UUID, verdict: Verdict, *, now: datetime) -> None:
    """A clean file may be opened from now on. One with something harmful in it is shut, and its owners are told."""
    file = db.session.get_one(EvidenceFile, file_id)
    if verdict is Verdict.CLEAN:
        file.clean_at = now
        history.record("evidence_file.clean", file, actor=SYSTEM, now=now)
    elif verdict is Verdict.INFECTED:
        file.infected_at, file.rejected_at, file.signs = now, file.rejected_at or now, []
        history.record("evidence_file.infected", file, actor=SYSTEM, now=now)
        telling.tell("evidence_infected", file.organisation_id, now=now, once=f"infected:{file.id}")


def drop_rejected(*, now: datetime) -> int:
    """Delete uploads that were rejected, or never became evidence, a week ago; how many. One that just did stays."""
    dropped = 0
    for file_id in [file.id for file in queries.files_to_drop(now=now)]:
        with transaction():
            found = queries.files_to_drop(now=now, only=file_id)
            gone = [drop(file, now=now) for file in found]
        remove_unneeded(gone)
        dropped += len(gone)
    return dropped


def drop(file: EvidenceFile, *, now: datetime) -> str:
    """The row says that the bytes are deleted; returns their SHA-256, to be removed where nothing else needs them.

    The row is written first: a crash between the two leaves bytes that no row needs, and `sweep` finds those.
    """
    file.deleted_at, file.name, file.hidden, file.signs, file.partly = now, "", [], [], ""
    history.record("evidence_file.deleted", file, actor=SYSTEM, now=now, sha256=file.sha256)
    return file.sha256


def sweep(*, now: datetime) -> int:
    """Delete content that no row needs: an upload that was cut off, or a deletion that was; how many."""
    storage, before = deployment.evidence_storage(), now.timestamp() - YOUNG
    swept = storage.drop_unfinished(before=before) + receiving.drop_aside(before=before)
    old = [sha256 for sha256, kept_at in storage.digests() if kept_at < before]
    return swept + remove_unneeded(sha256 for sha256 in old if not queries.known(sha256))
