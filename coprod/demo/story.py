"""Takes each invented organisation through the product's own operations, day by day, as if time had passed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from coprod import jobs
from coprod.charter import operations as charter
from coprod.charter.queries import in_force
from coprod.charter.rules import Promised
from coprod.demo import assessing, moderating, waiting
from coprod.demo.cast import ACCOUNTS, STORY, Part, Stage
from coprod.demo.people import actor, organisation
from coprod.demo.words import COMMITMENTS
from coprod.transaction import transaction

NINE, TEN = time(9, 0, tzinfo=UTC), time(10, 0, tzinfo=UTC)
FOUR_WEEKS = timedelta(weeks=4)
UNTIL_RESULT = 14  # days from sending in to the result
UNTIL_ACCEPTED = 19
UNTIL_ASKED = 8
UNTIL_REPLIED = 18
UNTIL_DECIDED = 20
UNTIL_APPEALED = 22
WAITING = ((6, waiting.come_back), (4, waiting.worry), (3, waiting.ask_the_head))


@dataclass(frozen=True, slots=True)
class Moment:
    """When a step of the story happens."""

    now: datetime
    today: date


Step = Callable[[Moment], None]


class Story:
    """Steps, each with its day, told in the order of time: the register is a log, and reads like one."""

    def __init__(self, today: date) -> None:
        self.today = today
        self._order = count()
        self._steps: list[tuple[date, int, Step]] = []

    def on(self, days_ago: int, step: Step) -> None:
        self._steps.append((self.today - timedelta(days=max(days_ago, 0)), next(self._order), step))

    def tell(self) -> None:
        """Each step on its day, and what time does by itself in between."""
        steps = sorted(self._steps, key=lambda each: each[:2])
        ticked = steps[0][0]
        for day, order, step in steps:
            ticked = self._let_time_pass(ticked, day)
            with transaction():
                step(Moment(datetime.combine(day, TEN) + timedelta(seconds=order), day))
        self._let_time_pass(ticked, self.today + FOUR_WEEKS)

    def _let_time_pass(self, ticked: date, until: date) -> date:
        while ticked + FOUR_WEEKS <= until:
            ticked += FOUR_WEEKS
            day = min(ticked, self.today)
            jobs.do_due(now=datetime.combine(day, NINE), today=day)
        return ticked


def tell(today: date) -> None:
    """Everything that happened to the invented organisations up to `today`."""
    story = Story(today)
    for part in STORY:
        _plan(story, part)
    for days_ago, step in WAITING:
        story.on(days_ago, lambda moment, step=step: step(moment.now, moment.today))  # type: ignore[misc]  # a default says which
    story.tell()


def _plan(story: Story, part: Part) -> None:
    if part.signed is not None:
        story.on(part.signed, lambda moment: _sign(part, moment))
    if part.withdrawn is not None:
        story.on(part.withdrawn, lambda moment: _withdraw(part, moment))
    if part.stage < Stage.DRAFT:
        return
    story.on(part.sent + 45, lambda moment: assessing.begin(part, moment.now))
    for told in assessing.changes_of(part):
        story.on(part.sent + assessing.WRITTEN, lambda moment, told=told: assessing.tell_change(part, told, moment.now))  # type: ignore[misc]  # a default says which
    story.on(part.sent + 10, lambda moment: assessing.answer(part, moment.now, moment.today))
    if part.stage >= Stage.SUBMITTED:
        story.on(part.sent, lambda moment: assessing.send(part, moment.now, moment.today))
    if part.stage >= Stage.IN_MODERATION:
        whole = part.stage > Stage.IN_MODERATION or part.still_to_agree
        story.on(part.sent - 6, lambda moment: moderating.rate(part, moment.now, both=whole))
    if part.stage >= Stage.PROVISIONAL:
        story.on(part.sent - UNTIL_RESULT, lambda moment: moderating.conclude(part, moment.now, moment.today))
    _plan_answers_to_reviewers(story, part)
    if part.stage is Stage.FINAL:
        story.on(part.sent - UNTIL_ACCEPTED, lambda moment: moderating.accept(part, moment.now, moment.today))


def _plan_answers_to_reviewers(story: Story, part: Part) -> None:
    """Where more is asked for, or the result is not agreed with."""
    if part.more_about:
        story.on(part.sent - UNTIL_ASKED, lambda moment: moderating.ask_for_more(part, moment.now, moment.today))
    if part.disagrees_with:
        story.on(part.sent - UNTIL_REPLIED, lambda moment: moderating.disagree(part, moment.now, moment.today))
    if part.appeals:
        story.on(part.sent - UNTIL_DECIDED, lambda moment: moderating.decide(part, moment.now, moment.today))
        story.on(part.sent - UNTIL_APPEALED, lambda moment: moderating.appeal(part, moment.now, moment.today))


def _sign(part: Part, moment: Moment) -> None:
    lead = next(account for account in ACCOUNTS if account.email == part.lead)
    sign_up = charter.sign(
        organisation(part.organisation),
        senior_lead=lead.name,
        family_link="Dee Parker",
        signatory_name=lead.name,
        signatory_role="Head teacher" if part.organisation.isdigit() else "Head of service",
        agreed=True,
        commitments=[
            Promised(text, moment.today + timedelta(days=days), about_feedback=feedback)
            for text, days, feedback in COMMITMENTS
        ],
        actor=actor(part.lead),
        now=moment.now,
        today=moment.today,
    )
    for commitment in sign_up.commitments[: part.commitments_kept]:
        charter.keep(
            commitment, kept_on=moment.today, actor=actor(part.lead), now=moment.now, today=moment.today
        )


def _withdraw(part: Part, moment: Moment) -> None:
    sign_up = in_force(organisation(part.organisation).id)
    if sign_up is not None:
        charter.withdraw(
            sign_up, why="Moved to another team", actor=actor(part.lead), now=moment.now, today=moment.today
        )
