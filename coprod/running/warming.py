"""A process of a server makes some pages before it lets anybody in.

The first page of a process costs a hundred times what the next one does: its templates are read, its statements put
together. Where many come at once, each would do that work, and hold up the others.
"""

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from coprod.directory import queries
from coprod.web import deployment
from coprod.web.logs import QUIET

PAGES = ("/", "/signatories", "/signatories?q=school&kind=primary", "/signatories?q=no+such+words")


def warm(app: Flask) -> None:
    """Ask for the pages that most people come for. Where the database is away, or new, there is nothing to make."""
    with app.app_context():
        host = deployment.settings().base_url
        try:
            queries.public_version()
        except SQLAlchemyError:
            return
    client = app.test_client(use_cookies=False)
    for page in PAGES:
        client.get(page, base_url=host, environ_overrides={QUIET: True}).close()
