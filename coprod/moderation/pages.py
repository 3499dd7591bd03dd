"""What the pages of one case show, as frozen values made from its casework. Everything is decided here already."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coprod.errors import NotFound
from coprod.framework.model import Framework, Value
from coprod.moderation import rules
from coprod.moderation.agreeing import check_both_done
from coprod.moderation.casework import Casework
from coprod.moderation.rules import Look, Sitting
from coprod.moderation.sent import Step
from coprod.moderation.settling import Decision, Gap, Judged, Standing, View
from coprod.moderation.since import Since, since
from coprod.moderation.stages import Reached
from coprod.moderation.told import Card, Told, cards, told_of
from coprod.phrases import N_, Phrase, Phrases

MORE_ASKED = N_("More was asked for here.")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the head of each page of a case."""

    case_id: UUID
    assessment_id: UUID
    name: str
    kind: str
    level: str
    submitted_on: date | None
    reached: Reached
    seated: bool
    leads: bool
    given: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One question on a reviewer's list."""

    code: str
    short: str
    why: str
    rated: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """The questions of one value on the list."""

    value: Value
    index: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """A reviewer's own list, and how far they are."""

    head: Head
    groups: tuple[Group, ...]
    first_left: str | None
    time_left: str
    checks_only: bool
    plan: tuple[Step, ...]
    may_ask: bool


@dataclass(frozen=True, slots=True)
class RatePage:
    """One question to rate. `following` is the next one on the list that has no rating yet."""

    head: Head
    told: Told
    why: str
    cards: tuple[Card, ...]
    mine: Judged | None
    since: Since | None
    may_ask: bool
    following: str | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ViewShown:
    """What one of the two said."""

    who: str
    rating: str
    reason: str
    note: str
    private_note: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One question side by side."""

    code: str
    short: str
    credited: str
    views: tuple[ViewShown, ...]
    words: str
    rating: str | None
    reason: str
    to_settle: bool


@dataclass(frozen=True, slots=True)
class AgreePage:
    """Both reviewers' ratings side by side: those that differ first."""

    head: Head
    apart: tuple[Compared, ...]
    same: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class SettlePage:
    """One difference, with what this person may do about it."""

    head: Head
    told: Told
    compared: Compared
    cards: tuple[Card, ...]
    offered: Decision | None
    offered_rating: str
    mine: Decision | None
    mine_rating: str
    may_put_forward: bool
    may_decide: bool


def case_page(work: Casework, head: Head, sitting: Sitting) -> CasePage:
    looks = work.looks_of(sitting)
    rows = _rows(work, sitting, looks)
    left = work.left_to_rate(sitting)
    groups = tuple(
        Group(value, index, tuple(row for row in rows if work.framework.value_of(row.code) is value))
        for index, value in enumerate(work.framework.values)
    )
    return CasePage(
        head=head,
        groups=tuple(group for group in groups if group.rows),
        first_left=left[0].code if left else None,
        time_left=rules.time_for(left),
        checks_only=sitting.checks_only,
        plan=work.sent.plan,
        may_ask=not work.asked,
    )


def rate_page(work: Casework, head: Head, sitting: Sitting, code: str) -> RatePage:
    """Raises NotFound for a question that is not on this reviewer's list."""
    looks = work.looks_of(sitting)
    look = next((look for look in looks if look.code == code), None)
    if look is None:
        raise NotFound
    told = told_of(work, code)
    return RatePage(
        head=head,
        told=told,
        why=Phrases((why.words for why in look.why), between=" "),
        cards=cards(work.framework, told),
        mine=work.judged_by(sitting.person_id).get(code),
        since=_since(work, code),
        may_ask=not work.asked,
        following=following(work, sitting, code),
        rows=_rows(work, sitting, looks),
    )


