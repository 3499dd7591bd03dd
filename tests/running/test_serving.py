"""A server finishes what it was asked when it is told to stop, and counts for all its processes."""

import json
import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.running.conftest import free_port


def counted(figures: str, route: str, status: str) -> float:
    found = re.findall(
        rf'^coprod_request_seconds_count{{route="{route}",status="{status}"}} (\S+)$', figures, flags=re.M
    )
    return sum(map(float, found))


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_it_finishes_what_it_was_asked_before_it_stops_and_every_line_that_it_writes_is_json(serve):
    server = serve("tests.support.slow_site:app")
    server.wait_for(lambda: server.ask("/health/ready")[0] == 200)
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(server.ask, "/slowly")
        server.wait_for(lambda: asked.running())
        server.ask("/health/live")
        server.process.send_signal(signal.SIGTERM)
        assert asked.result() == (200, "the whole answer")
    assert server.process.wait(timeout=30) == 0
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert {"health.ready", "slowly"} <= {line["endpoint"] for line in requests}
    assert len({line["request"] for line in requests}) == len(requests)


def test_figures_are_of_all_processes_and_outlive_the_one_that_answered(serve):
    port = free_port()
    server = serve(COPROD_METRICS=f"127.0.0.1:{port}")
    server.wait_for(lambda: server.ask("/health/live")[0] == 200)
    server.wait_for(lambda: server.ask("/metrics", port=port)[0] == 200)
    before = counted(server.ask("/metrics", port=port)[1], "health.live", "200")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(server.ask, ["/health/live"] * 60))
    assert [status for status, _ in answers] == [200] * 60
    for path in ("/nothing-here", "/signatories", "/signatories", "/metrics"):
        server.ask(path)
    figures = server.ask("/metrics", port=port)[1]
    assert counted(figures, "health.live", "200") == before + 60
    assert counted(figures, "none", "404") == 2, "the site itself has no page of figures"
    assert counted(figures, "directory.signatories", "200") + counted(figures, "kept", "200") == 2
    assert 'coprod_working{part="Backup"} 0.0' in figures
    assert "coprod_letters_stuck 0.0" in figures
    assert "localhost" not in figures
    for pid in children(server.process.pid):  # Only workers that serve are gone for good: the server begins others.
        os.kill(pid, signal.SIGKILL)
        break
    server.wait_for(lambda: counted(server.ask("/metrics", port=port)[1], "health.live", "200") == before + 60)
