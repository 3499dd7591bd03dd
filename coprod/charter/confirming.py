"""WRITES: what the signatory answers, who needs no account; and what the coordinator decides about it."""

from datetime import date, datetime

from coprod import history
from coprod.charter import asking, requested, signing
from coprod.charter.models import SigningRequest
from coprod.charter.rules import Request
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.framework.queries import current_charter
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_
from coprod.text import has_words
from coprod.web.deployment import settings

ENDED = N_("This link does not work any more. It was answered, taken back, or its time is over. Ask whoever sent it.")
LONGEST_ANSWER = 1000


def opened(secret: str, *, now: datetime, lock: bool = False) -> SigningRequest:
    """What is behind a signatory's link; with `lock`, to be answered now.

    Raises NotFound alike where it never was or is over. A text that has changed meanwhile can't be
    agreed to: it is another promise.
    """
    found = requested.behind(secret, lock=lock)
    same_text = found is not None and found.charter_hash == current_charter().sha256
    if found is None or not same_text or not requested.still_stands(found, now=now):
        raise NotFound(ENDED)
    return found


def confirm(secret: str, *, agreed: bool, actor: Actor, now: datetime, today: date) -> bool:
    """The signatory agrees. It counts from now on, or, where the area looks first, once it approves (then False).

    Whoever filled it in can't agree in the signatory's place.
    """
    request = opened(secret, now=now, lock=True)
    _not_by_whoever_filled_it_in(request, actor)
    if not agreed:
        raise Invalid(N_("Tick the box to agree to the declaration"), field="agreed")
    signing.take_turns(request.organisation)
    if settings().charter_approval:
        asking.await_approval(request, actor=actor, now=now)
        return False
    request.agreed_at = now
    asking.come_into_force(request, actor=actor, now=now, today=today)
    return True


def refuse(secret: str, *, words: str, actor: Actor, now: datetime) -> None:
    """The signatory says that it is not right, and what is wrong. Whoever filled it in reads the words."""
    request = opened(secret, now=now, lock=True)
    _not_by_whoever_filled_it_in(request, actor)
    if not has_words(words):
        raise Invalid(N_("Say what is not right, so that it can be mended"), field="words")
    request.state, request.said = Request.REFUSED.value, words
    request.ended_at, request.secret_hash = now, None
    history.record("charter.refused", request, actor=actor, now=now)
    asking.tell("charter_refused", request, now=now, signatory=request.signatory_name, words=words)


def approve(request: SigningRequest, *, actor: Actor, now: datetime, today: date) -> None:
    """The coordinator approves: from now on it counts, and is public."""
    require(actor, Action.APPROVE_SIGNING, request)
    _still_waits(request)
    signing.take_turns(request.organisation)
    history.record("charter.approved", request, actor=actor, now=now)
    asking.come_into_force(request, actor=actor, now=now, today=today)


def hold(request: SigningRequest, *, why: str, actor: Actor, now: datetime) -> None:
    """The coordinator puts it on hold. The organisation reads why; nobody else ever does."""
    require(actor, Action.APPROVE_SIGNING, request)
    _still_waits(request)
    if not has_words(why):
        raise Invalid(N_("Say why it is on hold, and what would help"), field="why")
    request.state, request.said = Request.HELD.value, why
    history.record("charter.held", request, actor=actor, now=now)
    asking.tell("charter_held", request, now=now, why=why)


def _still_waits(request: SigningRequest) -> None:
    if request.state not in (Request.AGREED.value, Request.HELD.value):
        raise WrongState(N_("This does not wait any more. Reload the list to see what does."))


def _not_by_whoever_filled_it_in(request: SigningRequest, actor: Actor) -> None:
    if actor.signed_in and actor.person_id == request.filled_by:
        raise NotAllowed(N_("You filled this in, so you can't answer it. The link is for the person who signs."))
