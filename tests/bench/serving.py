"""A real server on loopback, and how many requests a second it answers."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2
THREADS = 12
CONNECTIONS = 16
PACKED = "Accept-Encoding: gzip"  # As every browser asks.
PATIENCE = 120  # seconds for a server to answer for the first time


@contextmanager
def served(target: str, settings: Mapping[str, str] | None = None, workers: int = WORKERS) -> Iterator[int]:
    """`target` under the server that the product runs under, on a free port. It is ended by its process."""
    port = _free_port()
    server = subprocess.Popen(  # our own command
        [
            str(Path(sys.executable).with_name("granian")),
            *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *("--workers", str(workers), "--blocking-threads", str(THREADS), "--log-level", "error", target),
        ],
        cwd=ROOT,
        env={**os.environ, **(settings or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(server, port)
        yield port
    finally:
        server.terminate()
        server.wait(60)


def requests_per_second(port: int, path: str, *, seconds: float) -> float:
    """By wrk where it is installed, else by a small client of our own, which is slower than what it measures."""
    return _by_wrk(port, path, seconds) if shutil.which("wrk") else _by_threads(port, path, seconds)


def tool() -> str:
    return "wrk" if shutil.which("wrk") else "a small client in Python (install wrk for truer figures)"


def _by_wrk(port: int, path: str, seconds: float) -> float:
    said = subprocess.run(  # our own command
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "-H", PACKED, f"http://127.0.0.1:{port}{path}"],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"{path} was not answered well:\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if found is None:
        raise RuntimeError(f"wrk said nothing that we understand:\n{said}")
    return float(found[1])


def _by_threads(port: int, path: str, seconds: float) -> float:
    until = time.perf_counter() + seconds
    answered = [0] * CONNECTIONS

    def ask(place: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() < until:
            connection.request("GET", path, headers=dict([PACKED.split(": ")]))
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")
            answered[place] += 1
        connection.close()

    threads = [Thread(target=ask, args=(place,)) for place in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answered) / seconds


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError("the server ended by itself")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not answer")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
