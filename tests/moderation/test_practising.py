"""Practice comes first: nobody takes a live case before they have rated the invented answers closely enough."""

import pytest

from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.framework.queries import current_framework, library
from coprod.moderation import operations, practising
from coprod.moderation.models import PracticeRating, Seat
from coprod.permissions import AreaRole
from coprod.transaction import transaction
from tests.support import build
from tests.support.client import Client
from tests.support.snapshots import sent_in

VERSION = "1.0"
NEW = "nia.new@example.org"


@pytest.fixture
def new(app):
    return build.person("Nia New", AreaRole.REVIEWER, practised=False)


@pytest.fixture
def samples(app):
    framework = current_framework()
    practice = library().practice(framework.slug, framework.version)
    assert practice is not None
    return practice.samples


def rate(who, samples, ratings):
    for sample, rating in zip(samples, ratings, strict=True):
        with transaction():
            practising.rate_sample(
                VERSION, sample.id, rating=rating, actor=build.actor(who.id), now=build.MOMENT
            )


def agreed(samples):
    return [sample.agreed for sample in samples]


def far(samples):
    return [4 if sample.agreed <= 2 else 0 for sample in samples]


def may(who) -> bool:
    return practising.may_take_cases(build.actor(who.id), current_framework())


def test_nobody_takes_a_case_before_they_have_practised(new, samples):
    organisation = build.organisation()
    assessment = sent_in(organisation, build.lead_of(organisation).id)
    with transaction():
        case = operations.open_case(assessment, now=build.MOMENT)
        operations.declare(case, conflict=False, actor=build.actor(new.id), now=build.MOMENT)
    with pytest.raises(WrongState, match="Practise first"), transaction():
        operations.take_seat(case, actor=build.actor(new.id), now=build.MOMENT)
    assert db.session.query(Seat).count() == 0
    rate(new, samples, agreed(samples))
    with transaction():
        operations.take_seat(case, actor=build.actor(new.id), now=build.MOMENT)
    assert db.session.query(Seat).count() == 1


def test_who_is_too_far_off_goes_through_it_again_and_both_rounds_are_kept(new, samples):
    rate(new, samples, far(samples))
    assert not may(new)
    rate(new, samples, agreed(samples))
    assert may(new)
    rounds = [row.round for row in db.session.query(PracticeRating).order_by(PracticeRating.round)]
    assert rounds == [1] * len(samples) + [2] * len(samples)


def test_a_rating_can_not_be_mended_once_what_was_agreed_is_known(new, samples):
    sample = samples[0]
    actor = build.actor(new.id)
    for rating in (0, sample.agreed):
        with transaction():
            kept = practising.rate_sample(VERSION, sample.id, rating=rating, actor=actor, now=build.MOMENT)
    assert kept.rating == 0
    assert db.session.query(PracticeRating).count() == 1


def test_who_has_passed_stays_passed(new, samples):
    rate(new, samples, agreed(samples))
    rate(new, samples, far(samples))
    assert may(new)
    assert db.session.query(PracticeRating).count() == len(samples)


def test_only_reviewers_practise(app, samples):
    outsider = build.person("Cora Ordinator", AreaRole.COORDINATOR)
    with pytest.raises(NotAllowed), transaction():
        practising.rate_sample(
            VERSION, samples[0].id, rating=1, actor=build.actor(outsider.id), now=build.MOMENT
        )


@pytest.mark.parametrize(("version", "sample"), [("9.9", "three-changes"), (VERSION, "not-there")])
def test_there_is_nothing_to_practise_on_beyond_the_set(new, version, sample):
    with pytest.raises(NotFound), transaction():
        practising.rate_sample(version, sample, rating=1, actor=build.actor(new.id), now=build.MOMENT)


@pytest.mark.parametrize("rating", [-1, 5])
def test_a_rating_is_on_the_scale(new, samples, rating):
    with pytest.raises(Invalid), transaction():
        practising.rate_sample(
            VERSION, samples[0].id, rating=rating, actor=build.actor(new.id), now=build.MOMENT
        )


def test_through_the_pages_a_new_reviewer_sees_what_was_agreed_only_after_rating(new, samples, client: Client):
    client.sign_in(NEW)
    page = client.get("/moderation")
    assert "Practise first" in page.text
    client.follow("Go to the practice answers")
    page = client.follow("Rate the next answer")
    first = samples[0]
    assert first.why not in page.text
    page = client.submit("Save and see what was agreed", status=422)
    assert page.errors == ["Choose a rating"]
    page = client.submit("Save and see what was agreed", rating="3")
    assert "One apart from what was agreed" in page.text
    assert first.why in page.text
    for sample in samples[1:]:
        client.follow("Rate the next answer")
        page = client.submit("Save and see what was agreed", rating=str(sample.agreed))
    page = client.follow("See how it went")
    assert "You can take cases now" in page.text
    page = client.follow("See which cases wait for a reviewer")
    assert "Practise first" not in page.text


def test_begin_again_asks_anew_without_showing_what_was_agreed(new, samples, client: Client):
    rate(new, samples, far(samples))
    client.sign_in(NEW)
    page = client.get(f"/moderation/practice/{VERSION}")
    assert "Go through it once more" in page.text
    page = client.follow("Begin again")
    assert samples[0].why not in page.text
    page = client.submit("Save and see what was agreed", rating=str(samples[0].agreed))
    assert "The same as was agreed" in page.text
