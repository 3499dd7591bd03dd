"""What the forum's reviewers do in the story: two or three of them, who mostly agree."""

from datetime import date, datetime

from sqlalchemy import select

from coprod.assessments.models import Assessment
from coprod.database import db
from coprod.demo.cast import FOURTH, LEAD, REVIEWERS, THIRD, Part
from coprod.demo.people import actor, organisation
from coprod.framework.queries import current_framework, library
from coprod.moderation import asking, casework, deciding, practising, replying
from coprod.moderation import operations as moderation
from coprod.moderation.models import Case
from coprod.moderation.replying import Said
from coprod.moderation.sent import Given
from coprod.moderation.settling import Gap
from coprod.permissions import Actor

LOWER = "The evidence shows that families were asked, and told what happened. It does not show yet that they shaped it."
HIGHER = "The minutes show more than you claimed: families shaped this, and you can show what changed."
MORE = "Which plan changed, and on which day did you tell families? The change record does not say."
DISAGREES = "The survey that we sent in is about this. Please look at it again."
STAYS = "The survey shows that families were asked, and it does not say what they shaped."
STILL_DISAGREES = "Page 2 of the survey names what families chose. That is shaping."
THANKS = "Families would be proud of how you wrote this down."


def practise(now: datetime) -> None:
    """The forum's reviewers practise, and see it as it was agreed."""
    framework = current_framework()
    practice = library().practice(framework.slug, framework.version)
    for email in (*REVIEWERS, THIRD, FOURTH, LEAD):
        for sample in practice.samples if practice else ():
            practising.rate_sample(
                framework.version, sample.id, rating=sample.agreed, actor=actor(email), now=now
            )


def rate(part: Part, now: datetime, *, both: bool) -> None:
    """Reviewers say that they have no conflict, take their places and rate. With `both` false one has yet to finish."""
    assessment = _assessment(part)
    case = moderation.open_case(assessment, now=now)
    db.session.flush()
    for place, email in enumerate(part.reviewers):
        reviewer = actor(email)
        moderation.declare(case, conflict=False, actor=reviewer, now=now)
        moderation.take_seat(case, actor=reviewer, now=now)
        db.session.flush()
        _rate_all(part, case, reviewer, place, now, stop_after=None if both or place == 0 else 5)


def conclude(part: Part, now: datetime, today: date) -> None:
    """Differences are settled, the panel signs where the level asks for it, and the result is given."""
    case = _case(part)
    first, second = (actor(email) for email in part.reviewers)
    for standing in casework.of(case).unsettled():
        rating = min(view.rating for view in standing.views if view.judged and isinstance(view.rating, int))
        if standing.gap is Gap.ONE:
            moderation.settle(case, standing.code, rating=rating, reason=LOWER, actor=first, now=now)
            db.session.flush()
            moderation.confirm(case, standing.code, rating=rating, actor=second, now=now)
        else:
            _settle_as_lead(case, standing.code, rating, now)
        db.session.flush()
    if casework.of(case).panel_decides():
        lead = actor(LEAD)
        moderation.declare(case, conflict=False, actor=lead, now=now)
        db.session.flush()
        moderation.sign_panel(case, actor=lead, now=now, today=today)
    moderation.give_result(case, actor=first, now=now, today=today)


def accept(part: Part, now: datetime, today: date) -> None:
    moderation.accept_result(_case(part), actor=actor(part.lead), now=now, today=today)


def ask_for_more(part: Part, now: datetime, today: date) -> None:
    """The reviewer who has not finished asks about one answer."""
    asking.ask_for_more(_case(part), {part.more_about: MORE}, actor=actor(part.reviewers[1]), now=now, today=today)


def disagree(part: Part, now: datetime, today: date) -> None:
    """The organisation agrees with all that was changed or held but one, and points to what it sent in."""
    case = _case(part)
    things = tuple(replying.things_sent(case))[:1]
    said = {
        code: Said(agrees=False, words=DISAGREES, points_to=things)
        if code == part.disagrees_with
        else Said(agrees=True)
        for code in replying.contestable(case)
    }
    replying.reply(case, said, actor=actor(part.lead), now=now, today=today)


def decide(part: Part, now: datetime, today: date) -> None:
    """A reviewer who took no part looks again, and the rating stays."""
    case, third = _case(part), actor(THIRD)
    moderation.declare(case, conflict=False, actor=third, now=now)
    db.session.flush()
    stands = casework.of(case).standing(part.disagrees_with).rating
    if stands is not None:
        deciding.decide(case, part.disagrees_with, rating=stands, reason=STAYS, actor=third, now=now, today=today)


def appeal(part: Part, now: datetime, today: date) -> None:
    said = {part.disagrees_with: STILL_DISAGREES}
    replying.appeal(_case(part), said, actor=actor(part.lead), now=now, today=today)


def _rate_all(
    part: Part, case: Case, reviewer: Actor, place: int, now: datetime, *, stop_after: int | None
) -> None:
    done = 0
    while left := _left(case, reviewer):
        if stop_after is not None and done >= stop_after:
            return
        _rate(part, case, left[0], reviewer, place, now)
        done += 1
    moderation.finish(case, actor=reviewer, now=now)
    db.session.flush()


def _rate(part: Part, case: Case, code: str, reviewer: Actor, place: int, now: datetime) -> None:
    """A reviewer agrees with what the answer counts as, but for the surprises that the part names."""
    credited = casework.of(case).sent.claims[code].credited
    rating = part.surprises[code][place] if code in part.surprises else credited
    changed = rating != credited
    lower = changed and isinstance(credited, int) and isinstance(rating, int) and rating < credited
    moderation.judge(
        case,
        code,
        rating=rating,
        reason=(LOWER if lower else HIGHER) if changed else "",
        note=THANKS if code == "RA1" and place == 0 else "",
        private_note="",
        actor=reviewer,
        now=now,
    )
    db.session.flush()


def _left(case: Case, reviewer: Actor) -> list[str]:
    work = casework.of(case)
    sitting = work.sitting_of(reviewer.person_id)
    return [look.code for look in work.left_to_rate(sitting)] if sitting else []


def _settle_as_lead(case: Case, code: str, rating: Given, now: datetime) -> None:
    lead = actor(LEAD)
    moderation.declare(case, conflict=False, actor=lead, now=now)
    db.session.flush()
    moderation.settle(case, code, rating=rating, reason=LOWER, actor=lead, now=now)


def _assessment(part: Part) -> Assessment:
    chosen = select(Assessment).where(Assessment.organisation_id == organisation(part.organisation).id)
    return db.session.scalars(chosen).one()


def _case(part: Part) -> Case:
    return db.session.scalars(select(Case).where(Case.assessment_id == _assessment(part).id)).one()
