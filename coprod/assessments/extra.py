"""Questions for some kinds of organisation to talk over: never scored, never sent in, with notes between colleagues."""

from collections.abc import Mapping
from dataclasses import dataclass

from coprod.framework.model import ExtraPrompt, Framework
from coprod.organisations.rules import Kind

FOR_KIND: Mapping[Kind, tuple[str, ...]] = {
    Kind.EARLY_YEARS: ("early_years",),
    Kind.SPECIAL: ("special_school",),
    Kind.COLLEGE: ("college",),
    Kind.TRUST: ("trust", "commissioner", "social_care", "transport"),
    Kind.SERVICE: ("health", "social_care", "transport", "commissioner", "voluntary"),
}


@dataclass(frozen=True, slots=True)
class Topic:
    """What notes are about. `code` is set where it is one of the questions."""

    about: str
    title: str
    code: str | None


def prompts_for(kind: str, framework: Framework) -> tuple[ExtraPrompt, ...]:
    """The extra questions that fit a kind of organisation, as far as these standards have them."""
    fitting = FOR_KIND.get(Kind(kind), ())
    return tuple(prompt for prompt in framework.extra_prompts if prompt.code in fitting)


def topic(framework: Framework, about: str) -> Topic:
    """A question or an extra one. Raises NotFound where there is neither."""
    for prompt in framework.extra_prompts:
        if prompt.code == about:
            return Topic(about, prompt.prompt, None)
    question = framework.question(about)
    return Topic(about, question.short, question.code)
