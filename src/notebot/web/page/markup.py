"""What the page shows -> HTML that is safe to insert: every text from a note, a question or a model is escaped here.

There are no images and no raw HTML. The only links are to sources on the page itself and to cited pages, over http. What
buttons do, script.js does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from urllib.parse import quote as quoted

from notebot.types import Answer, Citation, Sentence, Status, Usage
from notebot.web.page.acts import actions_html, questions_html
from notebot.web.page.exchange import Exchange, Trouble
from notebot.web.page.harmless import attribute, prose, text
from notebot.web.page.margin import beside, close

STAGES = {
    "waiting": "waiting for your turn",
    "searching": "searching your notes",
    "reading": "reading",
    "writing": "writing",
    "checking": "checking",
}
LABELS = {
    Status.QUOTED: "In the words of your notes",
    Status.DISAGREE: "Your notes disagree",
    Status.NOT_IN_NOTES: "Not in your notes",
    Status.STUB: "A heading without notes",
}
FALLBACKS = {
    Status.NOT_IN_NOTES: "Your notes say nothing about this.",
    Status.STUB: "Your notes have a heading for this, with nothing under it yet.",
}

LOOSE = "These passages are only loosely related to your question. Read them before you rely on this."


def conversation(exchanges: Iterable[Exchange]) -> str:
    """All of a conversation, oldest first."""
    return "".join(exchange_html(exchange) for exchange in exchanges)


def exchange_html(exchange: Exchange) -> str:
    """One question with its answer, what can be done with it, and its sources beside it."""
    state, number = "live" if exchange.live else "settled", exchange.number
    known = (
        f'data-entry="{attribute(exchange.entry)}" data-conversation="{attribute(exchange.conversation)}" data-number="{number}"'
    )
    return (
        f'<article class="exchange {state}" aria-labelledby="question-{number}" {known}>'
        f'<h2 class="question" id="question-{number}" dir="auto">{text(exchange.question)}</h2>'
        f'<div class="answer">{_answer(exchange)}{actions_html(exchange)}</div>'
        f'<aside class="sources" aria-label="Sources for question {number}">{beside(exchange)}</aside></article>'
    )


def welcome(trouble: Trouble | None, examples: Sequence[str] = ()) -> str:
    """What stands on the page before the first question; with `trouble`, what to do first."""
    if trouble:
        return f'<div class="welcome">{_trouble(trouble)}</div>'
    return (
        '<div class="welcome"><h1>Ask <mark>your notes</mark></h1><p>Every sentence of an answer is checked against them and '
        f"shows the place it comes from. Where they are silent, you are told so.</p>{questions_html(examples)}</div>"
    )


def lost(notice: str) -> str:
    """What must be said before anything else, once: that conversations are gone. Nothing, if they are not."""
    return f'<p class="notice lost" role="status">{prose(notice)}</p>' if notice else ""


def welcome_instead(shown: str) -> str:
    """Safe HTML in the place of the welcome."""
    return f'<div class="welcome">{shown}</div>'


def footer(facts: Sequence[str]) -> str:
    """The line under everything."""
    return '<p class="facts">' + "".join(f"<span>{prose(fact)}</span>" for fact in facts) + "</p>"


# --- the answer ---------------------------------------------------------------------------------------------------


def _answer(exchange: Exchange) -> str:
    answer = exchange.settled
    parts = [f'<p class="stage">{_stage(exchange)}</p>']
    if answer and answer.asked:
        parts.append(f'<p class="asked">Searched for <q><bdi>{text(answer.asked)}</bdi></q></p>')
    if answer and answer.status in LABELS:
        parts.append(f'<p class="verdict {answer.status.value}">{_label(answer)}</p>')
    parts.append(_sentences(exchange))
    if answer and not exchange.sentences:
        fallback = FALLBACKS.get(answer.status, "There is no answer.")
        parts.append(f'<p class="statement {answer.status.value}" dir="auto">{prose(answer.text or fallback)}</p>')
    if exchange.draft.strip():
        parts.append(f'<p class="draft" dir="auto">{text(exchange.draft.strip())}</p>')
    if exchange.stopped:
        parts.append('<p class="notice">This answer was stopped. Only what had been checked is kept.</p>')
    if exchange.trouble:
        parts.append(_trouble(exchange.trouble))
    if exchange.elsewhere:
        again = f'<a href="/?c={quoted(exchange.conversation, safe="")}">Look again</a>'
        parts.append(f'<p class="notice">This is being answered in another window. {again}</p>')
    if answer:
        parts.append(_below(answer))
    if exchange.beyond:
        parts.append(_beyond(exchange.beyond))
    return "".join(parts)


def _label(answer: Answer) -> str:
    quotes = [citation for sentence in answer.sentences for citation in sentence.citations]
    if answer.status is Status.QUOTED and any(citation.url for citation in quotes):
        return "In the words of " + ("pages you link to" if all(citation.url for citation in quotes) else "your notes and pages")
    return LABELS[answer.status]


def _stage(exchange: Exchange) -> str:
    """The live line; empty once the answer is there. script.js says it aloud: what is drawn anew so often cannot."""
    if not exchange.live:
        return ""
    stage = exchange.stage
    doing = stage.detail or STAGES[stage.name] if stage else STAGES["searching"]
    return f"<span>{text(doing)}…</span>"


def _sentences(exchange: Exchange) -> str:
    numbers = {citation.passage_id: source.number for source in exchange.sources() for citation in source.citations}
    status = exchange.settled.status if exchange.settled else None
    parts = []
    for (supported, quote), group in groupby(exchange.sentences, key=lambda s: (s.supported, _is_quote(s, status))):
        if not supported:
            parts += [_unsupported(sentence) for sentence in group]
        elif quote:
            parts += [f"<blockquote>{_supported(s, exchange.number, numbers)}</blockquote>" for s in group]
        else:
            parts.append("<p>" + " ".join(_supported(s, exchange.number, numbers) for s in group) + "</p>")
    return "".join(parts)


def _is_quote(sentence: Sentence, status: Status | None) -> bool:
    """All of an answer in the words of the notes is; of one that shows a disagreement, what both places say."""
    if status is not Status.DISAGREE:
        return status is Status.QUOTED
    return [citation.quote for citation in sentence.citations] == [sentence.text]


def _supported(sentence: Sentence, question: int, numbers: dict[str, int]) -> str:
    places = {numbers[citation.passage_id]: citation for citation in reversed(sentence.citations)}
    chips = "".join(_chip(question, number, places[number]) for number in sorted(places))
    return f'<span class="sentence"><bdi>{prose(sentence.text)}</bdi>{chips}</span>'


def _chip(question: int, number: int, citation: Citation) -> str:
    return (
        f'<a class="chip" href="#source-{question}-{number}" aria-label="Source {number}: {text(_place(citation))}">{number}</a>'
    )


def _unsupported(sentence: Sentence) -> str:
    reason = f' <span class="reason">{text(sentence.reason)}</span>' if sentence.reason else ""
    return f'<p class="unsupported"><strong>Not in your notes</strong> <q><bdi>{text(sentence.text)}</bdi></q>{reason}</p>'


def _trouble(trouble: Trouble) -> str:
    return f'<div class="trouble" role="alert"><h3>{text(trouble.title)}</h3><p>{prose(trouble.message)}</p></div>'


def _below(answer: Answer) -> str:
    notices = [answer.notice] if answer.notice else []
    if answer.sentences and answer.passages and not any(close(passage) for passage in answer.passages):
        notices.append(LOOSE)
    notice = "".join(f'<p class="notice">{prose(line)}</p>' for line in notices)
    seconds = answer.timings.get("total") or sum(answer.timings.values())
    wrote = "{} was asked, but its words did not pass the check" if answer.status is Status.QUOTED else "Answered by {}"
    facts = [wrote.format(answer.model)] if answer.model else []
    facts += [f"{seconds:.1f} s"] if seconds else []
    facts += _usage(answer.usage) if answer.usage else []
    byline = "".join(f"<span>{text(fact)}</span>" for fact in facts)
    return notice + (f'<p class="byline">{byline}</p>' if facts else "")


def _usage(usage: Usage) -> list[str]:
    """How full the model's window was, and who read the passages besides this machine."""
    about = "about " if usage.estimated else ""
    where = f"no, {usage.host} read the passages" if usage.host else "yes"
    return [f"context {about}{usage.used:,} of {usage.window:,} tokens", f"runs locally: {where}"]


def _beyond(added: str) -> str:
    about = "The model added this from its own knowledge. Nothing of it has been checked."
    return (
        f'<div class="beyond" role="note" aria-label="Not from your notes"><p><strong>Not from your notes</strong> {about}</p>'
        f'<p dir="auto">{text(added)}</p></div>'
    )


def _place(citation: Citation) -> str:
    return f"{citation.source}, {' › '.join(citation.heading)}" if citation.heading else citation.source
