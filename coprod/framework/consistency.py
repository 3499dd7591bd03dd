"""What the parts of the standards must agree on, once each part has the right shape.

Each check yields a fault for each thing that does not agree, at its place. Checks that need every value run
only when every value file could be read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coprod.framework.charter_shapes import CharterShape, TopicShape
from coprod.framework.condition_shapes import (
    EvidenceOfKindShape,
    EvidenceRuleShape,
    HeldOrSpanShape,
    QuestionConditionShape,
)
from coprod.framework.faults import Fault, Place
from coprod.framework.safe_yaml import Source
from coprod.framework.shapes import (
    EvidenceKindShape,
    ExtraPromptShape,
    FrameworkShape,
    LevelShape,
    QuestionShape,
    ValueShape,
)

Spot = tuple[Source, Place]
Coded = LevelShape | EvidenceKindShape | ExtraPromptShape | TopicShape


@dataclass(frozen=True, slots=True)
class Whole:
    """The file of the whole, if its shape is right, and each value file whose shape is right."""

    source: Source
    framework: FrameworkShape | None
    values: Sequence[tuple[Source, ValueShape]]
    complete: bool

    def questions(self) -> Iterator[tuple[Source, Place, QuestionShape]]:
        for source, value in self.values:
            for place, question in enumerate(value.questions):
                yield source, ("questions", place), question


def disagreements(whole: Whole) -> Iterator[Fault]:
    """Everything in the standards that does not agree with something else in them."""
    yield from _codes_used_twice(whole)
    if whole.framework is not None:
        yield from _scale_out_of_order(whole.source, whole.framework)
        yield from _levels_that_do_not_rise(whole.source, whole.framework)
        yield from _levels_not_below(whole.source, whole.framework)
        yield from _unknown_kinds(whole.source, whole.framework)
    if whole.framework is not None and whole.complete:
        yield from _wrong_counts(whole, whole.framework)
        yield from _unknown_questions(whole, whole.framework)


def misplaced(source: Source, shape: FrameworkShape | CharterShape, *, slug: str, version: str) -> Iterator[Fault]:
    """A file says which slug and version it is, and stands in the folder of that name."""
    if shape.slug != slug:
        yield source.fault(("slug",), f"This says “{shape.slug}”, and stands in the folder “{slug}”.")
    if shape.version != version:
        yield source.fault(("version",), f"This says “{shape.version}”, and stands under “{version}”.")


def charter_disagreements(source: Source, shape: CharterShape) -> Iterator[Fault]:
    """Commitments, and the examples of them, are about topics that the charter has."""
    topics = {topic.code for topic in shape.topics}
    yield from _twice(_codes(source, ("topics",), shape.topics))
    about = shape.conditions.at_least_one_about
    if about not in topics:
        yield source.fault(("conditions", "at_least_one_about"), f"The charter has no topic called “{about}”.")
    for place, example in enumerate(shape.commitment_examples):
        if example.topic not in topics:
            spot = ("commitment_examples", place, "topic")
            yield source.fault(spot, f"The charter has no topic called “{example.topic}”.")


def _codes_used_twice(whole: Whole) -> Iterator[Fault]:
    questions = list(whole.questions())
    yield from _twice([(value.code, (source, ("code",))) for source, value in whole.values])
    yield from _twice([(each.code, (source, (*place, "code"))) for source, place, each in questions])
    rules: list[tuple[str, Spot]] = []
    if (framework := whole.framework) is not None:
        yield from _twice(_codes(whole.source, ("levels",), framework.levels))
        yield from _twice(_codes(whole.source, ("evidence", "kinds"), framework.evidence.kinds))
        yield from _twice(_codes(whole.source, ("extra_prompts",), framework.extra_prompts))
        rules += _rule_ids(whole.source, ("evidence", "rules"), framework.evidence.rules)
    for source, place, question in questions:
        rules += _rule_ids(source, (*place, "rules"), question.rules)
    yield from _twice(rules)


def _codes(source: Source, place: Place, things: Sequence[Coded]) -> list[tuple[str, Spot]]:
    return [(thing.code, (source, (*place, number, "code"))) for number, thing in enumerate(things)]


def _rule_ids(source: Source, place: Place, rules: Sequence[EvidenceRuleShape]) -> list[tuple[str, Spot]]:
    return [(rule.id, (source, (*place, number, "id"))) for number, rule in enumerate(rules)]


def _twice(codes: Sequence[tuple[str, Spot]]) -> Iterator[Fault]:
    first: dict[str, Fault] = {}
    for code, (source, place) in codes:
        if code in first:
            at = first[code]
            yield source.fault(place, f"“{code}” is used already, in {at.file}, line {at.line}.")
        else:
            first[code] = source.fault(place, "")


def _scale_out_of_order(source: Source, framework: FrameworkShape) -> Iterator[Fault]:
    for place, rung in enumerate(framework.scale):
        if rung.rating != place:
            yield source.fault(("scale", place, "rating"), f"The rungs go up from 0, so this one is {place}.")


def _wrong_counts(whole: Whole, framework: FrameworkShape) -> Iterator[Fault]:
    questions = [question for _, _, question in whole.questions()]
    counts = framework.counts
    found = (
        ("values", counts.values, len(whole.values)),
        ("questions", counts.questions, len(questions)),
        ("checks", counts.checks, sum(question.check for question in questions)),
    )
    for name, said, have in found:
        if said != have:
            yield whole.source.fault(("counts", name), f"This says {said} {name}, and the files have {have}.")
    core = sum(question.core for question in questions)
    if core != 1:
        yield whole.source.fault(("counts",), f"There needs to be one core check, and there are {core}.")


def _unknown_questions(whole: Whole, framework: FrameworkShape) -> Iterator[Fault]:
    known = {question.code for _, _, question in whole.questions()}
    for place, condition in _conditions(framework):
        if isinstance(condition, QuestionConditionShape) and condition.code not in known:
            spot = (*place, "code")
            yield whole.source.fault(spot, f"These standards have no question called “{condition.code}”.")


def _unknown_kinds(source: Source, framework: FrameworkShape) -> Iterator[Fault]:
    known = {kind.code for kind in framework.evidence.kinds}
    for place, condition in _conditions(framework):
        if isinstance(condition, EvidenceOfKindShape) and condition.code not in known:
            spot = (*place, "code")
            yield source.fault(spot, f"These standards have no kind of evidence called “{condition.code}”.")


def _levels_not_below(source: Source, framework: FrameworkShape) -> Iterator[Fault]:
    below: set[str] = set()
    for number, level in enumerate(framework.levels):
        for place, condition in enumerate(level.conditions):
            if isinstance(condition, HeldOrSpanShape) and condition.level not in below:
                spot = ("levels", number, "conditions", place, "level")
                yield source.fault(spot, f"There is no lower level called “{condition.level}”.")
        below.add(level.code)


def _levels_that_do_not_rise(source: Source, framework: FrameworkShape) -> Iterator[Fault]:
    """Each level asks for at least as much as the one below, so that whoever reaches it has reached that too."""
    below: dict[str, int] = {}
    for number, level in enumerate(framework.levels):
        spot = ("levels", number, "conditions")
        here: dict[str, int] = {}
        for place, (what, least) in _thresholds(level):
            if what in here:
                yield source.fault((*spot, place), f"A condition about “{what}” is here already.")
            if least < below.get(what, 0):
                words = f"The level below asks for {below[what]}, so this level can't ask for {least}."
                yield source.fault((*spot, place, "at_least"), words)
            here[what] = least
        for what in below.keys() - here.keys():
            yield source.fault(spot, f"The level below asks about “{what}”, so this level needs to ask too.")
        below = here


def _thresholds(level: LevelShape) -> Iterator[tuple[int, tuple[str, int]]]:
    """What a level asks for of ratings: the place of the condition, what it is about, and how much."""
    for place, condition in enumerate(level.conditions):
        least = getattr(condition, "at_least", None)
        if least is not None:
            what = condition.code if isinstance(condition, QuestionConditionShape) else condition.kind
            yield place, (what, least)


def _conditions(framework: FrameworkShape) -> Iterator[tuple[Place, object]]:
    for number, level in enumerate(framework.levels):
        for place, condition in enumerate(level.conditions):
            yield ("levels", number, "conditions", place), condition
