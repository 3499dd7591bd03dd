"""What is kept of signing in only for a while: ended sessions, wrong tries, alerts, and how often somebody asked."""

from datetime import datetime

from coprod.accounts import guessing, session_cookie, sessions
from coprod.web import limits
from coprod.web.deployment import settings


def forget_old(*, now: datetime) -> int:
    """Forget what is over. Answers how many rows went; run again, none."""
    begun_before = now - session_cookie.lifetime(settings())
    return sessions.tidy(now=now, begun_before=begun_before) + guessing.tidy(now=now) + limits.tidy()
