"""Whom to tell about a weakness: `/.well-known/security.txt` (RFC 9116)."""

from datetime import date, timedelta

from coprod.web import deployment

LOOKED_AT = date(2026, 11, 22)  # When somebody last read what this file and SECURITY.md say, and found it right.
RIGHT_FOR = timedelta(days=365)


def expires() -> date:
    """After this day nobody should rely on the file, until somebody has looked at it again."""
    return deployment.settings().security_expires or LOOKED_AT + RIGHT_FOR


def security_txt() -> str:
    settings = deployment.settings()
    lines = (
        f"Contact: mailto:{settings.security_email or settings.contact_email}",
        f"Expires: {expires()}T23:59:59Z",
        "Preferred-Languages: en",
        f"Canonical: {settings.base_url}/.well-known/security.txt",
    )
    return "\n".join(lines) + "\n"