def following(work: Casework, sitting: Sitting, code: str) -> str | None:
    """The next question after this one that has no rating yet, from the top again after the last."""
    order = [question.code for question in work.framework.questions]
    place = order.index(code)
    left = {look.code for look in work.left_to_rate(sitting)} - {code}
    return next((other for other in order[place:] + order[:place] if other in left), None)


def agree_page(work: Casework, head: Head, person_id: UUID | None) -> AgreePage:
    """Raises WrongState until both are done: before that nobody sees another's ratings."""
    looked = [s for s in _compared_standings(work) if any(view.judged for view in s.views)]
    apart = [_compared(work, s, person_id) for s in looked if s.gap is not Gap.NONE]
    same = [_compared(work, s, person_id) for s in looked if s.gap is Gap.NONE]
    return AgreePage(head, tuple(sorted(apart, key=lambda c: not c.to_settle)), tuple(same))


def settle_page(work: Casework, head: Head, person_id: UUID | None, standing: Standing) -> SettlePage:
    told = told_of(work, standing.code)
    offered = next((p for p in standing.proposals if p.person_id != person_id), None)
    mine = next((p for p in standing.proposals if p.person_id == person_id), None)
    return SettlePage(
        head=head,
        told=told,
        compared=_compared(work, standing, person_id),
        cards=cards(work.framework, told),
        offered=offered,
        offered_rating=rules.name_of(work.framework, offered.rating) if offered else "",
        mine=mine,
        mine_rating=rules.name_of(work.framework, mine.rating) if mine else "",
        may_put_forward=head.seated and standing.gap is Gap.ONE and not standing.settled,
        may_decide=head.leads and not head.seated and (not standing.settled or standing.decided_by == person_id),
    )


def level_name(framework: Framework, code: str | None) -> str:
    return framework.level(code).name if code else framework.working_towards.name


def _compared_standings(work: Casework) -> tuple[Standing, ...]:
    check_both_done(work)
    return work.standings()


def _rows(work: Casework, sitting: Sitting, looks: tuple[Look, ...]) -> tuple[Row, ...]:
    mine = work.judged_by(sitting.person_id)
    return tuple(
        Row(
            code=look.code,
            short=work.framework.question(look.code).short,
            why=Phrases(
                (*(why.words for why in look.why), *((MORE_ASKED,) if look.code in work.asked else ())), between=" "
            ),
            rated=rules.name_of(work.framework, mine[look.code].rating) if look.code in mine else None,
        )
        for look in looks
    )


def _since(work: Casework, code: str) -> Since | None:
    """What the organisation changed here since more was asked for, once it is sent back."""
    if code not in work.asked or work.waiting:
        return None
    return since(work.framework, work.first[code], work.sent.claims[code], reason=work.asked[code])


def _compared(work: Casework, standing: Standing, person_id: UUID | None) -> Compared:
    question = work.framework.question(standing.code)
    return Compared(
        code=standing.code,
        short=question.short,
        credited=rules.name_of(work.framework, standing.claim.credited),
        views=tuple(_view(work.framework, view, person_id) for view in standing.views),
        words=_state(standing),
        rating=rules.name_of(work.framework, standing.rating) if standing.rating is not None else None,
        reason=standing.reason,
        to_settle=not standing.settled,
    )


def _view(framework: Framework, view: View, person_id: UUID | None) -> ViewShown:
    who = (
        N_("You") if view.sitting.person_id == person_id else Phrase("Reviewer {number}", number=view.sitting.position)
    )
    judged = view.judged
    if judged is None:
        return ViewShown(
            who, Phrase("Did not look. {rating} stands", rating=rules.name_of(framework, view.rating)), "", "", ""
        )
    return ViewShown(who, rules.name_of(framework, judged.rating), judged.reason, judged.note, judged.private_note)


def _state(standing: Standing) -> str:
    if standing.how is not None:
        return standing.how.words
    if standing.gap is Gap.MORE:
        return N_("Two or more apart: the lead reviewer decides.")
    return N_("One apart: look again together.") if not standing.proposals else N_("A rating is put forward.")
