"""Several people at once: whatever the order of their saves, the last accepted words stand and none are lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from coprod.assessments import drafting, queries
from coprod.assessments.answering import StaleAnswer
from coprod.assessments.models import Answer
from coprod.database import db
from coprod.permissions import MemberRole
from tests.conftest import made
from tests.support import assessments as make
from tests.support import build
from tests.support.client import Client

PEOPLE = 20  # in one process, which serves 12 at a time otherwise, and has connections for as many
CODES = ("RA1", "RA2", "LLE1")
SAVES = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(CODES), st.booleans(), st.sampled_from("abcde")),
    min_size=1,
    max_size=12,
)


@pytest.fixture(name="settings")
def enough_connections(tmp_path, engine):
    return made(tmp_path, database_connections=PEOPLE + 2)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(saves=SAVES)
def test_the_last_accepted_words_stand_and_nothing_accepted_is_lost(app, saves):
    """Each save is by one of three people, on top of what they saw last, looked at again just before or long ago."""
    where = build.organisation()
    people = [build.person(f"P{n}", email=f"{where.slug}-{n}@example.org") for n in range(3)]
    for who in people:
        build.membership(who, where)
    actors = [build.actor(who.id) for who in people]
    draft = make.started(where, actors[0])
    seen = {(n, code): None for n in range(3) for code in CODES}
    accepted = {code: [] for code in CODES}
    for number, (who, code, looks, words) in enumerate(saves):
        if looks:
            seen[who, code] = _revision(draft, code)
        text = f"{words}{number}"
        try:
            make.save(draft, code, actors[who], account=text, revision=seen[who, code])
        except StaleAnswer as stale:
            shown = stale.yours.account, stale.theirs.account
            assert shown == (text, accepted[code][-1])
        else:
            accepted[code].append(text)
            seen[who, code] = _revision(draft, code)
    for code, texts in accepted.items():
        row = drafting.answer_to(draft, code)
        assert (row.account if row else None) == (texts[-1] if texts else None)
        kept = [version.account for version, _ in drafting.versions_of(row)[0]] if row else []
        assert kept == texts[::-1]


def _revision(draft, code):
    db.session.expire_all()
    return db.session.scalar(
        select(Answer.revision).where(Answer.assessment_id == draft.id, Answer.question_code == code)
    )


def test_20_people_at_once_on_20_assessments_lose_nothing(app):
    places = [_place(number) for number in range(PEOPLE)]
    windows = [_window(app, email) for _, email in places]
    with ThreadPoolExecutor(PEOPLE) as hands:
        statuses = list(hands.map(lambda n: _write(app, windows[n], places[n][0], n), range(PEOPLE)))
    assert statuses == [[302] * 4] * PEOPLE
    db.session.rollback()
    for number, (draft, _) in enumerate(places):
        rows = queries.rows_of(db.session.get_one(make.Assessment, draft))
        assert {code: row.account for code, row in rows.items()} == _texts(number)


def _place(number):
    where = build.organisation(f"School {number}")
    who = build.person(f"Person {number}")
    build.membership(who, where, MemberRole.LEAD)
    return make.started(where, build.actor(who.id)).id, who.email


def _texts(number):
    return {code: f"Person {number} on {code}" for code in ("RA1", "RA2", "RA3", "RA4")}


def _window(app, email):
    client = Client(app)
    client.sign_in(email)
    return client


def _write(app, client, draft, number):
    """One person in a window of their own. Where the database is busy they press the button again."""
    with app.app_context():
        answers = []
        for code, text in _texts(number).items():
            page = client.get(f"/assessments/{draft}/questions/{code}")
            fields = page.form("Save and stay").iter("input")
            token = next(field.get("value") for field in fields if field.get("name") == "csrf_token")
            data = {"rating": "2", "account": text, "revision": "", "csrf_token": token}
            status = 503
            while status == 503:
                status = client.http.post(f"/assessments/{draft}/questions/{code}", data=data).status_code
            answers.append(status)
        return answers
