"""The signed document: made once, whole, genuine to other programs, and refused after any change."""

import asyncio
import hashlib
import io
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt as pyjwt
import page
import pytest
from flask import Flask
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from coprod.certificates import document, making, operations, queries, rules, signing
from coprod.certificates.credential import credential
from coprod.certificates.models import Certificate, CertificateDocument
from coprod.database import db
from coprod.errors import Busy
from coprod.keys import operations as keys
from coprod.keys import queries as public_keys
from coprod.keys.ring import Purpose
from coprod.transaction import transaction
from coprod.web.deployment import storage
from coprod.web.press import DocumentFault
from tests.certificates.test_certificates_rows import awarded, signed
from tests.support.build import MOMENT, lead_of, organisation
from tests.support.client import Client

FEW = 300  # The bench tries 10,000.


@pytest.fixture
def made(app: Flask) -> Certificate:
    award = awarded(organisation("Hazel Lane School"))
    assert making.make_missing(now=MOMENT) == 1
    return award


dice_of = random.Random  # the same changes each time, and nothing secret


def content(certificate: Certificate) -> bytes:
    return making.document_of(certificate)


def apart(work: Callable[[], Any]) -> Any:
    """Done in a thread without an event loop: a browser test leaves one in the thread of the tests."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def genuine(found: bytes) -> bool:
    """What a program that knows nothing of us, but trusts our certificate, says of the signature."""
    key = keys.ring().key(Purpose.DOCUMENT)
    *_, root = load_certs_from_pemder_data(key.chain.encode())
    trusted = ValidationContext(trust_roots=[root], allow_fetching=False)
    try:
        (signature,) = PdfFileReader(io.BytesIO(found)).embedded_signatures
        status = apart(lambda: validate_pdf_signature(signature, signer_validation_context=trusted))
    except Exception:  # Whatever a broken file does to a reader, it is not genuine to it.
        return False
    return bool(status.bottom_line and status.docmdp_ok and status.coverage.name == "ENTIRE_FILE")


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level("CRITICAL"):
        yield


def test_the_signature_is_genuine_and_covers_the_whole_file(made: Certificate) -> None:
    found = content(made)
    assert genuine(found)
    reader = PdfReader(io.BytesIO(found))
    signature = reader.get_fields()["Issuer"]["/V"]
    assert signature["/Reason"] == f"Certificate {made.code}"
    assert signature["/SubFilter"] == "/ETSI.CAdES.detached"
    assert reader.root_object["/Perms"]["/DocMDP"]


@pytest.mark.parametrize("standard", ["pdf/a-3a", "pdf/ua-1"])
def test_both_standards_hold_before_and_after_the_signature(made: Certificate, standard: str) -> None:
    plain = document.render(rules.from_json(made.facts), made.credential or "")
    for found in (plain, content(made)):
        checked = page.validate_pdf_bytes(found, profile=standard)
        assert checked.failures == []
        assert checked.is_compliant


def test_the_document_is_made_once_and_served_as_made(made: Certificate, client: Client) -> None:
    first = content(made)
    assert made.file_hash == hashlib.sha256(first).hexdigest()
    assert making.make_missing(now=MOMENT) == 0
    assert making.make([made.id], now=MOMENT) == 0
    who = lead_of(made.organisation)
    address = f"/certificates/{made.id}.pdf"
    client.sign_in(who.email)
    answer = client.http.get(address)
    assert answer.data == first
    assert answer.headers["Content-Disposition"].endswith("-established.pdf")
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_not_made_yet_says_so_and_reading_makes_nothing(app: Flask, client: Client) -> None:
    award = awarded(organisation())
    who = lead_of(award.organisation)
    address = f"/certificates/{award.id}.pdf"
    client.sign_in(who.email)
    answer = client.http.get(address)
    assert answer.status_code == 503
    assert "still being made" in answer.text
    assert db.session.query(CertificateDocument).count() == 0


def test_the_unsigned_document_is_the_same_whenever_it_is_made(made: Certificate) -> None:
    facts = rules.from_json(made.facts)
    assert document.render(facts, made.credential or "") == document.render(facts, made.credential or "")
    assert content(made).startswith(document.render(facts, made.credential or ""))


def test_a_document_lost_from_storage_is_made_again(made: Certificate) -> None:
    first, before = content(made), made.file_hash
    assert before is not None
    storage().path(before).unlink()
    with pytest.raises(Busy):
        content(made)
    assert making.make([made.id], now=MOMENT) == 1
    again = content(made)
    assert genuine(again)
    assert again != first  # The signature has a moment of its own; the older document stays genuine too.
    assert queries.checked_file(before, today=MOMENT.date()) is not None


def test_what_goes_wrong_leaves_the_issue_standing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    award = awarded(organisation())

    def broken(*_given: object) -> bytes:
        raise DocumentFault("a fault")

    monkeypatch.setattr(document, "render", broken)
    making.make_soon(award.organisation_id, now=MOMENT)
    assert award.file_hash is None
    monkeypatch.undo()
    making.make_soon(award.organisation_id, now=MOMENT)
    assert award.file_hash is not None


@pytest.mark.usefixtures("quiet")
def test_random_changes_are_never_taken_for_genuine(made: Certificate) -> None:
    found, dice = content(made), dice_of(7)
    # Room that was kept free for the signature says nothing: only the hash sees a change there.
    begins = found.index(b"/Contents <")
    ends = found.index(b">", begins)
    for number in range(FEW):
        changed = bytearray(found)
        place = dice.randrange(len(found))
        changed[place] ^= 1 << dice.randrange(8)
        assert queries.checked_file(hashlib.sha256(changed).hexdigest(), today=MOMENT.date()) is None
        if number % 15 == 0 and not begins <= place < ends:
            assert not genuine(bytes(changed)), place


@pytest.mark.usefixtures("quiet")
def test_a_document_signed_with_another_key_is_not_genuine(made: Certificate) -> None:
    plain = document.render(rules.from_json(made.facts), made.credential or "")
    old = keys.ring().key(Purpose.DOCUMENT)
    with transaction():
        keys.rotate(now=MOMENT)
    assert not genuine(signing.signed(plain, key=old, reason="x"))  # It trusts the new certificate alone.
    assert genuine(signing.signed(plain, key=keys.ring().key(Purpose.DOCUMENT), reason="x"))


def readers(token: str) -> list[dict[str, object]]:
    """What three libraries read in a credential, with nothing but our published keys."""
    listed = public_keys.jwks()
    kid = pyjwt.get_unverified_header(token)["kid"]
    named = next(key for key in listed["keys"] if key["kid"] == kid)
    return [
        jwt.decode(token, KeySet.import_key_set(listed), algorithms=["RS256", "ES256"]).claims,
        pyjwt.decode(token, pyjwt.PyJWK(named), algorithms=[named["alg"]], options={"verify_aud": False}),
    ]


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_other_libraries_accept_the_credential(app: Flask, algorithm: str) -> None:
    keys.ring().badge_algorithm = algorithm
    award = awarded(organisation("Hazel Lane School"))
    making.make_missing(now=MOMENT)
    assert award.credential is not None
    assert pyjwt.get_unverified_header(award.credential)["alg"] == algorithm
    for claims in readers(award.credential):
        assert claims["credentialSubject"]["achievement"]["name"] == "Established"  # type: ignore[index]  # as it is
        assert claims["exp"] > claims["nbf"]  # type: ignore[operator]  # numbers
        assert claims["jti"] == rules.from_json(award.facts).link


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_open_badges_own_library_accepts_the_credential(app: Flask, algorithm: str) -> None:
    from openbadgeslib.ob3.verifier import OB3Verifier

    keys.ring().badge_algorithm = algorithm
    award = awarded(organisation("Hazel Lane School"))
    making.make_missing(now=MOMENT)
    key = keys.ring().key(Purpose.BADGE)
    public = key.private.as_pem(private=False)
    read = OB3Verifier(pubkey_pem=public).verify(award.credential)
    assert read is not None


def test_a_changed_credential_is_refused(made: Certificate) -> None:
    listed, dice = KeySet.import_key_set(public_keys.jwks()), dice_of(7)
    token = made.credential or ""
    for _ in range(FEW):
        place = dice.randrange(len(token))
        other = dice.choice([c for c in "ABCxyz019-_" if c != token[place]])
        changed = token[:place] + other + token[place + 1 :]
        try:
            read = jwt.decode(changed, listed, algorithms=["RS256", "ES256"]).claims
        except (JoseError, ValueError, KeyError):
            continue
        # The last sign of a part may hold bits that mean nothing: then nothing that it says is changed.
        assert read == jwt.decode(token, listed, algorithms=["RS256", "ES256"]).claims


def test_the_credential_stands_inside_the_document_and_can_be_downloaded(made: Certificate, client: Client) -> None:
    (inside,) = PdfReader(io.BytesIO(content(made))).attachments["credential.jwt"]
    answer = client.http.get(f"/verify/{made.code}/credential.jwt")
    assert answer.text == inside.decode() == made.credential
    assert answer.mimetype == "application/jwt"
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.http.get("/verify/nonsense/credential.jwt").status_code == 404


def test_a_signing_promises_and_names_nobody(app: Flask) -> None:
    made = signed(organisation("Hazel Lane School"))
    said = credential(rules.from_json(made.facts), made.organisation_id)
    assert "validUntil" not in said
    assert said["credentialSubject"]["achievement"]["achievementType"] == "Certificate"
    assert operations.HEADLINE in said["name"]


def test_a_document_is_signed_also_where_an_event_loop_runs(app: Flask) -> None:
    award = awarded(organisation("Hazel Lane School"))
    made, key = document.render(rules.from_json(award.facts)), keys.ring().key(Purpose.DOCUMENT)

    async def within_a_loop() -> bytes:
        return signing.signed(made, key=key, reason="a test")

    assert genuine(apart(lambda: asyncio.run(within_a_loop())))
