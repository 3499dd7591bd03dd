"""A certificate's facts for programs: an Open Badges 3.0 credential, signed as a JSON Web Token.

It names organisations, never people. The same facts signed with the same RSA key are the same token.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from joserfc import jwt

from coprod.certificates.rules import Facts
from coprod.keys.ring import Key
from coprod.web.clock import HERE

CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
CRITERIA = {
    True: "Moderated by the parent carer forum against the standards, on evidence. The level is the forum's decision.",
    False: "Signed by somebody who may sign for the organisation. It is a promise, not an award.",
}


def signed(facts: Facts, *, organisation_id: UUID, key: Key, key_address: str) -> str:
    """The credential as a token. `key_address` is where the public key can be read."""
    said = credential(facts, organisation_id)
    claims = said | {
        "iss": said["issuer"]["id"],
        "jti": said["id"],
        "sub": said["credentialSubject"]["id"],
        "nbf": int(_begin(facts.issued_on).timestamp()),
    }
    if facts.valid_to:
        claims["exp"] = int(_begin(facts.valid_to + timedelta(days=1)).timestamp())
    header = {"alg": key.algorithm, "typ": "JWT", "kid": key_address}
    return jwt.encode(header, claims, key.private, algorithms=[key.algorithm])


def credential(facts: Facts, organisation_id: UUID) -> dict[str, Any]:
    base = facts.address.removesuffix("/verify")
    dates = {"validFrom": _begin(facts.issued_on).isoformat()}
    if facts.valid_to:
        dates["validUntil"] = _begin(facts.valid_to + timedelta(days=1)).isoformat()
    return {
        "@context": CONTEXTS,
        "id": facts.link,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{facts.title}: {facts.headline}",
        "issuer": {"id": f"{base}/", "type": ["Profile"], "name": f"{facts.area}, with {facts.forum}", "url": base},
        **dates,
        "credentialSubject": {
            "id": f"urn:uuid:{organisation_id}",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": f"{base}/{'standards' if facts.is_award else 'charter'}",
                "type": ["Achievement"],
                "achievementType": "Award" if facts.is_award else "Certificate",
                "name": facts.headline,
                "description": facts.sentence,
                "criteria": {"narrative": CRITERIA[facts.is_award]},
            },
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": facts.organisation,
                    "identityType": "name",
                }
            ],
        },
    }


def _begin(day: date) -> datetime:
    """The first moment of a day in England: an award holds through the whole of its last day there."""
    return datetime.combine(day, time(), HERE)
