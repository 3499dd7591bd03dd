"""HTTP: the public keys, for anybody who checks what was signed with them."""

from flask import Blueprint, Response, jsonify

from coprod.keys import queries
from coprod.web.access import public
from coprod.web.open_api import gives, shape
from coprod.web.open_data import open_data

bp = Blueprint("keys", __name__)

TEXTS = ("kty", "kid", "alg", "use", "crv", "x", "y", "n", "e")
KEY = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in TEXTS}
    | {"x5c": {"type": "array", "items": {"type": "string"}}},
    "required": ["kty", "kid", "alg", "use"],
    "additionalProperties": False,
}


@bp.get("/.well-known/jwks.json")
@public
@open_data
@gives("application/json", shape({"keys": {"type": "array", "items": KEY}}))
def listed() -> Response:
    """Every public key, those in use and those that were."""
    return jsonify(queries.jwks())


@bp.get("/keys/<thumbprint>.json")
@public
@open_data
@gives("application/json", KEY)
def one(thumbprint: str) -> Response:
    """One public key, at the address that what it signed names it by."""
    return jsonify(queries.published(queries.needed(thumbprint)))
