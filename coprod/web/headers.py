"""Security headers on every answer, errors and static files included."""

from flask import Flask, Response, request

# The hash is of the one inline script of the UI kit's page template: it marks that scripting is on.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw='",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
# The pages that other sites may show inside theirs. They have no script and no form, and can load nothing but our look.
EMBEDDED = (
    "default-src 'none'; style-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
)
YEAR = 31_536_000


def install(app: Flask, *, secure: bool) -> None:
    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        # Other sites never learn the address of a page. Our own do, which is how a form shows where it comes from.
        headers.setdefault("Referrer-Policy", "same-origin")
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
        if secure:
            headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
        if request.endpoint == "static" and response.status_code == 200:
            kept = "public, max-age=31536000, immutable" if "v" in request.args else "public, max-age=3600"
            headers["Cache-Control"] = kept
        return response
