"""No change without a form of our own: each form carries a token, and says that it comes from a page of this site.

A signed-in person's token names that person. So a form that was open when its session ended can be told from one that
somebody made up: a token is signed and stands in its owner's pages alone, so nobody can make one that names another.
"""

import secrets
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, current_app, g, request, session
from flask_wtf import CSRFProtect
from itsdangerous import BadData, URLSafeTimedSerializer

from coprod.web.deployment import settings

FIELD = "csrf_token"
KEPT_FOR = 7 * 24 * 3600  # seconds: a form left open over a weekend is not lost


class OwnForms(CSRFProtect):  # type: ignore[misc]  # the library is untyped
    """The library's check of the token, and that the browser names a page of ours as where the form comes from."""

    def protect(self, apply_exemptions: bool = False) -> None:
        g.pop("csrf_valid", None)
        super().protect(apply_exemptions)
        if g.get("csrf_valid") and not comes_from_here():
            g.csrf_valid = False
            self._error_response("The form does not come from a page of this site.")


def install(app: Flask) -> None:
    # The library asks for a Referer, and on HTTPS alone; `comes_from_here` asks more, everywhere.
    app.config["WTF_CSRF_SSL_STRICT"] = False
    OwnForms(app)

    @app.teardown_request
    def forget(_fault: BaseException | None) -> None:
        """A token is one request's, also where the context goes on after it."""
        g.pop(FIELD, None)


def comes_from_here() -> bool:
    """True where the browser says so in at least one way, and in none that the form comes from elsewhere.

    Browsers write these headers themselves; no page can. "null" stands for a page that names nobody.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin, referer = request.headers.get("Origin"), request.headers.get("Referer")
    if site and site not in {"same-origin", "none"}:
        return False
    if site and origin == "null":
        origin = None
    named = [address for address in (origin, referer) if address]
    return bool(site or named) and all(map(_is_ours, named))


def belong_to(person_id: UUID) -> None:
    """From now on, forms of this session name the person whom they are made for."""
    session[FIELD] = f"{person_id.hex}.{secrets.token_hex(20)}"
    g.pop(FIELD, None)


def owner() -> UUID | None:
    """The person whom the form that was sent was made for, however long ago its session ended."""
    signed = URLSafeTimedSerializer(current_app.secret_key or "", salt="wtf-csrf-token")
    try:
        token = signed.loads(request.form.get(FIELD, ""), max_age=KEPT_FOR)
        return UUID(hex=str(token).partition(".")[0])
    except (BadData, ValueError):
        return None


def _is_ours(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}" in {request.host_url.rstrip("/"), _origin(settings().base_url)}


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
