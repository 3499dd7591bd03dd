"""The signature in a certificate's document (PAdES B-B): whoever changes one bit of it is seen to have done so.

The library's own way of signing breaks both standards that the document keeps: it writes the metadata anew without what
PDF/A wants there, and the field of the signature has no name and no place. Both are mended here.
"""

import io
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from typing import Any

from coprod.keys.ring import Key

FIELD = "Issuer"
READ_AS = "Signature of the issuer"
ROOM = 8192  # bytes kept free for the signature, so that it need not be made twice


def signed(content: bytes, *, key: Key, reason: str) -> bytes:
    """The document with a signature that allows no changes after it."""
    from pyhanko.sign import signers
    from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter

    field = SigFieldSpec(
        FIELD,
        on_page=0,
        box=None,
        readable_field_name=READ_AS,
        invis_sig_settings=InvisSigSettings(set_print_flag=True, box_out_of_bounds=True),
    )
    said: Any = signers.PdfSignatureMetadata(
        field_name=FIELD,
        reason=reason,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    written = io.BytesIO()
    pen = signers.PdfSigner(said, signer=_signer(key), new_field_spec=field)
    # The library runs an event loop of its own, which can't be done in a thread that has one already.
    with ThreadPoolExecutor(1) as own_thread:
        own_thread.submit(pen.sign_pdf, _writer()(io.BytesIO(content)), output=written, bytes_reserved=ROOM).result()
    return written.getvalue()


@lru_cache(maxsize=1)  # A key that was replaced is not kept.
def _signer(key: Key) -> Any:
    """Who signs with this key. The key and its certificates are read once in each process."""
    from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class Signer(signers.SimpleSigner):
        async def async_sign_prescribed_attributes(
            self, digest_algorithm: str, signed_attrs: Any, *more: Any, **named: Any
        ) -> Any:
            """What is signed is put into bytes once: the library would do it anew for each thing that holds it."""
            once = type(signed_attrs).load(signed_attrs.dump())
            return await super().async_sign_prescribed_attributes(digest_algorithm, once, *more, **named)

    own, *above = load_certs_from_pemder_data(key.chain.encode())
    store: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # as the library has it
    store.register_multiple(above)
    return Signer(
        signing_cert=own,
        signing_key=load_private_key_from_pemder_data(key.private.as_pem(private=True), passphrase=None),
        cert_registry=store,
    )


@cache
def _writer() -> Any:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class Writer(IncrementalPdfFileWriter):
        def _update_meta(self) -> None:
            """The document's metadata stay as they are."""

    return Writer
