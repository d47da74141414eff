"""The wire: nothing but the question leaves, what is counted ends in time, and only those who prove their name are heard."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from notebot.fetch.addresses import Guard, SocketAddress
from notebot.fetch.failures import Refused
from notebot.fetch.wire import followed
from notebot.urls import read_place
from page_server import Page, compressed, endless, header_flood, page_server, permitting, redirect


def test_nothing_of_the_person_is_sent(ask: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No cookie, no password from a .netrc, no proxy from the environment."""
    with page_server() as site, page_server() as proxy:
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login canary password canary\ndefault login canary password canary\n")
        (tmp_path / ".netrc").chmod(0o600)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        site.pages["/a"] = Page(b"one", headers={"Set-Cookie": "canary=1; Path=/"})
        site.pages["/b"] = redirect("/c")
        site.pages["/c"] = "three"
        responses = ask(site.page("/a"), site.page("/b"), guard=site.guard())
        assert [response.body for response in responses] == [b"one", b"three"]
        assert proxy.connections == 0
        for asked in site.asked:
            assert set(asked.headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}
            assert "canary" not in str(asked.headers)
            assert asked.headers["user-agent"].startswith("notebot/")
            assert asked.headers["accept-encoding"] == "gzip, deflate"
            assert asked.headers["host"] == site.url.removeprefix("http://")


