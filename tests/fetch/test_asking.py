"""One page: how its answers are read, how it is reached, and what is remembered."""

from __future__ import annotations

import email.utils
import socket
import ssl
import time
from collections.abc import Callable, Sequence

import pytest

from notebot.fetch.addresses import Guard, SocketAddress
from notebot.fetch.client import Request
from page_server import Page, compressed, page_server, permitting, redirect


def test_a_page_is_fetched_as_it_is(ask: Callable) -> None:
    with page_server() as site:
        body = "<meta charset=latin-1><h1>Grüße</h1>".encode("latin-1")
        site.pages["/a"] = Page(
            body, kind="text/html; charset=iso-8859-1", headers={"ETag": '"é1"', "Last-Modified": "yesterday"}
        )
        [response] = ask(site.page("/a?q=ü"), guard=site.guard())
        assert response.outcome == "gone"  # a page with a query is another page
        [response] = ask(site.page("/a"), guard=site.guard())
        assert (response.outcome, response.body, response.reason) == ("fetched", body, "")
        assert (response.page, response.url) == (site.page("/a"), site.url + "/a")
        assert response.content_type == "text/html; charset=iso-8859-1"
        assert (response.etag, response.last_modified) == ('"é1"', "yesterday")


def test_compressed_pages_come_unpacked(ask: Callable) -> None:
    with page_server() as site:
        site.pages |= {"/a": compressed("words " * 1000), "/b": compressed("words", times=2)}
        once, twice = ask(site.page("/a"), site.page("/b"), guard=site.guard())
        assert once.body == b"words " * 1000
        assert (twice.outcome, twice.reason) == ("refused", "compression not supported: gzip, gzip")


@pytest.mark.parametrize(
    ("page", "outcome", "reason"),
    [
        (Page(status=404), "gone", "the site answered 404"),
        (Page(status=410), "gone", "the site answered 410"),
        (Page(status=401), "refused", "the site answered 401"),
        (Page(status=403), "refused", "the site answered 403"),
        (Page(status=451), "refused", "the site answered 451"),
        (Page(status=400), "failed", "the site answered 400"),
        (Page(status=429), "failed", "the site answered 429"),
        (Page(status=500), "failed", "the site answered 500"),
        (Page(status=503), "failed", "the site answered 503"),
        (Page(status=599), "failed", "the site answered 599"),
        (Page(status=302), "failed", "the site answered 302"),
        (Page(status=204), "failed", "the site answered 204"),
        (Page(status=304), "failed", "the site answered 304"),
    ],
)
def test_input_64_answers_without_a_page(ask: Callable, page: Page, outcome: str, reason: str) -> None:
    with page_server() as site:
        site.pages["/a"] = page
        [response] = ask(site.page("/a"), guard=site.guard())
        assert (response.outcome, response.reason, response.body) == (outcome, reason, b"")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": "9" * 400}, 7 * 24 * 3600),
        ({"Retry-After": "Wed, 21 Oct 2015 07:30:00 GMT", "Date": "Wed, 21 Oct 2015 07:28:00 GMT"}, 120),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"Retry-After": "soon"}, 0),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "Wed, 99 Oct 99999 07:28:00 GMT"}, 0),
        ({}, 0),
    ],
)
def test_input_64_retry_after_in_seconds_and_as_a_date(ask: Callable, headers: dict[str, str], seconds: int) -> None:
    with page_server() as site:
        site.pages["/a"] = Page(b"", 503, headers=headers)
        [response] = ask(site.page("/a"), guard=site.guard())
        assert (response.outcome, response.retry_after) == ("failed", seconds)


def test_input_64_a_date_without_the_servers_own_time_counts_from_ours(ask: Callable) -> None:
    with page_server() as site:
        later = email.utils.formatdate(time.time() + 3600, usegmt=True)
        site.pages["/a"] = Page(b"", 503, headers={"Retry-After": later})
        [response] = ask(site.page("/a"), guard=site.guard())
        assert response.retry_after == pytest.approx(3600, abs=30)


def test_redirects_are_followed_five_times(ask: Callable) -> None:
    with page_server() as site:
        site.pages |= {f"/{number}": redirect(f"{number + 1}", 301 + number % 2) for number in range(6)} | {"/6": "there"}
        six, five = ask(site.page("/0"), site.page("/1"), guard=site.guard())
        assert (six.outcome, six.reason) == ("refused", "it redirects more than 5 times")
        assert (five.outcome, five.url, five.body) == ("fetched", site.url + "/6", b"there")


def test_input_65_redirects_in_a_circle(ask: Callable) -> None:
    with page_server() as site:
        site.pages |= {"/a": redirect("/b"), "/b": redirect("/a")} | {f"/{n}": redirect(f"/{n + 1}") for n in range(30)}
        responses = ask(site.page("/a"), site.page("/0"), guard=site.guard())
        assert [response.outcome for response in responses] == ["refused", "refused"]
        assert len(site.paths()) == 12


