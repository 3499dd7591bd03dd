"""What time does, without anybody asking: lapses, expiries, and results that nobody replied to.

Each job is a transaction of its own, and finds nothing to do when it is run again.
"""

from datetime import date, datetime

from coprod.accounts import tidying
from coprod.assessments import retention
from coprod.certificates import operations as certificates
from coprod.charter import operations as charter
from coprod.evidence import housekeeping as evidence
from coprod.moderation import operations as moderation
from coprod.transaction import transaction
from coprod.web.formatting import counted


def tick(*, now: datetime, today: date) -> list[str]:
    """Do what is due by now. One line for each thing done; a line that says so where nothing was due."""
    with transaction():
        final = moderation.close_unanswered(now=now, today=today)
    with transaction():
        expired = certificates.record_expiries(now=now, today=today)
    with transaction():
        lapsed = charter.lapse_overdue(now=now, today=today)
    with transaction():
        forgotten = tidying.forget_old(now=now)
    scanned, infected = evidence.scan_waiting(now=now)
    reminded = retention.remind(now=now, today=today)
    items, files = retention.delete_due(now=now, today=today)
    rejected = evidence.drop_rejected(now=now)
    swept = evidence.sweep(now=now)
    dead = evidence.check_links(now=now)
    done = (
        (final, counted(final, "result") + " became final: the time to reply is over."),
        (expired, counted(expired, "award") + " ran out."),
        (lapsed, counted(lapsed, "sign-up") + " lapsed."),
        (forgotten, counted(forgotten, "old record") + " of signing in forgotten."),
        (scanned, counted(scanned, "file") + " passed the virus check."),
        (infected, counted(infected, "file") + " shut away: the virus check found something."),
        (reminded, counted(reminded, "letter") + " said which evidence goes soon."),
        (items, f"{counted(items, 'item')} of evidence deleted, with {counted(files, 'file')}."),
        (rejected, counted(rejected, "upload") + " deleted that never became evidence or were shut away."),
        (swept, counted(swept, "piece") + " of stored content deleted that nothing needed."),
        (dead, counted(dead, "link") + " in evidence did not answer."),
    )
    return [words for number, words in done if number] or ["Nothing was due."]
