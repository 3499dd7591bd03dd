"""WRITES: how a difference between two reviewers is settled. Part of `operations`, which names all that can be done."""

from datetime import datetime

from coprod import history
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.moderation import casework, practising, rules
from coprod.moderation.casework import Casework
from coprod.moderation.guards import check_declared, check_open, lock
from coprod.moderation.models import Case, Settlement
from coprod.moderation.sent import Given
from coprod.moderation.settling import Gap, How, Standing
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_, Phrase
from coprod.text import has_words

NOT_DONE = N_("The other reviewer has not finished yet. You will see both ratings side by side once they have.")
WAITS = N_("More evidence has been asked for. You can go on when it is here.")
SAME_NOW = N_("Both ratings are the same now, so there is nothing left to agree on.")
SETTLED = N_("This question is settled already: {rating}. {reason}")


def settle(case: Case, code: str, *, rating: Given, reason: str, actor: Actor, now: datetime) -> Settlement:
    """A difference is looked at again. One apart, a reviewer puts a rating forward and the other confirms it, or
    puts forward another; the lead reviewer may decide any difference, and alone decides one of two or more. What
    stands is changed by nobody but the lead reviewer who decided it.
    """
    require(actor, Action.SETTLE, case)
    lock(case)
    work = casework.of(case)
    standing = _open_difference(case, work, code)
    how = _way(case, standing, actor)
    if how is How.LEAD:
        practising.check_practised(actor, work.framework)
    last, said = _last_said(case, work, code), (actor.person_id, how, casework.to_row(rating), reason)
    if last is not None and said == (last.made_by, last.how, last.rating, last.reason):
        return last  # The same thing sent twice, as by a double click.
    if standing.settled and (how is How.TOGETHER or standing.decided_by != actor.person_id):
        raise _settled(work, standing)
    rules.check_possible(work.framework, standing.claim, rating)
    if not has_words(reason):
        raise Invalid(N_("Say why this is the right rating. Use the words of the scale."), field="reason")
    return _add(case, standing, rating=rating, how=how, reason=reason, actor=actor, now=now)


def confirm(case: Case, code: str, *, rating: Given, actor: Actor, now: datetime) -> Settlement:
    """The other reviewer agrees to the rating that was put forward. Then it stands."""
    require(actor, Action.JUDGE, case)
    lock(case)
    work = casework.of(case)
    standing = _open_difference(case, work, code)
    _way(case, standing, actor)
    if standing.settled:
        last = _last_said(case, work, code)
        if last is not None and standing.rating == rating:
            return last
        raise _settled(work, standing)
    offered = next((p for p in standing.proposals if p.person_id != actor.person_id), None)
    if offered is None or offered.rating != rating:
        raise WrongState(N_("The other reviewer has put forward something else. Open the page again to see it."))
    return _add(case, standing, rating=rating, how=How.TOGETHER, reason=offered.reason, actor=actor, now=now)


def check_both_done(work: Casework) -> None:
    """Nobody compares before both have finished, nor while more evidence is asked for."""
    if work.waiting:
        raise WrongState(WAITS)
    if not work.all_done:
        raise WrongState(NOT_DONE)


def difference(case: Case, work: Casework, code: str) -> Standing:
    """A question that the two reviewers rated differently. Whoever comes after they rated it again is told so."""
    check_both_done(work)
    standing = work.standing(code)
    if standing.gap is Gap.NONE:
        by_people = {s.question_code for s in case.settlements if s.made_by is not None}
        raise WrongState(SAME_NOW) if code in by_people else NotFound
    return standing


def _open_difference(case: Case, work: Casework, code: str) -> Standing:
    if not work.waiting:
        check_open(case)
    return difference(case, work, code)


def _settled(work: Casework, standing: Standing) -> WrongState:
    """Whoever comes second reads what was decided first."""
    rating = rules.name_of(work.framework, standing.rating) if standing.rating is not None else ""
    return WrongState(Phrase(SETTLED, rating=rating, reason=standing.reason))


def _way(case: Case, standing: Standing, actor: Actor) -> How:
    """Reviewers of the case agree what is one apart; a lead reviewer who is not one of them decides."""
    if actor.person_id not in case.reviewer_ids:
        check_declared(case, actor)
        return How.LEAD
    if standing.gap is Gap.MORE:
        raise NotAllowed(N_("Your ratings are two or more apart, so the lead reviewer decides this one."))
    return How.TOGETHER


def _last_said(case: Case, work: Casework, code: str) -> Settlement | None:
    """What was last said about a question, and still counts: where more was asked for about it, what came after."""
    counts = (s for s in reversed(case.settlements) if s.round == work.round or code not in work.asked)
    return next((s for s in counts if s.question_code == code), None)


def _round(case: Case) -> int:
    return 2 if case.assessment.more_asked else 1


def _add(
    case: Case, standing: Standing, *, rating: Given, how: How, reason: str, actor: Actor, now: datetime
) -> Settlement:
    settlement = Settlement(
        case=case,
        number=len(case.settlements) + 1,
        round=_round(case),
        question_code=standing.code,
        credited=casework.to_row(standing.claim.credited),
        rating=casework.to_row(rating),
        how=how.value,
        reason=reason,
        made_by=actor.person_id,
        made_at=now,
    )
    db.session.add(settlement)
    history.record("case.settled", settlement, actor=actor, now=now, case=str(case.id), question=standing.code)
    return settlement
