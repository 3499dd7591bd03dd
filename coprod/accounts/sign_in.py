"""How Flask-Security is set up: passwords and sessions are its work, the pages and endings of sessions ours."""

from datetime import timedelta
from uuid import uuid4

from flask import Flask
from flask_login import user_logged_out
from flask_security import Security, SQLAlchemyUserDatastore

from coprod.accounts.forms import SignInForm
from coprod.accounts.models import Person
from coprod.database import db
from coprod.settings import Settings
from coprod.transaction import transaction
from coprod.web.navigation import SIGN_IN, SIGN_OUT


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
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_FLASH_MESSAGES": False,
        "REMEMBER_COOKIE_SECURE": settings.secure,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
    }


def install(app: Flask, people: SQLAlchemyUserDatastore) -> Security:
    user_logged_out.connect(end_every_session, app)
    return Security(app, people, login_form=SignInForm)


def end_every_session(_app: Flask, user: Person) -> None:
    """Sessions hold a token of the person's; when it changes, cookies kept elsewhere are worth nothing."""
    person_id = user.id
    with transaction():
        person = db.session.get_one(Person, person_id)
        person.fs_uniquifier = uuid4().hex
