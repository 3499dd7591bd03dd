"""A real mail server: Nodemailer's, in a process of its own on loopback."""

import base64
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds for something to arrive; it takes milliseconds


@dataclass
class MailServer:
    """Where it listens, and what it took."""

    plain: int = 0
    starttls: int = 0
    tls: int = 0
    certificate: Path = Path()
    taken: list[dict] = field(default_factory=list)

    def messages(self, to: str, *, number: int = 1) -> list[EmailMessage]:
        """What was taken for an address, once there are so many. Fails where they don't come."""
        until = time.monotonic() + PATIENCE
        while len(found := self._for(to)) < number and time.monotonic() < until:
            time.sleep(0.01)
        assert len(found) == number, f"{len(found)} messages came to {to}"
        return found

    def _for(self, to: str) -> list[EmailMessage]:
        raw = [base64.b64decode(each["message"]) for each in self.taken if to in each["to"]]
        return [message_from_bytes(each, policy=policy.default) for each in raw]


@pytest.fixture(scope="session")
def running_mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    folder = tmp_path_factory.mktemp("mail")
    key, certificate = _key_and_certificate(folder)
    node = shutil.which("node", path=f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert node, "the mail server for tests needs Node.js"
    process = subprocess.Popen(
        [node, ROOT / "tests" / "support" / "mail_server.mjs", key, certificate],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    server = MailServer(**json.loads(process.stdout.readline()), certificate=certificate)

    def listen() -> None:
        for line in process.stdout or ():
            server.taken.append(json.loads(line))

    listener = Thread(target=listen, daemon=True)
    listener.start()
    yield server
    os.killpg(process.pid, signal.SIGTERM)  # Node may be the child of a program that only starts it.
    process.wait()
    listener.join()
    process.stdout.close()


@pytest.fixture
def mail_server(running_mail_server: MailServer) -> MailServer:
    running_mail_server.taken.clear()
    return running_mail_server


def _key_and_certificate(folder: Path) -> tuple[Path, Path]:
    """For 127.0.0.1, and signed by itself: trusted only where a test says so."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "key.pem", folder / "certificate.pem"
    plain = serialization.NoEncryption()
    files[0].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    files[1].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return files
