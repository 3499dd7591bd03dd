"""No change without a form of our own: each form carries a token, and says that it comes from a page of this site.

A signed-in person's token names that person. So a form that was open when its session ended can be told from one that
somebody made up: a token is signed and stands in its owner's pages alone, so nobody can make one that names another.
"""

import secrets
from uuid import UUID

from flask import Flask, current_app, g, request, session
from flask_wtf import CSRFProtect
from itsdangerous import BadData, URLSafeTimedSerializer

FIELD = "csrf_token"
KEPT_FOR = 7 * 24 * 3600  # seconds: a form left open over a weekend is not lost


def install(app: Flask) -> None:
    CSRFProtect(app)


def belong_to(person_id: UUID) -> None:
    """From now on, forms of this session name the person whom they are made for."""
    session[FIELD] = f"{person_id.hex}.{secrets.token_hex(20)}"
    g.pop(FIELD, None)


def owner() -> UUID | None:
    """The person whom the form that was sent was made for, however long ago its session ended."""
    signed = URLSafeTimedSerializer(current_app.secret_key or "", salt="wtf-csrf-token")
    try:
        token = signed.loads(request.form.get(FIELD, ""), max_age=KEPT_FOR)
        return UUID(hex=str(token).partition(".")[0])
    except (BadData, ValueError):
        return None
