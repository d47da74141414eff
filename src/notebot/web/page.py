"""The Gradio page: what stands where, and which events lead to which frames. Imported only once the server is wanted."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, Protocol
from urllib.parse import urlsplit

import gradio as gr

from notebot.errors import NotebotError
from notebot.models.ollama import is_loopback
from notebot.retrieve.question import LONGEST_QUESTION
from notebot.states import IndexState
from notebot.web import markup
from notebot.web.answering import Running
from notebot.web.exchange import Asked, Exchange, exchanges, trouble
from notebot.web.following import Ingesting

HEAD = (
    '<meta name="color-scheme" content="light dark"><link rel="icon" href="/page/icon.svg" type="image/svg+xml">'
    '<link rel="stylesheet" href="/page/style.css"><script src="/page/script.js" defer></script>'
)
EXAMPLES = 3
AT_ONCE = 16  # answers in the making, over all tabs; the model itself queues what it cannot do side by side
WAITING = 64
FRAME_SECONDS = 0.05  # drafts come faster than eyes and browsers follow; every other change is shown at once

Conversation = tuple[Exchange, ...]
Frame = tuple[Any, ...]  # values for the outputs of an event, or gr.skip()


class PageBot(Asked, Ingesting, Protocol):
    """What the page needs of a bot."""

    def state(self) -> IndexState: ...
    def model_name(self) -> str: ...
    def examples(self, count: int = 3) -> list[str]: ...


def build_page(bot: PageBot, running: Running) -> gr.Blocks:
    """The chat over `bot`, ready to be mounted. Nothing is asked of the bot before somebody opens the page.

    `running` knows of each answer while it is being made.
    """
    with gr.Blocks(title="notebot", analytics_enabled=False, fill_width=True) as page:
        conversation = gr.State(())
        _html('<header class="brand"><a href="/" aria-label="notebot: start over">notebot</a></header>', "brand")
        welcome = _html(markup.welcome(None), "welcome")
        with gr.Row(elem_id="examples"):
            examples = [gr.Button(visible=False, elem_classes="example") for _ in range(EXAMPLES)]
        earlier = _html("", "earlier")
        now = _html("", "now")
        with gr.Column(scale=0, elem_id="foot"):
            with gr.Row(elem_id="composer"):
                box = gr.Textbox(
                    lines=1, max_lines=8, max_length=LONGEST_QUESTION, placeholder="Ask your notes…", label="Your question",
                    show_label=False, container=False, autofocus=True, elem_id="question", scale=1,
                )  # fmt: skip
                send = gr.Button("Ask", elem_id="ask", scale=0)
                stop = gr.Button("Stop", elem_id="stop", scale=0)
            facts = _html(markup.footer(()), "facts")

        def answering(question: str, so_far: Conversation, request: gr.Request) -> Iterator[Frame]:
            with running.answer(request.session_hash or "") as stopped:
                yield from frames(bot, question, so_far, stopped)

        listen: dict[str, Any] = {
            "fn": answering, "outputs": [box, conversation, earlier, now], "show_progress": "hidden",
            "api_visibility": "private", "concurrency_limit": AT_ONCE, "concurrency_id": "answers", "trigger_mode": "once",
        }  # fmt: skip
        asked = [gr.on([box.submit, send.click], inputs=[box, conversation], **listen)]
        asked += [example.click(inputs=[example, conversation], **listen) for example in examples]

        def stopping(request: gr.Request) -> None:
            running.stop(request.session_hash or "")

        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        stop.click(stopping, None, None, concurrency_limit=None, **quiet)
        page.load(lambda: opening(bot), None, [welcome, *examples], **quiet)
        for shown in (page.load, *(answered.then for answered in asked)):  # notes may have come or gone since the page was opened
            shown(lambda: markup.footer(standing(bot)), None, facts, **quiet)
    page.queue(max_size=WAITING, default_concurrency_limit=AT_ONCE, api_open=False)
    return page


def frames(bot: Asked, question: str, so_far: Conversation, stop: threading.Event) -> Iterator[Frame]:
    """Box, conversation, earlier exchanges and the present one, each time what is seen changes.

    The box is emptied and the earlier exchanges are drawn once, in the first frame. A blank question changes nothing.
    """
    if not question.strip():
        yield gr.skip(), gr.skip(), gr.skip(), gr.skip()
        return
    so_far = tuple(exchange.stop() for exchange in so_far)  # nothing else of this conversation is still being answered
    last, shown = None, 0.0
    for exchange in exchanges(bot, question.strip(), so_far, stop):
        if last is None:
            yield "", (*so_far, exchange), markup.conversation(so_far), markup.exchange_html(exchange)
        elif time.monotonic() - shown >= FRAME_SECONDS or (exchange != last and exchange.draft in ("", last.draft)):
            yield gr.skip(), (*so_far, exchange), gr.skip(), markup.exchange_html(exchange)
        else:
            continue
        last, shown = exchange, time.monotonic()


def opening(bot: PageBot) -> Frame:
    """What an empty page says, and the example questions: none while there is nothing to ask."""
    try:
        bot.state()
        questions = bot.examples(EXAMPLES)
        what = markup.welcome(None)
    except NotebotError as error:
        questions, what = [], markup.welcome(trouble(error))
    padded = [*questions, *[""] * EXAMPLES][:EXAMPLES]
    return what, *(gr.Button(value=question, visible=bool(question)) for question in padded)


def standing(bot: PageBot) -> list[str]:
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


def _html(value: str, name: str) -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=None)
