"""Downloads into a scripted Ollama: progress, an end, cancelling within a second, and every failure in words."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from notebot.errors import UsageError
from notebot.web.page.pulling import Pulling
from scripted_ollama import Reply, line, scripted, usual

PART = {"status": "pulling", "digest": "sha256:a", "total": 1000}
WHOLE = [
    line({"status": "pulling manifest"}),
    *(line({**PART, "completed": n * 100}) for n in range(11)),
    line({"status": "success"}),
]


def until(condition: Callable[[], bool], within: float = 10) -> float:
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < within
        time.sleep(0.02)
    return time.monotonic() - begun


def test_a_download_shows_its_progress_and_its_end() -> None:
    with scripted(usual(pull=Reply(WHOLE, pause=0.03))) as server:
        pulling = Pulling()
        pulling.start(server.address, " qwen3:4b ")
        seen = set()
        while pulling.download.working:
            if pulling.download.progress:
                seen.add((pulling.download.progress.done, pulling.download.progress.total))
            time.sleep(0.005)
        assert len(seen) > 3
        assert pulling.download.ready
        assert server.bodies("/api/pull")[0]["model"] == "qwen3:4b"


def test_cancelling_takes_less_than_a_second_and_breaks_the_connection_off() -> None:
    with scripted(usual(pull=Reply(WHOLE * 50, pause=0.1))) as server:
        pulling = Pulling()
        pulling.start(server.address, "big")
        until(lambda: pulling.download.progress is not None)
        pulling.cancel()
        assert until(lambda: not pulling.download.working) < 1
        assert pulling.download.cancelled
        assert server.cut.wait(5)


def test_a_download_that_has_stalled_can_be_cancelled_too() -> None:
    with scripted(usual(pull=Reply(WHOLE, pause=20))) as server:
        pulling = Pulling()
        pulling.start(server.address, "slow")
        time.sleep(0.3)
        pulling.cancel()
        assert until(lambda: not pulling.download.working) < 1


def test_one_at_a_time() -> None:
    with scripted(usual(pull=Reply(WHOLE, pause=0.2))) as server:
        pulling = Pulling()
        pulling.start(server.address, "one")
        with pytest.raises(UsageError, match="one is being downloaded"):
            pulling.start(server.address, "two")
        pulling.cancel()
        until(lambda: not pulling.download.working)
        pulling.start(server.address, "two")
        pulling.cancel()
        until(lambda: not pulling.download.working)


@pytest.mark.parametrize("name", ["", "  ", "../x", "a b", "-x", "x" * 300, "a;b", "http://x/<b>"])
def test_what_can_be_no_name_is_refused(name: str) -> None:
    pulling = Pulling()
    with pytest.raises(UsageError, match=r"qwen3:4b"):
        pulling.start("http://127.0.0.1:9", name)
    assert not pulling.download.working


def test_failures_are_words() -> None:
    pulling = Pulling()
    pulling.start("http://127.0.0.1:9", "x")
    until(lambda: not pulling.download.working)
    assert "Ollama does not answer" in pulling.download.problem
    with scripted(usual(pull=Reply(WHOLE[:5], reset=True))) as server:
        pulling.start(server.address, "x")
        until(lambda: not pulling.download.working)
        assert "could not be pulled" in pulling.download.problem
