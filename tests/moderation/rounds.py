"""Random rounds of moderation: everybody makes moves at random, and a pure model says which are legal.

`python -m tests.moderation.rounds 2000` goes through so many rounds of up to 50 moves each, and prints how many moves
were made and refused, and how long they took.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask_migrate import upgrade
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import func, select

from coprod import jobs
from coprod.accounts import leaving, people
from coprod.accounts import operations as accounts
from coprod.accounts.models import Membership, Person
from coprod.app import create_app
from coprod.assessments import operations as assessments
from coprod.assessments.at_work import at_work
from coprod.assessments.models import Answer, Assessment
from coprod.database import db
from coprod.errors import DomainError
from coprod.framework import awards
from coprod.framework.library import Library
from coprod.framework.model import NOT_APPLICABLE, Framework
from coprod.framework.practice import PassMark
from coprod.framework.queries import LIBRARY
from coprod.history import Event
from coprod.moderation import allocating, asking, casework, deciding, operations, replying, rules, sent
from coprod.moderation.models import Case
from coprod.moderation.replying import Said
from coprod.organisations.models import Organisation
from coprod.permissions import Actor, AreaRole, MemberRole
from coprod.register.queries import verify_database
from coprod.transaction import transaction
from tests.conftest import MOMENT, made
from tests.moderation.round_model import Claim, Move, Rating, Refused, Round, Someone, Standards
from tests.support import assessments as make
from tests.support import build, undoing

TODAY = MOMENT.date()
LONGEST = 50  # moves
MOST_OPEN = 1
QUESTIONS = ("AMB1", "AMB4", "AMB5", "RA1", "RA3", "RA4")
KINDS = {  # Each organisation's ratings. RA4 rests on paper alone, so it counts as Asking at most.
    "developing": (2, 2, 2, 2, 1, 3),
    "established": (3, 3, 2, 3, 4, 3),
    "embedded": (4, 4, 4, 4, 3, 3),
    "towards": (1, 1, 1, 1, 1, None),
}
PEOPLE = {
    "ann": Someone(reviews=True, parent=True),
    "ben": Someone(reviews=True),
    "cat": Someone(reviews=True, parent=True),
    "dee": Someone(leads=True),
    "eve": Someone(leads=True, parent=True),
    "new": Someone(reviews=True, practised=False),
    "max": Someone(reviews=True, parent=True, busy=True),
    "mem": Someone(reviews=True, part="contributor"),
    "chief": Someone(leads=True, parent=True, part="lead"),
    "old": Someone(reviews=True, parent=True, past=True),
    "near": Someone(leads=True, near=True),
    "cora": Someone(coordinates=True),
    "kit": Someone(coordinates=True, leads=True, parent=True, past=True),
    "lead": Someone(part="lead"),
    "con": Someone(part="contributor"),
    "out": Someone(),
}
REVIEWERS = [who for who, person in PEOPLE.items() if person.reviews or person.leads]
RARE = ["declare", "declare", "join", "lose_part", "erase", "withdraw"]
LEAVE = ("ann", "ben", "cat", "dee", "old")
WORDS = ("Two dated examples are there.", "It says so in the minutes.")
BLANKS = ("", " \u00a0\u200b")
OUTSIDER = "Una Outside, lead of the next county"


class Stage:
    """An app on a database that goes back to how it was, with one organisation of each kind that has sent in."""

    def __init__(self, folder: Path) -> None:
        settings = made(folder)
        self.app: Flask = create_app(settings, TESTING=True, CLOCK=lambda: MOMENT, RATELIMIT_ENABLED=False)
        self.app.extensions[LIBRARY] = _cut(self.app.extensions[LIBRARY])
        self.context = self.app.app_context()
        self.context.push()
        upgrade()
        self.ids = {who: _person(who) for who in PEOPLE}
        self.cases = {kind: self._organisation(kind) for kind in KINDS}
        self._keep_busy()
        self.actors = {who: build.actor(id_) for who, id_ in self.ids.items()}
        db.session.remove()
        self.database = undoing.at(settings)
        self.database.keep()

    def _organisation(self, kind: str) -> UUID:
        where = build.organisation(f"{kind.title()} School")
        where.trust_code = "9001"
        for who, person in PEOPLE.items():
            if person.part or person.past:
                who_it_is = db.session.get_one(Person, self.ids[who])
                part = build.membership(who_it_is, where, MemberRole(person.part or "lead"))
                part.ended_at = MOMENT - timedelta(days=90) if person.past else None
        db.session.commit()
        assessment = _sent_in(where, build.actor(self.ids["lead"]), KINDS[kind])
        with transaction():
            return operations.open_case(assessment, now=MOMENT).id

    def _keep_busy(self) -> None:
        """Somewhere else Max has as many cases as one person takes, and near is somebody of the same trust."""
        other = build.organisation("Elsewhere School")
        build.membership(db.session.get_one(Person, self.ids["out"]), other)
        case_id = self._elsewhere(other)
        near = build.organisation("Near School")
        near.trust_code = "9001"
        db.session.commit()
        build.membership(db.session.get_one(Person, self.ids["near"]), near)
        case = db.session.get_one(Case, case_id)
        with transaction():
            operations.declare(case, conflict=False, actor=build.actor(self.ids["max"]), now=MOMENT)
            operations.take_seat(case, actor=build.actor(self.ids["max"]), now=MOMENT)

    def _elsewhere(self, other: Organisation) -> UUID:
        assessment = _sent_in(other, build.actor(self.ids["out"]), KINDS["developing"])
        with transaction():
            return operations.open_case(assessment, now=MOMENT).id

    def again(self) -> None:
        """Everything as it was."""
        db.session.remove()
        self.database.put_back()

    def close(self) -> None:
        db.session.remove()
        db.engine.dispose()
        self.database.close()
        self.context.pop()


def _cut(library: Library) -> Library:
    """The standards that ship with two values of three questions each, and two answers to practise on."""
    ((key, whole),) = library.frameworks.items()
    values = tuple(
        replace(value, questions=tuple(replace(q, rules=()) for q in value.questions if q.code in QUESTIONS))
        for value in whole.values
        if value.code in {"AMB", "RA"}
    )
    practice = library.practices[key]
    samples = tuple(sample for sample in practice.samples if sample.question in QUESTIONS)[:2]
    return replace(
        library,
        frameworks={key: replace(whole, values=values)},
        practices={key: replace(practice, samples=samples, to_pass=PassMark(1, 2))},
    )


def _person(who: str) -> UUID:
    person = PEOPLE[who]
    parts = {AreaRole.REVIEWER: person.reviews, AreaRole.LEAD_REVIEWER: person.leads}
    roles = [role for role, has in (parts | {AreaRole.COORDINATOR: person.coordinates}).items() if has]
    return build.person(who.title(), *roles, parent_carer=person.parent, practised=person.practised).id


def _sent_in(where: Organisation, actor: Actor, ratings: tuple[Rating, ...]) -> Assessment:
    assessment = make.started(where, actor)
    voice, record = make.item(where, actor), make.change(where, actor, confirmed=True)
    group = make.item(where, actor, "Forum", kind="group_statement", dated=date(2024, 6, 1))
    paper = make.item(where, actor, "Report", kind="public_record", from_families=False)
    for code, rating in zip(QUESTIONS, ratings, strict=True):
        make.save(assessment, code, actor, rating, not_applicable=rating is None, reason="We have none.")
        for item in (paper,) if code == "RA4" else (voice, group):
            with transaction():
                assessments.attach_evidence(assessment, code, item, actor=actor, now=MOMENT)
        if code != "RA4":
            with transaction():
                assessments.attach_change(assessment, code, record, actor=actor, now=MOMENT)
    with transaction():
        assessments.add_action(
            assessment,
            what="Ask",
            owner="SENCO",
            due=date(2027, 1, 31),
            question_code="RA1",
            actor=actor,
            now=MOMENT,
            today=TODAY,
        )
    with transaction():
        assessments.submit(assessment, declared=True, actor=actor, now=MOMENT, today=TODAY)
    return assessment


class Rounds(RuleBasedStateMachine):
    """Each move is tried on the product and on the model: both make it, or both refuse it."""

    stage: Stage
    tally: Counter[str]

    @initialize(kind=st.sampled_from([*KINDS]))
    def open(self, kind: str) -> None:
        self.stage.again()
        self.case_id = self.stage.cases[kind]
        self.actors = dict(self.stage.actors)
        self.saves = 0
        self.gone: set[str] = set()
        self.tally["rounds"] += 1
        case = self.case
        framework = casework.of(case).framework
        claims, level = _claims(case)
        self.model = Round(
            standards=_standards(framework, sent.read(case.assessment.snapshot or {}, audience="school")),
            people=dict(PEOPLE),
            claims=claims,
            level=level,
            sampled=rules.sampled(framework, casework.of(case).sent.claims, seed=case.seed),
            today=TODAY,
            sent_again=lambda: _claims(self.case),
        )
        self.last = _last_event()

    @property
    def case(self) -> Case:
        return db.session.get_one(Case, self.case_id)

    @property
    def now(self) -> datetime:
        return MOMENT + (self.model.today - TODAY)

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """Somebody does what is theirs to do now."""
        self._legal(data)

    @rule(data=st.data())
    def and_on(self, data: st.DataObject) -> None:
        self._legal(data)

    @rule(data=st.data())
    def and_on_again(self, data: st.DataObject) -> None:
        self._legal(data)

    @rule(data=st.data())
    def try_anything(self, data: st.DataObject) -> None:
        """Anybody tries anything."""
        name = data.draw(st.sampled_from([*ANYTHING]), label="tries")
        self._move((name, tuple(data.draw(part) for part in ANYTHING[name])))

    @rule(data=st.data(), twice=st.sampled_from([1, 2]))
    def something_happens(self, data: st.DataObject, twice: int) -> None:
        """Days pass; now and then somebody leaves, or begins to work for the organisation."""
        there = [who for who in LEAVE if who not in self.gone]
        name = data.draw(st.sampled_from(["time"] * 12 + RARE if there else ["time"]))
        given = {
            "time": lambda: (data.draw(st.sampled_from([1, 3, 12, 40])),),
            "declare": lambda: (data.draw(st.sampled_from(REVIEWERS)), True),
            "withdraw": lambda: ("lead",),
        }.get(name, lambda: (data.draw(st.sampled_from(there)),))()
        self.gone |= {*given} if name == "erase" else set()
        for _ in range(twice if name == "declare" else 1):
            self._move((name, given))

    def _legal(self, data: st.DataObject) -> None:
        found = {}
        for move in _candidates(self.model):
            try:
                left = self.model.leaves(move)
            except Refused:
                continue
            if left:
                found.setdefault(move[0], []).append(move)
        if found:
            name = data.draw(st.sampled_from([name for name in found for _ in range(OFTEN.get(name, 1))]))
            self._move(data.draw(st.sampled_from(found[name])))

    def _move(self, move: Move) -> None:
        try:
            expected: list[str] | None = self.model.leaves(move)
        except Refused:
            expected = None
        refusal = self._refusal(move)
        if expected is None or refusal:
            assert refusal, f"{move} is not legal, and was made"
            assert expected is None, f"{move} was refused: {refusal!r}"
            assert _last_event() == self.last, f"{move} was refused, and left a line all the same"
            self.tally["refused"] += 1
            return
        left = self.model.make(move)
        found = _events_after(self.last)
        assert sorted(found) == sorted(left), f"{move} left {found} instead of {left}"
        self.last += len(found)
        self.tally["made" if left else "made again"] += 1
        self.tally[f"  {move[0]}"] += 1
        if "case.closed" in left:
            assert verify_database().sound

    def _refusal(self, move: Move) -> DomainError | None:
        name, given = move
        try:
            DO[name](self, *given)
        except DomainError as refusal:
            return refusal
        return None

    def by(self, who: str, **more: Any) -> dict[str, Any]:
        return {"actor": self.actors[who], "now": self.now} | more

    def teardown(self) -> None:
        if not hasattr(self, "model"):
            return
        case, model = self.case, self.model
        names = {id_: who for who, id_ in self.stage.ids.items()}
        seats = {s.position: (names[s.person_id], s.finished_at is not None, s.checks_only) for s in case.seats}
        assert seats == {place: (s.who, s.finished, s.checks_only) for place, s in model.seats.items()}
        assert case.assessment.state == model.state
        judged = [(names[j.person_id], j.question_code, j.rating) for j in case.judgements]
        assert judged == [(j.who, j.code, j.rating) for j in model.judged]
        questions = (case.outcome or {"questions": {}})["questions"]
        ratings = {code: _rating(each["rating"]) for code, each in questions.items()}
        assert ratings == (model.outcome or {})
        assert (case.outcome or {"level": None})["level"] == model.given_level
        _nobody_near_judged(case, self.stage.ids)
        assert verify_database().sound


def _standards(framework: Framework, was_sent: sent.Sent) -> Standards:
    def award(ratings: Any, reviewers: int, second_look: bool, panel: bool) -> str | None:
        facts = replace(was_sent.facts, reviewers=reviewers, second_look=second_look, panel=panel)
        given = {code: NOT_APPLICABLE if rating is None else rating for code, rating in ratings.items()}
        level = awards.outcome(framework, given, facts).level
        return level.code if level else None

    return Standards(
        values=tuple(tuple(question.code for question in value.questions) for value in framework.values),
        checks=frozenset(question.code for question in framework.checks),
        award=award,
        full=lambda level: rules.seats_needed(framework, level).full,
    )


def _claims(case: Case) -> tuple[dict[str, Claim], str | None]:
    was_sent = sent.read(case.assessment.snapshot or {}, audience="school")
    found = {c.code: Claim(_plain(c.claimed), _plain(c.credited), c.ceiling) for c in was_sent.claims.values()}
    return found, was_sent.level


def _plain(rating: Any) -> Rating:
    return rating if isinstance(rating, int) else None


def _rating(kept: Any) -> Rating:
    return _plain(sent.as_rating(kept))


def _given(rating: Rating) -> sent.Given:
    return NOT_APPLICABLE if rating is None else rating


def _last_event() -> int:
    return db.session.scalar(select(func.max(Event.id))) or 0


def _events_after(last: int) -> list[str]:
    return list(db.session.scalars(select(Event.what).where(Event.id > last)))


def _nobody_near_judged(case: Case, ids: dict[str, UUID]) -> None:
    """From the history alone: whoever rated, settled, signed or decided had no conflict at that moment."""
    judging = {"case.judged", "case.settled", "case.panel_signed", "case.result_given"}
    judging |= {"case.reply_decided", "case.appeal_decided"}
    near = {ids[who] for who, person in PEOPLE.items() if person.past or person.near}
    belongs = {ids[who] for who, person in PEOPLE.items() if person.part}
    waived: set[UUID] = set()
    joined = {str(m.id): m.person_id for m in db.session.scalars(select(Membership))}
    for event in db.session.scalars(select(Event).order_by(Event.id)):
        if event.what == "membership.accepted":
            belongs.add(joined[event.thing_id])
        if str(case.id) not in {event.thing_id, event.facts.get("case")} or event.actor_id is None:
            continue
        if event.what == "case.conflict_waived":
            waived.add(UUID(event.facts["person"]))
        elif event.what == "case.declared" and event.facts["conflict"]:
            near.add(event.actor_id)
        elif event.what in judging:
            assert event.actor_id not in belongs, event.what
            assert event.actor_id not in near - waived, event.what


def _candidates(model: Round) -> Iterator[Move]:
    """Moves that may well be legal now, for somebody who goes on with the case."""
    people = [who for who in REVIEWERS if model.may_review(who)]
    seated = [(seat.who, seat) for seat in model.seats.values()]
    for who in people:
        yield from (("declare", (who, False)), ("take_seat", (who,)), ("sign_panel", (who,)), ("give_result", (who,)))
    for who, seat in seated:
        yield from (("finish", (who,)), ("hand_back", (who,)))
        looks = model.looks(seat)
        for code in model.left(seat) or looks:
            yield from (("judge", (who, code, rating, WORDS[0])) for rating in (*range(5), None))
        yield from (("ask_for_more", (who, tuple((c, WORDS[0]) for c in some))) for some in (looks[:1], looks[:2]))
    if model.outcome is None and model.all_done:
        yield from _settling(model, people)
    for coordinator in ("cora", "dee"):
        yield from (("ask_to_take", (coordinator, who)) for who in people)
    yield from (("waive", ("cora", who, WORDS[0])) for who in REVIEWERS)
    yield from (("send_back", ("lead",)), ("accept_result", ("lead",)))
    yield from (("save", ("con", code, rating)) for code in (model.more or ("", {}))[1] for rating in (*range(5), None))
    if model.outcome is not None:
        yield from _replying(model, people)


def _settling(model: Round, people: list[str]) -> Iterator[Move]:
    for code in model.standards.codes:
        stands = model.standing(code)
        for who in people if stands.open else ():
            yield from (("settle", (who, code, rating, words)) for rating in range(5) for words in WORDS)
            yield from (("confirm", (who, code, rating)) for _, rating in stands.offers)


def _replying(model: Round, people: list[str]) -> Iterator[Move]:
    codes = model.contestable()
    for against in (codes, codes[:1], codes[1:], []):
        yield "reply", ("lead", tuple((code, WORDS[0] if code in against else None) for code in codes))
    replied = [d.code for d in model.decided if d.kind == "reply"]
    yield from (("appeal", ("lead", tuple((code, WORDS[1]) for code in some))) for some in (replied, replied[:1]))
    for code in model.standards.codes if model.contested else ():
        for who in people:
            outsider = OUTSIDER if model.contested == "appeal" else ""
            yield from (("decide", (who, code, rating, WORDS[1], outsider)) for rating in range(5))


OFTEN = {"judge": 30, "finish": 40, "take_seat": 20, "settle": 20, "confirm": 20, "give_result": 20, "decide": 20}
OFTEN |= {"reply": 10, "appeal": 20, "send_back": 5, "declare": 4}
ANYBODY = st.sampled_from([*PEOPLE])
CODE = st.sampled_from(QUESTIONS)
RATED = st.sampled_from([0, 1, 2, 3, 4, 5, None])
SAID = st.sampled_from([*WORDS, *BLANKS])
ABOUT = st.lists(st.tuples(CODE, SAID), max_size=3, unique_by=lambda each: each[0]).map(tuple)
AGREED = st.lists(st.tuples(CODE, SAID | st.none()), max_size=6, unique_by=lambda each: each[0]).map(tuple)
ANYTHING: dict[str, tuple[st.SearchStrategy[Any], ...]] = {
    "declare": (ANYBODY, st.booleans()),
    "take_seat": (ANYBODY,),
    "judge": (ANYBODY, CODE, RATED, SAID),
    "finish": (ANYBODY,),
    "settle": (ANYBODY, CODE, RATED, SAID),
    "confirm": (ANYBODY, CODE, RATED),
    "sign_panel": (ANYBODY,),
    "give_result": (ANYBODY,),
    "ask_to_take": (ANYBODY, ANYBODY),
    "waive": (ANYBODY, ANYBODY, SAID),
    "hand_back": (ANYBODY,),
    "ask_for_more": (ANYBODY, ABOUT),
    "decide": (ANYBODY, CODE, RATED, SAID, st.sampled_from(["", OUTSIDER])),
    "send_back": (ANYBODY,),
    "save": (ANYBODY, CODE, st.sampled_from([0, 1, 2, 3, 4, None])),
    "accept_result": (ANYBODY,),
    "reply": (ANYBODY, AGREED),
    "appeal": (ANYBODY, ABOUT),
    "withdraw": (ANYBODY,),
}


def _in_transaction(what: Callable[..., Any]) -> Callable[..., None]:
    def do(self: Rounds, *given: Any) -> None:
        with transaction():
            what(self, *given)

    return do


def _save(self: Rounds, who: str, code: str, rating: Rating) -> None:
    """The form is open on what stands."""
    self.saves += 1
    assessment = self.case.assessment
    row = db.session.scalar(select(Answer).filter_by(assessment_id=assessment.id, question_code=code))
    assessments.save_answer(
        at_work(assessment.id, code, self.by(who)["actor"]),
        rating=rating,
        not_applicable=False,
        reason="",
        account=f"Written anew, {self.saves}.",
        revision=row.revision if row else None,
        **self.by(who),
    )


def _join(self: Rounds, who: str) -> None:
    where = self.case.organisation_id
    asked = accounts.ask_to_join(where, note="I work here now", **self.by(who))
    db.session.flush()
    accounts.accept(asked, role=MemberRole.CONTRIBUTOR, **self.by("lead"))


def _lose_part(self: Rounds, who: str) -> None:
    role = AreaRole.REVIEWER if self.model.people[who].reviews else AreaRole.LEAD_REVIEWER
    people.take_role(self.stage.ids[who], role=role, **self.by("cora"))


def _erase(self: Rounds, who: str) -> None:
    leaving.erase(db.session.get_one(Person, self.stage.ids[who]), **self.by("cora"))


def _then_known_anew(what: Callable[..., None]) -> Callable[..., None]:
    """The person's next request finds them as they are now."""

    def do(self: Rounds, who: str) -> None:
        _in_transaction(what)(self, who)
        self.actors[who] = build.actor(self.stage.ids[who])

    return do


