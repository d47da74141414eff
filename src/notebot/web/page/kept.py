"""An exchange as the history keeps it, and back: what the page shows again after a reload or a restart."""

from __future__ import annotations

from collections.abc import Sequence

from notebot.history.store import CUT_OFF, Entry, State
from notebot.types import Answer, Status
from notebot.web.page.exchange import Exchange, Trouble

CUT_OFF_TITLE = "This answer was cut off"
NO_ANSWER_TITLE = "There is no answer"


def restored(entries: Sequence[Entry]) -> tuple[Exchange, ...]:
    """The exchanges of a conversation, numbered as they stand."""
    return tuple(_restored(entry) for entry in entries)


def outcome(exchange: Exchange) -> tuple[State, Answer | None, str]:
    """What became of an exchange that is over, as `History.end` takes it: its state, its answer, why there is none.

    Of an answer that was stopped, what had been checked is the answer.
    """
    if exchange.trouble:
        return "failed", None, f"{exchange.trouble.title}\n{exchange.trouble.message}"
    if exchange.answer and not exchange.stopped:
        return "answered", exchange.answer, ""
    return "stopped", exchange.answer or _checked(exchange), ""


def _checked(exchange: Exchange) -> Answer | None:
    if not exchange.sentences:
        return None
    said = " ".join(sentence.text for sentence in exchange.sentences if sentence.supported)
    return Answer(exchange.question, Status.PARTIAL, said, "", exchange.sentences, exchange.passages, {})


def _restored(entry: Entry) -> Exchange:
    answer = entry.answer
    return Exchange(
        entry.number,
        entry.question,
        entry=entry.id,
        conversation=entry.conversation,
        passages=answer.passages if answer else (),
        sentences=answer.sentences if answer else (),
        beyond=answer.beyond if answer else "",
        answer=answer,
        trouble=None if answer or entry.state not in ("failed", "answered") else _trouble(entry.trouble),
        stopped=entry.state == "stopped",
        elsewhere=entry.state == "open",
        feedback=entry.feedback,
    )


def _trouble(kept: str) -> Trouble:
    title, found, message = kept.partition("\n")
    if kept == CUT_OFF:
        return Trouble(CUT_OFF_TITLE, kept)
    return Trouble(title, message) if found else Trouble(NO_ANSWER_TITLE, kept or "Ask again.")
