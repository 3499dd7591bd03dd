"""The coordinator takes a certificate back: at that moment everything public says so, and nothing says why."""

from datetime import date

import pytest
from flask import Flask

from coprod.certificates import making
from coprod.certificates.models import Certificate
from coprod.charter import operations as charter
from coprod.charter.models import SignUp
from coprod.charter.rules import Promised
from coprod.database import db
from coprod.errors import Invalid, NotAllowed, WrongState
from coprod.history import Event
from coprod.mail.models import Letter
from coprod.permissions import AreaRole
from coprod.register import queries as register
from coprod.transaction import transaction
from tests.certificates.test_certificates_rows import awarded
from tests.support import build
from tests.support.build import MOMENT
from tests.support.client import Client

TODAY = MOMENT.date()
WHY = "A canary reason that nobody outside reads"


@pytest.fixture
def signed(app: Flask) -> SignUp:
    where = build.organisation("Hazel Lane School")
    lead = build.lead_of(where)
    with transaction():
        return charter.sign(
            where,
            senior_lead="Senior",
            family_link="Link",
            signatory_name="Name",
            signatory_role="Head",
            agreed=True,
            commitments=[Promised(f"Promise {n}", date(2027, n, 1), n == 1) for n in (1, 2, 3)],
            actor=build.actor(lead.id),
            now=MOMENT,
            today=TODAY,
        )


def revoke(certificate: Certificate, why: str = WHY, *roles: AreaRole) -> None:
    who = build.person("Alex Coordinator", *(roles or (AreaRole.COORDINATOR,)))
    with transaction():
        charter.revoke(certificate, why=why, actor=build.actor(who.id), now=MOMENT, today=TODAY)


def everywhere(client: Client, certificate: Certificate, slug: str) -> dict[str, str]:
    """What every public place says, as it is served."""
    places = {
        "verify": f"/verify/{certificate.code}",
        "list": "/signatories",
        "profile": f"/signatories/{slug}",
        "badge": f"/signatories/{slug}/badge.svg",
        "json": "/signatories.json",
        "csv": "/signatories.csv",
        "feed": "/signatories.atom",
        "register": "/register.jsonl",
    }
    return {name: client.http.get(address).text for name, address in places.items()}


def test_a_signing_that_is_taken_back_is_gone_everywhere_at_once(signed: SignUp, client: Client) -> None:
    certificate, slug = signed.certificate, signed.organisation.slug
    assert certificate is not None
    assert "Hazel Lane School" in everywhere(client, certificate, slug)["list"]
    revoke(certificate)
    said = everywhere(client, certificate, slug)
    assert "Revoked on 22 November 2026" in said["verify"]
    assert "Hazel Lane School" not in said["list"]
    assert "The area took its signing back on" in said["profile"]
    assert "Withdrawn" in said["badge"]
    assert "Hazel Lane School" not in said["json"] + said["csv"]
    assert "A certificate of Hazel Lane School was withdrawn" in said["feed"]
    assert "certificate.revoked" in said["register"]
    assert WHY not in "".join(said.values())
    assert register.verify_database().sound


def test_an_award_that_is_taken_back_leaves_the_signing(signed: SignUp, client: Client) -> None:
    award = awarded(signed.organisation)
    slug = signed.organisation.slug
    revoke(award)
    said = everywhere(client, award, slug)
    assert "Revoked on 22 November 2026" in said["verify"]
    assert "Award withdrawn" in said["list"]
    assert "Established award was withdrawn" in said["profile"]
    assert "Award withdrawn" in said["badge"]
    assert signed.ended_on is None
    assert WHY not in "".join(said.values())


def test_it_is_written_down_with_who_and_why_and_the_leads_hear_of_it(signed: SignUp) -> None:
    certificate = signed.certificate
    assert certificate is not None
    revoke(certificate)
    assert certificate.ended_why == WHY
    event = db.session.query(Event).filter_by(what="certificate.ended").one()
    assert event.actor_id is not None
    letter = db.session.query(Letter).filter_by(template="certificate_revoked").one()
    assert "has been taken back" in letter.subject
    assert WHY not in (letter.words or "")


@pytest.mark.parametrize("role", [AreaRole.REVIEWER, AreaRole.LEAD_REVIEWER])
def test_only_the_coordinator_may(signed: SignUp, role: AreaRole) -> None:
    assert signed.certificate is not None
    with pytest.raises(NotAllowed):
        revoke(signed.certificate, WHY, role)


def test_it_needs_a_reason(signed: SignUp) -> None:
    assert signed.certificate is not None
    with pytest.raises(Invalid, match="why"):
        revoke(signed.certificate, " \u200b ")


def test_the_coordinator_does_it_from_the_check_page(signed: SignUp, client: Client) -> None:
    certificate = signed.certificate
    assert certificate is not None
    code = certificate.code
    assert "Take this certificate back" not in client.get(f"/verify/{code}").text
    who = build.person("Alex Coordinator", AreaRole.COORDINATOR)
    client.sign_in(who.email)
    client.get(f"/verify/{code}")
    client.follow("Take this certificate back")
    assert "Enter why it is taken back" in " ".join(client.submit("Take this certificate back", status=422).errors)
    shown = client.submit("Take this certificate back", why=WHY)
    assert "Revoked on 22 November 2026" in shown.text
    assert "Take this certificate back" not in shown.text


def test_what_was_taken_back_can_not_be_taken_back_again(signed: SignUp) -> None:
    certificate = signed.certificate
    assert certificate is not None
    revoke(certificate)
    making.make_missing(now=MOMENT)
    who = db.session.query(Event).filter_by(what="certificate.ended").one().actor_id
    assert who is not None
    with pytest.raises(WrongState), transaction():
        charter.revoke(certificate, why=WHY, actor=build.actor(who), now=MOMENT, today=TODAY)
