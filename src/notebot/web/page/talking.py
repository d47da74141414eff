"""A question on the page: kept before it is answered, shown as the answer grows, and kept again as it came out."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from notebot.answer.examples import follow_ups
from notebot.errors import NotebotError, NotThere
from notebot.history.store import History
from notebot.types import Chunk
from notebot.web.desk import Asking, Desk, ServedBot
from notebot.web.page import markup
from notebot.web.page.exchange import Exchange, exchanges, trouble, turns
from notebot.web.page.kept import outcome, restored

FRAME_SECONDS = 0.05  # drafts come faster than eyes and browsers follow; every other change is shown at once
FOLLOW_UPS = 3

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Frame:
    """What is on the screen: the present exchange, and those before it where they are drawn anew."""

    now: str
    earlier: str | None = None


def frames(desk: Desk, asking: Asking, *, conversation: str = "", again: int = 0) -> Iterator[Frame]:
    """Frames of one answer, each time what is seen changes. The first comes before anything is asked, and draws all.

    The question goes on with `conversation`, as far as it is still there, and is kept before the bot hears of it. With
    `again`, it takes the place of question number `again`, and all after that is forgotten. Closing it stops the answer; what
    was checked by then is kept. A blank question has no frames.
    """
    if not asking.question:
        return
    try:
        so_far, first = _begin(_history(desk), asking, conversation, again)
    except NotebotError as error:
        yield Frame(markup.exchange_html(Exchange(1, asking.question, trouble=trouble(error))), "")
        return
    last, ended = first, False
    try:
        for last, html in _growing(desk, replace(asking, history=turns(so_far)), first):
            yield Frame(html, markup.conversation(so_far) if last is first else None)
        _end(_history(desk), last, asking.user)
        ended = True
        if next_ones := next_questions(desk.bot, (*so_far, last)):
            yield Frame(markup.exchange_html(replace(last, follow_ups=next_ones)))
    finally:
        if not ended:
            _end(_history(desk), last, asking.user)


def reopened(desk: Desk, conversation: str, user: str) -> Frame:
    """A kept conversation as it is shown when its address is opened. Raises NotThere."""
    shown = restored(_history(desk).entries(conversation, user=user))
    if not shown:
        return Frame("", "")
    latest = replace(shown[-1], follow_ups=next_questions(desk.bot, shown))
    return Frame(markup.exchange_html(latest), markup.conversation(shown[:-1]))


def next_questions(bot: ServedBot, conversation: Sequence[Exchange]) -> tuple[str, ...]:
    """Questions that could be next, from the headings near what the latest answer cites. None where nothing is cited."""
    latest = conversation[-1]
    cited = {place.passage_id: place.source for s in latest.sentences if s.supported for place in s.citations if not place.url}
    try:
        notes: list[list[Chunk]] = [bot.source(name) for name in dict.fromkeys(cited.values())]
    except NotebotError:
        return ()
    return tuple(follow_ups(notes, cited, [exchange.question for exchange in conversation], FOLLOW_UPS))


def _begin(history: History, asking: Asking, conversation: str, again: int) -> tuple[tuple[Exchange, ...], Exchange]:
    """What was said so far, and the question, kept."""
    so_far: tuple[Exchange, ...] = ()
    try:
        if conversation and again:
            history.cut(conversation, again, user=asking.user)
        if conversation:
            so_far = restored(history.entries(conversation, user=asking.user))
    except NotThere:
        conversation = ""  # deleted in another window: the question is not lost with it
    entry = history.begin(asking.question, conversation=conversation, user=asking.user)
    return so_far, Exchange(entry.number, asking.question, entry=entry.id, conversation=entry.conversation)


def _growing(desk: Desk, asking: Asking, first: Exchange) -> Iterator[tuple[Exchange, str]]:
    """The exchange and its HTML, at first, at last, and in between each time that eyes can see a change."""
    last, shown = first, 0.0
    growing = exchanges(first, desk.ask(asking))
    try:
        for exchange in growing:
            seen = exchange is first or time.monotonic() - shown >= FRAME_SECONDS
            if seen or (exchange != last and exchange.draft in ("", last.draft)):
                yield exchange, markup.exchange_html(exchange)
                shown = time.monotonic()
            last = exchange
    finally:
        growing.close()


def _end(history: History, exchange: Exchange, user: str) -> None:
    state, answer, why = outcome(exchange.stop())
    try:
        history.end(exchange.entry, state, answer=answer, trouble=why, user=user)
    except NotThere:
        pass  # deleted while it was answered
    except NotebotError as error:
        log.warning("An answer could not be kept: %s", error)  # the server has ended before it, or the disk is full


def _history(desk: Desk) -> History:
    if desk.history is None:
        raise AssertionError("the page needs a desk with a history")
    return desk.history
