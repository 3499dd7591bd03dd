"""How Flask-Security is set up: passwords and sessions are its work, the pages and endings of sessions ours."""

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Flask, request
from flask_security import Security, SQLAlchemyUserDatastore

from coprod.accounts import session_cookie
from coprod.accounts.demonstration import visitors
from coprod.accounts.forms import SignInForm
from coprod.settings import Settings
from coprod.web.deployment import limiter
from coprod.web.navigation import SIGN_IN, SIGN_OUT

TRIES_FROM_AN_ADDRESS = "20 per minute"
TRIES_FOR_AN_EMAIL = "10 per minute"
NOT_RIGHT = "The e-mail address or the password is not right. Check both, then try again."


def config(settings: Settings) -> dict[str, object]:
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SALT": settings.key(),
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_LOGIN_URL": SIGN_IN,
        "SECURITY_LOGOUT_URL": SIGN_OUT,
        "SECURITY_VERIFY_URL": "/sign-in/again",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_LOGIN_USER_TEMPLATE": "accounts/sign_in.html",
        "SECURITY_POST_LOGIN_VIEW": "/start",
        "SECURITY_POST_LOGOUT_VIEW": "/",
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_MSG_GENERIC_AUTHN_FAILED": (NOT_RIGHT, "error"),
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_FLASH_MESSAGES": False,
        "REMEMBER_COOKIE_SECURE": settings.secure,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "PERMANENT_SESSION_LIFETIME": session_cookie.lifetime(settings),
    }


def install(app: Flask, people: SQLAlchemyUserDatastore) -> Security:
    security = Security(app, people, login_form=SignInForm)
    session_cookie.install(app)
    security.login_context_processor(lambda: {"visitors": visitors()})
    app.view_functions["security.login"] = _limited(app.view_functions["security.login"])
    return security


def _limited(sign_in: Callable[..., Any]) -> Callable[..., Any]:
    """No more than so many tries in a minute from one address, and for one e-mail address. Nobody is locked out."""

    @limiter.limit(TRIES_FROM_AN_ADDRESS, methods=["POST"])
    @limiter.limit(TRIES_FOR_AN_EMAIL, methods=["POST"], key_func=_email_tried)
    def limited_sign_in(**values: Any) -> Any:
        return sign_in(**values)

    return limited_sign_in


def _email_tried() -> str:
    """The e-mail address as a digest: the store of limits holds no address of a person."""
    typed = request.form.get("email", "").strip().casefold()
    return hashlib.sha256(typed.encode("utf-8", "replace")).hexdigest()
