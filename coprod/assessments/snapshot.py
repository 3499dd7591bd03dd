"""What an assessment was when it was sent in: frozen, so that reviewers, certificates and history read one thing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from coprod.assessments.family_view import FamiliesView, Heard, Meeting
from coprod.assessments.rules import Scored
from coprod.framework import awards, scoring
from coprod.framework.awards import AwardFacts
from coprod.framework.model import NOT_APPLICABLE, Framework, NotApplicable, Question, Rating
from coprod.framework.scoring import Answer, Credited
from coprod.phrases import Phrase

DOES_NOT_APPLY = "not_applicable"


@dataclass(frozen=True, slots=True)
class FileSent:
    """A file as it was sent in: its hash says for ever which content it was, also once it is deleted."""

    id: str
    name: str
    type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An item of evidence as it was sent in."""

    id: str
    kind: str
    title: str
    url: str
    statement: str
    dated: date
    shows: str
    from_families: bool
    revision: int = 1
    file: FileSent | None = None


@dataclass(frozen=True, slots=True)
class ChangeSent:
    """A change record as it was sent in. `confirmed` counts what families answered: yes, partly, no."""

    id: str
    revision: int
    title: str
    heard: str
    before: str
    after: str
    decision: str
    why: str
    decided_on: date | None
    told_on: date | None
    told_how: str
    better: str
    area: str | None
    group: str
    confirmed: Mapping[str, int]
    complete: bool
    changed_mind: bool
    shared: bool
    plans: tuple[tuple[str, str], ...] = ()  # each: which plan, and the item of evidence beside it that shows it


@dataclass(frozen=True, slots=True)
class Sent:
    """One answer as it was sent in: what is scored, and what is read."""

    answer: Answer
    account: str
    evidence: tuple[Exhibit, ...] = ()
    changes: tuple[ChangeSent, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One action of the improvement plan."""

    what: str
    owner: str
    due: date
    question: str | None


def snapshot(
    framework: Framework,
    sent: Mapping[str, Sent],
    scored: Scored,
    facts: AwardFacts,
    *,
    audience: str,
    plan: Sequence[Step],
    families: FamiliesView,
    submitted_on: date,
    first: bool,
) -> dict[str, Any]:
    """Everything about an assessment, in JSON, on the day that it is sent in."""
    return {
        "framework": {"slug": framework.slug, "version": framework.version, "sha256": framework.sha256},
        "audience": audience,
        "submitted_on": submitted_on.isoformat(),
        "first": first,
        "answers": {
            question.code: answer_as_sent(
                sent[question.code],
                scored.credited[question.code],
                scoring.ceiling(framework, question, sent[question.code].answer, on=submitted_on, first=first),
                families.to(question.code),
            )
            for question in framework.questions
        },
        "plan": [_plain(step) for step in plan],
        "families": [_plain(meeting) for meeting in families.meetings],
        "facts": {
            "plan_ready": facts.plan_ready,
            "evidence_kinds": sorted(facts.evidence_kinds),
            "evidence_months": facts.evidence_months,
            "held": dict(facts.held),
        },
        "level": scored.outcome.level.code if scored.outcome.level else None,
    }


def renewed(
    framework: Framework, kept: Mapping[str, Any], answers: Mapping[str, Any], *, months: int
) -> dict[str, Any]:
    """What was sent in, with some answers as they are now. Kinds and months of evidence are those of all of it."""
    everything = {**kept["answers"], **answers}
    kinds = {item["kind"] for answer in everything.values() for item in answer["evidence"]}
    facts = kept["facts"] | {
        "evidence_kinds": sorted({*kept["facts"]["evidence_kinds"], *kinds}),
        "evidence_months": max(kept["facts"]["evidence_months"], months),
    }
    again = {**kept, "answers": everything, "facts": facts}
    level = scored_as_sent(framework, again).outcome.level
    return again | {"level": level.code if level else None}


def facts_of(kept: Mapping[str, Any]) -> AwardFacts:
    """What an award needs besides ratings, as it was when the assessment was sent in."""
    facts = kept["facts"]
    return AwardFacts(
        plan_ready=facts["plan_ready"],
        evidence_kinds=frozenset(facts["evidence_kinds"]),
        held=facts["held"],
        evidence_months=facts["evidence_months"],
    )


def scored_as_sent(framework: Framework, kept: Mapping[str, Any]) -> Scored:
    """What the answers came to when they were sent in, whatever has happened to the evidence since."""
    credited = {q.code: _credited(framework, q, kept["answers"][q.code]) for q in framework.questions}
    outcome = awards.outcome(framework, {code: each.rating for code, each in credited.items()}, facts_of(kept))
    return Scored(credited, outcome.score, outcome, problems=())


def answer_as_sent(sent: Sent, credited: Credited, ceiling: int, heard: Heard) -> dict[str, Any]:
    """One answer of the snapshot."""
    return {
        "claimed": _as_kept(credited.claimed),
        "credited": _as_kept(credited.rating),
        "ceiling": ceiling,
        "rule": credited.rule.id if credited.rule else None,
        "account": sent.account,
        "reason": sent.answer.reason,
        "evidence": [_plain(item) for item in sent.evidence],
        "changes": [_plain(change) for change in sent.changes],
        "families": {
            "chosen": {each.voice.value: list(each.numbers) for each in heard.chosen},
            "words": list(heard.words),
        },
    }


def _credited(framework: Framework, question: Question, kept: Mapping[str, Any]) -> Credited:
    claimed, rating = _as_rating(kept["claimed"]), _as_rating(kept["credited"])
    rule = next((rule for rule in framework.rules_for(question.code) if rule.id == kept["rule"]), None)
    if rule is not None:
        return Credited(claimed, rating, rule, rule.held, rule.raise_it)
    words = Phrase("Counts as {name}.", name=framework.rung(rating).name) if isinstance(rating, int) else ""
    return Credited(claimed, rating, None, words, "")


def _as_kept(rating: Rating) -> int | str | None:
    return DOES_NOT_APPLY if isinstance(rating, NotApplicable) else rating


def _as_rating(kept: int | str) -> Rating:
    return NOT_APPLICABLE if kept == DOES_NOT_APPLY else int(kept)


def _plain(thing: Exhibit | ChangeSent | Step | Meeting) -> dict[str, Any]:
    """A frozen value as JSON can hold it: dates as text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(thing).items()}
