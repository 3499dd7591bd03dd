"""Links whose secret only their receiver has: of each, only a hash is kept."""

import hashlib
import secrets

SECRET_BYTES = 32


def new() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
