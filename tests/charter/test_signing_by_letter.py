"""Somebody fills the charter in, and the person who may sign says yes or no by the link in a letter."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from coprod.accounts import leaving
from coprod.certificates import making
from coprod.charter import asking, confirming, operations, queries, requested
from coprod.charter.models import SigningRequest
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, NotFound, WrongState
from coprod.framework.queries import current_charter
from coprod.mail.models import Letter
from coprod.permissions import ANONYMOUS, Actor, AreaRole, MemberRole
from coprod.register import queries as register
from coprod.settings import Settings
from coprod.transaction import transaction
from tests.support.build import MOMENT, actor, lead_of, membership, organisation, person
from tests.support.client import Client
from tests.support.letters import letters_to
from tests.support.signing import PROMISES, address_of, asked, filled, link_to

TODAY = MOMENT.date()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def no_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed takes a second each time, and is no matter here."""
    monkeypatch.setattr(making, "make_soon", lambda *_given, **_named: None)


def approval(app: Flask) -> None:
    settings: Settings = app.extensions["coprod.settings"]
    app.extensions["coprod.settings"] = settings.model_copy(update={"charter_approval": True})


def confirm(secret: str, *, agreed: bool = True, who: Actor = ANONYMOUS, days: int = 0) -> bool:
    with transaction():
        return confirming.confirm(secret, agreed=agreed, actor=who, now=MOMENT + days * DAY, today=TODAY + days * DAY)


def refuse(secret: str, words: str = "The dates are wrong.") -> None:
    with transaction():
        confirming.refuse(secret, words=words, actor=ANONYMOUS, now=MOMENT)


def test_nothing_is_public_until_the_signatory_agrees(app: Flask, client: Client) -> None:
    where = organisation()
    request = asked(where, actor(lead_of(where).id))
    assert queries.in_force(where.id) is None
    assert list(register.entries()) == []
    assert where.name not in client.get("/signatories").text
    client.get(f"/signatories/{where.slug}", status=404)
    assert confirm(link_to(request))
    made = queries.in_force(where.id)
    assert made is not None
    assert (made.signatory_name, made.confirmed_at, made.signed_on) == ("Canary Head", MOMENT, TODAY)
    assert [one.text for one in made.commitments] == [one.text for one in PROMISES]
    assert where.name in client.get("/signatories").text
    assert "Canary" not in client.get(f"/signatories/{where.slug}").text + str(list(register.entries()))


def test_the_head_reads_it_all_and_signs_without_an_account(app: Flask, client: Client) -> None:
    where = organisation()
    request = asked(where, actor(lead_of(where).id))
    path = f"/charter/confirm/{link_to(request)}"
    shown = client.get(path)
    for words in ("Canary Head, Head teacher", "Canary Senior", "Canary Link", current_charter().declaration[:60]):
        assert words in shown.text
    for promise in PROMISES:
        assert promise.text in shown.text
    for value in current_charter().values:
        assert value.promise in shown.text
    assert client.submit("Sign the charter", status=422).errors == ["Tick the box to agree to the declaration"]
    assert client.submit("Sign the charter", agreed="y").h1 == "Thank you for signing"
    assert client.get(path, status=404).h1 == "This link does not work any more"
    assert "Canary" not in client.get(f"/signatories/{where.slug}").text


def test_opening_the_link_decides_nothing(app: Flask, client: Client) -> None:
    """Programs that look through mail open each link."""
    where = organisation()
    request = asked(where, actor(lead_of(where).id))
    for page in ("", "/not-right"):
        client.get(f"/charter/confirm/{link_to(request)}{page}")
    db.session.refresh(request)
    assert request.state == "asked"
    assert queries.in_force(where.id) is None


def test_only_a_hash_of_the_link_is_kept_and_it_works_once(app: Flask) -> None:
    where = organisation()
    request = asked(where, actor(lead_of(where).id))
    secret = link_to(request)
    assert secret not in str(vars(request))
    assert len(secret) >= 43
    confirm(secret)
    for answer in (confirm, refuse):
        with pytest.raises(NotFound):
            answer(secret)
    assert db.session.query(SigningRequest).one().secret_hash is None


def test_the_link_runs_out_after_14_days_and_never_outlives_a_date_in_the_commitments(app: Flask) -> None:
    where, soon = organisation("Later"), organisation("Soon")
    secret = link_to(asked(where, actor(lead_of(where).id)))
    with pytest.raises(NotFound):
        confirm(secret, days=14)
    promises = (replace(PROMISES[0], due=TODAY + 3 * DAY), *PROMISES[1:])
    near = link_to(asked(soon, actor(lead_of(soon, "Other Lead").id), commitments=promises))
    with pytest.raises(NotFound):
        confirm(near, days=3)
    assert confirm(near, days=2)