@pytest.mark.parametrize(
    "page",
    [
        Page(b"late", wait=20),
        Page(itertools.repeat(b"x"), pause=0.1),
        Page(raw=itertools.repeat(b"H"), pause=0.1),
        header_flood(pause=0.1),
        Page(raw=itertools.chain([b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"], itertools.repeat(b"")), pause=0.1),
        Page(
            raw=itertools.chain([b"HTTP/1.1 100 Continue\r\n\r\n"], itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n")),
            pause=0.05,
        ),
    ],
    ids=["silent", "slow body", "slow status", "slow headers", "silent body", "one informational answer after the other"],
)
def test_input_68_slow_servers_are_left_in_time(ask: Callable, page: Page) -> None:
    with page_server() as site:
        site.pages["/a"] = page
        started = time.monotonic()
        [response] = ask(site.page("/a"), guard=site.guard())
        assert time.monotonic() - started < 3
        assert response.outcome == "failed"
        assert response.reason in {"it took longer than 1 s", "the site was silent for 0.4 s"}


@pytest.mark.parametrize(
    "page",
    [
        endless(),
        Page(b"x" * 6_000_000),
        Page(b"", headers={"Content-Length": "6000000"}),
        header_flood(),
        Page(raw=[b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000_000 + b"\r\n\r\n"]),
        Page(raw=itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)),
    ],
    ids=["endless", "long", "said to be long", "headers without end", "a header of 10 MB", "informational answers without end"],
)
def test_input_68_what_never_ends_is_cut_at_the_limit(ask: Callable, page: Page) -> None:
    with page_server() as site:
        site.pages["/a"] = page
        started = time.monotonic()
        [response] = ask(site.page("/a"), guard=site.guard())
        assert time.monotonic() - started < 3
        assert response.outcome in {"refused", "failed"}
        assert response.body == b""


@pytest.mark.parametrize("status", [200, 302, 404])
def test_input_69_a_bomb_is_harmless_in_any_answer(ask: Callable, status: int) -> None:
    """Also where nobody reads it: behind a redirect and an error."""
    bomb = compressed("0" * 20_000_000)
    with page_server() as site:
        site.pages["/a"] = Page(bomb.body, status, headers={**bomb.headers, "Location": "/b"})
        site.pages["/b"] = "there"
        [response] = ask(site.page("/a"), guard=site.guard())
        assert (response.outcome, response.reason) == {
            200: ("refused", "larger than 5 MB"),
            302: ("fetched", ""),
            404: ("gone", "the site answered 404"),
        }[status]


def test_the_body_of_a_redirect_is_not_waited_for(ask: Callable) -> None:
    with page_server() as site:
        site.pages["/a"] = redirect("/b", body=itertools.repeat(b"x" * 100_000))
        site.pages["/b"] = "there"
        assert ask(site.page("/a"), guard=site.guard())[0].body == b"there"


@pytest.mark.parametrize(
    "page",
    [
        Page(b"half a pa", reset=True),
        Page(b"half a pa", headers={"Content-Length": "1000"}),
        Page(raw=[b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf"]),
        Page(raw=[b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nhalf"]),
        Page(raw=[b"not HTTP at all\r\n\r\n"]),
        Page(raw=[b""]),
    ],
    ids=["reset", "length too long", "chunk cut off", "two lengths", "another language", "nothing"],
)
def test_input_70_half_an_answer_is_none(ask: Callable, page: Page) -> None:
    with page_server() as site:
        site.pages["/a"] = page
        [response] = ask(site.page("/a"), guard=site.guard())
        assert (response.outcome, response.reason, response.body) == ("failed", "the connection broke off", b"")


# --- TLS ----------------------------------------------------------------------------------------------------------


def test_a_certificate_is_checked_against_the_name(ask: Callable, trusting: Callable, serving: Callable) -> None:
    with page_server(tls=serving("valid")) as site:
        site.pages["/a"] = "<h1>Hello</h1>"
        guard = site.guard("site.example", "other.example", port=443)
        good, wrong = ask("https://site.example/a", "https://other.example/a", guard=guard, tls=trusting("valid"))
        assert (good.outcome, good.url) == ("fetched", "https://site.example/a")
        assert wrong.outcome == "failed"
        assert "Hostname mismatch" in wrong.reason
        assert site.paths() == ["/a"]
        assert site.asked[-1].headers["host"] == "site.example"


@pytest.mark.parametrize(("name", "reason"), [("valid", "self-signed certificate"), ("expired", "self-signed certificate")])
def test_input_73_a_certificate_nobody_signed(ask: Callable, serving: Callable, name: str, reason: str) -> None:
    """And what listens on port 80 is not asked instead."""
    with page_server(tls=serving(name)) as site, page_server() as canary:
        site.pages["/a"] = "secret"
        secure, plain = permitting(site, names={"site.example": site}), permitting(canary, names={"site.example": canary})

        def resolve(host: str, port: int) -> Sequence[SocketAddress]:
            return (secure if port == 443 else plain).resolve(host, port)

        guard = Guard(resolve=resolve, loopback=secure.loopback | plain.loopback)
        [response] = ask("https://site.example/a", guard=guard, tls=None)
        assert response.outcome == "failed"
        assert reason in response.reason
        assert site.asked == []
        assert canary.connections == 0


def test_input_73_a_certificate_that_is_over(ask: Callable, trusting: Callable, serving: Callable) -> None:
    with page_server(tls=serving("expired")) as site:
        [response] = ask("https://site.example/a", guard=site.guard("site.example"), tls=trusting("expired"))
        assert response.outcome == "failed"
        assert "expired" in response.reason
        assert site.asked == []


# --- where it leads -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b?c#d", "https://example.org/b?c"),
        ("b", "https://example.org/a/b"),
        ("//other.example/b", "https://other.example/b"),
        ("https://other.example:8443", "https://other.example:8443/"),
        ("/é ü", "https://example.org/%C3%A9%20%C3%BC"),
        ("?x=1", "https://example.org/a/?x=1"),
    ],
)
def test_redirects_are_read_like_any_address(location: str, target: str) -> None:
    assert followed(read_place("https://example.org/a/"), location).url == target


@pytest.mark.parametrize(
    "location",
    [
        "http://example.org/b",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "ftp://example.org/a",
        "https://user@example.org/",
        "\\\\other.example/a",
        "https://127.0.0.1:80\\@other.example/",
        "https://exa\tmple.org",
        "https://example.org:0/",
        "https://[::1",
        "x" * 5000,
    ],
)
def test_redirects_to_what_is_never_fetched(location: str) -> None:
    with pytest.raises(Refused, match="it redirects"):
        followed(read_place("https://example.org/a/"), location)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_input_65_a_redirect_into_the_network_is_not_followed(ask: Callable, status: int) -> None:
    with page_server() as site, page_server() as canary:
        targets = [canary.url, "http://169.254.169.254/latest/meta-data", "http://[::ffff:127.0.0.1]/", "http://router.example/"]
        for number, target in enumerate(targets):
            site.pages[f"/{number}"] = redirect(target, status)

        def resolve(host: str, port: int) -> Sequence[SocketAddress]:
            if host == "router.example":
                return [("192.168.0.1", canary.address[1])]
            return [(host, port if host == "127.0.0.1" else canary.address[1])]

        guard = Guard(resolve=resolve, loopback=frozenset([site.address]))
        responses = ask(*(site.page(f"/{number}") for number in range(len(targets))), guard=guard)
        assert [response.outcome for response in responses] == ["refused"] * len(targets)
        assert canary.connections == 0


def test_a_name_that_moves_into_the_network_is_not_followed(ask: Callable) -> None:
    """DNS rebinding: each connection goes to the address that was checked for it, and is checked again the next time."""
    with page_server() as site, page_server() as canary:
        site.pages["/a"] = "fine"
        answers = []

        def resolve(host: str, port: int) -> Sequence[SocketAddress]:
            answers.append(host)
            return [site.address] if len(answers) <= 3 else [canary.address]

        guard = Guard(resolve=resolve, loopback=frozenset([site.address]))
        # One look-up for each connection: TLS in vain, robots.txt, the page; and then the name has moved.
        first, second = ask("https://moving.example/a", "https://moving.example/b", guard=guard)
        assert len(answers) in (4, 5)
        assert [first.outcome, second.outcome] in (["fetched", "refused"], ["refused", "refused"])
        assert "not a public address" in second.reason
        assert canary.connections == 0


def test_a_page_that_refreshes_itself_elsewhere_is_only_a_page(ask: Callable) -> None:
    with page_server() as site, page_server() as canary:
        site.pages["/a"] = f'<meta http-equiv="refresh" content="0; url={canary.url}"><p>Wait.</p>'
        assert ask(site.page("/a"), guard=site.guard())[0].outcome == "fetched"
        assert canary.connections == 0
