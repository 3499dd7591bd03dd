"""Reading the letters that wait to be sent."""

import re
from urllib.parse import urlsplit

from sqlalchemy import select

from coprod.database import db
from coprod.mail.models import Letter


def letters_to(address: str) -> list[Letter]:
    """The letters to an address, the first one first."""
    asked = address.replace("\0", "")  # PostgreSQL can not be asked for NUL.
    rows = select(Letter).where(Letter.receiver == asked).order_by(Letter.queued_at, Letter.id)
    return list(db.session.scalars(rows))


def links_in(letter: Letter) -> list[str]:
    """The paths of the pages that a letter leads to."""
    return [urlsplit(found).path for found in re.findall(r"https?://\S+", letter.words)]
