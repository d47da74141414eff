"""What a sync relies on when it fetches, the same of the real thing and of the web by script that other tests use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import pytest

from fakes import FakeWeb
from notebot.fetch.client import Fetching, Request, Response
from notebot.fetch.limits import Limits
from page_server import Page, page_server

Fetch = Callable[[Sequence[Request]], Fetching]


@pytest.fixture(params=["real", "script"])
def web(request: pytest.FixtureRequest) -> Iterator[tuple[Fetch, list[str]]]:
    """A way to fetch, and three pages: one that is there, one that has not changed since "1", one that is gone."""
    with page_server() as site:
        pages = [site.page("/there"), site.page("/same"), site.page("/gone")]
        if request.param == "real":
            site.pages |= {"/there": "<p>words</p>", "/same": Page(status=304), "/gone": Page(status=404)}
            yield partial(Fetching, guard=site.guard(), limits=Limits(pause=0)), pages
        else:
            script = FakeWeb()
            script.serve(pages[0], "words")
            script.serve(pages[1], "words", etag="1")
            script.fail(pages[2], "the site answered 404", "gone")
            yield script.fetch, pages


def test_each_request_ends_in_one_response_that_says_what_is_known(web: tuple[Fetch, list[str]]) -> None:
    fetch, (there, same, gone) = web
    requests = [Request(there), Request(same, etag="1"), Request(gone)]
    ended: dict[str, Response] = {}
    with fetch(requests) as fetching:
        left = [fetching.left]
        while fetching.left:
            ended |= {response.page: response for response in fetching.results(5)}
            left.append(fetching.left)
        assert fetching.results(0) == []
    assert left == sorted(left, reverse=True)
    assert (left[0], left[-1], set(ended)) == (3, 0, {there, same, gone})
    assert [ended[page].outcome for page in (there, same, gone)] == ["fetched", "unchanged", "gone"]
    assert b"words" in ended[there].body
    assert ended[there].url.endswith("/there")
    assert ended[there].content_type.startswith("text/html")
    assert replace(ended[same], url="", etag="") == Response(same, "unchanged")
    assert (ended[gone].body, ended[gone].reason) == (b"", "the site answered 404")


def test_what_is_closed_hands_nothing_out(web: tuple[Fetch, list[str]]) -> None:
    fetch, pages = web
    fetching = fetch([Request(page) for page in pages])
    fetching.close()
    fetching.close()
    assert (fetching.left, fetching.results(0)) == (0, [])
