"""A plain web server for a folder, and a visitor who follows every link."""

import http.server
import re
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from pathlib import Path

LINK = re.compile(r'<(?:a|img|link|script)\b[^>]*?\b(?:href|src)="([^"]*)"')
LOADED = re.compile(r'url\("?([^")]+)"?\)')


@dataclass
class Crawled:
    """What a visitor found: contents by path, links that lead nowhere, and links that lead away."""

    found: dict[str, bytes] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    away: set[str] = field(default_factory=set)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_said: object) -> None:
        """A test says nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Python's own web server, which knows nothing of us. Gives its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def crawl(start: str) -> Crawled:
    """Follow every link and load every file below `start`."""
    crawled, waiting, seen = Crawled(), [start], {start}
    while waiting:
        address = waiting.pop()
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                content, kind = answer.read(), answer.headers.get_content_type()
        except OSError:
            crawled.broken.add(address)
            continue
        crawled.found[urllib.parse.unquote(address.removeprefix(start)).split("?")[0]] = content
        looks = {"text/html": LINK, "text/css": LOADED}.get(kind)
        for link in looks.findall(content.decode()) if looks else ():
            whole = urllib.parse.urljoin(address, unescape(link)).split("#")[0]
            if not whole.startswith(start):
                crawled.away.add(whole)
            elif whole not in seen:
                seen.add(whole)
                waiting.append(whole)
    return crawled
