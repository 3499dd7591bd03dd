"""Standards and answers made in a line, for tests of the rules."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

from coprod.framework.levels import Condition, Level
from coprod.framework.model import (
    Area,
    Audience,
    Framework,
    Guidance,
    Keeping,
    Question,
    Rung,
    Value,
    Voice,
    WorkingTowards,
)
from coprod.framework.scoring import Answer, Change, Item

TODAY = date(2026, 11, 22)

CHANGE = Change(
    complete=True,
    decided_on=date(2026, 9, 1),
    area=Area.CHILD,
    voices=frozenset(Voice),
    confirmed=1,
    changed_mind=True,
    shared=True,
)
ITEM = Item(dated=date(2026, 9, 1), kind="family_voice", from_families=True)


def full(code: str, rating: int | None) -> Answer:
    """An answer with all the evidence that any rule asks for."""
    changes = (CHANGE, replace(CHANGE, area=Area.TEAM), replace(CHANGE, area=Area.ORGANISATION))
    return Answer(code, rating, items=(ITEM,), changes=changes)


def question(code: str, *, check: bool = False, core: bool = False) -> Question:
    return Question(
        code=code,
        short=code,
        title=code,
        wording=MappingProxyType(dict.fromkeys(Audience, code)),
        plain=code,
        help=code,
        prompts=(),
        descriptors=("0", "1", "2", "3", "4"),
        scope=(Area.CHILD,),
        check=check or core,
        core=core,
        why_check="",
        wording_version=1,
        rules=(),
    )


def level(code: str, *conditions: Condition) -> Level:
    return Level(code, code.title(), "", "", petals=2, valid_years=2, conditions=conditions)


def framework(*levels: Level, values: tuple[tuple[Question, ...], ...]) -> Framework:
    """Standards of these levels and questions, with values called A, B, C."""
    named = zip("ABC", values, strict=False)
    return Framework(
        slug="made",
        version="1.0",
        title="Made",
        status="draft",
        changed=TODAY,
        sha256="",
        audiences=MappingProxyType(dict.fromkeys(Audience, "")),
        scale=tuple(Rung(number, f"Rung {number}", "", "", "") for number in range(5)),
        values=tuple(Value(name, f"Value {name}", "", "", (), questions) for name, questions in named),
        evidence_kinds=(),
        evidence_rules=(),
        levels=levels,
        working_towards=WorkingTowards("Working towards", ""),
        keeping=Keeping(12, (60, 14), 30, 90, 6, 12, ()),
        guidance=Guidance("", (), (), (), (), (), (), (), ()),
        extra_prompts=(),
    )
