"""What every decision about a case checks first."""

from coprod.assessments.rules import State
from coprod.errors import NotAllowed, WrongState
from coprod.moderation.models import Case
from coprod.moderation.reply_models import APPEAL, REPLY
from coprod.moderation.rows import has_declared
from coprod.permissions import Action, Actor
from coprod.phrases import N_
from coprod.transaction import hold

OPEN_STATES = {State.SUBMITTED.value, State.IN_MODERATION.value}
WITH_REVIEWERS = OPEN_STATES | {State.MORE_ASKED.value}
DECIDES = {REPLY: Action.DECIDE_REPLY, APPEAL: Action.DECIDE_APPEAL}
TOOK_PART = N_("You took part in this case, so somebody else decides about it now.")


def lock(case: Case) -> None:
    """One decision about a case at a time: the next one sees what this one did.

    The assessment is always locked before its case, so that no two decisions wait for each other.
    """
    hold(case.assessment)
    hold(case)


def check_open(case: Case) -> None:
    """Nothing is rated or agreed once the result is given, or when the assessment was taken back."""
    if case.outcome is not None or case.assessment.state not in OPEN_STATES:
        raise WrongState


def is_declarable(case: Case) -> bool:
    """Conflicts are asked about while a case is with the reviewers, and while a reply or an appeal waits."""
    return bool(case.contested) or (case.outcome is None and case.assessment.state in WITH_REVIEWERS)


def check_declared(case: Case, actor: Actor) -> None:
    """Nobody takes part before they have said that they have no conflict."""
    if not has_declared(case, actor):
        raise NotAllowed(N_("Say first whether you have a conflict with this organisation."))
