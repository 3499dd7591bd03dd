"""Letters over SMTP. Every wait has an end, so a server that hangs or answers a byte a minute holds up nobody."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from threading import Timer
from urllib.parse import urlsplit

from coprod.mail.carriers import Away, Envelope, Later, Refused
from coprod.mail.faults import Why
from coprod.settings import Settings

ANSWER_WITHIN = 10.0  # seconds for each answer
DONE_WITHIN = 60.0  # seconds for one letter, or for saying hello
WELCOME = 220
TRY_LATER = range(400, 500)


class Smtp:
    """One connection, opened for the first letter and kept for the next ones."""

    def __init__(
        self, settings: Settings, *, answer_within: float = ANSWER_WITHIN, done_within: float = DONE_WITHIN
    ) -> None:
        self.settings = settings
        self.answer_within = answer_within
        self.done_within = done_within
        self.trusted = ssl.create_default_context()
        self.server: smtplib.SMTP | None = None

    def send(self, letter: Envelope) -> None:
        server = self.server or self._connected()
        try:
            with _cut_off_after(server, self.done_within):
                server.send_message(_message(letter, self.settings), self.settings.sender, [letter.receiver])
        except smtplib.SMTPRecipientsRefused as fault:
            code, _words = next(iter(fault.recipients.values()))
            raise _by_code(code, Why.NOT_FOR_ADDRESS) from fault
        except smtplib.SMTPNotSupportedError as fault:
            raise Refused(Why.NOT_THESE_LETTERS) from fault
        except smtplib.SMTPDataError as fault:
            raise _by_code(fault.smtp_code, Why.NOT_THIS_ONE) from fault
        except smtplib.SMTPSenderRefused as fault:
            raise self._away(Why.NOT_FROM_US, fault.smtp_code) from fault
        except OSError as fault:
            raise self._away(Why.BROKE_OFF) from fault

    def close(self) -> None:
        if self.server is not None:
            with suppress(OSError), _cut_off_after(self.server, self.answer_within):
                self.server.quit()
            self.server = None

    def _connected(self) -> smtplib.SMTP:
        tls = self.settings.smtp_tls
        us = urlsplit(self.settings.base_url).hostname
        if tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(local_hostname=us, timeout=self.answer_within, context=self.trusted)
        else:
            server = smtplib.SMTP(local_hostname=us, timeout=self.answer_within)
        self.server = server
        try:
            with _cut_off_after(server, self.done_within):
                self._greet(server)
        except smtplib.SMTPAuthenticationError as fault:
            raise self._away(Why.UNKNOWN_TO_IT) from fault
        except ssl.SSLError as fault:
            raise self._away(Why.NOT_SAFE) from fault
        except (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError) as fault:
            raise self._away(Why.NO_SENDING) from fault
        except OSError as fault:
            raise self._away(Why.SILENT) from fault
        return server

    def _greet(self, server: smtplib.SMTP) -> None:
        server._host = self.settings.smtp_host  # type: ignore[attr-defined]  # whom TLS must find; connect() sets none
        code, words = server.connect(self.settings.smtp_host, self.settings.smtp_port)
        if code != WELCOME:
            raise smtplib.SMTPConnectError(code, words)
        if self.settings.smtp_tls == "starttls":
            server.starttls(context=self.trusted)
        if self.settings.smtp_user:
            server.login(self.settings.smtp_user, self.settings.smtp_password.get_secret_value())

    def _away(self, why: Why, code: int | str = "") -> Away:
        """Nothing is known about the connection any more, so the next letter opens a new one."""
        if self.server is not None:
            self.server.close()
            self.server = None
        return Away(why, code)


def _by_code(code: int, why: Why) -> Later | Refused:
    return (Later if code in TRY_LATER else Refused)(why, code)


def _message(letter: Envelope, settings: Settings) -> EmailMessage:
    """The letter as plain text and HTML. Headers that hold a line end are refused by the library itself."""
    message = EmailMessage()
    message["From"] = Address(f"Co-production in {settings.area_name}", addr_spec=settings.sender)
    message["To"] = Address(addr_spec=letter.receiver)
    message["Reply-To"] = Address(addr_spec=settings.contact_email)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    if letter.stop:
        message["List-Unsubscribe"] = f"<{letter.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.words, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return message


@contextmanager
def _cut_off_after(server: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """A server that goes on answering a little at a time is cut off all the same."""

    def cut() -> None:
        connection = server.sock
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
