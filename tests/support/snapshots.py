"""Assessments that were sent in, with a snapshot of their own, for tests of moderation."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from coprod.assessments.models import Assessment
from coprod.database import db
from coprod.framework import awards
from coprod.framework.awards import AwardFacts
from coprod.framework.load import load_framework
from coprod.framework.model import NOT_APPLICABLE, Framework, Rating
from coprod.framework.queries import current_framework
from coprod.organisations.models import Organisation

STANDARDS = Path(__file__).parents[2] / "frameworks" / "send-coproduction" / "1.0"
SENT_AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SENT_ON = date(2026, 11, 2)
KINDS = ("family_voice", "group_statement")

EVIDENCE = {
    "id": "1",
    "kind": "family_voice",
    "title": "Parent survey, spring 2026",
    "url": "https://www.example.org/survey",
    "statement": "",
    "dated": "2026-04-01",
    "shows": "41 of 60 parents say that meetings are at times they can manage",
    "from_families": True,
}
CHANGE = {
    "id": "2",
    "revision": 1,
    "title": "Meetings after work",
    "heard": "Meetings at 2pm leave working parents out.",
    "before": "All review meetings were at 2pm.",
    "after": "Parents choose a time between 8am and 6pm.",
    "decision": "Offer three times for each meeting.",
    "why": "Parents could not come.",
    "decided_on": "2026-05-01",
    "told_on": "2026-05-08",
    "told_how": "Letter home",
    "better": "Nine in ten parents come now.",
    "area": "organisation",
    "group": "parents",
    "confirmed": {"yes": 3, "partly": 1, "no": 0},
    "complete": True,
    "changed_mind": False,
    "shared": True,
}


@cache
def standards() -> Framework:
    """The standards that come with the product, for tests that need no app."""
    return load_framework(STANDARDS)


def snapshot(
    framework: Framework,
    claimed: Mapping[str, int | str] | None = None,
    *,
    every: int = 2,
    credited: Mapping[str, int | str] | None = None,
    ceilings: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Every question claimed `every`, but for those in `claimed`. What is credited is what is claimed, unless said."""
    chosen = {q.code: (claimed or {}).get(q.code, every) for q in framework.questions}
    counts = {code: (credited or {}).get(code, rating) for code, rating in chosen.items()}
    answers = {
        code: {
            "claimed": rating,
            "credited": counts[code],
            "ceiling": (ceilings or {}).get(code, 4),
            "rule": None if counts[code] == rating else "family_confirmed",
            "account": f"What we do about {code}.",
            "reason": "We have no such pupils." if rating == "not_applicable" else "",
            "evidence": [EVIDENCE],
            "changes": [CHANGE],
        }
        for code, rating in chosen.items()
    }
    ratings: dict[str, Rating] = {
        code: rating if isinstance(rating, int) else NOT_APPLICABLE for code, rating in counts.items()
    }
    facts = {"plan_ready": True, "evidence_kinds": list(KINDS), "evidence_months": 30, "held": {}}
    reached = awards.outcome(framework, ratings, AwardFacts(True, frozenset(KINDS), {}, 30))
    return {
        "framework": {"slug": framework.slug, "version": framework.version, "sha256": framework.sha256},
        "audience": "school",
        "submitted_on": SENT_ON.isoformat(),
        "first": True,
        "answers": answers,
        "plan": [{"what": "Meet each term", "owner": "SENCO", "due": "2027-01-15", "question": "RA1"}],
        "facts": facts,
        "level": reached.level.code if reached.level else None,
    }


def sent_in(
    organisation: Organisation, by: UUID, claimed: Mapping[str, int | str] | None = None, **how: Any
) -> Assessment:
    """An assessment of `organisation` that waits for reviewers."""
    framework = current_framework()
    made = Assessment(
        organisation_id=organisation.id,
        framework=framework.slug,
        version=framework.version,
        framework_hash=framework.sha256,
        audience="school",
        state="submitted",
        first=True,
        started_by=by,
        started_at=SENT_AT,
        submitted_at=SENT_AT,
        submitted_by=by,
        snapshot=snapshot(framework, claimed, **how),
    )
    db.session.add(made)
    db.session.commit()
    return made
