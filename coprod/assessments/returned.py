"""What a spreadsheet that comes back would change: every change, every fault, and nothing unseen. Pure.

A row changes an answer only where somebody changed it in the spreadsheet since it was made. Where the answer on the
website was changed since then too, both are shown, and a person chooses.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from coprod.assessments.rules import Written, check_choice
from coprod.assessments.workbook_reader import NotReadable, Row, Workbook
from coprod.errors import Invalid
from coprod.framework.model import Framework, UnknownCode
from coprod.framework.on_paper import Filled
from coprod.framework.workbook import DOES_NOT_APPLY, choice, fingerprint
from coprod.phrases import N_, Phrase
from coprod.text import cleaned

LONGEST_ACCOUNT = 5000
LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for one question now, and the revision that it is."""

    written: Written
    revision: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that would change. `moved`: somebody changed it on the website too since the copy was made."""

    row: int
    code: str
    short: str
    yours: Written
    theirs: Written
    revision: int | None
    moved: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that can't be brought in, and why."""

    row: int
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that bringing a spreadsheet back would do, in the order of its rows."""

    changes: tuple[Change, ...] = ()
    faults: tuple[Fault, ...] = ()


def compared(framework: Framework, workbook: Workbook, standing: Mapping[str, Standing], *, assessment: str) -> Preview:
    """Raises NotReadable where the spreadsheet was made from other standards, or from another assessment."""
    if (workbook.standards, workbook.version) != (framework.slug, framework.version):
        raise NotReadable(
            Phrase(
                "This spreadsheet is for version {other} of the standards. Your self-assessment uses version "
                "{version}. Download a new copy, and write your answers there.",
                other=workbook.version or Phrase("unknown"),
                version=framework.version,
            )
        )
    if workbook.assessment not in ("", assessment):
        raise NotReadable(N_("This spreadsheet was made from another self-assessment. Download a copy of this one."))
    found: list[Change] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for row in workbook.rows:
        try:
            change = _change(framework, workbook, row, standing, seen)
        except Invalid as wrong:
            faults.append(Fault(row.number, row.code[:20], wrong.message))
        else:
            found += [change] if change else []
    return _allowed(framework, found, faults, standing)


def looked_at_again(
    framework: Framework, brought: Sequence[tuple[Change, int | None]], standing: Mapping[str, Standing]
) -> Preview:
    """The same changes on top of what stands now, each with the revision that somebody saw in the preview."""
    now = []
    for change, seen in brought:
        stands = standing.get(change.code, Standing(Written(), None))
        moved = change.moved or seen != stands.revision
        if change.yours != stands.written:
            now.append(_made(framework, change.row, change.code, change.yours, stands, moved=moved))
    return _allowed(framework, now, [], standing)


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Ratings before "does not apply": a question that gives up its mark leaves room for another in its value."""
    return sorted(changes, key=lambda change: change.yours.not_applicable)


def filled(written: Written) -> Filled:
    return Filled(written.rating, written.not_applicable, written.reason, written.account)


def _change(
    framework: Framework, workbook: Workbook, row: Row, standing: Mapping[str, Standing], seen: set[str]
) -> Change | None:
    """What one row changes, if anything. Raises Invalid with the reason where it can't be brought in."""
    try:
        question = framework.question(row.code)
    except UnknownCode:
        raise Invalid(N_("These standards have no question with this code.")) from None
    if row.code in seen:
        raise Invalid(N_("This code is in the spreadsheet twice. Only its first row counts."))
    seen.add(row.code)
    if row.question != question.title:
        raise Invalid(N_("The code and the question beside it do not belong together. Put both back as they were."))
    if row.formulas:
        raise Invalid(
            Phrase("“{formula}” holds a formula. Type the words or the rating there instead.", formula=row.formulas[0])
        )
    yours = _written(framework, row)
    stands = standing.get(row.code, Standing(Written(), None))
    stood = workbook.stood.get(row.code, "") if workbook.assessment else fingerprint(Filled())
    if yours == stands.written or fingerprint(filled(yours)) == stood:
        return None
    moved = fingerprint(filled(stands.written)) != stood
    return _made(framework, row.number, row.code, yours, stands, moved=moved)


def _made(framework: Framework, row: int, code: str, yours: Written, stands: Standing, *, moved: bool) -> Change:
    return Change(row, code, framework.question(code).short, yours, stands.written, stands.revision, moved)


def _written(framework: Framework, row: Row) -> Written:
    rating, not_applicable = _rating(framework, row.rating)
    account = _text(row.account, N_("In your own words"), LONGEST_ACCOUNT)
    reason = _text(row.reason, N_("If it does not apply, say why"), LONGEST_REASON)
    return Written(rating, not_applicable, reason if not_applicable else "", account)


def _rating(framework: Framework, typed: str) -> tuple[int | None, bool]:
    """A rating as it is chosen from the list, or typed as its number or its name alone."""
    said = " ".join(typed.casefold().split())
    if not said:
        return None, False
    if said == DOES_NOT_APPLY.casefold():
        return None, True
    for rung in framework.scale:
        if said in (choice(framework, rung.rating).casefold(), str(rung.rating), rung.name.casefold()):
            return rung.rating, False
    raise Invalid(Phrase("“{typed}” is not a rating. Choose one from the list.", typed=typed[:40]))


def _text(typed: str, name: str, longest: int) -> str:
    text = cleaned(typed)
    if len(text) > longest:
        raise Invalid(
            Phrase(
                "“{name}” has {number:,} characters, and can have {longest:,}.",
                name=Phrase(name),
                number=len(text),
                longest=longest,
            )
        )
    return text


def _allowed(
    framework: Framework, found: Sequence[Change], faults: Sequence[Fault], standing: Mapping[str, Standing]
) -> Preview:
    """The changes that the rules of the standards allow together. Any other becomes a fault."""
    marked = {code for code, stands in standing.items() if stands.written.not_applicable}
    allowed, refused = [], list(faults)
    for change in in_order(found):
        try:
            check_choice(framework, framework.question(change.code), change.yours, marked)
        except Invalid as wrong:
            refused.append(Fault(change.row, change.code, wrong.message))
            continue
        (marked.add if change.yours.not_applicable else marked.discard)(change.code)
        allowed.append(change)
    by_row: Callable[[Change | Fault], int] = lambda each: each.row  # noqa: E731  # one key for both lists
    return Preview(tuple(sorted(allowed, key=by_row)), tuple(sorted(refused, key=by_row)))
