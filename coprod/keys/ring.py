"""The private keys of this deployment: files that only their owner reads, made when they are first needed.

One key for each purpose. The key for documents may come from a PKCS#12 file that a setting names, so that it carries a
certificate that readers of PDFs trust; else it gets one from an authority of our own, whose key is forgotten at once.
"""

import os
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from cryptography.x509.oid import NameOID
from flask import Flask, current_app
from joserfc.jwk import ECKey, OKPKey, RSAKey

from coprod.settings import BadSettings, Settings

RING = "coprod.keys"
LASTS = timedelta(days=3650)
RSA_BITS = 2048
CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


class Purpose(StrEnum):
    """What a key signs. One key never does the work of another."""

    DOCUMENT = "document"
    BADGE = "badge"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Key:
    """A private key in use; its id is its thumbprint.

    `chain` holds its X.509 certificate, and those above it, where it signs documents.
    """

    id: str
    purpose: Purpose
    algorithm: str
    private: Any = field(compare=False)  # The id says which it is.
    chain: str = ""

    def __repr__(self) -> str:  # What is logged must not hold the key.
        return f"Key({self.id!r}, {self.purpose.value!r})"

    @property
    def jwk(self) -> dict[str, Any]:
        """The public half."""
        return dict(self.private.as_dict(private=False))


class Ring:
    """The keys of one deployment. A key that was replaced is noticed by every process at its next use."""

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.instance / "keys"
        self.area = settings.area_name
        self.badge_algorithm = settings.badge_algorithm
        self.given = settings.signing_key
        self.passphrase = settings.signing_passphrase.get_secret_value()
        self._held: dict[Path, tuple[tuple[int, int], Key]] = {}

    def key(self, purpose: Purpose) -> Key:
        """The key in use for this purpose. It is made where there is none yet."""
        place = self.place(purpose)
        if place != self.given and not place.exists():
            self._write(place, self._made(purpose), over=False)
        seen = place.stat()
        stamp = (seen.st_mtime_ns, seen.st_ino)
        held = self._held.get(place)
        if held is None or held[0] != stamp:
            held = self._held[place] = (stamp, self._read(purpose, place))
        return held[1]

    def replace(self, purpose: Purpose) -> Key:
        """A new key in the place of the one in use, which is gone afterwards."""
        place = self.place(purpose)
        if place == self.given:
            return self.key(purpose)
        self._write(place, self._made(purpose), over=True)
        return self.key(purpose)

    def place(self, purpose: Purpose) -> Path:
        if purpose is Purpose.DOCUMENT and self.given:
            return self.given
        return self.folder / f"{purpose.value}-{self._algorithm(purpose)}.pem"

    def _algorithm(self, purpose: Purpose) -> str:
        return {Purpose.BADGE: self.badge_algorithm, Purpose.DOCUMENT: "ES256", Purpose.REGISTER: "Ed25519"}[purpose]

    def _made(self, purpose: Purpose) -> bytes:
        algorithm = self._algorithm(purpose)
        if algorithm == "RS256":
            return bytes(RSAKey.generate_key(RSA_BITS).as_pem(private=True))
        if algorithm == "Ed25519":
            return bytes(OKPKey.generate_key("Ed25519").as_pem(private=True))
        made = ECKey.generate_key("P-256")
        chain = _certified(made.private_key, self.area) if purpose is Purpose.DOCUMENT else b""
        return bytes(made.as_pem(private=True)) + chain

    def _write(self, place: Path, content: bytes, *, over: bool) -> None:
        """Whole or not at all, and never readable by others. Of two processes that make the first one, one wins."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".new-")  # Made for its owner alone.
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if over:
                Path(name).replace(place)
            else:
                os.link(name, place)
        except FileExistsError:
            return
        finally:
            Path(name).unlink(missing_ok=True)

    def _read(self, purpose: Purpose, place: Path) -> Key:
        content = place.read_bytes()
        if place == self.given:
            content = _from_pkcs12(content, self.passphrase)
        pem, begun, chain = content.partition(CERTIFICATE)
        algorithm = self._algorithm(purpose)
        kinds: dict[str, Any] = {"RS256": RSAKey, "Ed25519": OKPKey, "ES256": ECKey}
        private = kinds[algorithm].import_key(pem)
        return Key(private.thumbprint(), purpose, algorithm, private, (begun + chain).decode())


def install(app: Flask, settings: Settings) -> None:
    app.extensions[RING] = Ring(settings)


def ring() -> Ring:
    found: Ring = current_app.extensions[RING]
    return found


def _from_pkcs12(content: bytes, passphrase: str) -> bytes:
    """The key and its certificates as PEM. Raises BadSettings, without a word of what is inside."""
    try:
        private, own, above = pkcs12.load_key_and_certificates(content, passphrase.encode() or None)
    except ValueError:
        raise BadSettings("COPROD_SIGNING_KEY can't be opened with COPROD_SIGNING_PASSPHRASE.") from None
    if not isinstance(private, ec.EllipticCurvePrivateKey) or own is None:
        raise BadSettings("COPROD_SIGNING_KEY must hold an elliptic curve key (P-256) and its certificate.")
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem + b"".join(each.public_bytes(Encoding.PEM) for each in (own, *above))


def _certified(private: Any, area: str) -> bytes:
    """A certificate for the key, by an authority made for it alone: its own key is thrown away."""
    authority, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    above, own = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{area} co-production {what}"[:64])])
        for what in ("authority", "certificates")
    )

    def built(name: x509.Name, public: Any, *, is_authority: bool) -> x509.Certificate:
        usage = x509.KeyUsage(
            digital_signature=not is_authority,
            content_commitment=not is_authority,
            key_cert_sign=is_authority,
            crl_sign=is_authority,
            **dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement"), False),
            encipher_only=False,
            decipher_only=False,
        )
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(above).public_key(public)
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        builder = builder.not_valid_after(now + LASTS).add_extension(usage, critical=True)
        basic = x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None)
        return builder.add_extension(basic, critical=True).sign(authority, SHA256())

    chain = (
        built(own, private.public_key(), is_authority=False),
        built(above, authority.public_key(), is_authority=True),
    )
    return b"".join(each.public_bytes(Encoding.PEM) for each in chain)
