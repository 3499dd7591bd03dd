"""What may be done in one case, in plain Python: who may make which move now, and which lines of history it leaves.

It is written from the rules and apart from the product, so that each finds the other's faults. What is not
moderation's own it is given: the standards' levels, the sampled questions, and what an answer counts as.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from coprod.calendar import add_working_days, bank_holidays

Rating = int | None  # None: it does not apply.
Move = tuple[str, tuple[Any, ...]]
Told = Iterator[list[str]]
NOTHING: list[str] = []
OPEN = {"submitted", "in_moderation"}
WITH_REVIEWERS = OPEN | {"more_asked"}
PLACES = 2


class Refused(Exception):
    """The move is not legal now."""


@dataclass(frozen=True)
class Someone:
    """A person, as far as the rules ask about them. `near`: the same trust as one of theirs; `busy`: enough cases."""

    reviews: bool = False
    leads: bool = False
    coordinates: bool = False
    parent: bool = False
    practised: bool = True
    busy: bool = False
    part: str | None = None
    past: bool = False
    near: bool = False


@dataclass(frozen=True)
class Claim:
    claimed: Rating
    credited: Rating
    ceiling: int


@dataclass(frozen=True)
class Standards:
    """`award(ratings, reviewers, second_look, panel)` answers a level; `full(level)` how many whole reviewers."""

    values: tuple[tuple[str, ...], ...]
    checks: frozenset[str]
    award: Callable[[Mapping[str, Rating], int, bool, bool], str | None]
    full: Callable[[str | None], int]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(code for value in self.values for code in value)


@dataclass
class Seat:
    who: str
    checks_only: bool
    parent: bool
    finished: bool = False
    reopened: bool = False


@dataclass(frozen=True)
class Judged:
    who: str
    code: str
    round: int
    rating: Rating
    credited: Rating
    reason: str


@dataclass(frozen=True)
class Settled:
    who: str
    code: str
    round: int
    rating: Rating
    reason: str
    by_lead: bool


@dataclass(frozen=True)
class Decided:
    who: str
    kind: str
    code: str
    said: tuple[Rating, str, str]


@dataclass(frozen=True)
class Standing:
    """`gap` None: whether it applies at all is in question, or two or more apart. `open`: still to be agreed."""

    gap: int | None
    open: bool
    rating: Rating = None
    by: str | None = None
    offers: tuple[tuple[str, Rating], ...] = ()


@dataclass
class Round:
    """One case and everybody around it. Each move is a generator: its checks, what it leaves, then what it changes."""

    standards: Standards
    people: dict[str, Someone]
    claims: dict[str, Claim]
    level: str | None
    sampled: frozenset[str]
    today: date
    sent_again: Callable[[], tuple[dict[str, Claim], str | None]]
    state: str = "submitted"
    declared: dict[str, bool] = field(default_factory=dict)
    waived: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    seats: dict[int, Seat] = field(default_factory=dict)
    judged: list[Judged] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    more: tuple[str, dict[str, str]] | None = None
    due: date | None = None
    unanswered: set[str] = field(default_factory=set)
    panel: str | None = None
    given_by: str | None = None
    outcome: dict[str, Rating] | None = None
    given_level: str | None = None
    said: dict[str, dict[str, str | None]] = field(default_factory=dict)
    decided: list[Decided] = field(default_factory=list)
    reply_by: date | None = None
    appeal_by: date | None = None
    closed: bool = False

    def __post_init__(self) -> None:
        self.first = dict(self.claims)

    # The two ways to ask

    def leaves(self, move: Move) -> list[str]:
        """The lines of history that the move would leave. Raises Refused where it is not legal."""
        return next(self._of(move))

    def make(self, move: Move) -> list[str]:
        """Make the move."""
        steps = self._of(move)
        left = next(steps)
        for _ in steps:
            raise AssertionError("a move leaves one list")
        return left

    def _of(self, move: Move) -> Told:
        name, given = move
        moves: Told = getattr(self, name)(*given)
        return moves

    # Who

    def independent(self, who: str) -> bool:
        person = self.people[who]
        near = person.past or person.near or self.declared.get(who, False)
        return person.part is None and (not near or who in self.waived)

    def may_review(self, who: str) -> bool:
        person = self.people[who]
        return (person.reviews or person.leads) and self.independent(who)

    def leads(self, who: str) -> bool:
        return self.people[who].leads and self.independent(who)

    def seat(self, who: str) -> Seat | None:
        return next((seat for seat in self.seats.values() if seat.who == who), None)

    def seated(self, who: str) -> bool:
        return self.may_review(who) and self.seat(who) is not None

    def has_declared(self, who: str) -> bool:
        return who in self.declared and (not self.declared[who] or who in self.waived)

    def took_part(self) -> set[str | None]:
        took = {seat.who for seat in self.seats.values()} | {j.who for j in self.judged} | {s.who for s in self.settled}
        return took | {self.panel, self.given_by} | {d.who for d in self.decided if d.kind != self.contested}

    # Where it is

    @property
    def round(self) -> int:
        return 2 if self.more else 1

    @property
    def contested(self) -> str | None:
        done = {(d.kind, d.code) for d in self.decided}
        for kind, said in self.said.items():
            if any(words is not None and (kind, code) not in done for code, words in said.items()):
                return kind
        return None

    @property
    def full(self) -> int:
        return self.standards.full(self.level)

    @property
    def all_done(self) -> bool:
        return len(self.seats) >= PLACES and all(seat.finished for seat in self.seats.values())

    def counts(self, code: str, round_: int) -> bool:
        """What was said before more was asked for counts no more for the questions that were named."""
        return round_ > 1 or not self.more or code not in self.more[1]

    def rating_of(self, who: str, code: str) -> Judged | None:
        mine = (j for j in reversed(self.judged) if (j.who, j.code) == (who, code))
        return next((j for j in mine if self.counts(code, j.round)), None)

    def looks(self, seat: Seat) -> list[str]:
        if seat.checks_only:
            return [code for code in self.standards.codes if code in self.standards.checks]
        changed = {j.code for j in self.judged if j.who == seat.who and j.rating != j.credited}
        found = []
        for value in self.standards.values:
            wide = len(changed & {*value}) >= 2
            found += [code for code in value if wide or code in self.sampled or self._always(code)]
        return found

    def _always(self, code: str) -> bool:
        claim = self.first[code]
        return code in self.standards.checks or claim.credited is None or (claim.claimed or 0) >= 3

    def left(self, seat: Seat) -> list[str]:
        return [code for code in self.looks(seat) if self.rating_of(seat.who, code) is None]

    def standing(self, code: str) -> Standing:
        credited = self.claims[code].credited
        views: list[tuple[str, Rating]] = []
        looked = False
        for _, seat in sorted(self.seats.items()):
            if not seat.checks_only or code in self.standards.checks:
                given = self.rating_of(seat.who, code)
                views.append((seat.who, given.rating if given else credited))
                looked = looked or given is not None
        if not looked:
            return Standing(0, open=False, rating=credited)
        gap = _gap(views[0][1], views[-1][1])
        if gap == 0:
            return Standing(0, open=False, rating=views[0][1])
        about = [s for s in self.settled if s.code == code and self.counts(code, s.round)]
        stands = [s for s in about if not self._steps_back(s.who)]
        by_lead = [s for s in stands if s.by_lead]
        if by_lead:
            return Standing(gap, open=False, rating=by_lead[-1].rating, by=by_lead[-1].who)
        offers = {s.who: s.rating for s in stands if s.who in {who for who, _ in views}}
        if gap == 1 and len(offers) == len(views) and len({*offers.values()}) == 1:
            return Standing(gap, open=False, rating=next(iter(offers.values())), by="both")
        return Standing(gap, open=True, offers=tuple(offers.items()))

    def _steps_back(self, who: str) -> bool:
        return self.declared.get(who, False) and who not in self.waived

    def all_settled(self) -> bool:
        return self.all_done and not any(self.standing(code).open for code in self.standards.codes)

    def _award(self, ratings: Mapping[str, Rating], *, panel: bool) -> str | None:
        done = [seat for seat in self.seats.values() if seat.finished]
        whole = sum(not seat.checks_only for seat in done)
        return self.standards.award(ratings, whole, whole < len(done), panel)

    def panel_decides(self) -> bool:
        ratings = {code: self.standing(code).rating for code in self.standards.codes}
        return self._award(ratings, panel=True) != self._award(ratings, panel=False)

    def contestable(self) -> list[str]:
        found = [(code, self.claims[code]) for code in self.standards.codes]
        stands = self.outcome or {}
        return [code for code, claim in found if stands[code] != claim.credited or claim.claimed != claim.credited]

    # The moves of the forum

    def declare(self, who: str, conflict: bool) -> Told:
        before = self.declared.get(who)
        kept = before is False or (before and who in self.waived)
        if (before is True and self.seat(who) is None) if conflict else kept:
            yield NOTHING
            return
        _need(self.may_review(who))
        _need(self.contested or (self.outcome is None and self.state in WITH_REVIEWERS))
        _need(not self.contested or who not in self.took_part())
        yield ["case.declared"]
        self.declared[who] = conflict
        if conflict:
            self._leave(who)
            if self.panel == who and self.outcome is None:
                self.panel = None

    def take_seat(self, who: str) -> Told:
        _need(self.may_review(who))
        if self.seat(who):
            yield NOTHING
            return
        _need(self.has_declared(who) and self.is_open())
        person = self.people[who]
        _need(person.practised and not person.busy and len(self.seats) < PLACES)
        alone = self.full == PLACES and len(self.seats) == PLACES - 1
        _need(not alone or person.parent or any(seat.parent for seat in self.seats.values()))
        yield ["case.seat_taken", *(["assessment.moderation_began"] if self.state == "submitted" else [])]
        place = min({1, 2} - {*self.seats})
        self.seats[place] = Seat(who, checks_only=place > self.full, parent=person.parent)
        self.state = "in_moderation"

    def judge(self, who: str, code: str, rating: Rating, reason: str) -> Told:
        _need(self.seated(who) and self.is_open())
        seat = self.seat(who)
        assert seat
        _need(code in self.looks(seat) and not seat.finished)
        named = self.more is not None and code in self.more[1]
        _need(not (seat.reopened and not named and self.rating_of(who, code)))
        claim = self.claims[code]
        _need(self._possible(code, rating) and (rating == claim.credited or _says(reason)))
        mine = [j for j in self.judged if (j.who, j.code, j.round) == (who, code, self.round)]
        if mine and (mine[-1].rating, mine[-1].reason) == (rating, reason):
            yield NOTHING
            return
        yield ["case.judged"]
        self.judged.append(Judged(who, code, self.round, rating, claim.credited, reason))

    def finish(self, who: str) -> Told:
        _need(self.seated(who))
        seat = self.seat(who)
        assert seat
        if seat.finished:
            yield NOTHING
            return
        _need(self.is_open() and not self.left(seat))
        yield ["case.finished"]
        seat.finished = True

    def settle(self, who: str, code: str, rating: Rating, reason: str) -> Told:
        _need(self.seated(who) or self.leads(who))
        _need(self.is_open() and self.all_done)
        stands = self.standing(code)
        _need(stands.gap != 0)
        by_lead = self.seat(who) is None
        _need(self.has_declared(who) if by_lead else stands.gap == 1)
        new = Settled(who, code, self.round, rating, reason, by_lead)
        last = next((s for s in reversed(self.settled) if s.code == code and self.counts(code, s.round)), None)
        if last is not None and replace(last, round=self.round) == new:
            yield NOTHING
            return
        _need(stands.open or (by_lead and stands.by == who))
        _need(self._possible(code, rating) and _says(reason))
        yield ["case.settled"]
        self.settled.append(new)

    def confirm(self, who: str, code: str, rating: Rating) -> Told:
        _need(self.seated(who) and self.is_open() and self.all_done)
        stands = self.standing(code)
        _need(stands.gap == 1)
        if not stands.open:
            _need(stands.rating == rating)
            yield NOTHING
            return
        offered = next(((whose, offer) for whose, offer in stands.offers if whose != who), None)
        _need(offered is not None and offered[1] == rating)
        assert offered
        reason = next(s.reason for s in reversed(self.settled) if (s.who, s.code) == (offered[0], code))
        yield ["case.settled"]
        self.settled.append(Settled(who, code, self.round, rating, reason, by_lead=False))

    def sign_panel(self, who: str) -> Told:
        _need(self.leads(who) and self.seat(who) is None and self.has_declared(who))
        if self.panel:
            yield NOTHING
            return
        _need(self.is_open() and self.all_settled() and self.panel_decides())
        yield ["case.panel_signed"]
        self.panel = who

    def give_result(self, who: str) -> Told:
        _need(self.seated(who) or self.leads(who))
        if self.outcome is not None:
            yield NOTHING
            return
        _need(self.is_open() and (self.seat(who) is not None or self.has_declared(who)) and self.all_settled())
        _need(self.seat(who) is None or self.panel is not None or not self.panel_decides())
        yield ["assessment.provisional", "case.result_given"]
        self.outcome = {code: self.standing(code).rating for code in self.standards.codes}
        self.given_level = self._award(self.outcome, panel=self.panel is not None)
        self.given_by, self.state = who, "provisional"
        self.reply_by = _in_days(self.today, 10)

    def ask_to_take(self, who: str, whom: str) -> Told:
        coordinates = self._coordinates(who)
        _need(coordinates or self.leads(who))
        _need(self.is_open() and (self.people[who].coordinates or self.has_declared(who)))
        if whom in self.asked:
            yield NOTHING
            return
        person = self.people[whom]
        _need(self.may_review(whom) and self.seat(whom) is None and person.practised and not person.busy)
        yield ["case.asked_to_take"]
        self.asked.add(whom)

    def waive(self, who: str, whom: str, why: str) -> Told:
        _need(self._coordinates(who) and self.is_open())
        if whom in self.waived:
            yield NOTHING
            return
        person = self.people[whom]
        _need((person.reviews or person.leads) and person.part is None and not self.independent(whom))
        _need(whom != who and self.seat(whom) is None and _says(why))
        yield ["case.conflict_waived"]
        self.waived.add(whom)

    def hand_back(self, who: str) -> Told:
        _need(self.seated(who) and self.is_open())
        seat = self.seat(who)
        _need(seat is not None and not seat.finished)
        yield ["case.handed_back"]
        self._leave(who)

    def ask_for_more(self, who: str, reasons: tuple[tuple[str, str], ...]) -> Told:
        _need(self.seated(who))
        wanted = dict(reasons)
        if self.more:
            _need(self.more == (who, wanted))
            yield NOTHING
            return
        seat = self.seat(who)
        _need(self.is_open() and seat is not None and not seat.finished)
        assert seat
        _need(bool(wanted) and {*wanted} <= {*self.looks(seat)} and all(_says(reason) for reason in wanted.values()))
        yield ["assessment.more_asked"]
        self.more, self.state, self.due = (who, wanted), "more_asked", _in_days(self.today, 20)

    def decide(self, who: str, code: str, rating: Rating, reason: str, outsider: str) -> Told:
        said = (rating, reason, outsider)
        if any((d.who, d.code, d.said) == (who, code, said) for d in self.decided):
            yield NOTHING
            return
        _need(self.may_review(who) and self.has_declared(who))
        kind = self.contested
        _need(kind is not None and not any((d.kind, d.code) == (kind, code) for d in self.decided))
        assert kind
        _need(who not in self.took_part() and (kind == "reply" or self.leads(who)))
        _need(self.said[kind].get(code) is not None and self.people[who].practised and self._possible(code, rating))
        _need(_says(reason) and (kind == "reply" or _says(outsider)))
        last = len([c for c, words in self.said[kind].items() if words is not None]) == 1 + len(
            [d for d in self.decided if d.kind == kind]
        )
        ratings = dict(self.outcome or {})
        ratings |= {d.code: d.said[0] for d in self.decided if d.kind == kind} | {code: rating}
        level = self._award(ratings, panel=self.panel is not None or kind == "appeal") if last else None
        given_again = ["case.result_given_again", *(self._closes(level) if kind == "appeal" else [])] if last else []
        yield [f"case.{kind}_decided", *given_again]
        self.decided.append(Decided(who, kind, code, said))
        if not last:
            return
        self.outcome, self.given_level = ratings, level
        if kind == "appeal":
            self._close()
        else:
            self.appeal_by = _in_days(self.today, 10)

    # The moves of the organisation

    def send_back(self, who: str) -> Told:
        _need(self.people[who].part == "lead" and self.more is not None)
        if self.state != "more_asked":
            yield NOTHING
            return
        assert self.more
        _need(not self.unanswered & {*self.more[1]})
        yield ["assessment.taken_up_again"]
        self._take_up()

    def save(self, who: str, code: str, rating: Rating) -> Told:
        """With no rating, the answer is taken away."""
        _need(self.people[who].part is not None and self.state == "more_asked")
        _need(self.more is not None and code in self.more[1])
        yield ["answer.saved"]
        (self.unanswered.add if rating is None else self.unanswered.discard)(code)

    def accept_result(self, who: str) -> Told:
        _need(self.people[who].part == "lead" and self.outcome is not None and not self.contested)
        if self.closed:
            yield NOTHING
            return
        yield self._closes(self.given_level)
        self._close()

    def reply(self, who: str, said: tuple[tuple[str, str | None], ...]) -> Told:
        """Words for each rating that is not agreed with; None agrees."""
        _need(self.people[who].part == "lead" and self.outcome is not None)
        if self._is_sent("reply", dict(said)):
            yield NOTHING
            return
        _need(not self.closed and self.reply_by is not None and self.today <= self.reply_by)
        _need(bool(said) and {*dict(said)} == {*self.contestable()})
        _need(all(words is None or _says(words) for _, words in said))
        agrees = all(words is None for _, words in said)
        yield ["case.replied", *(self._closes(self.given_level) if agrees else [])]
        self.said["reply"] = dict(said)
        if agrees:
            self._close()

    def appeal(self, who: str, said: tuple[tuple[str, str], ...]) -> Told:
        _need(self.people[who].part == "lead" and self.appeal_by is not None)
        if self._is_sent("appeal", dict(said)):
            yield NOTHING
            return
        assert self.appeal_by
        _need(not self.closed and self.today <= self.appeal_by)
        _need(bool(said) and {*dict(said)} <= {d.code for d in self.decided if d.kind == "reply"})
        _need(all(_says(words) for _, words in said))
        yield ["case.appealed"]
        self.said["appeal"] = dict(said)

    def withdraw(self, who: str) -> Told:
        _need(self.people[who].part == "lead")
        if self.state == "withdrawn":
            yield NOTHING
            return
        _need(self.state == "submitted")
        yield ["assessment.withdrawn"]
        self.state = "withdrawn"

    # What happens around it

    def join(self, who: str) -> Told:
        """A reviewer begins to work for the organisation."""
        if self.people[who].part:
            yield NOTHING
            return
        yield ["membership.asked", "membership.accepted"]
        self.people[who] = replace(self.people[who], part="contributor")

    def lose_part(self, who: str) -> Told:
        person = self.people[who]
        if not (person.reviews or person.leads):
            yield NOTHING
            return
        yield ["role.taken"]
        self.people[who] = replace(self.people[who], reviews=False, leads=False)

    def erase(self, who: str) -> Told:
        yield ["person.erased"]
        self.people[who] = Someone()

    def time(self, days: int) -> Told:
        """Days pass, and what is due by then is done."""
        today = self.today + timedelta(days=days)
        over = self.outcome is not None and not self.closed and not self.contested and (
            ("reply" not in self.said and self.reply_by is not None and self.reply_by < today)
            or ("appeal" not in self.said and self.appeal_by is not None and self.appeal_by < today)
        )
        taken_up = self.state == "more_asked" and self.due is not None and self.due < today
        waits = self.outcome is None and self.state in WITH_REVIEWERS
        closes = self._closes(self.given_level) if over else []
        # Who had finished may have to rate again, so who is lost is known only after that.
        told = [*closes, *(["assessment.taken_up_again"] if taken_up else [])]
        yield told
        self.today = today
        if over:
            self._close()
        if taken_up:
            self._take_up()
        for who in [s.who for s in self.seats.values() if waits and not s.finished and not self.may_review(s.who)]:
            told.append("case.place_freed")
            self._leave(who)

    # What several moves do

    def is_open(self) -> bool:
        return self.outcome is None and self.state in OPEN

    def _coordinates(self, who: str) -> bool:
        person = self.people[who]
        return person.coordinates and person.part is None and not person.past and not person.near

    def _possible(self, code: str, rating: Rating) -> bool:
        claim = self.claims[code]
        return claim.credited is None if rating is None else 0 <= rating <= min(claim.ceiling, 4)

    def _leave(self, who: str) -> None:
        if self.seat(who):
            self.asked.discard(who)
        self.seats = {place: seat for place, seat in self.seats.items() if seat.who != who}

    def _take_up(self) -> None:
        self.claims, self.level = self.sent_again()
        self.state = "in_moderation"
        for place, seat in sorted(self.seats.items()):
            if place <= self.full and any(each.parent for each in self.seats.values()):
                seat.checks_only = False
            if seat.finished and self.left(seat):
                seat.finished, seat.reopened = False, True

    def _is_sent(self, kind: str, said: Mapping[str, str | None]) -> bool:
        before = self.said.get(kind)
        _need(before is None or before == said)
        return before is not None

    def _closes(self, level: str | None) -> list[str]:
        return ["assessment.final", *(["certificate.issued"] if level else []), "case.closed"]

    def _close(self) -> None:
        self.closed, self.state = True, "final"


def _need(holds: object) -> None:
    if not holds:
        raise Refused


def _says(words: str) -> bool:
    """Blanks that can't be seen are blanks too."""
    return bool(words.strip(" \u00a0\u200b"))


def _gap(one: Rating, other: Rating) -> int | None:
    if one == other:
        return 0
    return 1 if one is not None and other is not None and abs(one - other) == 1 else None


def _in_days(today: date, days: int) -> date:
    return add_working_days(today, days, bank_holidays())
