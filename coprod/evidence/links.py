"""Asks a public web address whether it still answers. It never speaks to a private one, whatever names or pages say.

The name is looked up once, and the connection goes to the very address that was checked: a name that points elsewhere a
moment later (rebinding) changes nothing. Redirects are followed by hand, each checked like the first.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from coprod.phrases import N_

WAIT = 5.0  # seconds for each connection and answer
WHOLE = 12.0  # seconds for one link with all its redirects
MOST_REDIRECTS = 4
PORTS = frozenset({80, 443, 8080, 8443})
SENT = {"User-Agent": "Mozilla/5.0 (compatible; Coprod link check)", "Accept": "*/*", "Connection": "close"}
ALIVE = frozenset({401, 403, 405, 406, 429})  # somebody answers, though not to a program
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Lookup = Callable[[str, int], Sequence[str]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotPublic(Exception):
    """The link leads to an address that is nobody's business."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether a link answered. `fault` says in words why it did not; empty where it did."""

    fault: str

    @property
    def alive(self) -> bool:
        return not self.fault


def look(url: str, *, lookup: Lookup | None = None) -> Seen:
    """Ask for `url` as a reader would, and read none of it."""
    ends = time.monotonic() + WHOLE
    try:
        for _ in range(MOST_REDIRECTS + 1):
            status, onward = _ask(url, lookup or _looked_up, ends)
            if status in {301, 302, 303, 307, 308} and onward:
                url = urljoin(url, onward)
            else:
                return Seen(_fault(status))
    except NotPublic:
        return Seen(N_("it does not lead to a public page"))
    except ssl.SSLError:
        return Seen(N_("its security certificate is not in order"))
    except TimeoutError:
        return Seen(N_("it took too long to answer"))
    except (OSError, http.client.HTTPException, ValueError):
        return Seen(N_("nobody answers there"))
    return Seen(N_("it leads round in circles"))


def is_public(address: str) -> bool:
    """True for an address that everybody can reach. One that holds another inside counts as both."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(_is_everybodys(each) for each in _all_of(found))


def _is_everybodys(address: Address) -> bool:
    site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not (address.is_multicast or address.is_reserved or site_local)


def _all_of(address: Address) -> list[Address]:
    """The address, and those that it stands for: v4 in v6, 6to4, Teredo, NAT64. NAT64 is judged by what it holds."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address in NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    within = [address.sixtofour, *(address.teredo or ())]
    return [address, *(each for each in within if each is not None)]


def _ask(url: str, lookup: Lookup, ends: float) -> tuple[int, str | None]:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if parts.scheme not in {"http", "https"} or not parts.hostname or port not in PORTS or "@" in parts.netloc:
        raise NotPublic
    left = min(WAIT, ends - time.monotonic())
    if left <= 0:
        raise TimeoutError
    connection = _Pinned(parts.hostname, port, _public(parts.hostname, port, lookup), left, parts.scheme == "https")
    try:
        connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), headers=SENT)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location")
    finally:
        connection.close()


def _public(host: str, port: int, lookup: Lookup) -> str:
    """The address to speak to. Raises NotPublic where any address of that name is not public."""
    found = lookup(host, port)
    if not found or not all(is_public(address) for address in found):
        raise NotPublic
    return found[0]


def _looked_up(host: str, port: int) -> Sequence[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class _Pinned(http.client.HTTPConnection):
    """A connection to one checked address, under the name that was asked for."""

    def __init__(self, host: str, port: int, address: str, wait: float, secure: bool) -> None:
        super().__init__(host, port, timeout=wait)
        self.address = address
        self.secure = secure

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _fault(status: int) -> str:
    if status < 400 or status in ALIVE:
        return ""
    if status in {404, 410}:
        return N_("the page is not there any more")
    return f"its site says that something is wrong ({status})"
