"""WRITES: passkeys. The key stays in a phone, a computer or a security key, which asks for a finger, a face or a PIN.

So a passkey is both steps of signing in at once. Browsers use one only on the site it was made for: no letter or
look-alike page can ask for it.
"""

import json
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, select
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from coprod import history, mail
from coprod.accounts import second_step, sessions
from coprod.accounts.credentials import Passkey
from coprod.accounts.models import Person
from coprod.accounts.passwords import AGAIN
from coprod.database import db
from coprod.errors import Invalid, NotFound
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_, Phrase
from coprod.text import cleaned, has_words
from coprod.web.deployment import settings

MOST = 20
NOT_READ = N_("The passkey did not work. Try again, or sign in another way.")


def possible() -> bool:
    """Browsers know passkeys on a site with a name and https, and on `localhost` for those who develop."""
    host = _site()
    return not _is_number(host) and (settings().secure or host == "localhost")


def to_create(person: Person) -> tuple[str, str]:
    """What a browser needs to make a passkey for this person, and the challenge that it must answer."""
    options = generate_registration_options(
        rp_id=_site(),
        rp_name=f"Co-production in {settings().area_name}",
        user_id=person.id.bytes,
        user_name=person.email,
        user_display_name=person.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id)) for key in of(person.id)
        ],
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def to_sign_in() -> tuple[str, str]:
    """What a browser needs to offer its passkeys for this site, and the challenge. It names nobody."""
    options = generate_authentication_options(rp_id=_site(), user_verification=UserVerificationRequirement.REQUIRED)
    return options_to_json(options), bytes_to_base64url(options.challenge)


def of(person_id: UUID) -> tuple[Passkey, ...]:
    keys = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.added_at, Passkey.id)
    return tuple(db.session.scalars(keys.limit(MOST)))


def add(
    person: Person, *, credential: str, challenge: str, name: str, actor: Actor, here: UUID | None, now: datetime
) -> Passkey:
    """Keep the public half of a passkey that the person's device has just made. Other sessions end."""
    require(actor, Action.KEEP_OWN_SIGN_IN, person)
    called = cleaned(name)
    if not has_words(called):
        raise Invalid(N_("Give the passkey a name"), field="name")
    if len(of(person.id)) >= MOST:
        raise Invalid(Phrase("You have {number} passkeys already. Remove one first", number=MOST))
    made = _read(lambda: verify_registration_response(**_expected(credential, challenge)))
    key = Passkey(
        person_id=person.id,
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=called,
        added_at=now,
    )
    if _with_id(key.credential_id):
        raise Invalid(N_("This passkey is in use already"))
    db.session.add(key)
    sessions.end_all(person, why="second_step", now=now, but=here)
    _changed(person, key, "second_step.passkey_added", "A passkey was added.", actor=actor, now=now)
    return key


def owner_of(credential: str, *, challenge: str, now: datetime) -> Person:
    """Who signs in with this answer of a browser. Raises Invalid where it is not right, or of nobody we know."""
    key = _with_id(_id_in(credential), lock=True)
    person = db.session.get(Person, key.person_id) if key else None
    if key is None or person is None or not person.active:
        raise Invalid(NOT_READ)
    shown = _read(
        lambda: verify_authentication_response(
            **_expected(credential, challenge),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
        )
    )
    key.sign_count, key.used_at = shown.new_sign_count, now
    return person


def remove(passkey_id: UUID, person: Person, *, actor: Actor, now: datetime) -> None:
    """Forget one of one's own passkeys. Somebody else's is as good as missing."""
    require(actor, Action.KEEP_OWN_SIGN_IN, person)
    key = db.session.get(Passkey, passkey_id)
    if key is None or key.person_id != person.id:
        raise NotFound
    second_step.keep_one_way(person)
    _changed(person, key, "second_step.passkey_removed", "A passkey was removed.", actor=actor, now=now)
    db.session.execute(delete(Passkey).where(Passkey.id == passkey_id))
    second_step.forget_codes_without_a_way(person)


def _changed(person: Person, key: Passkey, what: str, words: str, *, actor: Actor, now: datetime) -> None:
    history.record(what, key, actor=actor, now=now)
    mail.queue(
        "sign_in_changed", to=person.email, now=now, person_id=person.id, name=person.name, what=words, again=AGAIN
    )


def _expected(credential: str, challenge: str) -> dict[str, Any]:
    return {
        "credential": credential,
        "expected_challenge": base64url_to_bytes(challenge),
        "expected_rp_id": _site(),
        "expected_origin": _origin(),
        "require_user_verification": True,
    }


def _read(check: Any) -> Any:
    """What the library makes of a browser's answer. Whatever it stumbles over, the answer is not right."""
    try:
        return check()
    except (WebAuthnException, ValueError, KeyError, TypeError) as fault:
        current_app.logger.info("passkey refused: %s", type(fault).__name__)
        raise Invalid(NOT_READ) from None


def _id_in(credential: str) -> str:
    try:
        found = json.loads(credential).get("id")
    except (ValueError, AttributeError):
        found = None
    return found if isinstance(found, str) else ""


def _with_id(credential_id: str, *, lock: bool = False) -> Passkey | None:
    query = select(Passkey).where(Passkey.credential_id == credential_id)
    return db.session.scalars(query.with_for_update() if lock else query).one_or_none()


def _site() -> str:
    return urlsplit(settings().base_url).hostname or ""


def _origin() -> str:
    parts = urlsplit(settings().base_url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
