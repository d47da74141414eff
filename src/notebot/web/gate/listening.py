"""Where a server listens, under which names it is asked for, and whether people must sign in there."""

from __future__ import annotations

import errno
import ipaddress
import socket

from notebot.errors import NotebotError, UsageError
from notebot.settings import Settings
from notebot.web.gate.guard import Rules
from notebot.web.gate.sign_in import Entrance
from notebot.web.gate.users import Users

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
WAY_OUT = "Or leave --host out, and reach it from another machine through: ssh -L 7860:127.0.0.1:7860 THIS-MACHINE"


def rules_of(settings: Settings, host: str) -> Rules:
    """What the guard goes by on a server that listens on `host`. Raises UsageError where others could reach it and nobody could
    sign in, or where it is not known by which names they will ask for it."""
    others = not _is_loopback(host)
    named = frozenset(_in_address(name) for name in settings.hosts)
    everywhere = _is_everywhere(host)
    if not others and not settings.sign_in:
        return Rules(OWN_NAMES | named | {_in_address(host)})
    users = Users(settings.data)
    if not users.names():
        where = f"The page would be open to other machines at --host {host}" if others else "The setting `sign_in` is on"
        raise UsageError(f"{where}, and there is no password yet. Add a user first: notebot users add NAME. {WAY_OUT}")
    if everywhere and not named:
        raise UsageError(
            f"At --host {host} the server has many names, and answers only to those it knows, so that no other site can "
            f'pretend to be it. Name them in a settings file: hosts = ["{socket.gethostname().lower()}"], or in NOTEBOT_HOSTS.'
        )
    names = OWN_NAMES | named | (frozenset() if everywhere else {_in_address(host)})
    return Rules(names, Entrance(users), frozenset(settings.proxies), settings.requests_per_minute)


def listen(host: str, port: int) -> socket.socket:
    """A socket that already accepts connections; they wait until the app is there. Raises NotebotError.

    Whether others may reach it is for `rules_of` to say, before.
    """
    address = host.strip("[]")
    name = "127.0.0.1" if address == "localhost" else address
    listener = socket.socket(socket.AF_INET6 if ":" in name else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # restart at once after a stop
        listener.bind((name, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise _cannot_listen(host, port, error) from error
    return listener


def address_of_listener(listener: socket.socket) -> str:
    """Where a browser on this machine finds it."""
    name, port = listener.getsockname()[:2]
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(name, name)  # noqa: S104  "everywhere" is no address to open
    return f"http://{_in_address(name)}:{port}"


def _in_address(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets."""
    name = host.strip("[]").lower()
    return f"[{name}]" if ":" in name else name


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_everywhere(host: str) -> bool:
    try:
        return not host or ipaddress.ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return False


def _cannot_listen(host: str, port: int, error: OSError | OverflowError) -> NotebotError:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return NotebotError(
                f"Port {port} is already in use, perhaps by another notebot. Stop that program or choose another port: "
                f"notebot web --port {port + 1 if port < 65_535 else 7861}"
            )
        case errno.EACCES:
            return NotebotError(f"Port {port} is reserved for the system. Choose one above 1023: notebot web --port 7860")
        case _:
            return NotebotError(f"notebot cannot listen on {host}, port {port}: {error}. Choose another --host or --port.")
