"""Which addresses are public, and the table of addresses that a note may hold to reach into the machine or its network."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import pytest

from notebot.fetch.addresses import Guard, SocketAddress, is_public, resolve
from notebot.fetch.client import Fetching, Limits, Request, Response
from notebot.fetch.failures import Refused
from notebot.urls import read_place
from page_server import page_server

INSIDE = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 127.0.0.1 127.1.2.3 169.254.169.254 169.254.0.1
172.16.0.1 172.31.255.255 192.0.0.8 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.51.100.1 203.0.113.1
224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16
:: ::1 ::7f00:1 ::ffff:7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1
64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::7f00:1 2002:7f00:1:: 2002:a00:1:: 2001:0:4136:e378:8000:63bf:3fff:fdd2
fe80::1 fe80::1%eth0 fec0::1 fc00::1 fd00:ec2::254 ff02::1 2001:db8::1 100::1 5f00::1
localhost nonsense
""".split()
OUTSIDE = "1.1.1.1 8.8.8.8 93.184.216.34 172.32.0.1 100.128.0.1 2606:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808".split()


@pytest.mark.parametrize("address", INSIDE)
def test_inside(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_outside(address: str) -> None:
    assert is_public(address)


# Names that lead home, as any name server may say.
NAMES = {
    "localtest.example": "127.0.0.1",
    "www.localtest.example": "127.0.0.1",
    "127.0.0.1.nip.example": "127.0.0.1",
    "metadata.example": "169.254.169.254",
    "router.example": "192.168.0.1",
    "mapped.example": "::ffff:127.0.0.1",
    "six.example": "::1",
    "nat64.example": "64:ff9b::7f00:1",
    "sixtofour.example": "2002:7f00:1::",
    "zero.example": "0.0.0.0",
    "local.example": "fe80::1",
    "unique.example": "fd00::1",
}
TABLE = [
    *(f"http://{name}/" for name in NAMES),
    *(f"https://{name}:443/a?b=c" for name in NAMES),
    *(f"http://{host}/" for host in INSIDE if ":" not in host and host not in ("localhost", "nonsense")),
    *(f"http://[{host}]/" for host in INSIDE if ":" in host),
    *(f"http://{host}/" for host in ("localhost", "LOCALHOST", "localhost.", "www.localhost", "xn--localhost-.example")),
    *(f"http://{host}/" for host in ("2130706433", "0x7f000001", "0x7f.1", "0x7f.0.0.1", "0177.0.0.1", "017700000001")),
    *(f"http://{host}/" for host in ("127.1", "127.0.1", "127.0.0.01", "①②⑦.⓪.⓪.①", "127。0。0。1", "0", "[::ffff:0x7f.1]")),
    *(
        f"http://{host}/"
        for host in ("[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[::]", "[0::1]", "[::1%25lo]", "127.0.0.1.")
    ),
    "http://127.0.0.1:22/",
    "http://127.0.0.1:6666\\@1.1.1.1/",
    "http://1.1.1.1@127.0.0.1/",
    "http://1.1.1.1#@127.0.0.1:25/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "dict://127.0.0.1:11211/stats",
]


def test_table_of_addresses_that_must_not_be_asked() -> None:
    """Every connection would reach the canary, whatever address and port it is meant for: only the check keeps it away."""
    with page_server() as canary:

        def home(host: str, port: int) -> Sequence[SocketAddress]:
            if host in NAMES:
                return [(NAMES[host], canary.address[1])]
            if host.endswith(".example") or host in ("1.1.1.1", "www.localhost"):
                raise socket.gaierror(socket.EAI_NONAME, "no such name")
            return [(address, canary.address[1]) for address, _ in resolve(host, port)]

        guard = Guard(resolve=home)
        responses = asked(TABLE, guard)
        assert len(TABLE) >= 60
        assert len(responses) == len(TABLE)
        assert {response.outcome for response in responses} <= {"refused", "failed"}
        refused = [response.page for response in responses if "not a public address" in response.reason]
        assert len(refused) >= 60
        assert canary.connections == 0
        # The canary sings: with the permission that only tests give, the same way leads there.
        permitted = Guard(resolve=home, loopback=frozenset([canary.address]))
        asked(["http://localtest.example/"], permitted)
        assert canary.connections > 0


def asked(urls: list[str], guard: Guard) -> list[Response]:
    responses = []
    with Fetching([Request(url) for url in urls], guard=guard, limits=Limits(pause=0, hosts=2, total=5)) as fetching:
        while fetching.left:
            responses += fetching.results(5)
    return responses


def test_one_private_address_among_public_ones_is_enough() -> None:
    with pytest.raises(Refused, match="not a public address"):
        Guard().check_addresses("mixed.example", [("1.1.1.1", 443), ("10.0.0.1", 443)])
    Guard().check_addresses("fine.example", [("1.1.1.1", 443), ("2606:4700::1111", 443)])


def test_the_permission_of_tests_is_for_one_port_of_this_machine() -> None:
    guard = Guard(loopback=frozenset([("127.0.0.1", 4000), ("10.0.0.1", 4000)]))
    guard.check_addresses("localhost", [("127.0.0.1", 4000)])
    for address in (("127.0.0.1", 4001), ("127.0.0.2", 4000), ("10.0.0.1", 4000)):
        with pytest.raises(Refused):
            guard.check_addresses("localhost", [address])


def test_ports_and_lists() -> None:
    def allows(guard: Guard, url: str) -> bool:
        try:
            guard.check(read_place(url))
        except Refused:
            return False
        return True

    assert allows(Guard(), "https://example.org")
    assert allows(Guard(), "http://example.org:443")
    assert not allows(Guard(), "https://example.org:8443")
    assert not allows(Guard(), "http://example.org:22")
    assert not allows(Guard(deny=("example.org",)), "https://www.docs.example.org")
    assert allows(Guard(deny=("example.org",)), "https://example.com")
    assert allows(Guard(allow=("www.example.org",)), "https://example.org")
    assert not allows(Guard(allow=("example.org",)), "https://example.com")
    assert not allows(Guard(allow=("example.org",), deny=("a.example.org",)), "https://a.example.org")