@pytest.mark.parametrize("happens", ["removed", "closed", "new text"])
def test_the_link_ends_when_what_it_stands_on_ends(
    app: Flask, happens: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = organisation()
    who = lead_of(where)
    secret = link_to(asked(where, actor(who.id)))
    if happens == "removed":
        who.memberships[0].ended_at = MOMENT
    elif happens == "closed":
        who.active = False
    else:
        newer = replace(current_charter(), version="2.0", sha256="f" * 64)
        monkeypatch.setattr(confirming, "current_charter", lambda: newer)
    db.session.commit()
    with pytest.raises(NotFound):
        confirm(secret)


def test_whoever_filled_it_in_can_not_answer_it(app: Flask) -> None:
    where = organisation()
    lead = actor(lead_of(where).id)
    secret = link_to(asked(where, lead))
    with pytest.raises(NotAllowed):
        confirm(secret, who=lead)
    with pytest.raises(NotAllowed), transaction():
        confirming.refuse(secret, words="No", actor=lead, now=MOMENT)
    own = filled(where, signatory_email="RAVI.LEAD@example.org ")
    with pytest.raises(Invalid) as refusal, transaction():
        asking.ask([own], commitments=PROMISES, actor=lead, now=MOMENT, today=TODAY)
    assert refusal.value.field == "signatory_email_1"


def test_a_no_with_its_words_reaches_the_leads_and_is_mended_on_the_page(app: Flask, client: Client) -> None:
    where = organisation()
    lead = lead_of(where)
    secret = link_to(asked(where, actor(lead.id)))
    client.get(f"/charter/confirm/{secret}")
    client.follow("No, this is not right")
    assert client.submit("Send this back", status=422).errors == ["Say what is not right, so that it can be mended"]
    assert client.submit("Send this back", words="The second date is too soon.").h1 == "It is sent back"
    assert "The second date is too soon." in (letters_to(lead.email)[-1].words or "")
    assert list(register.entries()) == []
    client.sign_in(lead.email)
    shown = client.get(f"/organisations/{where.id}/charter")
    assert "Canary Head says that it is not right." in shown.text
    assert "The second date is too soon." in shown.text
    client.follow("Mend it and send it again")
    client.submit("Send it to the person who signs", due_2=["1", "8", "2027"])
    latest = requested.last_request(where.id)
    assert latest is not None
    assert (latest.state, latest.commitments[1].due) == ("asked", date(2027, 8, 1))
    assert latest.signatory_name == "Canary Head"


def test_sending_it_again_makes_a_new_link_and_taking_it_back_ends_it(app: Flask, client: Client) -> None:
    where = organisation()
    lead = lead_of(where)
    request = asked(where, actor(lead.id))
    old = link_to(request)
    client.sign_in(lead.email)
    client.get(f"/organisations/{where.id}/charter")
    assert "The charter waits to be signed" in client.get(f"/organisations/{where.id}").text
    client.follow("See how far it is")
    client.submit("Send the letter again")
    new = letters_to(address_of(where))
    assert len(new) == 2
    with pytest.raises(NotFound):
        confirm(old)
    client.submit("Take it back")
    db.session.refresh(request)
    assert (request.state, request.secret_hash) == ("withdrawn", None)
    assert "Waiting for" not in client.get(f"/organisations/{where.id}/charter").text


def test_filling_it_in_anew_or_signing_oneself_sets_the_first_aside(app: Flask) -> None:
    where = organisation()
    lead = actor(lead_of(where).id)
    first, second = asked(where, lead), asked(where, lead, now=MOMENT + DAY)
    db.session.refresh(first)
    assert (first.state, second.state) == ("withdrawn", "asked")
    with transaction():
        operations.sign(
            where, **filled(where).named, agreed=True, commitments=PROMISES, actor=lead, now=MOMENT, today=TODAY
        )
    db.session.refresh(second)
    assert second.state == "withdrawn"
    with pytest.raises(WrongState):
        asked(where, lead)


@pytest.mark.parametrize("name", ["senior_lead", "family_link", "signatory_name", "signatory_role", "signatory_email"])
def test_what_is_missing_is_named_for_its_organisation(app: Flask, name: str) -> None:
    first, second = organisation("First"), organisation("Second")
    who = lead_of(first)
    membership(who, second)
    with pytest.raises(Invalid) as refusal, transaction():
        asking.ask(
            [filled(first), filled(second, **{name: " "})],
            commitments=PROMISES,
            actor=actor(who.id),
            now=MOMENT,
            today=TODAY,
        )
    assert refusal.value.field == f"{name}_2"
    assert db.session.query(SigningRequest).count() == db.session.query(Letter).count() == 0


def trust_of(*schools: Any) -> Any:
    trust = organisation("Oak Trust", kind="trust")
    for each in (trust, *schools):
        each.trust_code = "2345"
    db.session.commit()
    return trust


def test_the_lead_of_a_trust_fills_it_in_once_and_each_head_signs_for_their_school(
    app: Flask, client: Client
) -> None:
    schools = [organisation("Ash School"), organisation("Beech School")]
    lead = lead_of(trust_of(*schools))
    organisation("Elm School")
    client.sign_in(lead.email)
    client.get("/charter")
    page = client.follow("Fill it in for several schools at once")
    assert "Elm School" not in page.text
    client.submit("Go on", organisations=[str(each.id) for each in schools])
    given = {f"{name}_{n}": f"{name} {n}" for n in (1, 2) for name in filled(schools[0]).named}
    given |= {f"signatory_email_{n}": address_of(where) for n, where in enumerate(schools, 1)}
    promised = {f"commitment_{n}": one.text for n, one in enumerate(PROMISES, 1)}
    days = {f"due_{n}": [one.due.day, one.due.month, one.due.year] for n, one in enumerate(PROMISES, 1)}
    done = client.submit("Send it to the people who sign", **given, **promised, **days, feedback_1="y")
    assert "2 letters sent" in done.text
    assert "Waiting for signatory_name 2 to sign." in done.text
    requests = {each.organisation_id: each for each in db.session.query(SigningRequest)}
    assert confirm(link_to(requests[schools[1].id]))
    assert queries.in_force(schools[0].id) is None
    signed = queries.in_force(schools[1].id)
    assert signed is not None
    assert signed.signatory_name == "signatory_name 2"
    assert "Beech School" not in client.get("/charter/for-others").text


def test_a_trust_reaches_its_own_schools_only_and_only_through_its_leads(app: Flask) -> None:
    inside, outside = organisation("Ash School"), organisation("Elm School")
    trust = trust_of(inside)
    lead, helper = lead_of(trust), person("Con Tributor")
    membership(helper, trust, MemberRole.CONTRIBUTOR)
    sibling = lead_of(inside, "Ash Lead")
    other = organisation("Birch School")
    other.trust_code = "2345"
    db.session.commit()
    for who, where in ((lead, outside), (helper, inside), (sibling, other)):
        with pytest.raises(NotFound):
            requested.to_ask(where.id, actor(who.id))
        with pytest.raises(NotAllowed):
            asked(where, actor(who.id))
    with pytest.raises(NotAllowed), transaction():
        operations.sign(
            inside,
            **filled(inside).named,
            agreed=True,
            commitments=PROMISES,
            actor=actor(lead.id),
            now=MOMENT,
            today=TODAY,
        )


def test_with_approval_nothing_counts_before_the_coordinator_says_so(app: Flask, client: Client) -> None:
    approval(app)
    where = organisation()
    lead, boss = lead_of(where), person("Cora Ordinator", AreaRole.COORDINATOR)
    assert confirm(link_to(asked(where, actor(lead.id)))) is False
    assert queries.in_force(where.id) is None
    assert "waits for you" in letters_to(boss.email)[0].subject
    client.sign_in(boss.email)
    client.get("/start")
    client.follow("Sign-ups to approve")
    client.follow("Hazel Lane School")
    client.follow("Put it on hold, with a reason")
    assert client.submit("Put it on hold", status=422).errors == ["Say why it is on hold, and what would help"]
    client.submit("Put it on hold", why="Canary: say who the families are.")
    request = db.session.query(SigningRequest).one()
    assert request.state == "held"
    assert "Canary: say who the families are." in (letters_to(lead.email)[-1].words or "")
    client.sign_out()
    client.sign_in(lead.email)
    assert "Canary: say who the families are." in client.get(f"/organisations/{where.id}/charter").text
    client.sign_out()
    client.sign_in(boss.email)
    client.get(f"/charter/waiting/{request.id}")
    assert "Hazel Lane School is on the public list." in client.submit("Approve this sign-up").text
    made = queries.in_force(where.id)
    assert made is not None
    assert made.confirmed_at == MOMENT
    assert "Canary" not in str(list(register.entries())) + client.get(f"/signatories/{where.slug}").text


def test_with_approval_who_signs_themselves_waits_too(app: Flask, client: Client) -> None:
    approval(app)
    where = organisation()
    lead = lead_of(where)
    who = actor(lead.id)
    sign: dict[str, Any] = {"agreed": True, "commitments": PROMISES, "actor": who, "now": MOMENT, "today": TODAY}
    with pytest.raises(WrongState), transaction():
        operations.sign(where, **filled(where).named, **sign)
    for _ in range(2):
        with transaction():
            asking.put_forward(where, **filled(where).named, **sign)
    request = db.session.query(SigningRequest).one()
    assert (request.state, request.signatory_email) == ("agreed", None)
    client.sign_in(lead.email)
    assert "The coordinator looks at it next." in client.get(f"/organisations/{where.id}/charter").text


def test_only_a_coordinator_from_elsewhere_approves(app: Flask) -> None:
    approval(app)
    where = organisation()
    lead = lead_of(where)
    confirm(link_to(asked(where, actor(lead.id))))
    request = db.session.query(SigningRequest).one()
    own = person("Own Coordinator", AreaRole.COORDINATOR)
    membership(own, where, MemberRole.CONTRIBUTOR)
    for who in (own, lead, person("A Reviewer", AreaRole.REVIEWER)):
        for decide in (
            lambda who: confirming.approve(request, actor=actor(who.id), now=MOMENT, today=TODAY),
            lambda who: confirming.hold(request, why="No", actor=actor(who.id), now=MOMENT),
        ):
            with pytest.raises(NotAllowed), transaction():
                decide(who)
    assert queries.in_force(where.id) is None


def test_who_was_asked_is_forgotten_some_time_after(app: Flask) -> None:
    where, waits = organisation(), organisation("Waiting School")
    asked(where, actor(lead_of(where).id))
    asked(waits, actor(lead_of(waits, "Other Lead").id))
    request = db.session.query(SigningRequest).filter_by(organisation_id=waits.id).one()
    with transaction():
        asking.await_approval(request, actor=ANONYMOUS, now=MOMENT)
    for days, gone in ((14 + 89, 0), (14 + 90, 1)):
        with transaction():
            assert asking.forget_old(now=MOMENT + days * DAY) == gone
    assert [each.organisation_id for each in db.session.query(SigningRequest)] == [waits.id]


HIDDEN = "\u202e"


@pytest.mark.parametrize("name", ["signatory_name_1", "senior_lead_1", "signatory_role_1", "commitment_1"])
def test_a_character_that_turns_text_round_is_refused_beside_its_field(
    app: Flask, client: Client, name: str
) -> None:
    where = organisation()
    client.sign_in(lead_of(where).email)
    client.get(f"/organisations/{where.id}/charter/ask")
    page = client.submit("Send it to the person who signs", status=422, **{name: f"Jo{HIDDEN}nna"})
    beside = next(each for each in page.tree.iter() if each.get("id") == f"{name}-error")
    assert "a character that can't be seen (code U+202E)" in "".join(beside.itertext())


def test_a_name_in_any_script_is_read_as_it_was_typed(app: Flask, client: Client) -> None:
    where = organisation("ਗੁਰਮੁਖੀ ਸਕੂਲ 学校 🌻")
    names = {"signatory_name": "أمل الخوري", "signatory_role": "Pennaeth yr ysgol ŵ"}
    with transaction():
        request = asking.ask(
            [filled(where, **names)],
            commitments=PROMISES,
            actor=actor(lead_of(where).id),
            now=MOMENT,
            today=TODAY,
        )[0]
    shown = client.get(f"/charter/confirm/{link_to(request)}").text
    for words in (*names.values(), where.name):
        assert words in shown


def test_who_leaves_is_asked_no_more_and_named_nowhere(app: Flask) -> None:
    where = organisation()
    lead = lead_of(where)
    head = person("Canary Head", email=address_of(where))
    request = asked(where, actor(lead.id))
    with transaction():
        leaving.erase(head, actor=head.actor, now=MOMENT)
    db.session.refresh(request)
    assert (request.state, request.secret_hash, request.signatory_email) == ("withdrawn", None, None)
    assert "Canary Head" not in str([getattr(request, column.key) for column in SigningRequest.__table__.columns])
