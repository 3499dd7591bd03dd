"""What waits for the coordinator in the demonstration, and for somebody who has to sign."""

from datetime import date, datetime, timedelta

from coprod.charter import asking, confirming
from coprod.charter.rules import Promised
from coprod.concerns import operations as concerns
from coprod.demo.people import actor, organisation
from coprod.demo.words import COMMITMENTS, CONCERNS

UNIT, TEAM, SCHOOL = "990111", "School Transport Team", "990109"
COORDINATOR = "alex.morgan@example.org"
WHY_HELD = "The family link has left the team. Say who families can ask now, then we look at it again."


def ask_the_head(now: datetime, today: date) -> None:
    """A lead filled the charter in. The letter to the head is not answered yet."""
    filled = asking.Filled(
        organisation(UNIT), "Kit Fern", "Dee Parker", "Gail Fern", "Head teacher", "gail.fern@example.org"
    )
    asking.ask([filled], commitments=_promised(today), actor=actor("fern.lead@example.org"), now=now, today=today)


def come_back(now: datetime, today: date) -> None:
    """A team that withdrew signs again, and the coordinator puts it on hold."""
    request = asking.put_forward(
        organisation(TEAM),
        agreed=True,
        commitments=_promised(today),
        actor=actor("transport.lead@example.org"),
        now=now,
        today=today,
        senior_lead="Raj Wells",
        family_link="Dee Parker",
        signatory_name="Raj Wells",
        signatory_role="Head of service",
    )
    confirming.hold(request, why=WHY_HELD, actor=actor(COORDINATOR), now=now)


def worry(now: datetime, _today: date) -> None:
    """Two people wrote about a school. The coordinator looks into the first."""
    first, _ = [concerns.send(organisation(SCHOOL).id, words=words, address="", now=now) for words in CONCERNS]
    concerns.look(first, actor=actor(COORDINATOR), now=now)


def _promised(today: date) -> list[Promised]:
    return [
        Promised(text, today + timedelta(days=days), about_feedback=feedback) for text, days, feedback in COMMITMENTS
    ]
