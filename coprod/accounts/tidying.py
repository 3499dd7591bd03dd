"""What is kept of signing in and joining only for a while: ended sessions, wrong tries, links that ran out."""

from datetime import datetime

from coprod.accounts import guessing, invitations, joining, session_cookie, sessions, sign_in_links
from coprod.web import limits
from coprod.web.deployment import settings


def forget_old(*, now: datetime) -> int:
    """Forget what is over. Answers how many rows went; run again, none."""
    begun_before = now - session_cookie.lifetime(settings())
    asked = joining.forget_old(now=now) + invitations.forget_old(now=now) + sign_in_links.forget_old(now=now)
    return asked + sessions.tidy(now=now, begun_before=begun_before) + guessing.tidy(now=now) + limits.tidy()
