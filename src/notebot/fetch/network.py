"""Connections to checked addresses, which end at their deadline, at their last byte, or all together when told to.

This is what httpcore connects with: the very call that connects is the one that checks, so that no second look-up, no proxy
and no redirect can come in between.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import httpcore

from notebot.fetch.addresses import Guard
from notebot.fetch.failures import Refused, Stopped
from notebot.fetch.limits import Limits
from notebot.fetch.names import Names

_ADDRESSES = 4  # of one name that are tried


class Lines:
    """The open connections of a run. Safe to share between threads."""

    def __init__(self, guard: Guard, limits: Limits) -> None:
        self.stopped = threading.Event()
        self._limits = limits
        self._names = Names(guard, self.stopped)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()

    def connect(self, host: str, port: int, deadline: float) -> httpcore.NetworkStream:
        """A connection to one of the addresses of `host`, all of them checked. Raises what `Names` and httpcore raise."""
        looked_up_by = min(deadline, time.monotonic() + self._limits.connect)
        problem: Exception = httpcore.ConnectError()
        for address, number in self._names.addresses(host, port, looked_up_by)[:_ADDRESSES]:
            try:
                stream = httpcore.SyncBackend().connect_tcp(address, number, timeout=_within(self._limits.connect, deadline))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
            else:
                return _Stream(stream, self, deadline, self._limits.body + self._limits.headers)
        raise problem

    def close(self) -> None:
        """End them all, and let no other begin."""
        self.stopped.set()
        with self._lock:
            for line in self._open:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def opened(self, line: socket.socket) -> None:
        with self._lock:
            self._open.add(line)
        if self.stopped.is_set():
            raise Stopped

    def closed(self, line: socket.socket) -> None:
        with self._lock:
            self._open.discard(line)
            line.close()


class Network(httpcore.NetworkBackend):
    """The network for one question, up to `deadline` on the monotonic clock."""

    def __init__(self, lines: Lines, deadline: float) -> None:
        self._lines = lines
        self._deadline = deadline
        self.connected = False

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._lines.connect(host, port, self._deadline)
        self.connected = True
        return stream


class _Stream(httpcore.NetworkStream):
    """A connection that gives `most` bytes and no more."""

    def __init__(self, stream: httpcore.NetworkStream, lines: Lines, deadline: float, most: int) -> None:
        self._stream = stream
        self._lines = lines
        self._deadline = deadline
        self._most = self._left = most
        # A second handle on the connection: by it another thread can end it, in the midst of a handshake too.
        self._line: socket.socket = stream.get_extra_info("socket").dup()
        try:
            lines.opened(self._line)
        except Stopped:
            self.close()
            raise

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        read = self._stream.read(max_bytes, _within(timeout, self._deadline))
        self._left -= len(read)
        if self._left < 0:
            raise Refused(f"larger than {self._most / 1e6:.1f} MB")
        return read

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _within(timeout, self._deadline))

    def close(self) -> None:
        self._lines.closed(self._line)
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            self._stream = self._stream.start_tls(ssl_context, server_hostname, _within(timeout, self._deadline))
        except BaseException:
            self.close()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _within(seconds: float | None, deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if seconds is None else min(seconds, left)
