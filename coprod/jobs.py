"""What time does, without anybody asking: lapses, expiries, and results that nobody replied to.

Each job is a transaction of its own, and finds nothing to do when it is run again.
"""

from datetime import date, datetime

from coprod.certificates import operations as certificates
from coprod.charter import operations as charter
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
    done = (
        (final, counted(final, "result") + " became final: the time to reply is over."),
        (expired, counted(expired, "award") + " ran out."),
        (lapsed, counted(lapsed, "sign-up") + " lapsed."),
    )
    return [words for number, words in done if number] or ["Nothing was due."]
