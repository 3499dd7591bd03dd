"""Signing in with somebody else's word, such as a council's or a school's own sign-in (OpenID Connect), by settings.

The provider says who somebody is; which account that is, and what it may do, is decided here. No role comes from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app
from joserfc.errors import JoseError
from requests import RequestException
from sqlalchemy import select

from coprod import history
from coprod.accounts import queries
from coprod.accounts.credentials import SingleSignOn
from coprod.accounts.models import Person
from coprod.accounts.written import email_of, name_of
from coprod.database import db
from coprod.errors import Busy, DomainError, Invalid
from coprod.permissions import SYSTEM
from coprod.phrases import N_, Phrase
from coprod.settings import Settings
from coprod.web.deployment import SETTINGS, settings

PROVIDER = "coprod.single_sign_on"
PATIENCE = 10  # seconds that the provider may take


class NotSignedIn(DomainError):
    """The provider, or what it says, does not let this person in. The words are for them."""

    status = 403


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who the provider says that somebody is, once its signature, its nonce and its dates have been checked."""

    issuer: str
    subject: str
    email: str
    email_is_verified: bool
    name: str
    both_steps: bool


def install(app: Flask) -> None:
    """Get to know the provider, where the settings name one. It is asked nothing before somebody signs in."""
    given: Settings = app.extensions[SETTINGS]
    if not given.single_sign_on:
        return
    app.extensions[PROVIDER] = OAuth(app).register(
        "single_sign_on",
        client_id=given.oidc_client_id,
        client_secret=given.oidc_client_secret.get_secret_value(),
        server_metadata_url=f"{given.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": PATIENCE,
        },
    )


def name() -> str:
    """What people call the provider, or nothing where there is none."""
    return settings().oidc_name


def begin(back: str) -> Any:
    """The redirect to the provider, with a state, a nonce and a challenge of this browser's own."""
    try:
        return current_app.extensions[PROVIDER].authorize_redirect(back)
    except RequestException as fault:
        raise _away() from fault


def finish() -> Claimed:
    """What the provider says, as it sends the browser back. Raises NotSignedIn where it can't be believed."""
    provider = current_app.extensions[PROVIDER]
    try:
        said = provider.authorize_access_token().get("userinfo")
    except (OAuthError, JoseError, ValueError, KeyError) as fault:
        current_app.logger.info("single sign-on refused: %s", type(fault).__name__)
        raise NotSignedIn(_of_theirs(N_("{name} did not sign you in. Try again, or sign in another way."))) from None
    except RequestException as fault:
        raise _away() from fault
    if not said:
        raise NotSignedIn(_of_theirs(N_("{name} did not say who you are. Try again, or sign in another way.")))
    return claimed(said, trusted=settings().oidc_second_step)


def claimed(said: Mapping[str, Any], *, trusted: str) -> Claimed:
    """The provider's words as we read them. `trusted` is what it says when it has asked for two steps itself.

    Microsoft Entra has no `email_verified`; `xms_edov` says that the address's domain is proved to be its owner's.
    """
    methods = said.get("amr") or []
    steps = {said.get("acr"), *(methods if isinstance(methods, list) else [methods])}
    return Claimed(
        issuer=str(said["iss"]),
        subject=str(said["sub"]),
        email=str(said.get("email") or ""),
        email_is_verified=said.get("email_verified") is True or str(said.get("xms_edov")).lower() in {"1", "true"},
        name=str(said.get("name") or ""),
        both_steps=bool(trusted) and trusted in steps,
    )


def account_of(who: Claimed, *, now: datetime) -> Person:
    """The account of this person: the one they used before, else the one with their proved e-mail address.

    Where there is none, a setting decides whether they get one; it has no role and belongs nowhere.
    """
    kept = _kept(who)
    person = db.session.get(Person, kept.person_id) if kept else _with_proved_address(who)
    if person is None and settings().oidc_new_people:
        person = _new(who, now)
    if person is None:
        raise NotSignedIn(
            Phrase(
                "There is no account for {address} here yet. Ask the area's coordinator, or your organisation's lead, "
                "to invite you with this address.",
                address=who.email,
            )
        )
    if not person.active:
        raise NotSignedIn(N_("This account is closed. Ask the area's coordinator."))
    if kept is None:
        _keep(who, person, now)
    return person


def _kept(who: Claimed) -> SingleSignOn | None:
    return db.session.scalars(
        select(SingleSignOn).where(SingleSignOn.issuer == who.issuer, SingleSignOn.subject == who.subject)
    ).one_or_none()


def _with_proved_address(who: Claimed) -> Person | None:
    """An address that the provider has not checked is worth nothing: anybody can type one."""
    if not who.email or not who.email_is_verified:
        raise NotSignedIn(
            _of_theirs(
                N_(
                    "{name} does not say that your e-mail address is really yours, so we can't find your account with "
                    "it. Sign in another way."
                )
            )
        )
    return queries.person_with_email(who.email)


def _new(who: Claimed, now: datetime) -> Person:
    try:
        made = Person(email=email_of(who.email), name=name_of(who.name), password=None, created_at=now)
    except Invalid as refusal:
        raise NotSignedIn(_of_theirs(N_("{name} did not tell us your name and address as we need them."))) from refusal
    db.session.add(made)
    history.record("person.added", made, actor=SYSTEM, now=now, roles=[])
    return made


def _keep(who: Claimed, person: Person, now: datetime) -> None:
    """From now on the provider's own number for this person counts, and the address no more.

    One account has one number at one provider: an address that was given to somebody new does not open the old account.
    """
    other = select(SingleSignOn.id).where(SingleSignOn.person_id == person.id, SingleSignOn.issuer == who.issuer)
    if db.session.scalar(other):
        raise NotSignedIn(
            _of_theirs(
                N_(
                    "Your account here belongs to somebody else at {name} with the same address. "
                    "Ask the area's coordinator."
                )
            )
        )
    kept = SingleSignOn(person_id=person.id, issuer=who.issuer, subject=who.subject, added_at=now)
    db.session.add(kept)
    history.record("person.single_sign_on", kept, actor=person.actor, now=now)


def _of_theirs(words: str) -> Phrase:
    """With the provider's name in it."""
    return Phrase(words, name=settings().oidc_name)


def _away() -> Busy:
    return Busy(_of_theirs(N_("{name} does not answer just now. Try again in a minute, or sign in another way.")))
