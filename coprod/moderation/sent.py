"""An assessment as it was sent in, read from its snapshot as frozen values. Reviewers see this and nothing newer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from coprod.assessments.family_view import Chosen, Heard
from coprod.assessments.snapshot import DOES_NOT_APPLY, FileSent, facts_of
from coprod.changes.rules import Side
from coprod.framework.awards import AwardFacts
from coprod.framework.model import NOT_APPLICABLE, Audience, NotApplicable, Voice

Given = int | NotApplicable
"""A rating that somebody gave: nothing that was sent in is unanswered."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One item of evidence. `gone` is true of one that was shut away or deleted since: its words are not kept."""

    id: str
    revision: int
    kind: str
    title: str
    url: str
    statement: str
    dated: date | None
    shows: str
    from_families: bool
    file: FileSent | None
    gone: bool

    @property
    def link(self) -> str:
        """The address to open: a web address, or none."""
        return self.url if self.url.startswith(("https://", "http://")) else ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What families answered when they were asked whether this is what happened."""

    yes: int
    partly: int
    no: int

    @property
    def anybody(self) -> bool:
        return bool(self.yes or self.partly or self.no)


@dataclass(frozen=True, slots=True)
class Change:
    """One change record."""

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
    confirmed: Confirmed
    complete: bool
    id: str = ""
    changed_mind: bool = False
    plans: tuple[tuple[str, str], ...] = ()  # which plan, and the title of the evidence that shows it


@dataclass(frozen=True, slots=True)
class Claim:
    """One answer: what was claimed, what its evidence makes it count as, and the highest that evidence allows."""

    code: str
    claimed: Given
    credited: Given
    ceiling: int
    rule: str | None
    account: str
    reason: str
    evidence: tuple[Exhibit, ...]
    changes: tuple[Change, ...]
    families: Heard = field(default_factory=Heard)

    @property
    def applies(self) -> bool:
        return not isinstance(self.credited, NotApplicable)


@dataclass(frozen=True, slots=True)
class Step:
    """One action of the improvement plan."""

    what: str
    owner: str
    due: date | None
    question: str | None


@dataclass(frozen=True, slots=True)
class Sent:
    """The whole assessment. `level` is the code of the level that the answers point to, if any."""

    audience: Audience
    submitted_on: date | None
    claims: Mapping[str, Claim]
    plan: tuple[Step, ...]
    facts: AwardFacts
    level: str | None


def read(snapshot: Mapping[str, Any], *, audience: str) -> Sent:
    """What the snapshot of an assessment says."""
    return Sent(
        audience=Audience(audience),
        submitted_on=_day(snapshot.get("submitted_on")),
        claims={code: _claim(code, answer) for code, answer in snapshot["answers"].items()},
        plan=tuple(
            Step(step["what"], step["owner"], _day(step["due"]), step.get("question")) for step in snapshot["plan"]
        ),
        facts=facts_of(snapshot),
        level=snapshot["level"],
    )


def as_rating(kept: int | str) -> Given:
    """A rating as JSON and forms carry it. Raises ValueError for what is neither a number nor the mark."""
    return NOT_APPLICABLE if kept == DOES_NOT_APPLY else int(kept)


def as_kept(rating: Given) -> int | str:
    return DOES_NOT_APPLY if isinstance(rating, NotApplicable) else rating


def _claim(code: str, answer: Mapping[str, Any]) -> Claim:
    return Claim(
        code=code,
        claimed=as_rating(answer["claimed"]),
        credited=as_rating(answer["credited"]),
        ceiling=answer["ceiling"],
        rule=answer["rule"],
        account=answer["account"],
        reason=answer["reason"],
        evidence=tuple(_exhibit(item) for item in answer["evidence"]),
        changes=tuple(_change(change, answer["evidence"]) for change in answer["changes"]),
        families=_heard(answer.get("families", {})),  # Assessments of before have none.
    )


def _heard(kept: Mapping[str, Any]) -> Heard:
    """What families at meetings chose and said, as it was sent in."""
    chosen = (Chosen(Voice(voice), tuple(numbers)) for voice, numbers in kept.get("chosen", {}).items())
    return Heard(tuple(chosen), tuple(kept.get("words", ())))


def _exhibit(item: Mapping[str, Any]) -> Exhibit:
    file = item.get("file")
    return Exhibit(
        id=item.get("id", ""),
        revision=item.get("revision", 1),
        kind=item["kind"],
        title=item["title"],
        url=item["url"],
        statement=item["statement"],
        dated=_day(item["dated"]),
        shows=item["shows"],
        from_families=item["from_families"],
        file=FileSent(**file) if file else None,
        gone=item.get("gone", False),
    )


def _change(change: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]]) -> Change:
    answers = change["confirmed"]
    titles = {item.get("id"): item["title"] for item in evidence}
    return Change(
        title=change["title"],
        heard=change["heard"],
        before=change["before"],
        after=change["after"],
        decision=change["decision"],
        why=change["why"],
        decided_on=_day(change["decided_on"]),
        told_on=_day(change["told_on"]),
        told_how=change["told_how"],
        better=change["better"],
        confirmed=Confirmed(answers.get("yes", 0), answers.get("partly", 0), answers.get("no", 0)),
        complete=change["complete"],
        id=change.get("id", ""),
        changed_mind=change.get("changed_mind", False),
        plans=tuple((Side(side).words, titles.get(item, "")) for side, item in change.get("plans", ())),
    )


def _day(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None
