"""How Flask-Security is set up: passwords and sessions are its work, the pages and endings of sessions ours."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request, current_app, g, redirect, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_security import Security, SQLAlchemyUserDatastore
from itsdangerous import URLSafeTimedSerializer
from werkzeug.wrappers import Response

from coprod.accounts import letting_in, passkeys, password_door, session_cookie, single_sign_on
from coprod.accounts.demonstration import visitors
from coprod.accounts.forms import SignInForm
from coprod.phrases import N_
from coprod.settings import Settings
from coprod.web import onward
from coprod.web.limits import limited
from coprod.web.navigation import SIGN_IN, SIGN_OUT

NOT_RIGHT = N_("The e-mail address or the password is not right. Check both, then try again.")


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
    app.session_interface = OnlyWithCookie()
    app.before_request(_nobody_without_a_cookie)
    security = Security(app, people, login_form=SignInForm)
    session_cookie.install(app)
    password_door.install(app)
    letting_in.install(app)
    single_sign_on.install(app)
    security.login_context_processor(_other_ways)
    guarded = password_door.guarded(_going_on(app.view_functions["security.login"]))
    app.view_functions["security.login"] = limited("sign in")(guarded)
    return security


class OnlyWithCookie(SecureCookieSessionInterface):
    """Flask's own sessions. Where no cookie came there is nothing to read, and most visitors bring none.

    What signs them is made once, for the key stays the same for as long as the program runs.
    """

    _signing: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._signing is None:
            self._signing = super().get_signing_serializer(app)
        return self._signing

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) in request.cookies:
            return super().open_session(app, request)
        return self.session_class()


def _nobody_without_a_cookie() -> None:
    """Before the libraries ask several times who it is: cookies alone can say."""
    if not request.cookies:
        g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]  # Flask-Login adds it


def _other_ways() -> dict[str, object]:
    """What the page offers besides a password."""
    return {
        "visitors": visitors(),
        "elsewhere": single_sign_on.name(),
        "passkeys": passkeys.possible(),
        "onward": onward.asked_for(),
    }


def _going_on(sign_in: Callable[..., Any]) -> Callable[..., Any]:
    """Wherever the library would send somebody, they go on to a page of this site that is known by its name."""

    def sign_in_and_go_on(**values: Any) -> Any:
        answer = sign_in(**values)
        return redirect(onward.asked_for()) if isinstance(answer, Response) and answer.location else answer

    return sign_in_and_go_on
