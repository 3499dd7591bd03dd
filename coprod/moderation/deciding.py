"""WRITES: somebody who took no part decides what an organisation disagrees with, in its reply or its appeal."""

from collections.abc import Collection
from datetime import date, datetime

from coprod import history
from coprod.accounts import letters
from coprod.calendar import add_working_days, bank_holidays
from coprod.database import db
from coprod.errors import Invalid, NotFound, WrongState
from coprod.framework.queries import pinned
from coprod.moderation import casework, practising, results, rules
from coprod.moderation.closing import close, result_link
from coprod.moderation.guards import check_declared, lock
from coprod.moderation.models import Case
from coprod.moderation.reply_models import APPEAL, OutcomeBefore, ReplyDecision
from coprod.moderation.sent import Given
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_, Phrase
from coprod.text import cleaned, has_words

APPEAL_WORKING_DAYS = 10


def decide(
    case: Case,
    code: str,
    *,
    rating: Given,
    reason: str,
    outsider_name: str = "",
    outsider_role: str = "",
    actor: Actor,
    now: datetime,
    today: date,
    closed: Collection[date] | None = None,
) -> ReplyDecision:
    """The rating stays or changes, up or down as far as the evidence allows, with a reason either way.

    An appeal is decided by a lead reviewer together with somebody from outside the area, who is written down. With
    the last decision the level is computed again: after a reply the organisation may appeal, after an appeal it is
    final.
    """
    lock(case)
    said = (casework.to_row(rating), cleaned(reason), cleaned(outsider_name), cleaned(outsider_role))
    same = _said_before(case, code, said, actor)
    if same is not None:
        return same
    kind, before = _check_may_decide(case, code, rating, said, actor)
    made = ReplyDecision(
        case=case,
        kind=kind,
        question_code=code,
        before=casework.to_row(before),
        rating=said[0],
        reason=said[1],
        outsider_name=said[2],
        outsider_role=said[3],
        made_by=actor.person_id,
        made_at=now,
    )
    db.session.add(made)
    history.record(f"case.{kind}_decided", made, actor=actor, now=now, case=str(case.id), question=code)
    if case.contested is None:
        _give_again(case, kind, actor=actor, now=now, today=today, closed=closed)
    return made


def _check_may_decide(
    case: Case, code: str, rating: Given, said: tuple[int | None, str, str, str], actor: Actor
) -> tuple[str, Given]:
    """What is decided here, a reply or an appeal, and the rating that stands. Raises what is against it."""
    require(actor, Action.DECLARE, case)
    check_declared(case, actor)
    _check_undecided(case, code)
    kind = case.contested
    require(actor, Action.DECIDE_APPEAL if kind == APPEAL else Action.DECIDE_REPLY, case)
    if kind is None or not any((r.kind, r.question_code, r.agrees) == (kind, code, False) for r in case.replies):
        raise NotFound
    work = casework.of(case)
    practising.check_practised(actor, work.framework)
    standing = work.standing(code)
    rules.check_possible(work.framework, standing.claim, rating)
    _check_words(kind, *said[1:])
    if standing.rating is None:
        raise WrongState
    return kind, standing.rating


def _said_before(case: Case, code: str, said: tuple[int | None, str, str, str], actor: Actor) -> ReplyDecision | None:
    """The same decision sent twice, as by a double click."""
    mine = (d for d in case.reply_decisions if (d.question_code, d.made_by) == (code, actor.person_id))
    return next((d for d in mine if (d.rating, d.reason, d.outsider_name, d.outsider_role) == said), None)


def decided(case: Case, code: str) -> ReplyDecision | None:
    """What was decided about this question of the reply, or of the appeal, that came last."""
    made = next((d for d in reversed(case.reply_decisions) if d.question_code == code), None)
    return made if made is not None and case.contested in {None, made.kind} else None


def _check_undecided(case: Case, code: str) -> None:
    """Whoever comes second reads what was decided first."""
    made = decided(case, code)
    if made is not None:
        framework = pinned(case.assessment.framework, case.assessment.version)
        rating = rules.name_of(framework, casework.from_row(made.rating))
        raise WrongState(Phrase("This one is decided already: {rating}. {reason}", rating=rating, reason=made.reason))


def _check_words(kind: str, reason: str, outsider_name: str, outsider_role: str) -> None:
    if not has_words(reason):
        raise Invalid(N_("Say why this is the right rating. Use the words of the scale."), field="reason")
    if kind != APPEAL:
        return
    if not has_words(outsider_name):
        raise Invalid(N_("Write who from outside the area decided with you"), field="outsider_name")
    if not has_words(outsider_role):
        raise Invalid(N_("Write what this person does, and where"), field="outsider_role")


def _give_again(
    case: Case, kind: str, *, actor: Actor, now: datetime, today: date, closed: Collection[date] | None
) -> None:
    """The result with everything that was decided. The one before is kept."""
    if case.outcome is None:
        raise NotFound
    db.session.add(OutcomeBefore(case_id=case.id, kind=kind, outcome=case.outcome, replaced_at=now))
    work = casework.of(case)
    case.outcome = results.frozen(work.framework, work.sent, work.standings(), work.sittings, panel=work.panel_signed)
    history.record("case.result_given_again", case, actor=actor, now=now, level=case.outcome["level"])
    if kind == APPEAL:
        close(case, actor=actor, now=now, today=today)
        return
    days = bank_holidays() if closed is None else closed
    case.appeal_by = add_working_days(today, APPEAL_WORKING_DAYS, days)
    letters.to_leads("reply_decided", case.organisation_id, now=now, appeal_by=case.appeal_by, link=result_link(case))
