"""Drafted questions as HTML: each with what its place says, and the ways to decide on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from notebot.evals.cases import Case
from notebot.evals.reviewing import OPEN, fact_spans, gold_chunks, not_said, written_facts
from notebot.render import counted, page_text
from notebot.types import Chunk
from notebot.web.page.addresses import source_address
from notebot.web.page.harmless import attribute, prose, text

SHOWN = 40  # drafts on one page; the next come when these are decided
LONGEST_PASSAGE = 1_500  # characters of a passage that are shown
MOST_PASSAGES = 3

ChunksOf = Callable[[str], Sequence[Chunk]]


def review_html(name: str, names: Sequence[str], open_cases: Sequence[Case], chunks_of: ChunksOf, *, ready: int) -> str:
    """The set `name`: what waits in it. `ready` is how many questions of it somebody stands for already."""
    left = len(open_cases)
    count = f'<p class="aside" id="left" role="status">{left_text(left, ready)}</p>'
    cards = "".join(draft_html(case, chunks_of) for case in open_cases[:SHOWN])
    more = f'<p class="aside"><a class="action" href="?set={attribute(name)}">Show the next</a></p>' if left > SHOWN else ""
    keys = (
        '<p class="aside keys">Keys, on a question: <kbd>a</kbd> accept, <kbd>e</kbd> edit, <kbd>d</kbd> drop, '
        "<kbd>↑</kbd> <kbd>↓</kbd> the one before or after.</p>"
    )
    run = f'<p class="aside">Ask them: <code>notebot eval run {text(name)}</code></p>' if ready and not left else ""
    listed = f'<div id="drafts" data-set="{attribute(name)}">{cards}</div>'
    return f"{choice_html(name, names)}{count}{keys if left else ''}{listed}{more}{run}"


def left_text(left: int, ready: int) -> str:
    """How many drafts wait, for people."""
    waiting = "Nothing waits for you here." if not left else f"{left} question{'' if left == 1 else 's'} to look at."
    return f"{waiting} {ready} ready to be asked."


def choice_html(name: str, names: Sequence[str]) -> str:
    """Which set is shown, where there are several."""
    if len(names) < 2:
        return ""
    links = "".join(
        f'<li><a href="/review?set={attribute(other)}"{" aria-current=page" if other == name else ""}>{text(other)}</a></li>'
        for other in names
    )
    return f'<nav class="views" aria-label="Question sets"><ul>{links}</ul></nav>'


def nothing_html() -> str:
    """Before there is any set."""
    return (
        '<div class="situation passing"><h2>No questions of your own yet</h2>'
        "<p>notebot can draft some from your notes: each with its place and the facts that an answer has to say. Those that you "
        "stand for tell whether answers can be trusted, and whether a change made them better.</p>"
        '<p><button type="button" class="do" id="draft">Draft 40 questions</button></p></div>'
    )


def trouble_html(message: str) -> str:
    """Why there is nothing to look at."""
    return f'<div class="situation" role="alert"><h2>This set cannot be read</h2><p>{prose(message)}</p></div>'


def draft_html(case: Case, chunks_of: ChunksOf) -> str:
    """One draft: its question and facts to be changed, its passages to be read."""
    chunks = {place.source: chunks_of(place.source) for place in case.gold}
    found = gold_chunks(case, [chunk for listed in chunks.values() for chunk in listed])
    ident = attribute(case.id)
    tags = "".join(f'<span class="badge">{text(tag)}</span>' for tag in case.tags if tag not in OPEN)
    facts = (
        f'<label class="field">An answer has to say <small>(a | or so; b)</small><input type="text" name="facts" '
        f'value="{attribute(written_facts(case.facts))}" spellcheck="false"></label>'
        if case.answerable
        else '<p class="aside">The notes should be silent on this: an answer would be wrong.</p>'
    )
    missing = not_said(case, found) if found else []
    doubt = f'<p class="reason">Not said there word for word: {text(", ".join(missing))}</p>' if missing else ""
    gone = '<p class="reason">Its place is not in the index any more.</p>' if case.gold and not found else ""
    buttons = "".join(
        f'<button type="button" class="{kind}" data-what="{what}">{label}</button>'
        for what, label, kind in (("accept", "Accept", "do"), ("drop", "Drop", "act"))
    )
    return (
        f'<article class="draft-case" tabindex="-1" data-case="{ident}" aria-label="{attribute(case.question)}">'
        f'<label class="field">Question<textarea name="question" rows="2" dir="auto">{text(case.question)}</textarea></label>'
        f"{facts}"
        f'<p class="tags">{tags}</p>{doubt}{gone}{"".join(_passage(chunk, case) for chunk in found[:MOST_PASSAGES])}'
        f'<p class="refused" role="alert"></p><p class="decide">{buttons}</p></article>'
    )


def _passage(chunk: Chunk, case: Case) -> str:
    """What stands at the place, with the facts marked in it, and the way to the whole note."""
    shown = chunk.text[:LONGEST_PASSAGE]
    body, at = "", 0
    for start, end in fact_spans(shown, case.facts):
        body += f"{text(shown[at:start])}<mark>{text(shown[start:end])}</mark>"
        at = end
    body += text(shown[at:]) + ("…" if len(chunk.text) > LONGEST_PASSAGE else "")
    name = page_text(chunk.title, chunk.page.url) if chunk.page else chunk.source
    lines = counted(chunk.unit, chunk.first_line, chunk.last_line, dash="–")
    where = f'<a href="{text(source_address(chunk.source, chunk.id))}"><bdi>{text(name)}</bdi></a>'
    return f'<figure class="at"><figcaption class="file">{where} {text(lines)}</figcaption><pre dir="auto">{body}</pre></figure>'


def page_html(inner: str, header: str, files: Mapping[str, str]) -> str:
    """The whole document. `files` are our own scripts and styles, by their names, with what they are."""
    links = "".join(
        f'<script src="/page/{name}" type="module"></script>'
        if kind == "text/javascript"
        else f'<link rel="stylesheet" href="/page/{name}">'
        for name, kind in files.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>notebot: questions to look at</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f'<link rel="icon" href="/page/icon.svg" type="image/svg+xml">{links}</head><body><div class="gradio-container">'
        f'<div class="main fillable"><div id="brand">{header}</div><main id="notes" class="review">'
        '<h1>Your <mark>questions</mark></h1><p class="unseen" id="said" role="status"></p>'
        f"{inner}</main></div></div></body></html>"
    )
