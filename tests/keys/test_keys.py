"""Private keys stay in files that only their owner reads; public keys stay listed for ever."""

import stat
from base64 import b64decode, urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificates
from flask import Flask
from sqlalchemy import text

from coprod.certificates import making
from coprod.database import db
from coprod.history import Event
from coprod.keys import operations, queries
from coprod.keys.models import PublicKey
from coprod.keys.ring import Purpose, Ring, ring
from coprod.register import queries as register
from coprod.settings import BadSettings
from coprod.transaction import transaction
from tests.certificates.test_certificates_rows import awarded
from tests.conftest import made
from tests.support.build import MOMENT, organisation
from tests.support.client import Client

ALL = tuple(Purpose)


def in_use() -> dict[Purpose, str]:
    with transaction():
        return {purpose: operations.in_use(purpose, now=MOMENT).id for purpose in ALL}


def private_parts() -> list[bytes]:
    """What gives each private key away, as it would be written."""
    secrets = [ring().key(purpose).private.as_dict(private=True)["d"] for purpose in ALL]
    raw = [urlsafe_b64decode(each + "==") for each in secrets]
    return [b"PRIVATE KEY", *raw, *(each.hex().encode() for each in raw), *(each.encode() for each in secrets)]


def test_keys_are_files_that_only_their_owner_reads(tmp_path: Path) -> None:
    held = Ring(made(tmp_path))
    for purpose in ALL:
        held.key(purpose)
        assert stat.S_IMODE(held.place(purpose).stat().st_mode) == 0o600
    assert stat.S_IMODE(held.folder.stat().st_mode) == 0o700
    assert {held.key(purpose).algorithm for purpose in ALL} == {"ES256", "RS256", "Ed25519"}
    assert not list(held.folder.glob(".new-*"))


def test_processes_that_begin_at_once_use_one_key(tmp_path: Path) -> None:
    rings = [Ring(made(tmp_path)) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(lambda one: one.key(Purpose.REGISTER).id, rings))) == 1


def test_a_key_is_listed_once_with_what_it_signs(app: Flask) -> None:
    assert queries.jwks() == {"keys": []}
    assert in_use() == in_use()
    assert db.session.query(PublicKey).count() == 3


def test_old_keys_stay_listed_and_sign_nothing_more(app: Flask, client: Client) -> None:
    old = in_use()
    with transaction():
        rotated = operations.rotate(now=MOMENT)
    assert {purpose for purpose, _ in rotated} == set(ALL)
    assert db.session.query(Event).filter_by(what="key.retired").count() == 3
    assert not set(in_use().values()) & set(old.values())
    listed = {key["kid"].rsplit("/", 1)[1].removesuffix(".json") for key in queries.jwks()["keys"]}
    assert listed == {*old.values(), *in_use().values()}
    assert all(queries.needed(each).retired_at for each in old.values())
    assert not any(queries.needed(each).retired_at for each in in_use().values())


def test_another_process_notices_the_new_key(app: Flask, tmp_path: Path) -> None:
    other = Ring(made(tmp_path))
    before = other.key(Purpose.REGISTER).id
    ring().replace(Purpose.REGISTER)
    assert other.key(Purpose.REGISTER).id != before


def test_what_was_signed_before_stays_good(app: Flask) -> None:
    awarded(organisation("One"))
    making.make_missing(now=MOMENT)
    with transaction():
        operations.rotate(now=MOMENT)
    assert register.verify_database().sound
    awarded(organisation("Two"))
    assert register.verify_database().sound


def test_anybody_may_read_the_public_keys_and_keep_them(app: Flask, client: Client) -> None:
    used = in_use()
    answer = client.http.get("/.well-known/jwks.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = client.http.get("/.well-known/jwks.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    kids = [key["kid"] for key in answer.json["keys"]]
    assert sorted(kids) == sorted(f"http://localhost/keys/{each}.json" for each in used.values())
    chains = [key["x5c"] for key in answer.json["keys"] if "x5c" in key]
    assert [len(chain) for chain in chains] == [2]
    assert load_der_x509_certificate(b64decode(chains[0][0])).issuer == (
        load_der_x509_certificate(b64decode(chains[0][1])).subject
    )
    for key in answer.json["keys"]:
        assert client.http.get(key["kid"].removeprefix("http://localhost")).json == key
    assert client.http.get("/keys/nothing.json").status_code == 404


@pytest.mark.on_sqlite
def test_private_keys_are_nowhere_but_in_their_files(
    app: Flask, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        awarded(organisation())
        making.make_missing(now=MOMENT)
        with transaction():
            operations.rotate(now=MOMENT)
        awarded(organisation("Another"))
        making.make_missing(now=MOMENT)
    parts = private_parts()
    assert len(parts) == 10
    db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    places = [p for p in Path(ring().folder).parent.rglob("*") if p.is_file() and p.parent != ring().folder]
    public = client.http.get("/.well-known/jwks.json").text + "".join(record.getMessage() for record in caplog.records)
    whole = b"".join(place.read_bytes() for place in places) + public.encode()
    assert not [part for part in parts if part in whole]
    assert not any({"d", "p", "q"} & key.keys() for key in queries.jwks()["keys"])
    assert "PRIVATE" not in repr(ring().key(Purpose.BADGE))


def bought(app: Flask, folder: Path, phrase: bytes) -> Path:
    """A PKCS#12 file such as a certificate authority sells."""
    key = ring().key(Purpose.DOCUMENT)
    own, *above = load_pem_x509_certificates(key.chain.encode())
    private = load_pem_private_key(key.private.as_pem(private=True), None)
    file = folder / "bought.p12"
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"x", private, own, above, BestAvailableEncryption(phrase)))
    return file


def test_a_bought_certificate_signs_documents(app: Flask, tmp_path: Path) -> None:
    file = bought(app, tmp_path, b"a phrase")
    given = Ring(made(tmp_path / "other", signing_key=file, signing_passphrase="a phrase"))
    assert given.key(Purpose.DOCUMENT).chain.count("BEGIN CERTIFICATE") == 2
    assert given.key(Purpose.DOCUMENT).id == ring().key(Purpose.DOCUMENT).id
    assert given.replace(Purpose.DOCUMENT).id == given.key(Purpose.DOCUMENT).id
    assert not given.folder.exists()


@pytest.mark.parametrize("phrase", ["", "another phrase"])
def test_a_wrong_phrase_is_said_in_words_that_give_nothing_away(app: Flask, tmp_path: Path, phrase: str) -> None:
    file = bought(app, tmp_path, b"a phrase")
    given = Ring(made(tmp_path / "other", signing_key=file, signing_passphrase=phrase))
    with pytest.raises(BadSettings, match="COPROD_SIGNING_PASSPHRASE") as refusal:
        given.key(Purpose.DOCUMENT)
    assert phrase == "" or phrase not in str(refusal.value)
