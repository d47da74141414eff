"""Which model answers, and how: what is set, by whom, and changing it for the next question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from notebot.errors import NotebotError
from notebot.settings import Settings
from notebot.settings_file import SettingsFile
from notebot.web.desk import Desk
from notebot.web.page.harmless import prose, text
from notebot.web.page.model_cards import SUGGESTED, choices, chosen_value, download_html, models_now, now_html
from notebot.web.page.parts import QUIET, html
from notebot.web.page.pulling import Pulling

WORKING_SECONDS, IDLE_SECONDS = 0.7, 30.0  # between two looks at a download
STRICT, OPEN = "strict", "open"
LISTEN: dict[str, Any] = {"concurrency_limit": None, **QUIET}
Updates = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A setting on the page: its label, and what it means to a person."""

    key: str
    label: str
    info: str


MODEL = Field("model", "Model that answers", "")
MODE = Field("open", "How to answer", "")
NUMBERS = (
    Field("context_tokens", "Context window, in tokens", "Prompt and answer together. More takes more memory, and longer."),
    Field("answer_tokens", "Longest answer, in tokens", "At most half the window."),
    Field("passages", "Passages an answer rests on", "More of them find more, and take a small model longer."),
)
LINKS = Field("links", "Read the web pages that the notes link to", "From the next time the notes are read.")
HOST = Field("ollama_host", "Address of the Ollama server", "On another machine it reads your questions and notes.")


def settings_view(desk: Desk, page: gr.Blocks) -> None:
    """Put the view into `page`, inside whose block this is called."""
    with gr.Column(elem_id="settings"):
        html("<h1>Settings</h1>", "settings-title")
        now = html('<p class="aside">Looking at the models…</p>', "settings-now")
        again = gr.Button("Look again", elem_id="again", scale=0)
        fields = _fields()
        with gr.Row(elem_id="settings-save"):
            save = gr.Button("Save", elem_id="save", scale=0)
            said = html("", "settings-said")
        shown = [now, *fields]
        _downloads(desk, page, shown)

    def look() -> Updates:
        return looked(desk)

    def saving(*values: Any) -> Updates:
        return saved(desk, values)

    page.load(look, None, shown, **LISTEN)
    again.click(look, None, shown, **LISTEN)
    save.click(saving, list(fields), [said, *shown], trigger_mode="once", **LISTEN)


def _downloads(desk: Desk, page: gr.Blocks, shown: Sequence[Any]) -> None:
    """The part that downloads models; `shown` is what `looked` fills in."""
    pulling = Pulling()
    html("<h2>Get another model</h2>", "pull-title")
    with gr.Row(elem_id="pull"):
        name = gr.Textbox(SUGGESTED, label="Its name in Ollama", max_lines=1, elem_id="pull-name", scale=0)
        start = gr.Button("Download", elem_id="pull-start", scale=0)
        cancel = gr.Button("Cancel", elem_id="pull-cancel", scale=0, visible=False)
    progress = html("", "pull-progress")
    clock = gr.Timer(IDLE_SECONDS)
    was = gr.Checkbox(False, visible="hidden", elem_id="settings-was", label="Was")  # see parts.py on gr.State
    followed = [progress, start, cancel, clock, was]

    def pull(wanted: str) -> Updates:
        try:
            if desk.settings_file is None:
                raise NotebotError(UNCHANGEABLE)
            pulling.start(desk.bot.settings.ollama_host, wanted)
        except NotebotError as error:
            return f'<p class="said notice" role="alert">{prose(str(error))}</p>', *[gr.skip()] * 4
        return follow()

    def follow() -> Updates:
        working = pulling.download.working
        every = gr.Timer(WORKING_SECONDS if working else IDLE_SECONDS)
        return download_html(pulling.download), gr.Button(visible=not working), gr.Button(visible=working), every, working

    def tick(before: bool) -> Updates:
        """What has changed; once a download has ended, what there is to choose from, too."""
        working = pulling.download.working
        if not before and not working:
            return (gr.skip(),) * (len(followed) + len(shown))
        return *follow(), *(looked(desk) if before and not working else [gr.skip()] * len(shown))

    page.load(follow, None, followed, **LISTEN)
    gr.on([start.click, name.submit], pull, [name], followed, trigger_mode="once", **LISTEN)
    cancel.click(pulling.cancel, None, None, **LISTEN)
    clock.tick(tick, [was], [*followed, *shown], trigger_mode="once", **LISTEN)


