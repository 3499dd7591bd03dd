"""READS: the public keys, those in use and those that were."""

import re
from typing import Any

from sqlalchemy import select

from coprod.database import db
from coprod.errors import NotFound
from coprod.keys.models import PublicKey
from coprod.web.deployment import settings

MOST = 500
PEM = re.compile("-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)


def jwks() -> dict[str, Any]:
    """Every key that ever signed something, the newest first, as any library for JSON Web Keys reads them."""
    found = select(PublicKey).order_by(PublicKey.listed_at.desc(), PublicKey.thumbprint).limit(MOST)
    return {"keys": [published(key) for key in db.session.scalars(found)]}


def published(key: PublicKey) -> dict[str, Any]:
    """The public half with its name; the key for documents with its certificate and the one above it (x5c)."""
    certificates = ["".join(each.split()) for each in PEM.findall(key.chain)]
    named = {"kid": address(key.thumbprint), "alg": key.algorithm, "use": "sig"}
    return {**key.jwk, **named, **({"x5c": certificates} if certificates else {})}


def find(thumbprint: str) -> PublicKey | None:
    return db.session.scalar(select(PublicKey).where(PublicKey.thumbprint == thumbprint))


def needed(thumbprint: str) -> PublicKey:
    """Raises NotFound where there is no such key."""
    found = find(thumbprint) if thumbprint.isprintable() else None
    if found is None:
        raise NotFound
    return found


def address(thumbprint: str) -> str:
    """The name of a key: where it can be read."""
    return f"{settings().base_url}/keys/{thumbprint}.json"
