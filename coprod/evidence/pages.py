"""What the pages show of files and links, in words that are decided already."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from coprod.evidence import queries
from coprod.evidence.file_types import TYPES
from coprod.evidence.models import Evidence, EvidenceFile
from coprod.web.formatting import day

KB, MB = 1024, 1024 * 1024
CHECKLIST = (
    "Names of children, parents and carers, in the text and in the file’s name",  # noqa: RUF001  # an apostrophe
    "Faces in photos, and anything on walls or jumpers that says who somebody is",
    "Dates of birth, addresses, phone numbers, and NHS and pupil numbers (UPN)",
    "Small groups: “our one pupil with …” can say who it is",
    "Words under black bars: in many programs they can still be copied. Delete them instead",
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
        line=f"{TYPES[file.type].name}, {in_words(file.size)}",
        why_not=queries.cannot_open(file),
        hidden=tuple((label, value) for label, value in file.hidden),
        removable=file.removable,
        signs=tuple(f"{sign['what']}, “{sign['words']}”, in {sign['where']}" for sign in file.signs),
        partly=file.partly,
    )


def items_shown(items: Sequence[Evidence]) -> list[ItemShown]:
    return [_shown(item) for item in items]


def _shown(item: Evidence) -> ItemShown:
    shut = item.is_shut or item.deleted_at is not None
    return ItemShown(
        item=item,
        title="Evidence that is shut away" if item.is_shut else item.title,
        status=_status(item),
        file=file_shown(item.file) if item.file and not shut else None,
        link_words=_link_words(item),
        link_is_dead=bool(item.link_fault),
        may_change=item.withdrawn_at is None and item.deleted_at is None,
        is_shut=shut,
    )


def _status(item: Evidence) -> str:
    if item.deleted_at:
        return f"Deleted on {day(item.deleted_at)}"
    if item.is_shut and item.quarantined_at:
        return f"Shut away on {day(item.quarantined_at)}"
    return f"Withdrawn on {day(item.withdrawn_at)}" if item.withdrawn_at else ""


def _link_words(item: Evidence) -> str:
    """Whether the web address still answers, and when it last did."""
    if not item.url or not item.link_checked_at:
        return ""
    seen = f"It last answered on {day(item.link_seen_at)}." if item.link_seen_at else "It has not answered us yet."
    if item.link_fault:
        return f"This link does not work: {item.link_fault}. {seen}"
    return seen


def in_words(size: int) -> str:
    """A size as people say it."""
    if size >= MB:
        return f"{size / MB:.1f} MB"
    return f"{max(1, size // KB)} kB"