def _time(self: Rounds, days: int) -> None:
    today = self.model.today + timedelta(days=days)
    now = MOMENT + (today - TODAY)
    jobs.make_results_final(now, today)
    jobs.take_up_again(now, today)
    jobs.free_lost_places(now, today)


def _today(self: Rounds) -> dict[str, Any]:
    return {"today": self.model.today}


DO: dict[str, Callable[..., None]] = {
    "declare": _in_transaction(lambda s, who, said: operations.declare(s.case, conflict=said, **s.by(who))),
    "take_seat": _in_transaction(lambda s, who: operations.take_seat(s.case, **s.by(who), most_open=MOST_OPEN)),
    "judge": _in_transaction(
        lambda s, who, code, rating, reason: operations.judge(
            s.case, code, rating=_given(rating), reason=reason, note="", private_note="", **s.by(who)
        )
    ),
    "finish": _in_transaction(lambda s, who: operations.finish(s.case, **s.by(who))),
    "settle": _in_transaction(
        lambda s, who, code, rating, reason: operations.settle(
            s.case, code, rating=_given(rating), reason=reason, **s.by(who)
        )
    ),
    "confirm": _in_transaction(
        lambda s, who, code, rating: operations.confirm(s.case, code, rating=_given(rating), **s.by(who))
    ),
    "sign_panel": _in_transaction(lambda s, who: operations.sign_panel(s.case, **s.by(who), **_today(s))),
    "give_result": _in_transaction(lambda s, who: operations.give_result(s.case, **s.by(who), **_today(s))),
    "ask_to_take": _in_transaction(
        lambda s, who, whom: allocating.ask_to_take(s.case, s.stage.ids[whom], **s.by(who), most_open=MOST_OPEN)
    ),
    "waive": _in_transaction(
        lambda s, who, whom, why: allocating.waive(s.case, s.stage.ids[whom], why=why, **s.by(who))
    ),
    "hand_back": _in_transaction(lambda s, who: allocating.hand_back(s.case, **s.by(who))),
    "ask_for_more": _in_transaction(
        lambda s, who, reasons: asking.ask_for_more(s.case, dict(reasons), **s.by(who), **_today(s))
    ),
    "decide": _in_transaction(
        lambda s, who, code, rating, reason, outsider: deciding.decide(
            s.case,
            code,
            rating=_given(rating),
            reason=reason,
            outsider_name=outsider,
            outsider_role=outsider,
            **s.by(who),
            **_today(s),
        )
    ),
    "send_back": _in_transaction(lambda s, who: asking.send_back(s.case, **s.by(who), **_today(s))),
    "save": _in_transaction(_save),
    "accept_result": _in_transaction(lambda s, who: operations.accept_result(s.case, **s.by(who), **_today(s))),
    "reply": _in_transaction(
        lambda s, who, said: replying.reply(
            s.case, {code: Said(words is None, words or "") for code, words in said}, **s.by(who), **_today(s)
        )
    ),
    "appeal": _in_transaction(lambda s, who, said: replying.appeal(s.case, dict(said), **s.by(who), **_today(s))),
    "withdraw": _in_transaction(lambda s, who: assessments.withdraw(s.case.assessment, **s.by(who))),
    "join": _then_known_anew(_join),
    "lose_part": _then_known_anew(_lose_part),
    "erase": _then_known_anew(_erase),
    "time": _time,
}


