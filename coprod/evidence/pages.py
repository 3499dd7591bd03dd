"""What the pages show of files and links, in words that are decided already."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from coprod.evidence import queries
from coprod.evidence.file_types import TYPES
from coprod.evidence.models import Evidence, EvidenceFile
from coprod.phrases import N_, Phrase
from coprod.web.formatting import day

KB, MB = 1024, 1024 * 1024
CHECKLIST = (
    N_("Names of children, parents and carers, in the text and in the file’s name"),  # noqa: RUF001  # an apostrophe
    N_("Faces in photos, and anything on walls or jumpers that says who somebody is"),
    N_("Dates of birth, addresses, phone numbers, and NHS and pupil numbers (UPN)"),
    N_("Small groups: “our one pupil with …” can say who it is"),
    N_("Words under black bars: in many programs they can still be copied. Delete them instead"),
)


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file as its owners see it. `why_not` says why it can't be opened; `signs` is what was pointed out in it."""

    id: UUID
    name: str
    line: str
    why_not: str
    hidden: tuple[tuple[str, str], ...]
    removable: bool
    signs: tuple[str, ...]
    partly: str


@dataclass(frozen=True, slots=True)
class ItemShown:
    """An item on its organisation's list. One that is shut away shows none of its words."""

    item: Evidence
    title: str
    status: str
    file: FileShown | None
    link_words: str
    link_is_dead: bool
    may_change: bool
    is_shut: bool


def file_shown(file: EvidenceFile) -> FileShown:
    return FileShown(
        id=file.id,
        name=file.name,
        line=Phrase("{kind}, {size}", kind=Phrase(TYPES[file.type].name), size=in_words(file.size)),
        why_not=queries.cannot_open(file),
        hidden=tuple((label, value) for label, value in file.hidden),
        removable=file.removable,
        signs=tuple(
            Phrase(
                "{what}, “{words}”, in {where}",
                what=Phrase(sign["what"]),
                words=sign["words"],
                where=Phrase(sign["where"]),
            )
            for sign in file.signs
        ),
        partly=file.partly,
    )


def items_shown(items: Sequence[Evidence]) -> list[ItemShown]:
    return [_shown(item) for item in items]


def _shown(item: Evidence) -> ItemShown:
    shut = item.is_shut or item.deleted_at is not None
    return ItemShown(
        item=item,
        title=N_("Evidence that is shut away") if item.is_shut else item.title,
        status=_status(item),
        file=file_shown(item.file) if item.file and not shut else None,
        link_words=_link_words(item),
        link_is_dead=bool(item.link_fault),
        may_change=item.withdrawn_at is None and item.deleted_at is None,
        is_shut=shut,
    )


def _status(item: Evidence) -> str:
    if item.deleted_at:
        return Phrase("Deleted on {day}", day=day(item.deleted_at))
    if item.is_shut and item.quarantined_at:
        return Phrase("Shut away on {day}", day=day(item.quarantined_at))
    return Phrase("Withdrawn on {day}", day=day(item.withdrawn_at)) if item.withdrawn_at else ""


def _link_words(item: Evidence) -> str:
    """Whether the web address still answers, and when it last did."""
    if not item.url or not item.link_checked_at:
        return ""
    seen = (
        Phrase("It last answered on {day}.", day=day(item.link_seen_at))
        if item.link_seen_at
        else Phrase("It has not answered us yet.")
    )
    if item.link_fault:
        return Phrase("This link does not work: {fault}. {seen}", fault=Phrase(item.link_fault), seen=seen)
    return seen


def in_words(size: int) -> str:
    """A size as people say it."""
    if size >= MB:
        return Phrase("{number:.1f} MB", number=size / MB)
    return Phrase("{number} kB", number=max(1, size // KB))
