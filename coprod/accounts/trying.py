"""How often the forms of signing in may be sent: for one e-mail address, and for one person who owes a code."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import request
from flask_login import current_user

from coprod.web.deployment import limiter

View = TypeVar("View", bound=Callable[..., Any])

LETTERS_FROM_AN_ADDRESS = "20 per hour"
LETTERS_TO_AN_EMAIL = "5 per hour"
CODES = "10 per 5 minutes; 50 per day"


def limited(view: View) -> View:
    """So many letters in an hour: nobody fills another's letter box."""
    per_email = limiter.limit(LETTERS_TO_AN_EMAIL, methods=["POST"], key_func=email_tried)
    per_address = limiter.limit(LETTERS_FROM_AN_ADDRESS, methods=["POST"])
    return cast(View, per_address(per_email(view)))


def codes_limited(view: View) -> View:
    """A code has six numbers: whoever guesses gets 50 tries a day, and needs the password first."""
    return cast(View, limiter.limit(CODES, methods=["POST"], key_func=_who)(view))


def email_tried() -> str:
    """The e-mail address as a digest: the store of limits holds no address of a person."""
    typed = request.form.get("email", "").strip().casefold()
    return hashlib.sha256(typed.encode("utf-8", "replace")).hexdigest()


def _who() -> str:
    return str(getattr(current_user, "id", ""))
