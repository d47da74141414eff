"""robots.txt: asked for once, over the same wire, and kept to."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from notebot.fetch.robots import NAME
from notebot.urls import read_place
from page_server import Page, compressed, page_server, permitting, redirect, robots

RULES = """\ufeff# a comment
User-agent: *
Disallow: /

User-agent: somebot
User-agent: NoteBot
Allow: /
Disallow: /private
Allow: /private/open
Disallow: /*.php$
Disallow: /a*/secret
Crawl-delay: 10
"""


def outcomes(ask: Callable, rules: Page, paths: list[str]) -> dict[str, str]:
    with page_server() as site:
        site.pages |= dict.fromkeys((path.partition("?")[0] for path in paths), "words") | dict.fromkeys(paths, "words")
        site.pages["/robots.txt"] = rules
        responses = ask(*map(site.page, paths), guard=site.guard())
        assert [asked.path for asked in site.asked].count("/robots.txt") == 1
        return {path: response.outcome for path, response in zip(paths, responses, strict=True)}


def test_the_rules_for_notebot_are_kept(ask: Callable) -> None:
    found = outcomes(
        ask,
        robots(RULES),
        ["/", "/private", "/private/a", "/private/open", "/x.php", "/x.php5", "/abc/secret", "/abc/d/secret", "/%70rivate/b"],
    )
    assert [path for path, outcome in found.items() if outcome == "fetched"] == ["/", "/private/open", "/x.php5"]
    assert set(found.values()) == {"fetched", "refused"}


def test_the_rules_for_everybody_are_kept(ask: Callable) -> None:
    found = outcomes(
        ask, robots("User-agent: *\nDisallow: /search?q=\nDisallow: /b\n"), ["/a", "/b", "/search?q=1", "/search?p=1"]
    )
    assert [path for path, outcome in found.items() if outcome == "refused"] == ["/b", "/search?q=1"]


@pytest.mark.parametrize(
    "answer",
    [
        Page(status=404),
        Page(status=410),
        Page(status=403),
        robots(""),
        robots("<html><body>Welcome to our one page application</body></html>"),
        Page(b"\x00\xff\xfe" * 10_000),
        robots("User-agent: *\nDisallow:\n"),
        robots("User-agent: otherbot\nDisallow: /\n"),
        robots("Allow: /\n" * 100_000 + "User-agent: *\nDisallow: /\n"),  # beyond what counts
    ],
    ids=["404", "410", "403", "empty", "a page", "bytes", "nothing", "others", "too long"],
)
def test_without_rules_everything_may_be_read(ask: Callable, answer: Page) -> None:
    assert outcomes(ask, answer, ["/a"]) == {"/a": "fetched"}


@pytest.mark.parametrize(
    "answer",
    [
        Page(status=500),
        Page(status=503),
        Page(status=429),
        Page(b"User-agent", reset=True),
        Page(b"", wait=5),
        Page(b"x", headers={"Content-Encoding": "br"}),
        redirect("file:///etc/passwd"),
    ],
    ids=["500", "503", "429", "reset", "silent", "packed", "nowhere"],
)
def test_rules_that_cannot_be_read_keep_us_away(ask: Callable, answer: Page) -> None:
    with page_server() as site:
        site.pages |= {"/robots.txt": answer, "/a": "words", "/b": "words"}
        responses = ask(site.page("/a"), site.page("/b"), guard=site.guard())
        assert [response.outcome for response in responses] == ["failed", "failed"]
        assert all("robots.txt could not be read" in response.reason for response in responses)
        assert site.paths() == []


def test_rules_may_be_elsewhere_and_packed(ask: Callable) -> None:
    packed = compressed("User-agent: *\nDisallow: /a\n")
    with page_server() as site:
        site.pages |= {"/robots.txt": redirect("/rules"), "/rules": packed, "/a": "words", "/b": "words"}
        responses = ask(site.page("/a"), site.page("/b"), guard=site.guard())
        assert [response.outcome for response in responses] == ["refused", "fetched"]


def test_rules_that_lead_in_a_circle_are_none(ask: Callable) -> None:
    with page_server() as site:
        site.pages |= {"/robots.txt": redirect("/robots.txt"), "/a": "words"}
        assert ask(site.page("/a"), guard=site.guard())[0].outcome == "fetched"


def test_rules_that_lead_into_the_network_are_not_followed(ask: Callable) -> None:
    with page_server() as site, page_server() as canary:
        site.pages |= {"/robots.txt": redirect(canary.url), "/a": "words"}
        assert ask(site.page("/a"), guard=site.guard())[0].outcome == "refused"
        assert canary.connections == 0


def test_the_rules_of_a_site_that_we_are_sent_to_are_kept_too(ask: Callable) -> None:
    with page_server() as site, page_server() as other:
        site.pages["/a"] = redirect(other.url + "/b")
        other.pages |= {"/robots.txt": robots("User-agent: *\nDisallow: /\n"), "/b": "words"}
        [response] = ask(site.page("/a"), guard=permitting(site, other))
        assert response.outcome == "refused"
        assert other.paths() == []


LINES = st.lists(st.one_of(st.sampled_from(RULES.splitlines()), st.text(max_size=30)), max_size=20)


@given(
    st.one_of(st.binary(max_size=200), LINES.map(lambda lines: "\n".join(lines).encode("utf-8", "replace"))), st.text(max_size=20)
)
def test_whatever_stands_in_it_can_be_read(rules: bytes, path: str) -> None:
    Protego.parse(rules.decode("utf-8-sig", "replace")).can_fetch(read_place(f"https://example.org/{quote(path)}").url, NAME)


def test_rules_made_to_take_time_take_none() -> None:
    started = time.monotonic()
    rules = Protego.parse("User-agent: *\n" + f"Disallow: /{'*a' * 500}b$\n" * 300)
    assert rules.can_fetch("https://example.org/" + "a" * 2000, NAME)
    assert time.monotonic() - started < 2