def looked(desk: Desk) -> Updates:
    """The present state, and every field with what is set."""
    settings = desk.bot.settings
    models = models_now(settings)
    offered = choices(settings, models)
    locks = {field.key: lock(desk.settings_file, field.key) for field in (MODEL, MODE, *NUMBERS, LINKS, HOST)}
    chosen = chosen_value(settings.model, [value for _, value in offered])
    return (
        now_html(settings, models),
        gr.Radio(choices=offered, value=chosen, interactive=not locks["model"], info=locks["model"] or None),
        gr.Radio(value=OPEN if settings.open else STRICT, interactive=not locks["open"], info=locks["open"] or None),
        *(
            gr.Number(value=getattr(settings, field.key), interactive=not locks[field.key], info=locks[field.key] or field.info)
            for field in NUMBERS
        ),
        gr.Checkbox(value=settings.links, interactive=not locks["links"], info=locks["links"] or LINKS.info),
        gr.Textbox(value=settings.ollama_host, interactive=not locks["ollama_host"], info=locks["ollama_host"] or HOST.info),
    )


def saved(desk: Desk, values: Sequence[Any]) -> Updates:
    """Write what can be written, and use it from the next question on; say what happened."""
    file = desk.settings_file
    try:
        if file is None:
            raise NotebotError(UNCHANGEABLE)
        wanted = {key: value for key, value in read(values).items() if not lock(file, key)}
        before = desk.bot.settings
        desk.bot.change(file.change(wanted).settings)
        said = _changed(before, desk.bot.settings, file)
    except NotebotError as error:
        return f'<p class="said notice" role="alert">{prose(str(error))}</p>', *[gr.skip()] * (len(values) + 1)
    return said, *looked(desk)


def read(values: Sequence[Any]) -> Mapping[str, object]:
    """What stands in the fields -> settings, as far as it has changed shape on the way through the browser."""
    model, mode, *numbers, links, host = values
    whole = {
        field.key: int(value) if isinstance(value, int | float) and value == int(value) else "" if value is None else value
        for field, value in zip(NUMBERS, numbers, strict=True)
    }
    return {"model": model or "", "open": mode == OPEN, **whole, "links": bool(links), "ollama_host": (host or "").strip()}


def lock(file: SettingsFile | None, key: str) -> str:
    """Why a field cannot be changed here; empty if it can."""
    if file is None:
        return UNCHANGEABLE
    other = file.set_elsewhere(key)
    return f"Set by {other}. Change it there." if other else ""


UNCHANGEABLE = "Settings cannot be changed from this page: they are for whoever runs this server, in notebot.toml."


def _changed(before: Settings, after: Settings, file: SettingsFile) -> str:
    keys = [key for key in type(after).model_fields if getattr(before, key) != getattr(after, key)]
    if not keys:
        return '<p class="said">Nothing was changed.</p>'
    return f'<p class="said">Saved in <bdi>{text(str(file.path))}</bdi>. It counts from the next question on.</p>'


def _fields() -> tuple[Any, ...]:
    """The fields, empty. `looked` fills them in."""
    model = gr.Radio([], label=MODEL.label, interactive=False, elem_id="set-model")
    modes = [("Strict: only what the notes say", STRICT), ("Open: the model may add, apart from the answer and marked", OPEN)]
    mode = gr.Radio(modes, label=MODE.label, interactive=False, elem_id="set-open")
    with gr.Row(elem_id="set-numbers"):
        numbers = [
            gr.Number(label=field.label, info=field.info, precision=0, interactive=False, elem_id=f"set-{field.key}")
            for field in NUMBERS
        ]
    links = gr.Checkbox(label=LINKS.label, info=LINKS.info, interactive=False, elem_id="set-links")
    host = gr.Textbox(label=HOST.label, info=HOST.info, max_lines=1, interactive=False, elem_id="set-ollama_host")
    return model, mode, *numbers, links, host
