"""What every ChatModel promises. A subclass names a model with a `chat` fixture and inherits the tests."""

from __future__ import annotations

import threading
import time

from notebot.models.ports import ChatModel, Message

QUESTION = (Message("system", "You answer in one short sentence."), Message("user", "What is the capital of France?"))
LONG = (Message("user", "Count slowly from one to two hundred, one number after the other, in words."),)


class ChatContract:
    """Inherit this, and give a `chat` fixture."""

    def test_it_says_what_it_is(self, chat: ChatModel) -> None:
        assert chat.name.strip() == chat.name != ""
        assert chat.context_tokens >= 512

    def test_it_counts_tokens(self, chat: ChatModel) -> None:
        assert chat.count_tokens("") == 0
        assert 3 <= chat.count_tokens("three short words") <= 17

    def test_the_answer_comes_in_pieces(self, chat: ChatModel) -> None:
        pieces = [piece for piece in chat.stream(QUESTION, max_tokens=30) if piece]
        assert len(pieces) > 1
        assert "".join(pieces).strip()

    def test_the_same_question_gets_the_same_answer(self, chat: ChatModel) -> None:
        first, second = ("".join(chat.stream(QUESTION, max_tokens=20)) for _ in range(2))
        assert first == second

    def test_it_stops_at_the_limit(self, chat: ChatModel) -> None:
        pieces = [piece for piece in chat.stream(LONG, max_tokens=2) if piece.strip()]
        assert 1 <= len(pieces) <= 2

    def test_an_earlier_turn_may_be_in_the_prompt(self, chat: ChatModel) -> None:
        history = (*QUESTION, Message("assistant", "Paris."), Message("user", "And of Italy?"))
        assert "".join(chat.stream(history, max_tokens=10)).strip()

    def test_closing_stops_it_within_a_second_and_the_next_question_is_answered(self, chat: ChatModel) -> None:
        stream = chat.stream(LONG, max_tokens=300)
        next(piece for piece in stream if piece)
        began = time.monotonic()
        stream.close()
        assert time.monotonic() - began < 1
        assert "".join(chat.stream(QUESTION, max_tokens=5)).strip()

    def test_a_stream_that_was_forgotten_half_way_does_not_block_the_next(self, chat: ChatModel) -> None:
        forgotten = chat.stream(QUESTION, max_tokens=10)
        next(piece for piece in forgotten if piece)
        assert "".join(chat.stream(QUESTION, max_tokens=5)).strip()
        forgotten.close()

    def test_a_stream_that_never_began_can_be_closed(self, chat: ChatModel) -> None:
        chat.stream(QUESTION, max_tokens=5).close()

    def test_two_askers_at_once_both_get_their_answer(self, chat: ChatModel) -> None:
        answers: list[str] = []
        threads = [
            threading.Thread(target=lambda: answers.append("".join(chat.stream(QUESTION, max_tokens=10)))) for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(answers) == 2
        assert answers[0] == answers[1] != ""

    def test_closing_twice_is_harmless(self, chat: ChatModel) -> None:
        chat.close()
        chat.close()
