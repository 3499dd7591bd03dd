"""The server as `./run` starts it, which can be killed with everything that belongs to it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from coprod.settings import ROOT

PATIENCE = 300.0  # seconds to get ready; it takes two, on a machine that does nothing else


class Server:
    def __init__(self, port: int, settings: Mapping[str, str], log: Path, target: str = "wsgi:app") -> None:
        self.port = port
        self.log = log
        program = Path(sys.executable).with_name("granian")
        self.command = [str(program), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
        self.command += ["--workers", "2", "--blocking-threads", "12", "--no-ws", "--log-level", "warning", target]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("COPROD_")}
        self.environment = clean | dict(settings)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + PATIENCE
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the server did not get ready: see {self.log}")
            time.sleep(0.05)

    def kill(self) -> None:
        """`kill -9`, of every process of the server at once."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
