"""Search without the model: the form with its filters, and what was found, with the words that were looked for marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from notebot.errors import IndexMissing, NotebotError, UsageError
from notebot.render import age_text, counted, page_text
from notebot.retrieve.filters import joined, read_filter, read_filters, written
from notebot.retrieve.question import search_words
from notebot.retrieve.vocabulary import WORD, stem
from notebot.types import NO_FILTERS, Chunk, Filters, Passage
from notebot.web.desk import ServedBot
from notebot.web.page.addresses import source_address
from notebot.web.page.harmless import prose, text

FOUND = 20
LINES = 4  # of a passage that are shown; all of it is one click away
KEYED = {"path": "Folder or file", "tag": "Tag", "site": "Web site"}
DATED = {"after": "From", "before": "Before"}


def search_form(query: Mapping[str, str]) -> str:
    """One line for words and filters, and the same filters as small controls below it."""
    fields = "".join(
        f'<label>{label} <input type="text" name="{key}" value="{text(query.get(key, ""))}" autocomplete="off"></label>'
        for key, label in KEYED.items()
    ) + "".join(
        f'<label>{label} <input type="date" name="{key}" value="{text(query.get(key, ""))}"></label>'
        for key, label in DATED.items()
    )
    only = " checked" if query.get("notes") else ""
    opened = " open" if any(query.get(key) for key in (*KEYED, *DATED, "notes")) else ""
    return (
        '<form class="search" action="/notes" method="get" role="search"><input type="hidden" name="show" value="search">'
        f'<div class="line"><label class="unseen" for="words">Words to search for</label>'
        f'<input id="words" type="search" name="q" value="{text(query.get("q", ""))}" autocomplete="off" '
        'placeholder="Words, a &quot;phrase&quot;, -without, path:work/ tag:ml after:2024">'
        '<button type="submit">Search</button></div>'
        f'<details{opened}><summary>Filters</summary><div class="fields">{fields}'
        f'<label class="check"><input type="checkbox" name="notes" value="1"{only}> Notes only</label></div></details></form>'
    )


def results(bot: ServedBot, query: Mapping[str, str]) -> str:
    """What was found, best first; in words, why nothing was. Nothing is asked where the form is empty."""
    try:
        filters = joined(*_controls(query))
        asked = query.get("q", "").strip()
        if not asked and not filters:
            return '<p class="aside">No model is asked here: words and meaning find the passages, and you read them.</p>'
        passages = bot.search(asked, FOUND, filters=filters)
        question, typed = read_filters(asked) if asked else ("", NO_FILTERS)
        filters = joined(filters, typed)
    except UsageError as error:
        return f'<p class="notice" role="alert">{prose(str(error))}</p>'
    except IndexMissing:
        return '<p class="aside">There is nothing to search yet.</p>'
    except NotebotError as error:
        return f'<p class="notice" role="alert">{prose(str(error))}</p>'
    looked = frozenset(stem(word) for word in search_words(question)) if question else frozenset()
    for phrase in filters.phrases:
        looked |= {stem(word) for word in search_words(phrase)}
    only = f" <span>only {text(written(filters))}</span>" if filters else ""
    if not passages:
        return f'<p class="aside" role="status">Nothing was found.{only} Try fewer filters, or other words.</p>'
    items = "".join(_item(passage, looked) for passage in passages)
    many = f"{len(passages)} passage{'s' if len(passages) > 1 else ''}{', best first' if question else ', newest first'}"
    return f'<p class="aside" role="status">{many}{only}</p><ol class="found">{items}</ol>'


def marked(value: str, looked: frozenset[str]) -> str:
    """`value` as HTML, with the words whose stems are in `looked` marked."""
    parts, at = [], 0
    for word in WORD.finditer(value):
        if stem(word[0].lower().replace("’", "'").removesuffix("'s")) in looked:
            parts += [text(value[at : word.start()]), f"<mark>{text(word[0])}</mark>"]
            at = word.end()
    return "".join([*parts, text(value[at:])])


def _controls(query: Mapping[str, str]) -> Sequence[Filters]:
    given = [(key, query[key].strip()) for key in (*KEYED, *DATED) if query.get(key, "").strip()]
    return [*(read_filter(key, value) for key, value in given), Filters(notes_only=bool(query.get("notes")))]


def _item(passage: Passage, looked: frozenset[str]) -> str:
    chunk = passage.chunk
    heading = " › ".join(chunk.heading) or chunk.title
    empty = ' <span class="empty">nothing under it yet</span>' if chunk.stub else ""
    return (
        f'<li><a class="heading" href="{text(source_address(chunk.source, chunk.id))}" dir="auto">{marked(heading, looked)}</a>'
        f'{empty}<span class="file">{_place(chunk)}</span><div class="passage" dir="auto">{_excerpt(chunk, looked)}</div></li>'
    )


def _place(chunk: Chunk) -> str:
    counts = counted(chunk.unit, chunk.first_line, chunk.last_line, dash="–")
    if chunk.page:
        parts = [text(page_text(chunk.title, chunk.page.url)), text(counts), text(age_text(chunk.page))]
        return f'<span class="badge page">page</span>{" · ".join(filter(None, parts))}'
    return f'<span class="badge">note</span>{" · ".join(filter(None, [f"<bdi>{text(chunk.source)}</bdi>", text(counts)]))}'


def _excerpt(chunk: Chunk, looked: frozenset[str]) -> str:
    """The first lines with a word that was looked for, in their order; else the first lines. The heading stands above already."""
    lines = [
        line for number, line in enumerate(chunk.text.splitlines()) if line.strip() and not (number == 0 and line[:1] == "#")
    ]
    told = [(line, marked(line, looked)) for line in lines]
    with_marks = [number for number, (_, html) in enumerate(told) if "<mark>" in html][:LINES]
    shown = with_marks or list(range(min(LINES, len(told))))
    return "".join(f'<span class="line">{told[number][1]}</span>' for number in shown)
