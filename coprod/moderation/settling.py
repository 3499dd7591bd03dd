"""How the ratings of the reviewers of a case become one rating for each question. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from coprod.framework.model import Framework, NotApplicable
from coprod.moderation.rules import Sitting
from coprod.moderation.sent import Claim, Given
from coprod.phrases import N_


class Gap(StrEnum):
    """How far two ratings are apart."""

    NONE = "none"
    ONE = "one"
    MORE = "more"


class How(StrEnum):
    """How a rating came to stand."""

    NOT_SAMPLED = "not_sampled"
    ONE = "one"
    EQUAL = "equal"
    TOGETHER = "together"
    LEAD = "lead"
    REPLY = "reply"
    APPEAL = "appeal"

    @property
    def words(self) -> str:
        return HOW_WORDS[self]


HOW_WORDS: Mapping[How, str] = {
    How.NOT_SAMPLED: N_("Not looked at this time. What your evidence allows stands."),
    How.ONE: N_("One reviewer looked at it."),
    How.EQUAL: N_("Two reviewers looked at it and rated it the same."),
    How.TOGETHER: N_("Two reviewers rated it one apart, looked again together, and agreed."),
    How.LEAD: N_("Two reviewers rated it differently, and the lead reviewer decided."),
    How.REPLY: N_("You disagreed, and a reviewer who took no part before decided."),
    How.APPEAL: N_("You appealed. A lead reviewer who took no part before and somebody from outside the area decided."),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One reviewer's rating of one answer, as it stands."""

    person_id: UUID
    code: str
    rating: Given
    reason: str = ""
    note: str = ""
    private_note: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A rating that somebody puts forward, or that the lead reviewer decides."""

    person_id: UUID | None
    code: str
    rating: Given
    how: How
    reason: str


@dataclass(frozen=True, slots=True)
class View:
    """What one reviewer's place says to one question. `judged` None: they did not look, so what is credited stands."""

    sitting: Sitting
    rating: Given
    judged: Judged | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one question has got to. `rating` and `how` are None while it is still to be agreed or decided."""

    claim: Claim
    views: tuple[View, ...]
    gap: Gap
    rating: Given | None
    how: How | None
    reason: str
    notes: tuple[str, ...]
    proposals: tuple[Decision, ...] = ()
    decided_by: UUID | None = None

    @property
    def code(self) -> str:
        return self.claim.code

    @property
    def settled(self) -> bool:
        return self.how is not None

    @property
    def changed(self) -> bool:
        return self.settled and self.rating != self.claim.credited


def gap(one: Given, other: Given) -> Gap:
    """Equal, one apart, or more. Whether a question applies at all is never a small difference."""
    if one == other:
        return Gap.NONE
    if isinstance(one, NotApplicable) or isinstance(other, NotApplicable):
        return Gap.MORE
    return Gap.ONE if abs(one - other) == 1 else Gap.MORE


def standings(
    framework: Framework,
    claims: Mapping[str, Claim],
    sittings: Sequence[Sitting],
    judged: Sequence[Judged],
    decisions: Sequence[Decision],
) -> tuple[Standing, ...]:
    """Each question of the standards, in order. `judged` and `decisions` are in the order they were made."""
    latest = {(judgement.person_id, judgement.code): judgement for judgement in judged}
    return tuple(
        _standing(
            claims[question.code],
            _views(claims[question.code], question.check, sittings, latest),
            [decision for decision in decisions if decision.code == question.code],
        )
        for question in framework.questions
    )


def _views(
    claim: Claim, check: bool, sittings: Sequence[Sitting], latest: Mapping[tuple[UUID, str], Judged]
) -> tuple[View, ...]:
    """Who looks at the checks only has no view of the rest. A full reviewer who did not look leaves it as it is."""
    views = []
    for sitting in sorted(sittings, key=lambda s: s.position):
        if sitting.checks_only and not check:
            continue
        given = latest.get((sitting.person_id, claim.code))
        views.append(View(sitting, given.rating if given else claim.credited, given))
    return tuple(views)


def _standing(claim: Claim, views: tuple[View, ...], decisions: Sequence[Decision]) -> Standing:
    looked = [view for view in views if view.judged]
    apart = gap(views[0].rating, views[-1].rating) if views else Gap.NONE
    if not looked:
        return Standing(claim, views, Gap.NONE, claim.credited, How.NOT_SAMPLED, "", ())
    if apart is Gap.NONE:
        how = How.EQUAL if len(looked) > 1 else How.ONE
        return _stands(claim, views, apart, views[0].rating, how, _reasons(views))
    decided = _decided(views, apart, decisions)
    if decided:
        stands = _stands(claim, views, apart, decided.rating, decided.how, decided.reason)
        return replace(stands, decided_by=decided.person_id)
    return Standing(claim, views, apart, None, None, "", (), _proposals(views, decisions))


def _stands(claim: Claim, views: tuple[View, ...], apart: Gap, rating: Given, how: How, reason: str) -> Standing:
    """A note for the organisation goes with the rating it was written for: others would contradict the result."""
    notes = _distinct([view.judged.note for view in views if view.judged and view.rating == rating])
    return Standing(claim, views, apart, rating, how, reason, notes)


def _decided(views: tuple[View, ...], apart: Gap, decisions: Sequence[Decision]) -> Decision | None:
    """The lead reviewer's decision stands. One apart, so does a rating that both reviewers have put forward."""
    by_lead = [decision for decision in decisions if decision.how is How.LEAD]
    if by_lead:
        return by_lead[-1]
    forward = _proposals(views, decisions)
    if apart is Gap.ONE and len(forward) == len(views) and len({decision.rating for decision in forward}) == 1:
        return forward[-1]
    return None


def _proposals(views: tuple[View, ...], decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """What each of the reviewers last put forward, the oldest first."""
    seated = {view.sitting.person_id for view in views}
    latest: dict[UUID, Decision] = {}
    for decision in decisions:
        if decision.how is How.TOGETHER and decision.person_id in seated and decision.person_id is not None:
            latest.pop(decision.person_id, None)
            latest[decision.person_id] = decision
    return tuple(latest.values())


def _reasons(views: tuple[View, ...]) -> str:
    return "\n\n".join(_distinct([view.judged.reason for view in views if view.judged]))


def _distinct(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
