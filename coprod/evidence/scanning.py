"""Asks a ClamAV daemon about a file. Only its clean answer, by signatures that are not old, is a clean answer."""

import socket
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket

from coprod.phrases import N_

WAIT = 5.0  # seconds for each answer
OLDEST_SIGNATURES = timedelta(days=7)


class Verdict(StrEnum):
    CLEAN = "clean"
    INFECTED = "infected"
    WAITING = "waiting"


class _Daemon(ClamdNetworkSocket):
    """The library's, but a daemon that takes nobody in can't hold us up, and no socket is left open."""

    def __init__(self, family: socket.AddressFamily, address: Any) -> None:
        super().__init__(timeout=WAIT)
        self.family, self.address = family, address

    def _init_socket(self) -> None:
        self.clamd_socket = socket.socket(self.family, socket.SOCK_STREAM)
        self.clamd_socket.settimeout(self.timeout)
        try:
            self.clamd_socket.connect(self.address)
        except OSError:
            self.clamd_socket.close()
            raise


def scan(path: Path, *, scanner: str, now: datetime) -> Verdict:
    """What the scanner says. Down, slow, unsure or with old signatures: the file waits."""
    try:
        daemon = _daemon(scanner)
        if not _is_fresh(daemon.version(), now):
            return Verdict.WAITING
        with path.open("rb") as file:
            answers = daemon.instream(file)
    except (ClamdError, OSError, ValueError):
        return Verdict.WAITING
    said = {status for status, _ in answers.values()}
    if "FOUND" in said:
        return Verdict.INFECTED
    return Verdict.CLEAN if said == {"OK"} else Verdict.WAITING


def fault(*, scanner: str, now: datetime) -> str:
    """Why files wait for the scanner just now, in words; empty where it works."""
    try:
        fresh = _is_fresh(_daemon(scanner).version(), now)
    except (ClamdError, OSError, ValueError):
        return N_("The virus scanner does not answer.")
    return "" if fresh else N_("The virus scanner has not learned of new viruses for more than a week.")


def _daemon(scanner: str) -> ClamdNetworkSocket:
    parts = urlsplit(scanner)
    if parts.scheme == "unix":
        return _Daemon(socket.AF_UNIX, parts.path)
    return _Daemon(socket.AF_INET, (parts.hostname, parts.port or 3310))


def _is_fresh(version: str, now: datetime) -> bool:
    """Such as "ClamAV 1.4.6/27500/Fri Nov 20 08:11:02 2026": the last part says of when its signatures are."""
    said = version.strip().split("/")
    if len(said) != 3:
        return False
    of = datetime.strptime(said[2], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    return now - of <= OLDEST_SIGNATURES
