"""What the index holds: notes, pages, what is missing, and maps of it; and bringing it up to date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from notebot.errors import NotebotError
from notebot.evals.reviewing import waiting
from notebot.index.catalog import Catalog
from notebot.index.kept import kept
from notebot.index.outline import outline
from notebot.index.picture import picture
from notebot.ingest.samples import put_samples
from notebot.states import IndexState, IngestOptions
from notebot.web.desk import Desk
from notebot.web.following import Following, Standing
from notebot.web.page import tables
from notebot.web.page.addresses import notes_address
from notebot.web.page.finding import results, search_form
from notebot.web.page.harmless import prose, text
from notebot.web.page.maps import map_of, point_map
from notebot.web.page.parts import QUIET, html
from notebot.web.page.situation import LABELS, Situation, progress_text, situation, situation_html
from notebot.web.page.source_page import source_page

WORKING_SECONDS, IDLE_SECONDS = 1.0, 5.0  # between two looks at the ingest, while it works and while it does not
VIEWS = {
    "": "Contents", "search": "Search", "map": "Map", "picture": "Picture", "write": "To write", "links": "Links",
    "problems": "Problems",
}  # fmt: skip
whole_picture = kept(picture)
FIRST = "first"  # the page has just been opened
Updates = tuple[Any, ...]


def notes_view(desk: Desk, page: gr.Blocks) -> None:
    """Put the view into `page`, inside whose block this is called."""
    with gr.Column(elem_id="notes"):
        html("<h1>Your <mark>notes</mark></h1>", "notes-title")
        with gr.Row(elem_id="notes-actions"):
            now = gr.Button("Bring up to date now", elem_id="update", scale=0, visible=False)
            halt = gr.Button("Stop", elem_id="halt", scale=0, visible=False)
            samples = gr.Button(LABELS["samples"], elem_id="samples", scale=0, visible=False)
            rebuild = gr.Button(LABELS["rebuild"], elem_id="rebuild", scale=0, visible=False)
            said = html("", "notes-said")
        bar = html("", "notes-progress")
        content = html('<p class="aside">Looking at your notes…</p>', "notes-content")
        seen = gr.Textbox(FIRST, visible="hidden", elem_id="notes-seen", label="Seen")  # see parts.py on gr.State
        clock = gr.Timer(WORKING_SECONDS)
    outputs = [said, bar, now, halt, samples, rebuild, clock, seen, content]
    listen: dict[str, Any] = {"inputs": [seen], "outputs": outputs, "concurrency_limit": None, **QUIET}

    def look(before: str, request: gr.Request) -> Updates:
        return looked(desk, dict(request.query_params), before)

    def update(before: str, request: gr.Request) -> Updates:
        _following(desk).now()
        return look(before, request)

    def anew(before: str, request: gr.Request) -> Updates:
        _following(desk).now(IngestOptions(rebuild=True))
        return look(before, request)

    def try_samples(before: str, request: gr.Request) -> Updates:
        try:
            put_samples(desk.bot.settings.knowledge[0])
        except NotebotError as error:
            return f'<p class="notice" role="alert">{prose(str(error))}</p>', *[gr.skip()] * (len(outputs) - 1)
        return update(before, request)

    page.load(look, **listen)
    clock.tick(look, trigger_mode="once", **listen)
    for button, answer in ((now, update), (rebuild, anew), (samples, try_samples)):
        button.click(answer, trigger_mode="once", **listen)
    halt.click(lambda: _following(desk).halt(), None, None, concurrency_limit=None, **QUIET)


def looked(desk: Desk, query: Mapping[str, str], before: str) -> Updates:
    """Values for the outputs: only of what is otherwise than `before`, which says how it was the last time it was looked at."""
    standing = desk.following.standing if desk.following else Standing()
    seen = f"{standing.working} {standing.locked} {standing.problem} {standing.stopped} {id(standing.summary)}"
    progress = progress_html(standing) if standing.working else ""
    if before.removesuffix(BLOCKED) == seen:
        return gr.skip(), progress if progress else gr.skip(), *[gr.skip()] * 7
    present = situation(desk)
    action = present.action if present and not standing.working else ""
    blocked = present is not None and present.name != "no model"
    standing_still = before != FIRST and not before.endswith(BLOCKED) and (standing.working or _keeps(query))
    return (
        "" if blocked and standing.problem else said_html(standing),  # the reason is said below
        progress,
        gr.Button(visible=not standing.working and action in ("", "read", "settings")),
        gr.Button(visible=standing.working),
        gr.Button(visible=action == "samples"),
        gr.Button(visible=action == "rebuild"),
        gr.Timer(WORKING_SECONDS if standing.working else IDLE_SECONDS),
        seen + (BLOCKED if blocked else ""),
        gr.skip() if standing_still else content_html(desk, query, present),
    )


BLOCKED = " blocked"  # there is nothing to show yet but why


def said_html(standing: Standing) -> str:
    """How the last ingest ended, or what the present one does."""
    if standing.working:
        return f'<p class="said">{text(progress_text(standing))}…</p>'
    if standing.problem:
        return f'<p class="said notice">{prose(standing.problem)}</p>'
    if standing.stopped:
        return '<p class="said">Stopped. What was read stays, and the next time goes on from there.</p>'
    if standing.summary is None:
        return ""
    done = standing.summary
    counts = {"added": done.added, "changed": done.changed, "removed": done.removed, "could not be read": done.failed}
    what = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "nothing had changed"
    pages = f", {done.fetched:,} page{'' if done.fetched == 1 else 's'} asked for" if done.fetched else ""
    return f'<p class="said">Up to date: {what}{pages}.</p>'


def progress_html(standing: Standing) -> str:
    """A bar with numbers, where there are any to show."""
    step = standing.progress
    if step is None or not step.total:
        return '<progress aria-label="Progress"></progress>'
    current = f" · <bdi>{text(step.current)}</bdi>" if step.current else ""
    return (
        f'<progress max="{step.total}" value="{step.done}" aria-label="Progress"></progress>'
        f'<p class="file">{text(progress_text(standing))}: {step.done:,} of {step.total:,}{current}</p>'
    )


def content_html(desk: Desk, query: Mapping[str, str], present: Situation | None) -> str:
    """What the address asks for, or why there is nothing to show."""
    if present and present.name != "no model":
        return situation_html(present, link="")
    above = situation_html(present) if present else ""
    try:
        state = desk.bot.state()
        nav = _nav(query, len(state.stubs), waiting(desk.bot.settings.data))
        if name := query.get("source", ""):
            return nav + source_page(desk.bot, name)
        return f"{above}{nav}{_shown(desk, state, query)}"
    except NotebotError as error:  # the index has gone between two looks at it
        return f'<p class="notice" role="alert">{prose(str(error))}</p>'


def _shown(desk: Desk, state: IndexState, query: Mapping[str, str]) -> str:
    read = desk.bot.read
    match query.get("show", ""):
        case "search":
            body = search_form(query) + results(desk.bot, query)
        case "map":
            body = map_of(read(outline), " ".join(query.get("note", "").split()))
        case "picture":
            body = point_map(read(whole_picture))
        case "write":
            body = tables.headings_to_write(read(outline), query)
        case "links":
            body = tables.links(state, read(outline), read(Catalog.leads), query)
        case "problems":
            summary = desk.following.standing.summary if desk.following else None
            body = tables.problems(state, summary.problems if summary else ())
        case _:
            body = tables.counts(state) + tables.contents(state, query)
    return body


def _nav(query: Mapping[str, str], stubs: int, drafts: int) -> str:
    show = "source" if query.get("source") else query.get("show", "")
    items = "".join(
        f'<li><a href="{text(notes_address({"show": name}))}"{" aria-current=page" if name == show else ""}>{label}'
        f"{f' <small>{stubs:,}</small>' if name == 'write' and stubs else ''}</a></li>"
        for name, label in VIEWS.items()
    )
    count = f" <small>{drafts:,}</small>" if drafts else ""
    items += f'<li><a href="/review">Questions{count}</a></li>'
    return f'<nav class="views" aria-label="Parts of the notes view"><ul>{items}</ul></nav>'


def _keeps(query: Mapping[str, str]) -> bool:
    """Whether somebody may be typing or reading there: then nothing is changed under his hands."""
    return bool(query.get("source")) or query.get("show") in ("search", "map", "picture")


def _following(desk: Desk) -> Following:
    if desk.following is None:
        raise AssertionError("the page is served before it is shown")
    return desk.following
