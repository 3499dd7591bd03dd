"""The one way to a password check: each try is counted first, and a browser that was let in before is known again."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Flask, Response, after_this_request, current_app, request
from flask_limiter.util import get_remote_address
from flask_login import current_user, user_logged_in
from itsdangerous import BadData, URLSafeTimedSerializer

from coprod.accounts import guessing, passwords
from coprod.accounts.models import Person
from coprod.errors import Invalid
from coprod.phrases import N_
from coprod.web import clock
from coprod.web.deployment import settings
from coprod.web.limits import digest

KNOWN = "coprod_known"
FOR = timedelta(days=180)
MOST = 5  # people who share a browser


def install(app: Flask) -> None:
    user_logged_in.connect(_know_this_browser, app)


def guarded(sign_in: Callable[..., Any]) -> Callable[..., Any]:
    """The library's sign-in, with each try counted before the password is looked at."""

    @wraps(sign_in)
    def counted_sign_in(**values: Any) -> Any:
        email, password = request.form.get("email", ""), request.form.get("password", "")
        if request.method != "POST" or not email or not password or current_user.is_authenticated:
            return sign_in(**values)
        tried = _keys(email)
        guessing.begin_try(tried, email=email.strip(), now=clock.now())
        answer = sign_in(**values)
        if current_user.is_authenticated:
            guessing.take_back(tried)
        return answer

    return counted_sign_in


def check_password(person: Person, password: str) -> None:
    """Somebody who is signed in gives their password again. Raises Invalid where it is not theirs."""
    tried = _keys(person.email)
    guessing.begin_try(tried, email=person.email, now=clock.now())
    if not passwords.is_right(person, password):
        raise Invalid(N_("This is not your password. Check it, then try again"), field="password")
    guessing.take_back(tried)


def _keys(email: str) -> tuple[guessing.Key, ...]:
    account = _account(email)
    browser, accounts = _known()
    known = browser if account in accounts else None
    return guessing.keys(account=account, address=digest(get_remote_address()), browser=known, now=clock.now())


def _account(email: str) -> str:
    return digest(email.replace("\0", "").strip().casefold())


def _known() -> tuple[str, list[str]]:
    """This browser's own id, and the accounts that were signed in to in it."""
    try:
        kept = request.cookies.get(settings().cookie(KNOWN), "")
        browser, accounts = _signed().loads(kept, max_age=int(FOR.total_seconds()))
    except (BadData, ValueError, TypeError):
        return secrets.token_hex(16), []
    return str(browser), list(accounts)


def _know_this_browser(_app: Flask, user: Person) -> None:
    browser, accounts = _known()
    here = _account(user.email)
    signed = _signed().dumps([browser, [here, *(a for a in accounts if a != here)][:MOST]])

    @after_this_request
    def remember(response: Response) -> Response:
        response.set_cookie(
            settings().cookie(KNOWN),
            signed,
            max_age=FOR,
            secure=settings().secure,
            httponly=True,
            samesite="Lax",
        )
        return response


def _signed() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="known-browser")
