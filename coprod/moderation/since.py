"""What an organisation changed in one answer after more was asked for, in words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from coprod.framework.model import Framework
from coprod.moderation import rules
from coprod.moderation.sent import Claim
from coprod.phrases import N_, Phrase


@dataclass(frozen=True, slots=True)
class Since:
    """What was asked for, and what is different now."""

    reason: str
    lines: tuple[str, ...]


def since(framework: Framework, before: Claim, now: Claim, *, reason: str) -> Since:
    """One line for each thing that is not as it was sent in first; one that says so where nothing is."""
    lines: list[str] = []
    for words, one, other in (
        (N_("They rate themselves {rating}. It was {before}."), before.claimed, now.claimed),
        (N_("Their evidence makes it count as {rating}. It was {before}."), before.credited, now.credited),
    ):
        if one != other:
            lines.append(Phrase(words, rating=rules.name_of(framework, other), before=rules.name_of(framework, one)))
    if (before.account, before.reason) != (now.account, now.reason):
        lines.append(N_("They wrote something new."))
    lines += _compared(N_("New or changed evidence: {title}."), _titles(before, "evidence"), _titles(now, "evidence"))
    lines += _compared(
        N_("New or changed change record: {title}."), _titles(before, "changes"), _titles(now, "changes")
    )
    return Since(reason, tuple(lines) or (N_("They changed nothing."),))


def _titles(claim: Claim, of: str) -> Mapping[object, str]:
    """Each thing with its title. One that was written anew is another one."""
    if of == "evidence":
        return {(item.id, item.revision): item.title for item in claim.evidence}
    return {change: change.title for change in claim.changes}


def _compared(new: str, before: Mapping[object, str], now: Mapping[object, str]) -> list[str]:
    added: list[str] = [Phrase(new, title=title) for key, title in now.items() if key not in before]
    gone: list[str] = [
        Phrase("No longer there: {title}.", title=title)
        for key, title in before.items()
        if key not in now and title not in now.values()
    ]
    return added + gone
