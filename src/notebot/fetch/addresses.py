"""Which hosts, ports and IP addresses may be asked. The one place that decides it, for every connection and every redirect."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from notebot.fetch.failures import Forbidden
from notebot.urls import Place, forbidden

SocketAddress = tuple[str, int]
Resolve = Callable[[str, int], Sequence[SocketAddress]]
_IP = ipaddress.IPv4Address | ipaddress.IPv6Address

_WEB_PORTS = frozenset((80, 443))
# Where IPv6 addresses of the public internet lie, and in it the two tunnels that lead to any IPv4 address.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_TUNNELS = (ipaddress.IPv6Network("2002::/16"), ipaddress.IPv6Network("2001::/32"))
# IPv4 addresses as they are written on networks that speak IPv6 only.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Public by the registry, and yet the inside of a machine's own network: protocol assignments, 6to4 relays, Azure's host.
_INSIDE = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")))


def resolve(host: str, port: int) -> Sequence[SocketAddress]:
    """What the system knows of a name. Raises OSError. May take long: getaddrinfo has no time limit."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(str(address[0]), int(address[1])) for _, _, _, _, address in found]


@dataclass(frozen=True, slots=True)
class Guard:
    """Says what may be asked.

    `allow` and `deny` are domains, their subdomains included; an empty `allow` means any. `resolve` is asked once for each
    connection, and the connection is made to an address that was checked. `loopback` are the only addresses and ports of
    this machine that may be asked: none, except in tests that start a server there.
    """

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    resolve: Resolve = resolve
    loopback: frozenset[SocketAddress] = frozenset()

    def check(self, place: Place) -> None:
        """Raises Forbidden for a place that is not asked, whatever its address."""
        if reason := forbidden(place.host, self.allow, self.deny):
            raise Forbidden(reason)
        if place.port not in _WEB_PORTS and place.port not in {port for _, port in self.loopback}:
            raise Forbidden(f"port {place.port} is not a port of the web")

    def check_addresses(self, host: str, found: Sequence[SocketAddress]) -> None:
        """Raises Forbidden unless every address that `host` resolved to may be asked."""
        for address, port in found:
            permitted = (address, port) in self.loopback and ipaddress.ip_address(address).is_loopback
            if not permitted and not is_public(address):
                raise Forbidden(f"{host} is not a public address")


def is_public(text: str) -> bool:
    """Whether an IP address belongs to the public internet, however it is wrapped up."""
    try:
        address: _IP = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(str(address.ipv4_mapped))
        if address in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
        inside = address not in _GLOBAL_UNICAST or any(address in tunnel for tunnel in _TUNNELS)
    else:
        inside = any(address in network for network in _INSIDE)
    return address.is_global and not address.is_multicast and not inside
