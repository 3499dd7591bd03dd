"""A case's rows as frozen values, so that rules can judge them. Both reviewers' ratings are in it: no page gets it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from coprod.assessments.rules import State
from coprod.errors import NotFound
from coprod.framework.model import NOT_APPLICABLE, Framework, NotApplicable
from coprod.framework.queries import pinned
from coprod.moderation import results, rules, sent, settling
from coprod.moderation.models import Case
from coprod.moderation.reply_models import APPEAL
from coprod.moderation.rules import Look, Seats, Sitting
from coprod.moderation.sent import Claim, Given, Sent
from coprod.moderation.settling import Decision, Gap, How, Judged, Standing


@dataclass(frozen=True, slots=True)
class Casework:
    """Everything that is known about one case.

    `first` is what was claimed before more was asked for, and `asked` why, question by question: the lists rest on
    the first, so that no answer puts other questions on them. `changed` are the ratings that a person ever changed.
    """

    framework: Framework
    sent: Sent
    seed: int
    seats: Seats
    sittings: tuple[Sitting, ...]
    judged: tuple[Judged, ...]
    decisions: tuple[Decision, ...]
    panel_signed: bool
    first: Mapping[str, Claim]
    asked: Mapping[str, str]
    waiting: bool
    changed: Mapping[UUID, frozenset[str]]
    again: Mapping[str, Decision]
    _lists: dict[UUID, tuple[Look, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def round(self) -> int:
        """1, or 2 once more was asked for."""
        return 2 if self.asked else 1

    @property
    def all_done(self) -> bool:
        return rules.all_done(self.seats, self.sittings)

    def sitting_of(self, person_id: UUID | None) -> Sitting | None:
        return next((sitting for sitting in self.sittings if sitting.person_id == person_id), None)

    def looks_of(self, sitting: Sitting) -> tuple[Look, ...]:
        """The questions on one reviewer's list. It only ever grows: a change of mind takes nothing off it."""
        if sitting.person_id not in self._lists:
            self._lists[sitting.person_id] = self._worked_out(sitting)
        return self._lists[sitting.person_id]

    def _worked_out(self, sitting: Sitting) -> tuple[Look, ...]:
        if sitting.checks_only:
            return rules.second_look(self.framework)
        changed = self.changed.get(sitting.person_id, frozenset())
        return rules.to_look_at(self.framework, self.first, seed=self.seed, changed=changed)

    def judged_by(self, person_id: UUID) -> Mapping[str, Judged]:
        """One reviewer's ratings as they stand: the last of each question."""
        return {judged.code: judged for judged in self.judged if judged.person_id == person_id}

    def left_to_rate(self, sitting: Sitting) -> tuple[Look, ...]:
        mine = self.judged_by(sitting.person_id)
        return tuple(look for look in self.looks_of(sitting) if look.code not in mine)

    def may_read(self, code: str, person_id: UUID | None) -> bool:
        """True for the questions on a reviewer's list; for every question once all are done."""
        sitting = self.sitting_of(person_id)
        return self.all_done or bool(sitting and any(look.code == code for look in self.looks_of(sitting)))

    def standings(self) -> tuple[Standing, ...]:
        """Each question, with both ratings. What a reply or an appeal decided stands. Ask only once all are done."""
        found = settling.standings(self.framework, self.sent.claims, self.sittings, self.judged, self.decisions)
        return tuple(_as_decided(standing, self.again.get(standing.code)) for standing in found)

    def standing(self, code: str) -> Standing:
        found = next((standing for standing in self.standings() if standing.code == code), None)
        if found is None:
            raise NotFound
        return found

    def unsettled(self) -> tuple[Standing, ...]:
        return tuple(standing for standing in self.standings() if not standing.settled)

    def for_the_lead(self) -> tuple[Standing, ...]:
        """What only the lead reviewer can decide."""
        return tuple(standing for standing in self.unsettled() if standing.gap is Gap.MORE)

    def panel_decides(self) -> bool:
        """True where the panel's sign-off makes the level higher. Ask only once all is settled."""
        ratings = {s.code: s.rating for s in self.standings() if s.rating is not None}
        return results.panel_decides(self.framework, self.sent, ratings, self.sittings)


def of(case: Case) -> Casework:
    """The casework of a case, from its rows as they are now."""
    assessment = case.assessment
    framework = pinned(assessment.framework, assessment.version)
    was_sent = sent.read(assessment.snapshot or {}, audience=assessment.audience)
    before = assessment.sent_before
    asked = assessment.more_asked.reasons if assessment.more_asked else {}
    return Casework(
        framework=framework,
        sent=was_sent,
        seed=case.seed,
        seats=rules.seats_needed(framework, was_sent.level),
        sittings=sittings(case),
        judged=tuple(
            Judged(j.person_id, j.question_code, from_row(j.rating), j.reason, j.note, j.private_note)
            for j in case.judgements
            if j.round > 1 or j.question_code not in asked
        ),
        decisions=tuple(
            Decision(s.made_by, s.question_code, from_row(s.rating), How(s.how), s.reason)
            for s in case.settlements
            if (s.round > 1 or s.question_code not in asked) and s.made_by not in case.stepped_back_ids
        ),
        panel_signed=case.panel_by is not None or any(d.kind == APPEAL for d in case.decisions_on_replies),
        first=sent.read(before.snapshot, audience=assessment.audience).claims if before else was_sent.claims,
        asked=asked,
        waiting=assessment.state == State.MORE_ASKED.value,
        changed=_changed(case),
        again={
            d.question_code: Decision(d.made_by, d.question_code, from_row(d.rating), How(d.kind), d.reason)
            for d in sorted(case.decisions_on_replies, key=lambda d: d.kind == APPEAL)
        },
    )


def _changed(case: Case) -> Mapping[UUID, frozenset[str]]:
    """The questions whose rating each person ever changed: what once widened a list stays on it."""
    found: dict[UUID, frozenset[str]] = {}
    for judgement in case.judgements:
        if judgement.rating != judgement.credited:
            mine = found.get(judgement.person_id, frozenset())
            found[judgement.person_id] = mine | {judgement.question_code}
    return found


def _as_decided(standing: Standing, decision: Decision | None) -> Standing:
    """Notes for the organisation go with the rating that they were written for."""
    if decision is None:
        return standing
    notes = standing.notes if decision.rating == standing.rating else ()
    return replace(standing, rating=decision.rating, how=decision.how, reason=decision.reason, notes=notes)


def sittings(case: Case) -> tuple[Sitting, ...]:
    return tuple(
        Sitting(s.person_id, s.position, s.checks_only, s.parent_carer, s.finished_at is not None) for s in case.seats
    )


def from_row(rating: int | None) -> Given:
    return NOT_APPLICABLE if rating is None else rating


def to_row(rating: Given) -> int | None:
    return None if isinstance(rating, NotApplicable) else rating
