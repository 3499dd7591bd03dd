"""READS, the first part: which signatories a search finds, as one statement for each shape of search.

Statements are made once for a shape and kept; what was typed comes in as values, never as SQL. A signatory is an
organisation whose signing is in force, so whoever withdraws is gone from here at once.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from coprod.certificates.models import Certificate
from coprod.changes.models import ChangeRecord
from coprod.charter.models import Commitment, SignUp
from coprod.directory.day import Day
from coprod.directory.rules import Standing
from coprod.organisations.models import Organisation
from coprod.text import folded
from coprod.web.page_cache import PublicState

LONGEST_TEXT = 100
MOST_WORDS = 6

Parent = aliased(Organisation)
Award = aliased(Certificate)
KEY = (Organisation.search_name, Organisation.id)


# The same as rules.py says, said to the database; a test compares the two over every case.
SIGNED = and_(
    SignUp.ended_on.is_(None),
    or_(
        and_(SignUp.assessed_on.is_(None), SignUp.counts_from >= bindparam("in_time_from")),
        func.coalesce(SignUp.checked_in_on, SignUp.assessed_on) >= bindparam("holds_from"),
    ),
)
_OVERDUE = func.coalesce(SignUp.checked_in_on, SignUp.counts_from) < bindparam("checked_from")
_IN_FORCE = and_(Award.id.is_not(None), Award.ended_as.is_(None), Award.valid_to >= bindparam("today"))
_ENDED = func.coalesce(Award.ended_as, "")
_TOLD = Award.ended_on > bindparam("told_after")
_OVER = {
    Standing.EXPIRED: and_(Award.id.is_not(None), Award.ended_as.is_(None)),
    Standing.AWARD_LAPSED: and_(_ENDED == "lapsed", _TOLD),
    Standing.AWARD_WITHDRAWN: and_(_ENDED.in_(("withdrawn", "revoked")), _TOLD),
}
_STANDS = {
    Standing.OVERDUE: _OVERDUE,
    Standing.AWARDED: and_(~_OVERDUE, _IN_FORCE),
    **{standing: and_(~_OVERDUE, ~_IN_FORCE, over) for standing, over in _OVER.items()},
    Standing.SIGNED: and_(~_OVERDUE, ~_IN_FORCE, *(~over for over in _OVER.values())),
}


@dataclass(frozen=True, slots=True)
class Search:
    """What the public asks the list for. Empty means everything."""

    text: str = ""
    kind: str = ""
    level: str = ""
    standing: Standing | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words to find, folded: only letters and digits, so none of them is a pattern."""
        return tuple(folded(self.text[:LONGEST_TEXT]).split()[:MOST_WORDS])

    @property
    def shape(self) -> "Shape":
        return Shape(len(self.words), bool(self.kind), bool(self.level), self.standing)

    def values(self, day: Day) -> dict[str, Any]:
        """What a statement of this shape needs to be told."""
        words = {f"word_{number}": f"%{word}%" for number, word in enumerate(self.words)}
        return {
            **words,
            "kind": self.kind,
            "level": self.level,
            "today": day.today,
            "in_time_from": day.in_time_from,
            "holds_from": day.holds_from,
            "checked_from": day.checked_from,
            "told_after": day.told_after,
        }


@dataclass(frozen=True, slots=True)
class Shape:
    """What a search asks about, without what it asks for."""

    words: int
    kind: bool
    level: bool
    standing: Standing | None

    @property
    def about_awards(self) -> bool:
        return self.level or self.standing is not None


@cache
def page_after(shape: Shape, *, begun: bool) -> Select[Any]:
    """The rows that follow the organisation with the address `key`, A to Z; from the beginning where not `begun`."""
    rows = _rows(shape)
    return (rows.where(tuple_(*KEY) > _key()) if begun else rows).order_by(*KEY).limit(bindparam("most"))


@cache
def page_before(shape: Shape) -> Select[Any]:
    """The rows that come before the organisation with the address `key`, Z to A."""
    backwards = tuple(column.desc() for column in KEY)
    return _rows(shape).where(tuple_(*KEY) < _key()).order_by(*backwards).limit(bindparam("most"))


