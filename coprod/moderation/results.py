"""What final ratings come to: the level that every condition allows, frozen as JSON with its inputs. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from coprod.framework import awards
from coprod.framework.awards import AwardFacts, LevelResult, NextStep, Outcome
from coprod.framework.conditions import ConditionResult, judge
from coprod.framework.model import Framework
from coprod.framework.scoring import Score, score, shown
from coprod.moderation.rules import Sitting
from coprod.moderation.sent import Given, Sent, as_kept, as_rating
from coprod.moderation.settling import Standing


def facts(sent: Sent, sittings: Sequence[Sitting], *, panel: bool) -> AwardFacts:
    """What moderation adds to the facts of an award. Only reviewers who have finished count."""
    done = [sitting for sitting in sittings if sitting.finished]
    return replace(
        sent.facts,
        reviewers=sum(not sitting.checks_only for sitting in done),
        second_look=any(sitting.checks_only for sitting in done),
        panel=panel,
    )


def outcome(
    framework: Framework, sent: Sent, ratings: Mapping[str, Given], sittings: Sequence[Sitting], *, panel: bool
) -> Outcome:
    """The level that final ratings reach: never more than each condition allows."""
    return awards.outcome(framework, ratings, facts(sent, sittings, panel=panel))


def panel_decides(
    framework: Framework, sent: Sent, ratings: Mapping[str, Given], sittings: Sequence[Sitting]
) -> bool:
    """True where a higher level is reached with the panel's sign-off than without it."""
    reached = [outcome(framework, sent, ratings, sittings, panel=panel).level for panel in (True, False)]
    return reached[0] != reached[1]


def frozen(
    framework: Framework, sent: Sent, standings: Sequence[Standing], sittings: Sequence[Sitting], *, panel: bool
) -> dict[str, Any]:
    """The result with everything it was computed from, as JSON. No reviewer is named in it.

    Raises ValueError while a question is not settled.
    """
    ratings = {standing.code: _settled(standing) for standing in standings}
    given = facts(sent, sittings, panel=panel)
    reached = awards.outcome(framework, ratings, given)
    return {
        "framework": {"slug": framework.slug, "version": framework.version, "sha256": framework.sha256},
        "questions": {standing.code: _question(standing) for standing in standings},
        "facts": {
            "plan_ready": given.plan_ready,
            "evidence_kinds": sorted(given.evidence_kinds),
            "evidence_months": given.evidence_months,
            "held": dict(given.held),
            "reviewers": given.reviewers,
            "second_look": given.second_look,
            "panel": given.panel,
        },
        "score": _score(reached.score),
        "levels": [_level(result) for result in reached.levels],
        "level": reached.level.code if reached.level else None,
        "next": _next(reached.next),
    }


def sentences(framework: Framework, kept: Mapping[str, Any]) -> dict[str, str]:
    """What a frozen result says of each condition, by its words, as pages can say it in another language.

    It is judged again by what was frozen with it. Where these standards or this program would say something else today,
    the words that were given stand alone. Older results say in words, too, how a condition stands.
    """
    ratings = {code: as_rating(question["rating"]) for code, question in kept["questions"].items()}
    given = _facts_in(kept["facts"])
    scored = score(framework, ratings)
    judged = (judge(framework, each, scored, ratings, given) for level in framework.levels for each in level.conditions)
    return {words: words for result in judged for words in (result.words, result.beside_its_mark)}


def _facts_in(kept: Mapping[str, Any]) -> AwardFacts:
    return AwardFacts(
        plan_ready=kept["plan_ready"],
        evidence_kinds=frozenset(kept["evidence_kinds"]),
        evidence_months=kept["evidence_months"],
        held=kept["held"],
        reviewers=kept["reviewers"],
        second_look=kept["second_look"],
        panel=kept["panel"],
    )


def _settled(standing: Standing) -> Given:
    if standing.rating is None:
        raise ValueError(f"{standing.code} is not settled")
    return standing.rating


def _question(standing: Standing) -> dict[str, Any]:
    return {
        "claimed": as_kept(standing.claim.claimed),
        "credited": as_kept(standing.claim.credited),
        "rating": as_kept(_settled(standing)),
        "how": standing.how.value if standing.how else None,
        "reason": standing.reason,
        "notes": list(standing.notes),
    }


def _score(score: Score) -> dict[str, Any]:
    """Exact fractions for those who compute, and what is shown for those who read."""
    return {
        "overall": _percent(score.overall),
        "exact": str(score.overall),
        "values": {value.code: _percent(value.percent) for value in score.values},
        "exact_values": {value.code: str(value.percent) for value in score.values},
    }


def _percent(percent: Fraction | None) -> str:
    return shown(percent) if percent is not None else ""


def _level(result: LevelResult) -> dict[str, Any]:
    return {
        "code": result.level.code,
        "name": result.level.name,
        "met": result.met,
        "conditions": [_condition(condition) for condition in result.conditions],
    }


def _condition(result: ConditionResult) -> dict[str, Any]:
    return {"kind": result.condition.kind, "met": result.met is True, "words": result.beside_its_mark}


def _next(step: NextStep | None) -> dict[str, Any] | None:
    if step is None:
        return None
    return {
        "level": step.level.code,
        "raises": [{"code": r.code, "from": r.from_rating, "to": r.to_rating} for r in step.raises],
        "others": [result.words for result in step.others],
    }
