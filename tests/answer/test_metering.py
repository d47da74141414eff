"""What a question cost: told by the model where it counts, counted from above where it does not, added up in any case."""

from __future__ import annotations

from contextlib import closing

import pytest

from fakes import FakeChat
from notebot.answer.metering import Meter
from notebot.answer.prompt import OVERHEAD
from notebot.errors import ModelFailed
from notebot.models.ports import UNSAID, Message
from notebot.types import Usage

PROMPT = (Message("system", "Be short."), Message("user", "What is Spark, in a few words?"))
READ = 2 + 7  # words, as FakeChat counts them where it tells; its bound is twice that


def spent(chat: FakeChat, *, stop_after: int = 0) -> Usage | None:
    meter = Meter()
    with closing(meter.around(lambda: chat)().stream(PROMPT, max_tokens=50)) as pieces:
        for number, _ in enumerate(pieces, 1):
            if number == stop_after:
                break
    return meter.usage


def test_what_the_model_tells_is_taken_as_it_is() -> None:
    assert spent(FakeChat(["It is fast."], counts=True)) == Usage(READ, 3, READ + 3, 4096)


def test_what_it_does_not_tell_is_counted_from_above_and_marked() -> None:
    read = 2 * READ + 2 * OVERHEAD
    assert spent(FakeChat(["It is fast."])) == Usage(read, 6, read + 6, 4096, estimated=True)


def test_a_stopped_answer_counts_as_far_as_it_came() -> None:
    assert spent(FakeChat(["It is very fast indeed."], counts=True), stop_after=2) == Usage(READ, 2, READ + 2, 4096)


def test_an_answer_that_breaks_off_counts_and_one_that_never_began_does_not() -> None:
    meter = Meter()
    opened = meter.around(lambda: FakeChat([["It is", ModelFailed("gone")], ModelFailed("not there")], counts=True))()
    for _ in range(2):
        with pytest.raises(ModelFailed):
            list(opened.stream(PROMPT, max_tokens=50))
    assert meter.usage == Usage(READ, 1, READ + 1, 4096)


def test_a_prompt_that_came_from_a_cache_and_was_not_counted_is_counted_here() -> None:
    """Older Ollama servers tell only what was new in a prompt."""

    class Cached(FakeChat):
        def stream(self, messages, *, max_tokens, told=None):  # type: ignore[no-untyped-def]
            told(3, 5)
            yield from super().stream(messages, max_tokens=max_tokens)

    found = spent(Cached(["It is fast."]))
    assert found == Usage(2 * READ + 2 * OVERHEAD, 5, 2 * READ + 2 * OVERHEAD + 5, 4096, estimated=True)


def test_thoughts_that_were_taken_back_were_written_all_the_same() -> None:
    found = spent(FakeChat([["Let me think.", UNSAID, " It is fast."]]))
    assert found is not None
    assert found.written == 12


def test_calls_add_up_and_the_window_is_filled_by_one_at_a_time() -> None:
    assert Usage(900, 100, 1000, 4096) + Usage(300, 50, 350, 4096, estimated=True) == Usage(1200, 150, 1000, 4096, True)


def test_who_asked_first_hears_the_counts_too() -> None:
    heard: list[tuple[int, int]] = []
    meter = Meter()
    model = meter.around(lambda: FakeChat(["It is."], counts=True))()
    list(model.stream(PROMPT, max_tokens=50, told=lambda read, written: heard.append((read, written))))
    assert heard == [(READ, 1), (READ, 2)]
    assert (model.name, model.context_tokens, model.count_tokens("a b")) == ("fake", 4096, 4)


def test_who_else_read_it_is_kept() -> None:
    found = spent(FakeChat(["It is."], host="big.example"))
    assert found is not None
    assert (found.host, (Usage(1, 1, 2, 9) + found).host) == ("big.example", "big.example")
