"""Many pages in the background: each ends once, hosts are treated gently, and stopping is quick."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Sequence
from itertools import pairwise

import pytest

from linked_sites import HOSTS, LINKS, linked_sites
from notebot.fetch.addresses import Guard, SocketAddress
from notebot.fetch.client import Fetching, Request
from notebot.fetch.limits import Limits
from notebot.urls import read_url
from page_server import Page, page_server

QUICK = Limits(connect=1, idle=1, total=2, pause=0, patience=2)


def test_each_request_ends_once() -> None:
    with page_server() as site:
        site.pages |= {f"/{number}": f"page {number}" for number in range(0, 20, 2)}
        requests = [Request(site.page(f"/{number}")) for number in range(20)]
        with Fetching(requests, guard=site.guard(), limits=QUICK) as fetching:
            assert fetching.left == 20
            ended = []
            while fetching.left:
                ended += fetching.results(5)
            assert fetching.results(5) == []
        assert sorted(response.page for response in ended) == sorted(request.page for request in requests)
        assert sum(response.outcome == "fetched" for response in ended) == 10


def test_the_pages_that_the_shipped_notes_link_to() -> None:
    with page_server() as site:
        site.pages |= linked_sites()
        requests = [Request(read_url(link).page) for link in LINKS]
        ended = finish(Fetching(requests, guard=site.guard(*HOSTS), limits=QUICK))
        assert {response.outcome for response in ended} == {"fetched"}
        assert len(ended) == len(LINKS) == 9
        assert all(b"<article>" in response.body for response in ended)
        assert "http://docs.pytorch.org/docs/2.9/onnx.html" in {response.url for response in ended}


def test_nothing_to_do() -> None:
    with Fetching([]) as fetching:
        assert fetching.left == 0
        assert fetching.results(60) == []


def test_results_come_as_they_are_and_waiting_ends() -> None:
    with page_server() as site:
        site.pages |= {"/a": "words", "/b": Page(b"late", wait=0.8)}
        with Fetching([Request(site.page("/a")), Request(site.page("/b"))], guard=site.guard(), limits=QUICK) as fetching:
            assert [response.page for response in fetching.results(5)] == [site.page("/a")]
            started = time.monotonic()
            assert fetching.results(0.1) == []
            assert 0.05 < time.monotonic() - started < 0.7
            assert fetching.left == 1


def test_pages_that_nobody_takes_do_not_pile_up() -> None:
    with page_server() as site:
        hosts = [f"site{number}.example" for number in range(20)]
        limits = Limits(pause=0, hosts=4, ready=3)
        fetching = Fetching([Request(f"https://{host}/a") for host in hosts], guard=site.guard(*hosts), limits=limits)
        time.sleep(0.5)
        assert 3 <= len(site.paths()) <= 3 + 4
        assert len(finish(fetching)) == 20


def test_one_host_is_asked_by_one_with_a_pause() -> None:
    with page_server() as site:
        site.pages |= {f"/{number}": "words" for number in range(5)}
        requests = [Request(site.page(f"/{number}")) for number in range(5)]
        finish(Fetching(requests, guard=site.guard(), limits=Limits(pause=0.1)))
        assert site.busiest == 1
        assert len(site.asked) == 6
        assert all(later.at - earlier.at >= 0.095 for earlier, later in pairwise(site.asked))


def test_hosts_are_asked_side_by_side_but_not_all_at_once() -> None:
    with page_server() as site:
        site.pages["/a"] = Page(b"words", wait=0.1)
        hosts = [f"site{number}.example" for number in range(12)]
        requests = [Request(f"https://{host}/a") for host in hosts]
        finish(Fetching(requests, guard=site.guard(*hosts), limits=Limits(pause=0, hosts=4)))
        assert 2 <= site.busiest <= 4
        assert len(site.paths()) == 12


@pytest.mark.parametrize("status", [429, 503])
def test_input_64_a_short_wait_is_waited_for(status: int) -> None:
    with page_server() as site:
        site.pages |= {"/a": [Page(b"", status, headers={"Retry-After": "1"}), Page(b"words")], "/b": "more"}
        ended = finish(Fetching([Request(site.page("/a")), Request(site.page("/b"))], guard=site.guard(), limits=QUICK))
        assert {response.outcome for response in ended} == {"fetched"}
        assert site.paths() == ["/a", "/a", "/b"]
        assert site.asked[-2].at - site.asked[-3].at >= 1


@pytest.mark.parametrize("headers", [{"Retry-After": "3600"}, {}])
def test_input_64_a_long_wait_keeps_us_away_from_the_host(headers: dict[str, str]) -> None:
    with page_server() as site:
        site.pages |= {"/a": Page(b"", 429, headers=headers), "/b": "never asked"}
        ended = finish(Fetching([Request(site.page("/a")), Request(site.page("/b"))], guard=site.guard(), limits=QUICK))
        assert {response.outcome for response in ended} == {"failed"}
        assert {response.retry_after for response in ended} == ({3600} if headers else {60})
        assert site.paths() == ["/a"]


def test_a_site_that_always_asks_for_a_little_more_time_is_asked_twice() -> None:
    with page_server() as site:
        site.pages["/a"] = Page(b"", 503, headers={"Retry-After": "1"})
        [response] = finish(Fetching([Request(site.page("/a"))], guard=site.guard(), limits=QUICK))
        assert (response.outcome, response.retry_after) == ("failed", 1)
        assert site.paths() == ["/a", "/a"]


@pytest.mark.parametrize("page", [Page(b"late", wait=30), Page(iter(lambda: b"x", b""), pause=0.2)], ids=["silent", "slow"])
def test_closing_is_quick_while_servers_hang(page: Page) -> None:
    with page_server() as site:
        site.pages |= {"/a": page, "/b": page}
        hosts = [f"site{number}.example" for number in range(6)]
        requests = [Request(f"https://{host}{path}") for host in hosts for path in ("/a", "/b")]
        fetching = Fetching(requests, guard=site.guard(*hosts))
        time.sleep(0.4)
        started = time.monotonic()
        fetching.close()
        assert time.monotonic() - started < 1
        assert (fetching.left, fetching.results(60)) == (0, [])
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("notebot-fetch")]
        fetching.close()


def test_closing_is_quick_while_a_look_up_hangs() -> None:
    released = threading.Event()

    def resolve(_host: str, _port: int) -> Sequence[SocketAddress]:
        released.wait(10)
        return []

    fetching = Fetching([Request("https://a.example")], guard=Guard(resolve=resolve))
    time.sleep(0.1)
    started = time.monotonic()
    fetching.close()
    assert time.monotonic() - started < 1
    released.set()


def test_a_machine_without_a_network_loses_no_time() -> None:
    def resolve(_host: str, _port: int) -> Sequence[SocketAddress]:
        time.sleep(0.2)
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    started = time.monotonic()
    ended = finish(Fetching([Request(f"https://site{number}.example/a") for number in range(200)], guard=Guard(resolve=resolve)))
    assert time.monotonic() - started < 5
    assert len(ended) == 200
    assert {response.outcome for response in ended} == {"failed"}
    assert [response.reason for response in ended].count("no network") > 190


def test_what_nobody_expected_is_a_failure_of_one_page() -> None:
    def resolve(host: str, _port: int) -> Sequence[SocketAddress]:
        raise RuntimeError if host == "bad.example" else socket.gaierror(socket.EAI_NONAME, "no such name")

    ended = finish(Fetching([Request("https://bad.example"), Request("https://a.example")], guard=Guard(resolve=resolve)))
    reasons = {response.page: response.reason for response in ended}
    assert reasons == {
        "https://bad.example": "something unexpected happened: RuntimeError",
        "https://a.example": "no address is known for a.example",
    }


def test_no_line_of_the_log_holds_a_query(caplog: pytest.LogCaptureFixture) -> None:
    with page_server() as site, caplog.at_level(logging.INFO):
        site.pages |= {"/a?token=canary": "words", "/b?token=canary": Page(status=500)}
        finish(Fetching([Request(site.page(path)) for path in site.pages], guard=site.guard(), limits=QUICK))
        assert "fetched" in caplog.text
        assert "the site answered 500" in caplog.text
        assert "canary" not in caplog.text


def finish(fetching: Fetching) -> list:
    ended = []
    with fetching:
        while fetching.left:
            ended += fetching.results(5)
    return ended