@pytest.mark.parametrize("kind", ["application/zip", "video/mp4", "application/json", "application/rss+xml"])
def test_input_67_other_types_are_named_and_not_read(ask: Callable, kind: str) -> None:
    with page_server() as site:
        site.pages["/a"] = Page(iter(lambda: b"x" * 100_000, b""), kind=kind)
        [response] = ask(site.page("/a"), guard=site.guard())
        assert (response.outcome, response.reason) == ("refused", f"type not supported: {kind}")


def test_input_66_no_type_or_a_wrong_one(ask: Callable) -> None:
    with page_server() as site:
        site.pages["/a"] = Page(b"<!doctype html><p>words", kind=None)
        site.pages["/b"] = Page(b"%PDF-1.4 ...", kind="text/html")
        responses = ask(site.page("/a"), site.page("/b"), guard=site.guard())
        assert [response.content_type for response in responses] == ["text/html", "application/pdf"]


def test_an_unchanged_page_is_not_sent_again(ask: Callable) -> None:
    with page_server() as site:
        site.pages |= {"/a": Page(status=304), "/b": "new words"}
        etag = Request(site.page("/a"), etag='W/"1"', last_modified="Wed, 21 Oct 2015 07:28:00 GMT")
        same, other = ask(etag, Request(site.page("/b"), etag='"2"'), guard=site.guard())
        assert (same.outcome, same.url, same.body) == ("unchanged", site.url + "/a", b"")
        assert (other.outcome, other.body) == ("fetched", b"new words")
        asked = {asked.path: asked.headers for asked in site.asked}
        assert asked["/a"]["if-none-match"] == 'W/"1"'
        assert asked["/a"]["if-modified-since"] == "Wed, 21 Oct 2015 07:28:00 GMT"
        assert "if-none-match" not in asked["/robots.txt"]


def test_a_validator_cannot_smuggle_a_header(ask: Callable) -> None:
    with page_server() as site:
        site.pages["/a"] = "words"
        [response] = ask(Request(site.page("/a"), etag='"1"\r\nCookie: canary'), guard=site.guard())
        assert response.outcome == "failed"
        assert site.paths() == []


# --- ways to reach it ---------------------------------------------------------------------------------------------


def only(site_address: SocketAddress, *, host: str) -> Guard:
    """A guard for which nothing but `host` has an address."""

    def resolve(name: str, port: int) -> Sequence[SocketAddress]:
        if name != host:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [site_address]

    return Guard(resolve=resolve, loopback=frozenset([site_address]))


def test_a_site_that_only_has_a_www(ask: Callable) -> None:
    with page_server() as site:
        site.pages |= {"/a": "one", "/b": "two"}
        first, second = ask("https://site.example/a", "https://site.example/b", guard=only(site.address, host="www.site.example"))
        assert (first.url, second.url) == ("http://www.site.example/a", "http://www.site.example/b")
        assert site.connections == 4  # TLS in vain only once, then robots.txt and two pages


def test_a_secure_link_is_never_asked_in_the_clear(ask: Callable) -> None:
    with page_server() as site:
        site.pages["/a"] = "words"
        [response] = ask(Request(site.page("/a"), secure=True), guard=site.guard())
        assert (response.outcome, response.reason) == ("failed", "the site does not answer")
        # Nor because another link found the way in the clear.
        one, two = ask(Request(site.page("/a")), Request(site.page("/b"), secure=True), guard=site.guard())
        assert (one.outcome, two.outcome) == ("fetched", "failed")
        assert site.paths() == ["/a"]


def test_a_step_from_https_to_http_is_refused(
    ask: Callable, trusting: Callable, serving: Callable[[str], ssl.SSLContext]
) -> None:
    with page_server(tls=serving("valid")) as site, page_server() as plain:
        site.pages["/a"] = redirect(plain.url + "/a")
        [response] = ask(site.page("/a"), guard=permitting(site, plain), tls=trusting("valid"))
        assert (response.outcome, response.reason) == ("refused", "it redirects from https to http")
        assert plain.connections == 0


def test_a_host_that_does_not_answer_is_asked_twice_and_no_more(ask: Callable) -> None:
    asked = []

    def resolve(host: str, port: int) -> Sequence[SocketAddress]:
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    responses = ask(*(f"https://dead.example/{number}" for number in range(10)), guard=Guard(resolve=resolve))
    assert {response.outcome for response in responses} == {"failed"}
    assert len(asked) == 8  # two pages, https and http, with www and without


def test_what_is_no_address_is_refused(ask: Callable) -> None:
    [response] = ask("javascript:alert(1)", guard=Guard())
    assert (response.outcome, response.reason) == ("refused", "not a web address: javascript")
