"""What is in the index as tables of our own: notes and pages with their states, what is not written yet, links, problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from notebot.index.linked import Lead
from notebot.index.outline import Outline
from notebot.render import page_text
from notebot.states import IndexState, Problem, SourceState
from notebot.web.page.addresses import line_address, notes_address, source_address
from notebot.web.page.advice import AWAY, advice
from notebot.web.page.harmless import safe_url, text

T = TypeVar("T")
ROWS = 200  # of a table at a time: longer ones are slow to read and to draw
LINES = 5  # note lines named of those that lead to a page
STATES = ("indexed", "stale", "skipped", "failed", "waiting")
MEANING = {
    "indexed": "in the index as it is now",
    "stale": "an earlier copy is in the index, the page could not be had again",
    "skipped": "looked at, and nothing in it to index",
    "failed": "could not be read or fetched",
    "waiting": "a linked page that was not asked for yet",
}


def contents(state: IndexState, query: Mapping[str, str]) -> str:
    """All notes and pages, filtered by `state` and `kind`."""
    wanted_state, kind = query.get("state", ""), query.get("kind", "")
    rows = [s for s in state.sources if wanted_state in ("", s.state) and kind in ("", s.kind)]
    shown, more = _part(rows, query)
    body = "".join(
        f'<tr><th scope="row">{_source(s)}</th><td>{_badge(s.state)}{_reason(s)}</td><td class="number">{s.chunks:,}</td>'
        f'<td class="number">{s.stubs:,}</td><td class="number">{s.links:,}</td><td>{text(s.when[:10])}</td></tr>'
        for s in shown
    )
    head = ("Note or page", "State", "Passages", "Not written", "Links", "Last read")
    return _filters(state, query) + _table("Notes and pages", head, body, nothing="None is like this.") + more


def headings_to_write(outline: Outline, query: Mapping[str, str]) -> str:
    """Headings with nothing under them, grouped by note."""
    empty = [(note.source, heading) for note in outline.notes for heading in note.headings if heading.stub]
    if not empty:
        return '<p class="aside">Every heading has something under it.</p>'
    of_note = Counter(source for source, _ in empty)
    shown, more = _part(empty, {**query, "show": "write"})
    groups = []
    for source, own in groupby(shown, key=itemgetter(0)):
        items = "".join(
            f'<li><a href="{text(source_address(source, h.chunk_id))}" dir="auto">{text(" › ".join(h.path))}</a> '
            f'<span class="lines">line {h.line:,}</span></li>'
            for _, h in own
        )
        count = f"{of_note[source]:,} heading{'s' if of_note[source] > 1 else ''}"
        groups.append(
            f'<section><h2 dir="auto">{text(source)} <small>{count}</small></h2><ul class="stubs">{items}</ul></section>'
        )
    return (
        '<p class="aside">Headings that you have not written anything under yet. Asked about them, notebot says so instead of '
        f"guessing.</p>{''.join(groups)}{more}"
    )  # fmt: skip


def links(state: IndexState, outline: Outline, leads: Mapping[str, Sequence[Lead]], query: Mapping[str, str]) -> str:
    """Linked pages with their state, when they were fetched, and which note lines lead there."""
    pages = [source for source in state.sources if source.kind == "page"]
    if not pages:
        return '<p class="aside">Your notes link to no web pages, or linked pages are switched off in the settings.</p>'
    shown, more = _part(pages, {**query, "show": "links"})
    body = "".join(
        f'<tr><th scope="row">{_page(s, outline)}</th><td>{_badge(s.state)}{_reason(s)}</td><td>{text(s.when[:10])}</td>'
        f"<td>{_leads(leads.get(s.source, ()))}</td></tr>"
        for s in shown
    )
    offline = _offline(pages)
    return offline + _table("Linked pages", ("Page", "State", "Fetched", "Linked from"), body) + more


def problems(state: IndexState, noticed: Iterable[Problem]) -> str:
    """What is not in the index as it should be, with what to do. `noticed` is what the last ingest said besides."""
    wrong = [s for s in state.sources if s.state in ("failed", "stale") or (s.reason and s.state == "indexed")]
    wrong += [s for s in state.sources if s.state == "skipped" and s.reason]
    found = {(s.source, s.reason): _source(s) + _badge(s.state) for s in wrong}
    for problem in noticed:
        found.setdefault((problem.source, problem.reason), f"<bdi>{text(problem.source)}</bdi>")
    if not found:
        return '<p class="aside">No problems: every note and page was read as it is.</p>'
    body = "".join(
        f'<tr><th scope="row">{what}</th><td>{text(reason)}</td><td>{text(advice(reason))}</td></tr>'
        for (_, reason), what in list(found.items())[:ROWS]
    )
    more = f'<p class="aside">And {len(found) - ROWS:,} more.</p>' if len(found) > ROWS else ""
    return _table("Problems", ("Note or page", "What is wrong", "What to do"), body) + more


def counts(state: IndexState) -> str:
    """The whole in one line."""
    kinds = Counter(source.kind for source in state.sources if source.chunks)
    said = [f"{kinds[kind]:,} {kind}{'' if kinds[kind] == 1 else 's'}" for kind in ("note", "page") if kinds[kind]]
    said += [f"{state.chunks:,} passages"]
    said += [f"{state.unembedded:,} of them found by their words only so far"] if state.unembedded else []
    when = state.ingested_at[:16].replace("T", " ")
    said += [f"last brought up to date {when} UTC"] if when else []
    return '<p class="facts">' + "".join(f"<span>{text(part)}</span>" for part in said) + "</p>"


# --- parts of tables ----------------------------------------------------------------------------------------------


def _filters(state: IndexState, query: Mapping[str, str]) -> str:
    """A form that shows only some rows; it says how many there are of each."""
    of_state: Counter[str] = Counter(s.state for s in state.sources)
    of_kind: Counter[str] = Counter(s.kind for s in state.sources)
    states = _options({name: f"{name} ({of_state[name]:,})" for name in STATES if of_state[name]}, query.get("state", ""))
    kinds = _options({name: f"{name}s ({of_kind[name]:,})" for name in ("note", "page") if of_kind[name]}, query.get("kind", ""))
    meaning = "".join(f"<dt>{_badge(name)}</dt><dd>{MEANING[name]}</dd>" for name in STATES if of_state[name])
    return (
        '<form class="filters" action="/notes" method="get"><label>State <select name="state"><option value="">all</option>'
        f'{states}</select></label><label>Kind <select name="kind"><option value="">all</option>{kinds}</select></label>'
        f'<button type="submit">Show</button></form><details class="meaning"><summary>What the states mean</summary>'
        f"<dl>{meaning}</dl></details>"
    )  # fmt: skip


def _options(names: Mapping[str, str], chosen: str) -> str:
    return "".join(
        f'<option value="{name}"{" selected" if name == chosen else ""}>{text(label)}</option>' for name, label in names.items()
    )


def _table(caption: str, head: Sequence[str], body: str, *, nothing: str = "") -> str:
    if not body:
        return f'<p class="aside">{nothing}</p>'
    columns = "".join(f'<th scope="col">{name}</th>' for name in head)
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{caption}"><table><caption>{caption}</caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _part(rows: Sequence[T], query: Mapping[str, str]) -> tuple[Sequence[T], str]:
    """The rows from the number `from` on, and links to those before and after."""
    begin = min(int(query["from"]), len(rows)) if query.get("from", "").isascii() and query.get("from", "").isdecimal() else 0
    shown = rows[begin : begin + ROWS]
    if len(shown) == len(rows):
        return shown, ""
    ways = []
    if begin:
        ways.append(_way({**query, "from": str(max(0, begin - ROWS))}, f"The {min(begin, ROWS):,} before"))
    if begin + ROWS < len(rows):
        ways.append(_way({**query, "from": str(begin + ROWS)}, f"The {min(ROWS, len(rows) - begin - ROWS):,} after"))
    where = f"{begin + 1:,} to {begin + len(shown):,} of {len(rows):,}"
    return shown, f'<p class="aside">{where} {" ".join(ways)}</p>'


def _way(query: Mapping[str, str], label: str) -> str:
    return f'<a href="{text(notes_address(query))}">{label}</a>'


def _source(source: SourceState) -> str:
    name = f"<bdi>{text(source.source)}</bdi>"
    return f'<a href="{text(source_address(source.source))}">{name}</a>' if source.chunks else name


def _page(source: SourceState, outline: Outline) -> str:
    title = text(page_text(outline.titles.get(source.source, ""), source.source))
    named = f'<a href="{text(source_address(source.source))}" dir="auto">{title}</a>' if source.chunks else title
    address = text(source.source)
    safe = safe_url(source.source)
    out = f'<a href="{text(safe)}" target="_blank" rel="noopener noreferrer nofollow">{address}</a>' if safe else address
    return f'{named}<span class="file">{out}</span>'


def _badge(state: str) -> str:
    return f'<span class="badge {text(state)}">{text(state)}</span>'


def _reason(source: SourceState) -> str:
    return f'<span class="reason">{text(source.reason)}</span>' if source.reason else ""


def _leads(leads: Sequence[Lead]) -> str:
    named = [
        f'<a href="{text(line_address(at.source, at.line))}"><bdi>{text(at.source)}</bdi> line {at.line:,}</a>'
        for at in [lead.line for lead in leads[:LINES]]
    ]
    return ", ".join(named) + (f" and {len(leads) - LINES:,} more" if len(leads) > LINES else "")


def _offline(pages: Sequence[SourceState]) -> str:
    """A word when not one page could be reached: then it is this machine, and no page's fault."""
    asked = [page for page in pages if page.state != "waiting"]
    away = [page for page in asked if page.state in ("failed", "stale") and advice(page.reason) == AWAY]
    if asked and len(away) == len(asked):
        return '<p class="notice">No page could be reached: this machine seems to be offline. What was read before stays.</p>'
    return ""