def go_through(stage: Stage, rounds: int, **how: Any) -> Counter[str]:
    """So many rounds; raises where the product and the model are not of one mind. Answers what was done."""
    machine = type("Rounds", (Rounds,), {"stage": stage, "tally": Counter()})
    given = {
        "max_examples": rounds,
        "stateful_step_count": LONGEST,
        "deadline": None,
        "database": None,
        "suppress_health_check": list(HealthCheck),
        "phases": (Phase.generate, Phase.shrink),
    }
    run_state_machine_as_test(machine, settings=settings(**(given | how)))
    tally: Counter[str] = machine.tally
    return tally


def main() -> None:
    reads = argparse.ArgumentParser(prog="python -m tests.moderation.rounds", description=__doc__)
    reads.add_argument("rounds", type=int, nargs="?", default=2000)
    given = reads.parse_args()
    with tempfile.TemporaryDirectory(prefix="coprod-rounds-", dir=_quick_folder()) as folder:
        stage = Stage(Path(folder))
        begun, used = time.perf_counter(), time.process_time()
        tally = go_through(stage, given.rounds, verbosity=Verbosity.quiet)
        taken, used = time.perf_counter() - begun, time.process_time() - used
        stage.close()
    moves = tally["made"] + tally["made again"] + tally["refused"]
    sys.stdout.write(
        f"{tally['rounds']:,} rounds, {moves:,} moves in {taken:,.0f} s ({used:,.0f} s of one core): "
        f"{tally['made']:,} made, {tally['made again']:,} sent twice, {tally['refused']:,} refused. "
        "The product and the model were of one mind in each.\n"
    )
    for name, number in sorted(tally.items()):
        if name.startswith(" "):
            sys.stdout.write(f"{name:18} {number:>7,}\n")


def _quick_folder() -> str | None:
    """Memory, where there is a folder of it: nothing here has to outlive a power cut."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # a folder of our own is made in it


if __name__ == "__main__":
    main()
