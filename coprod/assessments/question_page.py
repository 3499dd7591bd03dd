"""What the page of one question shows, as frozen values: its words, what an answer counts as, who saved it when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from coprod.assessments import drafting, queries
from coprod.assessments.at_work import AtWork, Standing
from coprod.assessments.drafting import Outlined
from coprod.assessments.forms import DOES_NOT_APPLY
from coprod.assessments.models import Answer, Assessment
from coprod.assessments.pages import QuestionLine, Tally, lines, tally
from coprod.framework import in_words, scoring
from coprod.framework.model import Audience, Framework, NotApplicable, Question
from coprod.framework.scoring import Credited
from coprod.framework.versions import Became
from coprod.phrases import N_, Phrase, Phrases
from coprod.web.formatting import clock, day


@dataclass(frozen=True, slots=True)
class Counts:
    """What an answer counts as, the rule that holds it there, and the one thing that would raise it."""

    title: str
    words: str
    raise_it: str = ""
    so_far: str = ""


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """Everything that the page of one question shows, besides what is typed there."""

    code: str
    title: str
    short: str
    wording: str
    plain: str
    help: str
    prompts: tuple[str, ...]
    why_check: str
    place: str
    value_index: int
    value_name: str
    steps: tuple[in_words.Step, ...]
    siblings: tuple[QuestionLine, ...]
    tally: Tally
    previous_code: str | None
    next_code: str | None
    choices: tuple[tuple[str, str], ...]
    choice_words: Mapping[str, str]
    may_not_apply: bool


def question_page(
    assessment: Assessment, framework: Framework, question: Question, outline: Mapping[str, Outlined]
) -> QuestionPage:
    value = framework.value_of(question.code)
    place = [q.code for q in value.questions].index(question.code) + 1
    where = N_("{name}, question {place} of {total}")
    if question.check:
        where = N_("{name}, question {place} of {total}. Authenticity check")
    if question.core:
        where = N_("{name}, question {place} of {total}. The core authenticity check")
    steps = in_words.steps(framework, question.code)
    return QuestionPage(
        code=question.code,
        title=question.title,
        short=question.short,
        wording=question.wording[Audience(assessment.audience)],
        plain=question.plain,
        help=question.help,
        prompts=question.prompts,
        why_check=question.why_check if question.check else "",
        place=Phrase(where, name=value.name, place=place, total=len(value.questions)),
        value_index=framework.values.index(value),
        value_name=value.name,
        steps=steps,
        siblings=lines(value.questions, outline, current=question.code),
        tally=tally(framework, outline),
        previous_code=code_before(framework, question.code),
        next_code=code_after(framework, question.code),
        choices=choices(framework, question),
        choice_words={str(step.rating): step.descriptor for step in steps}
        | {DOES_NOT_APPLY: _does_not_apply_note(framework, question, outline)},
        may_not_apply=not question.check,
    )


def counts_now(
    assessment: Assessment, framework: Framework, question: Question, row: Answer | None, *, today: date
) -> Counts:
    """What an answer that can still change counts as, on the evidence that is linked to it today."""
    told = queries.told(row) if row else scoring.Answer(question.code, None)
    return counts(framework, scoring.credited(framework, question, told, on=today, first=assessment.first))


def counts_saved(at: AtWork, framework: Framework, question: Question, saved: Standing, *, today: date) -> Counts:
    """The same of an answer that was saved just now. What is linked to it is looked up only where anything is."""
    if saved.is_backed:
        told = queries.told(drafting.backed(saved.answer_id))
    else:
        new = saved.written
        told = scoring.Answer(at.code, new.rating, new.not_applicable, new.reason, unchecked=saved.carried is not None)
    return counts(framework, scoring.credited(framework, question, told, on=today, first=at.first))


def counts(framework: Framework, credited: Credited) -> Counts:
    """The cream note of the question page."""
    if credited.claimed is None:
        return Counts(
            N_("What your answer counts as"),
            N_("Choose the answer that is true today, and save. Then we show what it counts as, on the evidence here."),
        )
    if isinstance(credited.claimed, NotApplicable):
        return Counts(
            N_("Left out of your score"), N_("This question does not count if the reviewers agree with your reason.")
        )
    chosen = framework.rung(credited.claimed).name
    if credited.rule is None:
        title = Phrase("Counts as {name}", name=chosen)
        return Counts(title, credited.next or N_("This is the highest answer. Keep the evidence up to date."))
    short = credited.unmet[0] if credited.unmet else None
    so_far = ""
    if short and short.need > 1:
        so_far = Phrase("You have {have} of the {need} it needs.", have=short.have, need=short.need)
    return Counts(Phrase("You chose {chosen}", chosen=chosen), credited.words, credited.next, so_far)


def counts_as_sent(framework: Framework, credited: Credited) -> Counts:
    """What an answer came to, on the page of an answer that can't be changed."""
    if credited.claimed is None:
        return Counts(N_("Not answered"), N_("This question had no answer."))
    if isinstance(credited.claimed, NotApplicable) or not isinstance(credited.rating, int):
        return counts(framework, credited)
    held = credited.rule is not None
    words = N_("Its evidence did not hold up a higher answer.") if held else N_("Its evidence holds up what you chose.")
    return Counts(Phrase("Counts as {name}", name=framework.rung(credited.rating).name), words)


def saved_words(saved_at: datetime, who: str, now: datetime) -> str:
    """When the answer was saved: today the time is enough."""
    if day(saved_at) == day(now):
        return Phrase("Saved at {time} by {who}", time=clock(saved_at), who=Phrases((who,)))
    return Phrase("Saved on {day} by {who}", day=day(saved_at), who=Phrases((who,)))


def choices(framework: Framework, question: Question) -> tuple[tuple[str, str], ...]:
    rungs = tuple((str(rung.rating), rung.name) for rung in framework.scale)
    return rungs if question.check else (*rungs, (DOES_NOT_APPLY, N_("This does not apply to us")))


def _does_not_apply_note(framework: Framework, question: Question, outline: Mapping[str, Outlined]) -> str:
    """What people are told about "does not apply" before they choose it."""
    if question.check:
        return ""
    value = framework.value_of(question.code)
    taken = [q.short for q in value.questions if q.code != question.code and _is_marked(outline, q.code)]
    if len(taken) >= framework.not_applicable_per_value:
        return Phrase("One question in each value can be marked like this. Here “{short}” is.", short=taken[0])
    return N_("One question in each value can be marked like this. Reviewers read your reason.")


def _is_marked(outline: Mapping[str, Outlined], code: str) -> bool:
    return code in outline and outline[code].not_applicable


def code_after(framework: Framework, code: str) -> str | None:
    codes = [question.code for question in framework.questions]
    return next(iter(codes[codes.index(code) + 1 :]), None)


def code_before(framework: Framework, code: str) -> str | None:
    codes = [question.code for question in framework.questions]
    place = codes.index(code)
    return codes[place - 1] if place else None


CARRIED = {
    Became.SAME: N_("This is what you said last time. Read it again. If it is still true, save it. If not, change it."),
    Became.CHANGED: N_(
        "The words of this question are new. What you wrote last time is here to start from. Choose an answer again."
    ),
    Became.SPLIT: (
        N_(
            "Last time this was part of one bigger question. What you wrote there is here to start from. "
            "Choose an answer again."
        )
    ),
}


def carried_words(row: Answer | None) -> str:
    """What to do with an answer that came from last time, until somebody has checked it."""
    return CARRIED[Became(row.carried)] if row is not None and row.carried else ""
