"""WRITES: the right of reply and the appeal: what an organisation says to the ratings of its result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from coprod import history
from coprod.accounts import letters
from coprod.database import db
from coprod.errors import Invalid, NotFound, WrongState
from coprod.moderation import deciders, feedback
from coprod.moderation.closing import close, result_link
from coprod.moderation.going_on import Waits
from coprod.moderation.guards import lock
from coprod.moderation.models import Case
from coprod.moderation.reply_models import APPEAL, REPLY, Reply
from coprod.permissions import Action, Actor, require
from coprod.phrases import N_, Phrase
from coprod.text import cleaned, has_words

SENT = N_("This was sent already, and it can be sent once. The page of your result shows what was said.")
NOTHING = N_("There is nothing to reply to: your ratings stand as you gave them. You can accept the result.")


@dataclass(frozen=True, slots=True)
class Said:
    """What an organisation says to one rating. `points_to` are ids of things that were sent in."""

    agrees: bool
    words: str = ""
    points_to: tuple[str, ...] = ()


def reply(case: Case, said: Mapping[str, Said], *, actor: Actor, now: datetime, today: date) -> None:
    """A lead agrees or disagrees with each rating that was changed or held. To agree with all is to accept.

    Disagreeing needs words, and may point to what was sent in. Once it is sent the clock stops.
    """
    require(actor, Action.REPLY, case)
    lock(case)
    if case.outcome is None:
        raise NotFound
    wanted = {code: Said(each.agrees, cleaned(each.words), each.points_to) for code, each in said.items()}
    if _is_sent(case, REPLY, wanted):
        return
    _check_in_time(case, case.reply_by, today)
    open_codes = contestable(case)
    if not open_codes:
        raise WrongState(NOTHING)
    _check_said(case, wanted, open_codes)
    _add(case, REPLY, wanted, actor=actor, now=now)
    if all(each.agrees for each in wanted.values()):
        close(case, actor=actor, now=now, today=today)
        return
    _tell(case, REPLY, actor=actor, now=now)


def appeal(case: Case, words: Mapping[str, str], *, actor: Actor, now: datetime, today: date) -> None:
    """A lead appeals, once, against what was decided about their reply: in words, with nothing new."""
    require(actor, Action.REPLY, case)
    lock(case)
    wanted = {code: Said(agrees=False, words=cleaned(each)) for code, each in words.items()}
    if case.appeal_by is None:
        raise NotFound
    if _is_sent(case, APPEAL, wanted):
        return
    _check_in_time(case, case.appeal_by, today)
    open_codes = appealable(case)
    if set(wanted) - set(open_codes):
        raise NotFound
    if not wanted:
        raise Invalid(N_("Say why you appeal, beside one question at least"), field=f"words_{open_codes[0]}")
    _check_words(wanted)
    _add(case, APPEAL, wanted, actor=actor, now=now)
    _tell(case, APPEAL, actor=actor, now=now)


def contestable(case: Case) -> tuple[str, ...]:
    """The questions that a reply can be about: those whose rating was changed, or held by the evidence rules."""
    questions = feedback.read(case.outcome).questions if case.outcome else ()
    return tuple(q.code for q in questions if q.changed or q.claimed != q.credited)


def appealable(case: Case) -> tuple[str, ...]:
    """The questions that an appeal can be about: those that were decided after the reply."""
    return tuple(d.question_code for d in case.reply_decisions if d.kind == REPLY)


def things_sent(case: Case) -> dict[str, str]:
    """Everything that was sent in and can be pointed to: its id and its title."""
    answers = (case.assessment.snapshot or {"answers": {}})["answers"].values()
    things = [thing for answer in answers for thing in (*answer["evidence"], *answer["changes"])]
    return {thing["id"]: thing["title"] for thing in things if not thing.get("gone")}


def _check_said(case: Case, wanted: Mapping[str, Said], open_codes: Iterable[str]) -> None:
    for code in open_codes:
        if code not in wanted:
            raise Invalid(Phrase("Say whether you agree with the rating of {code}.", code=code), field=f"agree_{code}")
    things = things_sent(case)
    pointed = {thing for each in wanted.values() for thing in each.points_to}
    if set(wanted) - set(open_codes) or pointed - set(things):
        raise NotFound
    _check_words(wanted)


def _check_words(wanted: Mapping[str, Said]) -> None:
    for code, each in wanted.items():
        if not each.agrees and not has_words(each.words):
            raise Invalid(Phrase("Say why you disagree with the rating of {code}.", code=code), field=f"words_{code}")


def _check_in_time(case: Case, last_day: date | None, today: date) -> None:
    if case.closed_at is not None or last_day is None or today > last_day:
        raise WrongState(N_("The time for this is over."))


def _is_sent(case: Case, kind: str, wanted: Mapping[str, Said]) -> bool:
    """True where the same was sent before, as by a double click. Raises WrongState where something else was."""
    before = {r.question_code: Said(r.agrees, r.words, tuple(r.points_to)) for r in case.replies if r.kind == kind}
    if before and before != wanted:
        raise WrongState(SENT)
    return bool(before)


def _add(case: Case, kind: str, wanted: Mapping[str, Said], *, actor: Actor, now: datetime) -> None:
    for code, each in wanted.items():
        row = Reply(
            case=case,
            kind=kind,
            question_code=code,
            agrees=each.agrees,
            words=each.words,
            points_to=list(each.points_to),
            made_by=actor.person_id,
            made_at=now,
        )
        db.session.add(row)
    against = sorted(code for code, each in wanted.items() if not each.agrees)
    what = "case.appealed" if kind == APPEAL else "case.replied"
    history.record(what, case, actor=actor, now=now, disagrees=against)


def _tell(case: Case, kind: str, *, actor: Actor, now: datetime) -> None:
    """The other leads hear that it is sent, and who can decide it that it waits."""
    letters.to_leads(
        "reply_sent",
        case.organisation_id,
        now=now,
        besides=actor.person_id,
        appeal=kind == APPEAL,
        link=result_link(case),
    )
    deciders.tell(case, Waits(kind), now=now)
