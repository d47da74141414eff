"""Names to checked addresses, within a time limit, and noticing early that there is no network."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Sequence

from notebot.fetch.addresses import Guard, SocketAddress
from notebot.fetch.failures import Stopped, Unreachable

_ENOUGH = 3  # names without any answer until the network counts as absent
_LOOK_UP_EVERY = 0.1  # seconds: how soon a stop is noticed


class Names:
    """Looks names up for one run. Safe to share between threads.

    When the first names all get no answer at all, every later one fails at once: the machine has no network. A name that a
    server says does not exist is an answer.
    """

    def __init__(self, guard: Guard, stopped: threading.Event) -> None:
        self._guard = guard
        self._stopped = stopped
        self._lock = threading.Lock()
        self._answered = False
        self._unanswered: set[str] = set()

    def addresses(self, host: str, port: int, deadline: float) -> Sequence[SocketAddress]:
        """The addresses of `host`, each checked. Raises Refused, Unreachable, Stopped; `deadline` is on the monotonic clock."""
        if not self._answered and len(self._unanswered) >= _ENOUGH:
            raise Unreachable("no network")
        try:
            found = self._resolved(host, port, deadline)
        except socket.gaierror as error:
            if error.errno == socket.EAI_AGAIN:
                raise self._no_answer(host) from error
            self._answer()
            raise Unreachable(f"no address is known for {host}") from error
        except TimeoutError as error:
            raise self._no_answer(host) from error
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"no address is known for {host}") from error
        self._answer()
        if not found:
            raise Unreachable(f"no address is known for {host}")
        self._guard.check_addresses(host, found)
        return found

    def _resolved(self, host: str, port: int, deadline: float) -> Sequence[SocketAddress]:
        """In a thread of its own, which is left behind when it takes too long: nothing can interrupt getaddrinfo."""
        answers: queue.SimpleQueue[Sequence[SocketAddress] | Exception] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answers.put(self._guard.resolve(host, port))
            except Exception as error:  # handed to the thread that waits
                answers.put(error)

        threading.Thread(target=look_up, name="notebot-name", daemon=True).start()
        while True:
            try:
                answer = answers.get(timeout=_LOOK_UP_EVERY)
            except queue.Empty:
                if self._stopped.is_set():
                    raise Stopped from None
                if time.monotonic() > deadline:
                    raise TimeoutError from None
                continue
            if isinstance(answer, Exception):
                raise answer
            return answer

    def _answer(self) -> None:
        with self._lock:
            self._answered = True

    def _no_answer(self, host: str) -> Unreachable:
        with self._lock:
            self._unanswered.add(host.removeprefix("www."))
        return Unreachable(f"the name {host} could not be looked up")
