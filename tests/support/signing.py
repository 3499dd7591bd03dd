"""The charter, filled in for somebody else to sign; and the link that they get."""

from datetime import date
from typing import Any

from coprod.charter import asking
from coprod.charter.models import SigningRequest
from coprod.charter.rules import Promised
from coprod.organisations.models import Organisation
from coprod.permissions import Actor
from coprod.transaction import transaction
from tests.support.build import MOMENT
from tests.support.letters import letters_to, links_in

PROMISES = (
    Promised("Tell families each term what we did", date(2027, 3, 31), about_feedback=True),
    Promised("Ask ten families we have not heard from", date(2027, 7, 1)),
    Promised("Give two parent carers a vote", date(2027, 9, 1)),
)


def address_of(where: Organisation) -> str:
    return f"head-{where.value}@example.org"


def filled(where: Organisation, **changed: str) -> asking.Filled:
    given = {
        "senior_lead": "Canary Senior",
        "family_link": "Canary Link",
        "signatory_name": "Canary Head",
        "signatory_role": "Head teacher",
        "signatory_email": address_of(where),
    }
    return asking.Filled(where, **(given | changed))


def asked(where: Organisation, actor: Actor, **changed: Any) -> SigningRequest:
    """Filled in by `actor`, and sent to the head."""
    given: dict[str, Any] = {"commitments": PROMISES, "now": MOMENT, "today": MOMENT.date()} | changed
    with transaction():
        return asking.ask([filled(where)], actor=actor, **given)[0]


def link_to(request: SigningRequest) -> str:
    """The secret of the link in the last letter to its signatory."""
    path = links_in(letters_to(str(request.signatory_email))[-1])[0]
    return path.removeprefix("/charter/confirm/")
