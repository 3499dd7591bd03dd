"""Which visitors may see something of their own, told by their cookies alone, before Flask is asked.

A form that anybody may open starts a session, because it needs a token. A session that holds no more than that token
shows its owner what everybody is shown. Nobody gains by making such a cookie up: it leads to what is public.
"""

import json
import zlib
from base64 import urlsafe_b64decode
from typing import Any

from coprod.web.csrf import FIELD

LONGEST = 1000  # bytes of a session that is looked into


def has_own_pages(cookies: str, name: str) -> bool:
    """True where a session is there that holds more than the token of a form, or that can't be read."""
    if name not in cookies:
        return False
    pairs = (each.strip().partition("=") for each in cookies.split(";"))
    return any(not _holds_a_token_alone(value) for key, _, value in pairs if key == name)


def _holds_a_token_alone(value: str) -> bool:
    try:
        held = _held(value.strip('"'))
    except (ValueError, zlib.error, RecursionError):
        return False
    return isinstance(held, dict) and held.keys() == {FIELD}


def _held(value: str) -> Any:
    """What the library wrote: JSON, packed where that is shorter, with the time and the signature behind it."""
    packed = value.startswith(".")
    payload = value.removeprefix(".").partition(".")[0]
    content = urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    return json.loads(zlib.decompressobj().decompress(content, LONGEST) if packed else content)