@cache
def number(shape: Shape) -> Select[Any]:
    """How many signatories the search finds."""
    counted = select(func.count())
    if shape == Shape(0, False, False, None):
        return counted.select_from(SignUp).where(SIGNED)
    return _filtered(_joined(counted, awards=shape.about_awards), shape)


def _rows(shape: Shape) -> Select[Any]:
    """The public columns of the list, one by one; one statement answers a whole page."""
    promised = select(func.count()).where(Commitment.sign_up_id == SignUp.id)
    kept = select(func.count(Commitment.kept_on)).where(Commitment.sign_up_id == SignUp.id)
    told = select(func.count()).where(
        ChangeRecord.organisation_id == Organisation.id, ChangeRecord.published_at.is_not(None)
    )
    columns = select(
        Organisation.slug,
        Organisation.name,
        Organisation.kind,
        Organisation.town,
        Organisation.scheme,
        Organisation.value,
        Organisation.website,
        Parent.name.label("parent"),
        SignUp.signed_on,
        SignUp.counts_from,
        SignUp.assessed_on,
        SignUp.checked_in_on,
        Award.level,
        Award.petals,
        Award.issued_on,
        Award.valid_to,
        Award.ended_as,
        Award.ended_on,
        promised.scalar_subquery().label("commitments"),
        kept.scalar_subquery().label("kept"),
        told.scalar_subquery().label("changes"),
        select(PublicState.version).scalar_subquery().label("version"),
    )
    return _filtered(_joined(cast(Select[Any], columns), awards=True), shape)


def _decisive_award() -> ColumnElement[Any]:
    """The one award that decides what rules.status_of_signatory says: one in force, else the newest not replaced."""
    in_force = and_(Certificate.ended_as.is_(None), Certificate.valid_to >= bindparam("today"))
    return (
        select(Certificate.id)
        .where(
            Certificate.organisation_id == Organisation.id,
            Certificate.kind == "award",
            or_(Certificate.ended_as.is_(None), Certificate.ended_as != "superseded"),
        )
        .order_by(in_force.desc(), Certificate.issued_on.desc(), Certificate.valid_to.desc())
        .limit(1)
        .correlate(Organisation)
        .scalar_subquery()
    )


def _joined(columns: Select[Any], *, awards: bool) -> Select[Any]:
    """The tables that a search reads. A count joins awards only where it asks about them."""
    joined = (
        columns.select_from(Organisation)
        .join(SignUp, and_(SignUp.organisation_id == Organisation.id, SIGNED))
        .join(Parent, Organisation.parent_id == Parent.id, isouter=True)
    )
    return joined.join(Award, Award.id == _decisive_award(), isouter=True) if awards else joined


def _filtered(rows: Select[Any], shape: Shape) -> Select[Any]:
    asked = [_found(bindparam(f"word_{place}")) for place in range(shape.words)]
    if shape.kind:
        asked.append(Organisation.kind == bindparam("kind"))
    if shape.level:
        asked += [_IN_FORCE, Award.level == bindparam("level")]
    if shape.standing:
        asked.append(_STANDS[shape.standing])
    return rows.where(*asked)


def _found(word: ColumnElement[str]) -> ColumnElement[bool]:
    """A word is in the name, the place or the postcode, in the name of the parent, or is part of the official code."""
    town = func.replace(func.replace(func.lower(Organisation.town), "'", ""), ".", "")
    postcode = func.replace(func.lower(Organisation.postcode), " ", "")
    searched = (Organisation.search_name, town, postcode, func.coalesce(Parent.search_name, ""))
    return or_(*(column.like(word) for column in searched), func.lower(Organisation.value).like(word))


def _key() -> ColumnElement[Any]:
    """Where an organisation stands in the order, asked by its public address."""
    at = aliased(Organisation)
    return select(at.search_name, at.id).where(at.slug == bindparam("key")).scalar_subquery()
