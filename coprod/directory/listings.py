"""WRITES: the rows of the public list, worked out in the same transaction as whatever they are worked out from.

The session says which organisations were touched, and their rows are made again just before it commits. Where many
rows were changed by one statement nobody can say which, so the whole list is compared. Whoever changes something
public has moved the public version first, and so holds its row: two writers never place rows at once.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, delete, event, func, insert, or_, select, text, tuple_, update
from sqlalchemy.orm import Session, aliased

from coprod.certificates.models import Certificate
from coprod.changes.models import ChangeRecord
from coprod.charter.models import Commitment, SignUp
from coprod.database import db
from coprod.directory import numbers
from coprod.directory.models import ListedWord, Listing
from coprod.directory.spelling import is_spelt, place_key, postcode_words, trigrams, words_in
from coprod.organisations.models import Organisation
from coprod.web import clock
from coprod.web.page_cache import UNSEEN, move_version

STEP = 2**32  # between neighbours, so that somebody new fits between two without moving them
BATCH = 500
MOST_PLACED = 50  # new rows at once; with more, the whole list is placed anew
TOUCHED = "listings_touched"
SIGN_UPS = "listings_sign_ups"

Facts = Mapping[str, Any]
Parent = aliased(Organisation)
Award = aliased(Certificate)
FACTS = tuple(column.name for column in Listing.__table__.columns if column.name != "position")


def install() -> None:
    """Keep the list with every change that a session makes."""
    if event.contains(Session, "after_flush", _note):
        return
    event.listen(Session, "after_flush", _note)
    event.listen(Session, "before_commit", _keep)
    event.listen(Session, "after_commit", _forget)
    event.listen(Session, "after_soft_rollback", _forget)


def mend(*, today: date) -> int:
    """Compare the whole list with what it is worked out from, and put right what differs. Answers how many rows."""
    wrong = differing(today=today)
    if wrong:
        move_version(db.session())
    if len(wrong) > MOST_PLACED:
        _place_all(_wanted(today=today))
    elif wrong:
        refresh(wrong, today=today)
    if wrong:
        _drop_unused_words()
    numbers.mend(today=today)
    return len(wrong)


def differing(*, today: date) -> set[UUID]:
    """The organisations whose row is missing, is there by mistake, or says something else than it should."""
    wanted, present = _wanted(today=today), _present()
    return {each for each in wanted.keys() | present.keys() if wanted.get(each) != _without_position(present.get(each))}


def refresh(organisation_ids: Collection[UUID], *, today: date) -> None:
    """Work out the rows of these organisations, and of the services that belong to them, anew."""
    ids = list(organisation_ids)
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        children = select(Organisation.id).where(Organisation.parent_id.in_(some))
        family = {*some, *_connection().execute(children).scalars()}
        before = numbers.counted(family, today=today)
        _bring_to(_wanted(family, today=today), _present(family), today)
        numbers.move(before, numbers.counted(family, today=today), today=today)


def _bring_to(wanted: Mapping[UUID, Facts], present: Mapping[UUID, Facts], today: date) -> None:
    placed: list[Facts] = []
    for each in wanted.keys() | present.keys():
        new, old = wanted.get(each), present.get(each)
        if new == _without_position(old):
            continue
        if new and old and _order(new) == _order(old):
            _connection().execute(update(Listing).where(Listing.position == old["position"]).values(**new))
            _learn([new])
            continue
        if old:
            _connection().execute(delete(Listing).where(Listing.position == old["position"]))
        if new:
            placed.append(new)
    if len(placed) > MOST_PLACED or not all(_placed(new) for new in placed):
        _place_all(_wanted(today=today))


def put_together() -> None:
    """SQLite's index of words grows in pieces, and a search looks into each: with one piece it takes a quarter."""
    if db.engine.dialect.name == "sqlite":
        _connection().execute(text("INSERT INTO listing_search (listing_search) VALUES ('optimize')"))


def _placed(new: Facts) -> bool:
    """Put a row between its neighbours. False where there is no room left between them."""
    key = tuple_(Listing.search_name, Listing.slug)
    up = (Listing.search_name, Listing.slug)
    down = tuple(column.desc() for column in up)
    ask = _connection().scalar
    below = ask(select(Listing.position).where(key < _order(new)).order_by(*down).limit(1)) or 0
    above = ask(select(Listing.position).where(key > _order(new)).order_by(*up).limit(1)) or below + 2 * STEP
    position = (below + above) // 2
    if position == below:
        return False
    _connection().execute(insert(Listing).values(position=position, **new))
    _learn([new])
    return True


def _place_all(wanted: Mapping[UUID, Facts]) -> None:
    """The whole list anew, with as much room between all neighbours."""
    rows = sorted(wanted.values(), key=lambda row: tuple(part.encode() for part in _order(row)))
    _connection().execute(delete(Listing))
    if rows:
        numbered = [{"position": place * STEP, **row} for place, row in enumerate(rows, 1)]
        _connection().execute(insert(Listing), numbered)
        _learn(rows)
        put_together()


