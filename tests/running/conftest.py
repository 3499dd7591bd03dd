"""A server as it runs: its own process, its own workers, its own data."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import KEY

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0  # seconds; what is waited for takes less than three


@dataclass
class Served:
    process: subprocess.Popen
    port: int
    log: Path

    def ask(self, path: str, *, port: int | None = None) -> tuple[int, str]:
        """The status and the body; 0 where nobody answers."""
        asked = urllib.request.Request(f"http://127.0.0.1:{port or self.port}{path}", headers={"Host": "localhost"})
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()
        except OSError:
            return 0, ""

    def wait_for(self, holds: Callable[[], bool]) -> float:
        """How long it took until it held. Fails where it never does."""
        begun = time.monotonic()
        while not holds():
            assert time.monotonic() - begun < PATIENCE, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)
        return time.monotonic() - begun

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.fixture
def serve(tmp_path: Path, empty_database: Path) -> Iterator[Callable[..., Served]]:
    """Begins a server of two workers on an empty database, with settings of its own."""
    shutil.copy(empty_database, tmp_path / "coprod.sqlite3")
    begun: list[Served] = []

    def begin(target: str = "wsgi:app", threads: int = 4, **settings: str) -> Served:
        port, log = free_port(), tmp_path / "log"
        command = [ROOT / ".venv" / "bin" / "granian", "--interface", "wsgi", "--port", str(port), "--workers", "2"]
        command += ["--no-ws", "--log-level", "warning", "--blocking-threads", str(threads), "--respawn-failed-workers"]
        command += ["--workers-kill-timeout", "20", target]
        given = {"COPROD_INSTANCE": str(tmp_path), "COPROD_SECRET_KEY": KEY, "COPROD_BASE_URL": "http://localhost"}
        with log.open("w") as lines:
            process = subprocess.Popen(command, cwd=ROOT, env=os.environ | given | settings, stdout=lines, stderr=lines)
        begun.append(Served(process, port, log))
        return begun[-1]

    yield begin
    for each in begun:
        if each.process.poll() is None:
            each.stop()
