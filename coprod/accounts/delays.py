"""RULES: how long whoever gets a password wrong waits before the next try. Nobody is ever locked out.

A wait grows with each wrong try, up to a limit, and is forgotten after a while. The browser in which somebody signed in
before waits for its own wrong tries alone, so that strangers who guess at an account do not keep its owner out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Watch:
    """After `free` wrong tries each waits: 1, 2, 4 … seconds, at most `most`. At `alert` the coordinator is told."""

    free: int
    most: timedelta
    forgotten: timedelta
    alert: int = 0


ACCOUNT, ADDRESS, BROWSER, EVERYWHERE = "account", "address", "browser", "everywhere"
NONE = timedelta(0)
WATCHES = {
    ACCOUNT: Watch(free=5, most=timedelta(seconds=60), forgotten=timedelta(hours=24), alert=10),
    # A whole school can share one address, so it has more tries and shorter waits.
    ADDRESS: Watch(free=20, most=timedelta(seconds=30), forgotten=timedelta(hours=1), alert=40),
    BROWSER: Watch(free=10, most=timedelta(seconds=60), forgotten=timedelta(hours=24)),
    # For each hour of the day; it makes nobody wait.
    EVERYWHERE: Watch(free=0, most=NONE, forgotten=timedelta(hours=1), alert=100),
}


def standing(watch: Watch, wrong: int, last_at: datetime, now: datetime) -> int:
    """How many wrong tries still count: none, once nobody has tried for a while."""
    return wrong if now - last_at < watch.forgotten else 0


def wait(watch: Watch, wrong: int) -> timedelta:
    """How long after the last of so many wrong tries the next one is let through."""
    beyond = wrong - watch.free
    return min(timedelta(seconds=2.0 ** min(beyond - 1, 30)), watch.most) if beyond > 0 else NONE
