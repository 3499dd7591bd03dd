"""HTTP: the public keys, for anybody who checks what was signed with them."""

from flask import Blueprint, Response, jsonify

from coprod.keys import queries
from coprod.web.access import public
from coprod.web.open_data import open_data

bp = Blueprint("keys", __name__)


@bp.get("/.well-known/jwks.json")
@public
@open_data
def listed() -> Response:
    """Every public key, those in use and those that were."""
    return jsonify(queries.jwks())


@bp.get("/keys/<thumbprint>.json")
@public
@open_data
def one(thumbprint: str) -> Response:
    """One public key, at the address that what it signed names it by."""
    return jsonify(queries.published(queries.needed(thumbprint)))
