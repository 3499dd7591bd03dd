"""A real server on loopback, and how many requests a second it answers.

By the clock, a figure is of the server and of who asks together: they share the cores of one machine, and who asks
takes as long over a quick page as the server does, so that all quick pages look alike. So requests are also counted
for each second that the server's own processes worked, as the system counts it for them: that is the server alone,
whoever else is on its cores. Keeping the two on cores of their own was tried: the server then mostly waits to be woken
by the other core, and that was what was measured.

A server of several processes answers as soon as one of them has begun, while the others still load; `whole` waits
until all stand still, which is when somebody in front of it would send it visitors.
"""

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
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2
THREADS = 12
CONNECTIONS = 16
PACKED = {"Accept-Encoding": "gzip"}  # As every browser asks.
PATIENCE = 120  # seconds for a server to answer for the first time
STILL = 0.5  # seconds without work, after which all processes of a server have begun
TICKS = os.sysconf("SC_CLK_TCK")  # in a second, of the system's account of work


class Rate(NamedTuple):
    """Requests answered in a second by the clock, and in a second of the server's own work."""

    by_clock: float
    by_work: float


_servers: dict[int, int] = {}  # Ports, and the processes behind them.


@contextmanager
def served(
    target: str,
    settings: Mapping[str, str] | None = None,
    workers: int = WORKERS,
    *,
    whole: bool = False,
) -> Iterator[int]:
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
    _servers[port] = server.pid
    try:
        _wait_for(server, port)
        if whole:
            _wait_until_still(server.pid)
        yield port
    finally:
        server.terminate()
        server.wait(60)


def requests_per_second(port: int, path: str, *, seconds: float) -> float:
    return rate(port, path, seconds=seconds).by_clock


def rate(port: int, path: str, *, seconds: float, headers: Mapping[str, str] | None = None) -> Rate:
    """By wrk where it is installed, else by a small client of our own, which is slower than what it measures."""
    ask = _by_wrk if shutil.which("wrk") else _by_threads
    before = _worked(_servers[port])
    by_clock = ask(port, path, seconds, PACKED | dict(headers or {}))
    return Rate(by_clock, by_clock * seconds * TICKS / (_worked(_servers[port]) - before))


def tool() -> str:
    return "wrk" if shutil.which("wrk") else "a small client in Python (install wrk for truer figures)"


def _by_wrk(port: int, path: str, seconds: float, headers: Mapping[str, str]) -> float:
    said_to_it = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    said = subprocess.run(  # our own command
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", *said_to_it, f"http://127.0.0.1:{port}{path}"],  # noqa: S607
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


def _by_threads(port: int, path: str, seconds: float, headers: Mapping[str, str]) -> float:
    until = time.perf_counter() + seconds
    answered = [0] * CONNECTIONS

    def ask(place: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() < until:
            connection.request("GET", path, headers=dict(headers))
            answer = connection.getresponse()
            answer.read()
            if answer.status not in {200, 304}:
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


def _wait_until_still(pid: int) -> None:
    """None of the server's processes has anything to do any more."""
    until = time.monotonic() + PATIENCE
    worked = -1
    while worked != (worked := _worked(pid)):
        if time.monotonic() > until:
            raise RuntimeError("the server never stood still")
        time.sleep(STILL)


def _worked(pid: int) -> int:
    """How long a process and its children have worked, in the system's ticks. The clock's own work is below one."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    times = [Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split() for each in (str(pid), *children)]
    return sum(int(each[11]) + int(each[12]) for each in times)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
