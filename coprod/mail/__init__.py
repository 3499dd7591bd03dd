"""Mail: a letter is a row of the running transaction, written and rendered at once, and sent by a job afterwards."""

from coprod.mail.outbox import Page, page, queue

__all__ = ["Page", "page", "queue"]