def _order(row: Facts) -> tuple[str, str]:
    return row["search_name"], row["slug"]


def _learn(rows: Sequence[Facts]) -> None:
    """Add the words of these rows to those that a misspelt one can lead to."""
    words = {word for row in rows for word in row["words"].split() if is_spelt(word)}
    missing = sorted(words - _known_words(words))
    pairs = [{"trigram": part, "word": word} for word in missing for part in sorted(set(trigrams(word)))]
    if pairs:
        _connection().execute(insert(ListedWord), pairs)


def _known_words(words: Collection[str]) -> set[str]:
    known: set[str] = set()
    asked = sorted(words)
    for start in range(0, len(asked), BATCH):
        some = asked[start : start + BATCH]
        known |= set(_connection().execute(select(ListedWord.word).where(ListedWord.word.in_(some))).scalars())
    return known


def _drop_unused_words() -> None:
    used = {word for words in _connection().execute(select(Listing.words)).scalars() for word in words.split()}
    unused = sorted(set(_connection().execute(select(ListedWord.word).distinct()).scalars()) - used)
    for start in range(0, len(unused), BATCH):
        _connection().execute(delete(ListedWord).where(ListedWord.word.in_(unused[start : start + BATCH])))


def _wanted(organisation_ids: Collection[UUID] | None = None, *, today: date) -> dict[UUID, Facts]:
    """What the rows should say: of these organisations, or of everybody."""
    statement = _worked_out()
    if organisation_ids is not None:
        statement = statement.where(Organisation.id.in_(organisation_ids))
    rows = _connection().execute(statement, {"today": today}).mappings()
    return {row["organisation_id"]: _as_listed(dict(row)) for row in rows}


def _as_listed(row: dict[str, Any]) -> Facts:
    searched = (row["name"], row["parent"], row["town"], postcode_words(row.pop("postcode")), row["value"])
    return row | {"town_key": place_key(row["town"])[:80], "words": " ".join(words_in(*searched))}


def _present(organisation_ids: Collection[UUID] | None = None) -> dict[UUID, Facts]:
    statement = select(Listing.position, *(getattr(Listing, name) for name in FACTS))
    if organisation_ids is not None:
        statement = statement.where(Listing.organisation_id.in_(organisation_ids))
    return {row["organisation_id"]: dict(row) for row in _connection().execute(statement).mappings()}


def _without_position(row: Facts | None) -> Facts | None:
    return {name: fact for name, fact in row.items() if name != "position"} if row else None


def _worked_out() -> Select[Any]:
    promised = select(func.count()).where(Commitment.sign_up_id == SignUp.id)
    kept = select(func.count(Commitment.kept_on)).where(Commitment.sign_up_id == SignUp.id)
    told = select(func.count()).where(
        ChangeRecord.organisation_id == Organisation.id, ChangeRecord.published_at.is_not(None)
    )
    return (
        select(
            Organisation.id.label("organisation_id"),
            *(getattr(Organisation, name) for name in ("search_name", "slug", "name", "kind", "town", "postcode")),
            Parent.name.label("parent"),
            *(getattr(Organisation, name) for name in ("scheme", "value", "website")),
            *(getattr(SignUp, name) for name in ("signed_on", "counts_from", "assessed_on", "checked_in_on")),
            *(getattr(Award, name) for name in ("level", "petals", "issued_on", "valid_to")),
            Award.ended_as.label("award_ended_as"),
            Award.ended_on.label("award_ended_on"),
            promised.scalar_subquery().label("commitments"),
            kept.scalar_subquery().label("kept"),
            told.scalar_subquery().label("changes"),
        )
        .join(SignUp, and_(SignUp.organisation_id == Organisation.id, SignUp.ended_on.is_(None)))
        .join(Parent, Organisation.parent_id == Parent.id, isouter=True)
        .join(Award, Award.id == _decisive_award(), isouter=True)
    )


def _decisive_award() -> Any:
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


def _note(session: Session, _context: Any) -> None:
    """Remember whose row the changes of this flush may have altered."""
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Organisation | SignUp | Certificate | ChangeRecord):
            session.info.setdefault(TOUCHED, set()).add(row.organisation_id)
        elif isinstance(row, Commitment):
            session.info.setdefault(SIGN_UPS, set()).add(row.sign_up_id)


def _keep(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    touched, sign_ups = session.info.pop(TOUCHED, set()), session.info.pop(SIGN_UPS, set())
    if session.info.get(UNSEEN):
        mend(today=clock.today())
        return
    if sign_ups:
        theirs = select(SignUp.organisation_id).where(SignUp.id.in_(sign_ups))
        touched |= set(session.connection().execute(theirs).scalars())
    if touched:
        refresh(touched, today=clock.today())


def _forget(session: Session, _undone: Any = None) -> None:
    if not session.in_nested_transaction():
        session.info.pop(TOUCHED, None)
        session.info.pop(SIGN_UPS, None)


def _connection() -> Any:
    return db.session.connection()
