"""WRITES, the second part: each certificate's document is made, signed and kept, once, soon after the issue.

Making takes a moment, so it is done after the transaction that issued. Whatever keeps it from being made then, the job
makes it later: reading a page never makes or writes anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from coprod import history
from coprod.certificates import credential, document, queries, rules, signing
from coprod.certificates.models import Certificate, CertificateDocument
from coprod.database import db
from coprod.errors import Busy, NotFound
from coprod.keys import operations as keys
from coprod.keys.queries import address
from coprod.keys.ring import Purpose, ring
from coprod.permissions import SYSTEM
from coprod.transaction import transaction
from coprod.web.deployment import storage
from coprod.web.press import DocumentFault

log = structlog.get_logger()


class NotMadeYet(Busy):
    """It will be there soon."""

    message = "This certificate is still being made. Try again in a few minutes."


@dataclass(frozen=True, slots=True)
class Made:
    """A document as it is kept, and which key signed it."""

    content: bytes
    key_id: str


def make_missing(*, now: datetime, organisation_id: UUID | None = None) -> int:
    """Make the documents that are not there yet: of everybody, or of one organisation. Answers how many."""
    return make(queries.without_document(organisation_id), now=now)


def make_soon(organisation_id: UUID, *, now: datetime) -> None:
    """The same just after an issue. What goes wrong is noted, and the job tries again: the issue itself stands."""
    try:
        make_missing(now=now, organisation_id=organisation_id)
    except (DocumentFault, Busy, OSError):
        log.exception("certificate not made")


def make(certificate_ids: Sequence[UUID], *, now: datetime, anew: bool = False) -> int:
    """Make the documents of these certificates, each in its own time. With `anew` also those that are there."""
    made = 0
    for certificate_id in certificate_ids:
        _give_credential(certificate_id, now=now)
        certificate = db.session.get_one(Certificate, certificate_id)
        if anew or not _is_kept(certificate):
            _keep(certificate_id, _made(certificate), now=now, anew=anew)
            made += 1
    return made


def document_of(certificate: Certificate) -> bytes:
    """The document as it was made. Raises NotMadeYet where it is not there."""
    if certificate.file_hash is None:
        raise NotMadeYet
    try:
        return storage().get(certificate.file_hash)
    except NotFound:
        raise NotMadeYet from None


def _is_kept(certificate: Certificate) -> bool:
    return certificate.file_hash is not None and storage().path(certificate.file_hash).exists()


def _give_credential(certificate_id: UUID, *, now: datetime) -> None:
    """The credential is signed once, so that the document that holds it can be made again to the byte."""
    if db.session.get_one(Certificate, certificate_id).credential is not None:
        return
    with transaction():
        certificate = db.session.get_one(Certificate, certificate_id, with_for_update=True)
        key = keys.in_use(Purpose.BADGE, now=now)
        certificate.credential = certificate.credential or credential.signed(
            rules.from_json(certificate.facts),
            organisation_id=certificate.organisation_id,
            key=key,
            key_address=address(key.id),
        )


def _made(certificate: Certificate) -> Made:
    facts = rules.from_json(certificate.facts)
    plain = document.render(facts, certificate.credential or "")
    key = ring().key(Purpose.DOCUMENT)
    return Made(signing.signed(plain, key=key, reason=f"Certificate {facts.code}"), key.id)


def _keep(certificate_id: UUID, made: Made, *, now: datetime, anew: bool) -> None:
    """Note which document is the certificate's. Of two that were made at once, the first stays."""
    digest = storage().put(made.content)
    with transaction():
        certificate = db.session.get_one(Certificate, certificate_id, with_for_update=True)
        if _is_kept(certificate) and not anew:
            return
        keys.in_use(Purpose.DOCUMENT, now=now)
        certificate.file_hash = digest
        db.session.add(
            CertificateDocument(file_hash=digest, certificate_id=certificate_id, key=made.key_id, made_at=now)
        )
        history.record("certificate.made", certificate, actor=SYSTEM, now=now)
