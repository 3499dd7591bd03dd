"""WRITES, the second part: each certificate's document is made, signed and kept, once, soon after the issue.

Making takes a moment, so it is done after the transaction that issued. Whatever keeps it from being made then, the job
makes it later: reading a page never makes or writes anything.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from coprod.certificates import credential, document, queries, rules, signing
from coprod.certificates.models import Certificate, CertificateDocument
from coprod.database import db
from coprod.errors import Busy, NotFound
from coprod.keys import operations as keys
from coprod.keys.queries import address
from coprod.keys.ring import Purpose, ring
from coprod.transaction import transaction
from coprod.web.deployment import storage
from coprod.web.press import DocumentFault

log = structlog.get_logger()

AT_ONCE = 10  # documents that are noted in one transaction


class NotMadeYet(Busy):
    """It will be there soon."""

    message = "This certificate is still being made. Try again in a few minutes."


@dataclass(frozen=True, slots=True)
class Made:
    """A document in the storage, and which key signed it."""

    digest: str
    key_id: str


def make_missing(*, now: datetime, organisation_id: UUID | None = None) -> int:
    """Make the documents that are not there yet: of everybody, or of one organisation. Answers how many."""
    return make(queries.without_document(organisation_id), now=now)


def make_soon(organisation_id: UUID, *, now: datetime) -> None:
    """The same just after an issue. What goes wrong is noted, and the job tries again: the issue itself stands."""
    try:
        make_missing(now=now, organisation_id=organisation_id)
    except (Busy, OSError):
        log.exception("certificate not made")


def make(certificate_ids: Sequence[UUID], *, now: datetime, anew: bool = False) -> int:
    """Make the documents of these certificates, some at a time. With `anew` also those that are there.

    One that can't be made is noted, and does not keep the others.
    """
    made = 0
    for start in range(0, len(certificate_ids), AT_ONCE):
        some = _needed(certificate_ids[start : start + AT_ONCE], anew=anew)
        if not some:
            continue
        _give_credentials(some, now=now)
        made += _keep(_stored(some), now=now, anew=anew)
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


def _needed(certificate_ids: Sequence[UUID], *, anew: bool) -> Sequence[UUID]:
    found = queries.with_ids(certificate_ids)
    return [certificate.id for certificate in found if anew or not _is_kept(certificate)]


def _give_credentials(certificate_ids: Sequence[UUID], *, now: datetime) -> None:
    """A credential is signed once, so that the document that holds it can be made again to the byte."""
    with transaction():
        key = keys.in_use(Purpose.BADGE, now=now)
        for certificate in queries.with_ids(certificate_ids, lock=True):
            certificate.credential = certificate.credential or credential.signed(
                rules.from_json(certificate.facts),
                organisation_id=certificate.organisation_id,
                key=key,
                key_address=address(key.id),
            )


def _stored(certificate_ids: Sequence[UUID]) -> dict[UUID, Made]:
    """The documents, in the storage. The disk takes its time with each: the next one is made meanwhile."""
    put = storage().put
    with ThreadPoolExecutor(1) as beside:
        signed = ((each.id, _signed(each)) for each in queries.with_ids(certificate_ids))
        writing = {each: (beside.submit(put, made[0]), made[1]) for each, made in signed if made}
    return {each: Made(digest.result(), key_id) for each, (digest, key_id) in writing.items()}


def _signed(certificate: Certificate) -> tuple[bytes, str] | None:
    """The document and which key signed it; None where it can't be made."""
    facts = rules.from_json(certificate.facts)
    try:
        plain = document.render(facts, certificate.credential or "")
    except DocumentFault:
        log.exception("certificate not made", certificate=str(certificate.id))
        return None
    key = ring().key(Purpose.DOCUMENT)
    return signing.signed(plain, key=key, reason=f"Certificate {facts.code}"), key.id


def _keep(documents: Mapping[UUID, Made], *, now: datetime, anew: bool) -> int:
    """Note which document is whose certificate. Of two that were made at once, the first stays."""
    kept = 0
    with transaction():
        keys.in_use(Purpose.DOCUMENT, now=now)
        for certificate in queries.with_ids([*documents], lock=True):
            if _is_kept(certificate) and not anew:
                continue
            made = documents[certificate.id]
            certificate.file_hash = made.digest
            note = CertificateDocument(
                file_hash=made.digest, certificate_id=certificate.id, key=made.key_id, made_at=now
            )
            db.session.add(note)
            kept += 1
    return kept
