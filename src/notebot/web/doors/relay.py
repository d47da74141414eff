"""A question's events, from the thread that makes them to the event loop that sends them on, until nobody listens."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing, closing, suppress
from dataclasses import replace
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from notebot.errors import NotebotError
from notebot.events import Done, Event
from notebot.types import Answer
from notebot.web.desk import Asking, Desk

PROGRAMS = "\0programs"  # as whom they take turns on a server without users: a script that asks much goes not before a person
SILENCE = 10.0  # seconds without an event, after which a sign of life is due
STOPPED = "This answer was stopped before it was there. Ask again."
_END = object()
_T = TypeVar("_T")


async def relayed(desk: Desk, asking: Asking, *, silence: float = SILENCE) -> AsyncGenerator[Event | None, None]:
    """The events of `desk.ask`, and None for every `silence` seconds without one. Raises as `Desk.ask` does.

    Closing or cancelling it stops the model within a second. Each question has a thread of its own: those that wait in line
    would use up the event loop's pool.
    """
    async with aclosing(batches(desk, asking, silence=silence)) as several:
        async for batch in several:
            for event in batch or (None,):
                yield event


async def batches(desk: Desk, asking: Asking, *, silence: float = SILENCE) -> AsyncGenerator[tuple[Event, ...], None]:
    """As `relayed`, but what has happened since the last time all at once, and nothing at all after a silence.

    A busy event loop falls behind: it catches up if it sends on together what has come meanwhile.
    """
    asking = asking if asking.key else replace(asking, key=secrets.token_hex(16), party=asking.user or PROGRAMS)
    loop = asyncio.get_running_loop()
    heard: asyncio.Queue[Any] = asyncio.Queue()
    gone = threading.Event()

    def tell(what: object) -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it whoever listened
            loop.call_soon_threadsafe(heard.put_nowait, what)

    def work() -> None:
        try:
            with closing(desk.ask(asking)) as events:
                for event in events:
                    if gone.is_set():
                        return
                    tell(event)
            tell(_END)
        except Exception as error:  # raised where the events are read
            tell(error)

    threading.Thread(target=work, name="notebot-asking", daemon=True).start()
    try:
        ended: object = None
        while ended is None:
            events, ended = await _next(heard, silence)
            if events or ended is None:
                yield events
        if isinstance(ended, Exception):
            raise ended
    finally:
        gone.set()
        desk.stop(asking.key)


async def answer_of(events: AsyncGenerator[Event | None, None]) -> Answer:
    """The answer that the events end in. Raises NotebotError if it was stopped."""
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Done):
                return event.answer
    raise NotebotError(STOPPED)


async def unless_gone(request: Request, work: Coroutine[Any, Any, _T]) -> _T:
    """What `work` comes to. It is cancelled when the client goes away, and ClientDisconnect raised."""
    task, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ClientDisconnect
    finally:
        leaving.cancel()
        task.cancel()
        await asyncio.wait({task, leaving})


async def begun(request: Request, events: AsyncGenerator[_T, None]) -> AsyncGenerator[_T, None]:
    """The same events, once the first is there: what goes wrong before it is raised here, while a status can be sent."""
    try:
        first = await unless_gone(request, anext(events))
    except StopAsyncIteration:
        raise NotebotError(STOPPED) from None
    except BaseException:
        await events.aclose()
        raise
    return _after(first, events)


class EventStream(StreamingResponse):
    """Server-sent events. When the client goes away, or the last is sent, the generator they come from is closed."""

    def __init__(self, content: AsyncGenerator[str, None]) -> None:
        super().__init__(content, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._content):
            await super().__call__(scope, receive, send)


async def _next(heard: asyncio.Queue[Any], silence: float) -> tuple[tuple[Event, ...], object]:
    """What is there, or comes within `silence` seconds, and how it ended if it has: with `_END` or an exception."""
    found: list[Event] = []
    try:
        async with asyncio.timeout(silence):  # wait_for would make a task of each event
            what = await heard.get()
    except TimeoutError:
        return (), None
    while what is not _END and not isinstance(what, Exception):
        found.append(what)
        if heard.empty():
            return tuple(found), None
        what = heard.get_nowait()
    return tuple(found), what


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _after(first: _T, events: AsyncGenerator[_T, None]) -> AsyncGenerator[_T, None]:
    async with aclosing(events):
        yield first
        async for event in events:
            yield event
