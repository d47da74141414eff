"""What the page shows -> HTML that is safe to insert: every text from a note, a question or a model is escaped here.

There are no images and no raw HTML. The only links are to sources on the page itself and to cited pages, over http.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from notebot.types import Answer, Citation, Sentence, Status
from notebot.web.exchange import Exchange, Trouble
from notebot.web.harmless import prose, text
from notebot.web.margin import beside

STAGES = {"searching": "searching your notes", "reading": "reading", "writing": "writing", "checking": "checking"}
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


def conversation(exchanges: Iterable[Exchange]) -> str:
    """All of a conversation, oldest first."""
    return "".join(exchange_html(exchange) for exchange in exchanges)


def exchange_html(exchange: Exchange) -> str:
    """One question with its answer, and its sources beside it."""
    state = "live" if exchange.live else "settled"
    return (
        f'<article class="exchange {state}" aria-labelledby="question-{exchange.number}">'
        f'<h2 class="question" id="question-{exchange.number}" dir="auto">{text(exchange.question)}</h2>'
        f'<div class="answer">{_answer(exchange)}</div>'
        f'<aside class="sources" aria-label="Sources for question {exchange.number}">{beside(exchange)}</aside></article>'
    )


def welcome(trouble: Trouble | None) -> str:
    """What stands on the page before the first question; with `trouble`, what to do first."""
    if trouble:
        return f'<div class="welcome">{_trouble(trouble)}</div>'
    return (
        '<div class="welcome"><h1>Ask <mark>your notes</mark></h1><p>Every sentence of an answer is checked against them and '
        "shows the place it comes from. Where they are silent, you are told so.</p></div>"
    )


def footer(facts: Sequence[str]) -> str:
    """The line under everything."""
    return '<p class="facts">' + "".join(f"<span>{prose(fact)}</span>" for fact in facts) + "</p>"


# --- the answer ---------------------------------------------------------------------------------------------------


def _answer(exchange: Exchange) -> str:
    answer = exchange.settled
    parts = [f'<p class="stage" role="status">{_stage(exchange)}</p>']
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
        parts.append('<p class="notice">You stopped this answer. Only what had been checked is kept.</p>')
    if exchange.trouble:
        parts.append(_trouble(exchange.trouble))
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
    """The live line; empty once the answer is there, so that a screen reader hears each stage once and no more."""
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
        f'<a class="chip" href="#source-{question}-{number}" title="{text(citation.quote)}" '
        f'aria-label="Source {number}: {text(_place(citation))}">{number}</a>'
    )


def _unsupported(sentence: Sentence) -> str:
    reason = f' <span class="reason">{text(sentence.reason)}</span>' if sentence.reason else ""
    return f'<p class="unsupported"><strong>Not in your notes</strong> <q><bdi>{text(sentence.text)}</bdi></q>{reason}</p>'


def _trouble(trouble: Trouble) -> str:
    return f'<div class="trouble" role="alert"><h3>{text(trouble.title)}</h3><p>{prose(trouble.message)}</p></div>'


def _below(answer: Answer) -> str:
    notice = f'<p class="notice">{prose(answer.notice)}</p>' if answer.notice else ""
    seconds = answer.timings.get("total") or sum(answer.timings.values())
    wrote = "{} was asked, but its words did not pass the check" if answer.status is Status.QUOTED else "Answered by {}"
    facts = [wrote.format(answer.model)] if answer.model else []
    facts += [f"{seconds:.1f} s"] if seconds else []
    return notice + '<p class="byline">' + "".join(f"<span>{text(fact)}</span>" for fact in facts) + "</p>"


def _beyond(added: str) -> str:
    about = "The model added this from its own knowledge. Nothing of it has been checked."
    return (
        f'<div class="beyond" role="note" aria-label="Not from your notes"><p><strong>Not from your notes</strong> {about}</p>'
        f'<p dir="auto">{text(added)}</p></div>'
    )


def _place(citation: Citation) -> str:
    return f"{citation.source}, {' › '.join(citation.heading)}" if citation.heading else citation.source
