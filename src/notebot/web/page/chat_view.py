"""The chat: where its parts stand on the page, and which events lead to which frames."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import gradio as gr

from notebot.errors import NotebotError, NotThere
from notebot.history.store import ME
from notebot.models.ollama import CLOUD, is_remote, reader
from notebot.retrieve.question import LONGEST_QUESTION
from notebot.web.desk import Asking, Desk, ServedBot
from notebot.web.gate.who import user_of
from notebot.web.page import markup
from notebot.web.page.exchange import trouble
from notebot.web.page.parts import AT_ONCE, QUIET, html
from notebot.web.page.sidebar import OVER, SIDE
from notebot.web.page.situation import situation, situation_html
from notebot.web.page.talking import Frame, frames, reopened

EXAMPLES = 3
LOOK_SECONDS = 2.0

Shown = tuple[Any, ...]  # values for the outputs of an event, or gr.skip()


def chat_view(desk: Desk, page: gr.Blocks) -> None:
    """Put the chat into `page`, inside whose block this is called. Nothing is asked of the bot before somebody opens it.

    Which conversation is on the page, its address says: `/?c=ID`. For all else that the page does, script.js asks asides.py.
    """
    html(SIDE, "side")
    welcome = html(markup.welcome(None), "welcome")
    earlier = html("", "earlier")
    now = html("", "now")
    with gr.Column(scale=0, elem_id="foot"):
        with gr.Row(elem_id="composer"):
            box = gr.Textbox(
                lines=1, max_lines=8, max_length=LONGEST_QUESTION, placeholder="Ask your notes…", label="Your question",
                show_label=False, container=False, autofocus=True, elem_id="question", scale=1,
            )  # fmt: skip
            send = gr.Button("Ask", elem_id="ask", scale=0)
            stop = gr.Button("Stop", elem_id="stop", scale=0)
        facts = html(markup.footer(()), "facts")
    order = gr.Textbox(visible="hidden", max_length=8 * LONGEST_QUESTION, elem_id="order")  # script.js writes here, and clicks
    carry_out = gr.Button(visible="hidden", elem_id="carry-out")
    html(OVER, "over")

    listen: dict[str, Any] = {"concurrency_limit": AT_ONCE, "concurrency_id": "answers", "trigger_mode": "once", **QUIET}
    typed = gr.on([box.submit, send.click], _typed(desk), box, [box, earlier, now], **listen)
    ordered = carry_out.click(_ordered(desk), order, [order, earlier, now], **listen)

    def stopping(request: gr.Request) -> None:
        desk.stop(request.session_hash or "")

    stop.click(stopping, None, None, concurrency_limit=None, **QUIET)
    soon = gr.Timer(LOOK_SECONDS, active=False)  # while the notes are still being read
    page.load(_opened(desk), None, [welcome, earlier, now, soon], **QUIET)
    soon.tick(_looked(desk), None, [welcome, soon], **QUIET)
    for shown in (page.load, typed.then, ordered.then):  # notes may have come or gone since the page was opened
        shown(lambda: markup.footer(standing(desk.bot)), None, facts, **QUIET)


def _typed(desk: Desk) -> Any:
    def typed(question: str, request: gr.Request) -> Iterator[Shown]:
        asking, conversation = _asking(question, request)
        yield from _outputs(frames(desk, asking, conversation=conversation))

    return typed


def _ordered(desk: Desk) -> Any:
    def ordered(order: str, request: gr.Request) -> Iterator[Shown]:
        question, again = read_order(order)
        asking, conversation = _asking(question, request)
        yield from _outputs(frames(desk, asking, conversation=conversation, again=again))

    return ordered


def _opened(desk: Desk) -> Any:
    def opened(request: gr.Request) -> Shown:
        conversation, user = _address(request), user_of(request.request.scope)
        earlier = now = gr.skip()  # on a new page there is nothing, or the answer to who asked before this was through
        if conversation:
            try:
                frame = reopened(desk, conversation, user)
            except NotThere as error:
                return markup.lost(_damage(desk, user)) + markup.welcome(trouble(error)), earlier, now, gr.skip()
            earlier, now = frame.earlier, frame.now
        what, passes = opening(desk, user)
        return what, earlier, now, gr.Timer(active=passes)

    return opened


def _looked(desk: Desk) -> Any:
    def looked(request: gr.Request) -> Shown:
        what, passes = opening(desk, user_of(request.request.scope))
        return what, gr.Timer(active=passes)

    return looked


def _asking(question: str, request: gr.Request) -> tuple[Asking, str]:
    asking = Asking(question.strip(), user=user_of(request.request.scope), key=request.session_hash or "")
    return asking, _address(request)


def _address(request: gr.Request) -> str:
    """The conversation in the address of the page that asks; empty for a new one."""
    return str(request.query_params.get("c", ""))[:100]


def _outputs(shown: Iterator[Frame]) -> Iterator[Shown]:
    """Frames as Gradio takes them: the box or the order is emptied by the first, which also draws the earlier exchanges."""
    asked = False
    for frame in shown:
        drawn = gr.skip() if frame.earlier is None else frame.earlier
        yield gr.skip() if asked else "", drawn, frame.now
        asked = True
    if not asked:
        yield gr.skip(), gr.skip(), gr.skip()


def read_order(order: str) -> tuple[str, int]:
    """A question that a button asks, and the number of the one whose place it takes, 0 for none. Nothing, if it is no order."""
    with suppress(ValueError):
        match json.loads(order):
            case {"question": str(question), "again": int(again)} if again >= 0:
                return question, again
    return "", 0


def opening(desk: Desk, user: str = ME) -> tuple[str, bool]:
    """What an empty page says, with example questions, or why nothing can be asked yet; and whether that ends by itself."""
    lost = markup.lost(_damage(desk, user))
    if now := situation(desk):
        return lost + markup.welcome_instead(situation_html(now)), now.passes
    try:
        return lost + markup.welcome(None, desk.bot.examples(EXAMPLES)), False
    except NotebotError as error:
        return lost + markup.welcome(trouble(error)), False


def _damage(desk: Desk, user: str) -> str:
    """What was found damaged in the history; where it was put is only for who sits at this machine."""
    notice = desk.history.notice if desk.history else ""
    return notice if user == ME or not notice else DAMAGED


DAMAGED = (
    "The history of conversations was damaged, and a new one begun. Whoever runs this server has what was left of the old one."
)


def standing(bot: ServedBot) -> list[str]:
    """For the last line: which model would answer, where it runs, and how much is indexed."""
    facts = []
    try:
        name = bot.model_name()
        facts += [name, where(name, bot.settings.ollama_host)]
    except NotebotError as error:
        facts.append(str(error))
    try:
        state = bot.state()
        kinds = Counter(source.kind for source in state.sources if source.chunks)
        counts = [f"{kinds[kind]:,} {kind}{'' if kinds[kind] == 1 else 's'}" for kind in ("note", "page") if kinds[kind]]
        facts.append(f"{' and '.join(counts) or 'nothing'} in {state.chunks:,} passages")
    except NotebotError:
        pass  # the page itself says so already
    return facts


def where(model: str, ollama_host: str) -> str:
    """In words, where `model` runs: on this machine, unless a LlamaIndex package, Ollama's cloud or another machine does."""
    if model.startswith("llamaindex:"):
        return "may run elsewhere: that package says where"
    if not model.startswith("ollama/"):
        return "runs on this machine"
    elsewhere = reader(ollama_host, remote=is_remote(model))
    return f"runs {'in' if elsewhere == CLOUD else 'on'} {elsewhere or 'this machine'}"
