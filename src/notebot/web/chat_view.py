"""The chat: where its parts stand, and which events lead to which frames."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import gradio as gr

from notebot.errors import NotebotError
from notebot.models.ollama import is_loopback
from notebot.retrieve.question import LONGEST_QUESTION
from notebot.web import markup
from notebot.web.desk import Asking, Desk, ServedBot
from notebot.web.exchange import Exchange, exchanges, trouble, turns
from notebot.web.parts import AT_ONCE, QUIET, html
from notebot.web.who import user_of

EXAMPLES = 3
FRAME_SECONDS = 0.05  # drafts come faster than eyes and browsers follow; every other change is shown at once

Conversation = tuple[Exchange, ...]
Frame = tuple[Any, ...]  # values for the outputs of an event, or gr.skip()


def chat_view(desk: Desk, page: gr.Blocks) -> None:
    """Put the chat into `page`, inside whose block this is called. Nothing is asked of the bot before somebody opens it."""
    conversation = gr.State(())
    welcome = html(markup.welcome(None), "welcome")
    with gr.Row(elem_id="examples"):
        examples = [gr.Button(visible=False, elem_classes="example") for _ in range(EXAMPLES)]
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

    def answering(question: str, so_far: Conversation, request: gr.Request) -> Iterator[Frame]:
        asking = Asking(question.strip(), user=user_of(request.request.scope), key=request.session_hash or "")
        yield from frames(desk, asking, so_far)

    listen: dict[str, Any] = {
        "fn": answering, "outputs": [box, conversation, earlier, now],
        "concurrency_limit": AT_ONCE, "concurrency_id": "answers", "trigger_mode": "once", **QUIET,
    }  # fmt: skip
    asked = [gr.on([box.submit, send.click], inputs=[box, conversation], **listen)]
    asked += [example.click(inputs=[example, conversation], **listen) for example in examples]

    def stopping(request: gr.Request) -> None:
        desk.stop(request.session_hash or "")

    stop.click(stopping, None, None, concurrency_limit=None, **QUIET)
    page.load(lambda: opening(desk.bot), None, [welcome, *examples], **QUIET)
    for shown in (page.load, *(answered.then for answered in asked)):  # notes may have come or gone since the page was opened
        shown(lambda: markup.footer(standing(desk.bot)), None, facts, **QUIET)


def frames(desk: Desk, asking: Asking, so_far: Conversation) -> Iterator[Frame]:
    """Box, conversation, earlier exchanges and the present one, each time what is seen changes.

    The box is emptied and the earlier exchanges are drawn once, in the first frame. A blank question changes nothing.
    """
    if not asking.question:
        yield gr.skip(), gr.skip(), gr.skip(), gr.skip()
        return
    so_far = tuple(exchange.stop() for exchange in so_far)  # nothing else of this conversation is still being answered
    events = desk.ask(replace(asking, history=turns(so_far)))
    last, shown = None, 0.0
    for exchange in exchanges(asking.question, events, number=len(so_far) + 1):
        if last is None:
            yield "", (*so_far, exchange), markup.conversation(so_far), markup.exchange_html(exchange)
        elif time.monotonic() - shown >= FRAME_SECONDS or (exchange != last and exchange.draft in ("", last.draft)):
            yield gr.skip(), (*so_far, exchange), gr.skip(), markup.exchange_html(exchange)
        else:
            continue
        last, shown = exchange, time.monotonic()


def opening(bot: ServedBot) -> Frame:
    """What an empty page says, and the example questions: none while there is nothing to ask."""
    try:
        bot.state()
        questions = bot.examples(EXAMPLES)
        what = markup.welcome(None)
    except NotebotError as error:
        questions, what = [], markup.welcome(trouble(error))
    padded = [*questions, *[""] * EXAMPLES][:EXAMPLES]
    return what, *(gr.Button(value=question, visible=bool(question)) for question in padded)


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
    """In words, where `model` runs: on this machine, unless it is behind an Ollama server on another one."""
    if is_loopback(ollama_host) or not model.startswith("ollama/"):
        return "runs on this machine"
    return f"runs on {urlsplit(ollama_host).hostname}"
