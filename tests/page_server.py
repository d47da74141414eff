"""A small web server on 127.0.0.1 that serves pages as a test says, illnesses included.

with page_server() as site:
    site.pages["/a"] = "<h1>Hello</h1>"
    with Fetching([Request(site.page("/a"))], guard=site.guard()) as fetching: ...
"""

from __future__ import annotations

import gzip
import itertools
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from notebot.fetch.addresses import Guard, SocketAddress
from notebot.urls import read_url

_TLS_HELLO = 0x16


@dataclass(frozen=True)
class Page:
    """What one path answers.

    `body` in pieces is sent without a length, `pause` seconds after each piece, and for as long as there are pieces and
    somebody listens. `raw` is sent instead of everything, as it is. `wait` comes before the first byte, `reset` cuts the
    connection off after the last.
    """

    body: bytes | Iterable[bytes] = b""
    status: int = 200
    kind: str | None = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    pause: float = 0.0
    reset: bool = False
    raw: Iterable[bytes] | None = None


@dataclass(frozen=True)
class Asked:
    """A question that came in. `headers` have lower-case names; `at` is on the monotonic clock."""

    path: str
    headers: Mapping[str, str]
    at: float


@dataclass
class Site:
    """Pages by path: a Page, a text (HTML), bytes, or several in turn, the last one for ever. There is no robots.txt unless a
    test sets one. `asked` is all that came in; `connections` counts those that said anything, a TLS greeting too."""

    pages: dict[str, Page | str | bytes | Sequence[Page]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    busiest: int = 0
    address: SocketAddress = ("127.0.0.1", 0)
    tls: bool = False
    _open: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://{self.address[0]}:{self.address[1]}"

    def page(self, path: str) -> str:
        """The canonical address of a path."""
        return read_url(self.url + path).page

    def guard(self, *names: str, port: int | None = None) -> Guard:
        """Permits this server and no other; and sends `names` to it, whatever port they are asked at (or only at `port`)."""
        return permitting(self, names=dict.fromkeys(names, self), port=port)

    def paths(self) -> list[str]:
        """The paths asked for, without those of robots.txt."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def next_page(self, path: str) -> Page:
        page = self.pages.get(path, Page(b"<h1>Not found</h1>", 404))
        if isinstance(page, list | tuple):
            with self._lock:
                page, rest = page[0], page[1:] or page
                self.pages[path] = rest
        if isinstance(page, str):
            return Page(page.encode())
        return Page(page) if isinstance(page, bytes) else page

    def connected(self) -> None:
        with self._lock:
            self.connections += 1

    def waited_for(self, by: int) -> None:
        """Counts answers that are awaited. An end counts before it can be seen from outside, or the next would overlap it."""
        with self._lock:
            self._open += by
            self.busiest = max(self.busiest, self._open)


def permitting(*sites: Site, names: Mapping[str, Site] | None = None, port: int | None = None) -> Guard:
    """A guard that permits `sites` and no other place of this machine, and finds `names` at theirs. Nothing else resolves."""
    known = names or {}

    def resolve(host: str, asked: int) -> Sequence[SocketAddress]:
        site = known.get(host.removeprefix("www."))
        if site and port in (None, asked):
            return [site.address]
        if host == "127.0.0.1":
            return [(host, asked)]
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    every = [*sites, *known.values()]
    return Guard(resolve=resolve, loopback=frozenset(site.address for site in every))


@contextmanager
def page_server(*, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Serve on a free port until the block ends; over TLS with a server's context."""
    site = Site(tls=tls is not None)
    server = _Server(("127.0.0.1", 0), _handler(site))
    site.address = ("127.0.0.1", server.server_address[1])
    server.tls = tls
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def redirect(target: str, status: int = 302, body: bytes | Iterable[bytes] = b"") -> Page:
    return Page(body, status, headers={"Location": target})


def robots(text: str, status: int = 200) -> Page:
    return Page(text.encode(), status, "text/plain")


def compressed(text: str, *, times: int = 1) -> Page:
    body = text.encode()
    for _ in range(times):
        body = gzip.compress(body)
    return Page(body, headers={"Content-Encoding": ", ".join(["gzip"] * times)})


def endless(piece: bytes = b"<p>and on</p>\n" * 1000, pause: float = 0.0) -> Page:
    return Page(itertools.repeat(piece), pause=pause)


def header_flood(pause: float = 0.0) -> Page:
    """Headers that never end."""
    lines = (b"X-Flood-%d: %s\r\n" % (number, b"x" * (1 if pause else 1000)) for number in itertools.count())
    return Page(raw=itertools.chain([b"HTTP/1.1 200 OK\r\n"], lines), pause=pause)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: socket.socket, client_address: object) -> None:
        request.settimeout(10)
        with suppress(OSError):  # whoever goes away in the middle
            if self.tls:
                request = self.tls.wrap_socket(request, server_side=True)
            with request:
                super().finish_request(request, client_address)


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            site.connected()
            # A greeting in TLS at a plain server: hang up, as real ones do.
            plain = isinstance(self.connection, ssl.SSLSocket) or self.connection.recv(1, socket.MSG_PEEK) != bytes([_TLS_HELLO])
            if plain:
                super().handle()

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            site.asked.append(Asked(self.path, headers, time.monotonic()))
            self.close_connection = True
            with suppress(OSError):
                self._send(site.next_page(self.path))

        def _send(self, page: Page) -> None:
            site.waited_for(1)
            time.sleep(page.wait)
            site.waited_for(-1)
            for piece in self._pieces(page):
                self.wfile.write(piece)
                time.sleep(page.pause)
            if page.reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()

        def _pieces(self, page: Page) -> Iterator[bytes]:
            if page.raw is not None:
                yield from page.raw
                return
            headers = {"Content-Type": page.kind} if page.kind is not None else {}
            if isinstance(page.body, bytes) and not page.reset:
                headers["Content-Length"] = str(len(page.body))
            headers |= dict(page.headers)
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            yield f"HTTP/1.1 {page.status} Fine\r\n{lines}Connection: close\r\n\r\n".encode()
            yield from [page.body] if isinstance(page.body, bytes) else page.body

        def log_message(self, *_arguments: object) -> None:
            """Silent."""

    return Handler
