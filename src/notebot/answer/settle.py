"""Checked sentences -> the answer. Nothing is said that the notes do not carry, and nothing that was not asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from itertools import chain

from notebot.answer.alignment import Evidence
from notebot.answer.checking import CheckedDraft
from notebot.answer.citations import cite
from notebot.answer.orders import is_order, unless_obeying
from notebot.answer.polarity import borne_out
from notebot.answer.quoting import best_quotes, left_out
from notebot.answer.relevance import YES_OR_NO, Focus, all_named, fits
from notebot.retrieve.vocabulary import WORD, content, stem
from notebot.types import Answer, Link, Passage, Sentence, Span, Status
from notebot.urls import read_url

NEAR = 0.3  # cosine from which a passage is worth naming as the nearest
MOST_NEAREST = 3
LIKELY = 0.5  # probability that a passage answers the question, from which it is worth quoting
SURE = 0.6  # and from which it is, though not every word of the question is spoken of, or not in one note
TOGETHER = 0.6  # of the question's words that one note has to speak of where it does not have them all word for word
TO_THE_POINT = 0.6  # of the question's words, in what a sentence rests on
# Between the parts of a question: "what for builds, and what for tests?", "for builds and for tests", but not "bread and butter".
PARTS = re.compile(
    r"[;?]|\band\s+(?=(?:for|in|on|at|by|to|from|with|of|what|which|who|whose|when|where|why|how|is|are|was|were|do|does|did)\b)",
    re.I,
)


def settle(
    question: str, draft: CheckedDraft, evidence: Sequence[Evidence], asked: Sequence[Focus], unread: Mapping[str, str]
) -> Answer:
    """The answer that a finished draft comes to. Its model and timings are the caller's to fill in.

    `asked` are the questions in the question, mostly one: each is answered in the model's words, or else in those of the notes,
    and the notice says of which that could not be done. `unread` has the canonical address of every linked page of which nothing
    could be read, and why.
    """
    passages = draft.passages
    stated = [unless_obeying(sentence, question) for sentence in draft.sentences]
    judged = tuple(_answering(question, sentence, passages, evidence, asked) for sentence in stated)
    carried = [sentence for sentence in judged if sentence.supported]
    said = [_said(carried, passages, evidence, about, alone=len(asked) == 1) for about in asked]
    quoted = [_quotes(question, own, passages, evidence, about) for own, about in zip(said, asked, strict=True)]
    own, quotes = tuple(dict.fromkeys(chain(*said))), tuple(dict.fromkeys(chain(*quoted)))
    if not own and not quotes:
        return not_in_notes(question, passages, unread)
    silent = [about.question for about, one, other in zip(asked, said, quoted, strict=True) if not one and not other]
    blocks = [" ".join(sentence.text for sentence in own)] if own else []
    if quotes:
        blocks.append(f"In the words of {_quoted_sources(quotes)}:\n" + "\n".join(f"- {quote.text}" for quote in quotes))
    status = Status.QUOTED if not own else Status.PARTIAL if silent or len(carried) < len(judged) else Status.ANSWERED
    shown = (*(sentence for sentence in judged if sentence in own or not sentence.supported), *quotes) if own else quotes
    notice = " ".join(f"Not in your notes: “{one}”" for one in silent)
    return replace(_answer(question, status, "\n\n".join(blocks), shown, passages), notice=notice)


def _said(
    carried: Sequence[Sentence], passages: Sequence[Passage], evidence: Sequence[Evidence], about: Focus, *, alone: bool
) -> tuple[Sentence, ...]:
    """The sentences in the model's words that answer a question, if they do; of one that is `alone`, all do that are left."""
    own = [sentence for sentence in carried if alone or _to_the_point(_spoken_of(sentence, passages, evidence, about), about)]
    return tuple(own) if fits(about.question, [sentence.text for sentence in own]) else ()


def _quotes(
    question: str, own: Sequence[Sentence], passages: Sequence[Passage], evidence: Sequence[Evidence], about: Focus
) -> tuple[Sentence, ...]:
    """What the notes say to one of the questions, if that may be an answer; or what its `own` words leave out of a list."""
    if own:
        best = left_out(own, passages, evidence, about)
    else:
        best = best_quotes(passages, evidence, about) if _promising(passages, about) else ()
    quotes = tuple(quote for quote in best if not is_order(quote.text, question))
    return quotes if own or fits(about.question, [quote.text for quote in quotes]) else ()


def not_in_notes(question: str, passages: Sequence[Passage], unread: Mapping[str, str]) -> Answer:
    """Silence, with the nearest notes by name, and with the unread pages that they link to: there it may stand."""
    near = [passage for passage in passages if passage.similarity >= NEAR]
    nearest = [passage for passage in near if not passage.chunk.stub][:MOST_NEAREST]
    places = ", ".join(f"{_topic(passage)} ({_place(passage)})" for passage in nearest)
    text = "This is not in your notes." + (f" The nearest they come: {places}." if places else "")
    links = [link for passage in near[:MOST_NEAREST] for link in passage.chunk.links]
    return _answer(question, Status.NOT_IN_NOTES, text + _maybe_there(links, unread), (), passages)


def stub_answer(question: str, stub: Passage, passages: Sequence[Passage], unread: Mapping[str, str]) -> Answer:
    """A heading for this with nothing under it, and where it links to: there it may stand, if that could not be read."""
    chunk = stub.chunk
    text = f"Your notes have the heading “{chunk.heading[-1]}” ({_place(stub)}) with nothing under it yet."
    read = dict.fromkeys(_shown(link) for link in chunk.links if _page(link) not in unread)
    text += f" It links to {', '.join(read)}, where no answer was found." if read else ""
    text += _maybe_there(chunk.links, unread)
    line = chunk.text.partition("\n")[0]
    start = len(line) - len(line.lstrip("# "))
    heading = cite(Span(0, start, len(line), line[start:]), [stub])
    sentence = Sentence(text, supported=True, score=1.0, citations=(heading,))
    return _answer(question, Status.STUB, text, (sentence,), passages)


def leads_to(stub: Passage, passage: Passage) -> bool:
    """Whether a link of the stub leads to the page that the passage stands on."""
    page, lines = passage.chunk.page, {(stub.chunk.source, link.line) for link in stub.chunk.links}
    return page is not None and any((at.source, at.line) in lines for at in page.linked_from)


def _maybe_there(links: Iterable[Link], unread: Mapping[str, str]) -> str:
    """The third silence. Empty where every linked page has been read."""
    pages = {page: link for link in links if (page := _page(link)) in unread}
    named = ", ".join(f"{_shown(link)} ({unread[page]})" for page, link in list(pages.items())[:MOST_NEAREST])
    return f" It may be on a linked page that could not be read: {named}." if named else ""


def _page(link: Link) -> str:
    """The canonical address of what the link leads to; the link itself where that is never fetched."""
    try:
        return read_url(link.url).page
    except ValueError:
        return link.url


def _shown(link: Link) -> str:
    return link.url.partition("#:~:")[0]


def _quoted_sources(quotes: Sequence[Sentence]) -> str:
    pages = [citation.url is not None for quote in quotes for citation in quote.citations]
    if not any(pages):
        return "your notes"
    return "a page that your notes link to" if all(pages) else "your notes and of pages that they link to"


def _answering(
    question: str, sentence: Sentence, passages: Sequence[Passage], evidence: Sequence[Evidence], asked: Sequence[Focus]
) -> Sentence:
    """The sentence, no longer supported when it is no answer to the question, or without its Yes or No."""
    if not sentence.supported:
        return sentence
    reason = ""
    if not YES_OR_NO.match(question) and set(content(sentence.text)) <= set(content(question)):
        reason = "it only repeats the question"
    elif not any(_to_the_point(_spoken_of(sentence, passages, evidence, about), about) for about in asked):
        reason = "true to the notes, but no answer to the question"
    if reason:
        return replace(sentence, supported=False, citations=(), reason=reason)
    return replace(sentence, text=borne_out(sentence.text, question))


def _to_the_point(spoken: Set[str], about: Focus) -> bool:
    """Whether these of the words of a question are most of them, with all of its numbers, or all of one part of it.

    What has been so since 1933 is no answer to what has been since 1996. Parts: "what for X, and what for Y".
    """
    numbers = {word for word in about.words if any(map(str.isdigit, word))}
    most = len(spoken) >= TO_THE_POINT * len(about.words) and numbers <= spoken
    parts = [frozenset(WORD.findall(part)) for part in PARTS.split(about.question)]
    asked = [words for part in parts if (words := part.intersection(about.words))]
    return most or any(words <= spoken for words in asked)


def _promising(passages: Sequence[Passage], about: Focus) -> bool:
    """Whether an answer is likely among the passages, by what they speak of, and by the support model where it can tell."""
    read = about.answered
    if read.prose and read.probability < LIKELY:
        return False
    sure = read.reliable or (read.prose and read.probability >= SURE)
    return sure or not (about.missing or _scattered(passages, about))


def _scattered(passages: Sequence[Passage], about: Focus) -> bool:
    """Whether no note speaks of what is asked as a whole: "car" in one, and in another something near to "colour".

    Two topics, each by its name ("Spark and PyTorch"), may stand in two notes.
    """
    spoken: dict[str, set[str]] = {}
    for passage, sentences in zip(passages, about.by_sentence, strict=False):
        spoken.setdefault(passage.chunk.source, set()).update(*sentences)
    most = max(map(len, spoken.values()), default=0)
    return most < TOGETHER * len(about.words) and not all_named(about, passages)


def _spoken_of(sentence: Sentence, passages: Sequence[Passage], evidence: Sequence[Evidence], about: Focus) -> set[str]:
    """The words of the question that the cited sentences speak of, with the headings that they stand under."""
    numbers = {passage.chunk.id: number for number, passage in enumerate(passages)}
    spoken: set[str] = set()
    for citation in sentence.citations:
        number = numbers[citation.passage_id]
        heading = set(content(" ".join(citation.heading)))
        spoken |= {word for word in about.words if stem(word) in heading}
        spoken |= about.by_sentence[number][evidence[number].sentences.index((citation.start, citation.end))]
    return spoken


def _answer(question: str, status: Status, text: str, sentences: tuple[Sentence, ...], passages: Sequence[Passage]) -> Answer:
    return Answer(question, status, text, "", sentences, tuple(passages), {})


def _topic(passage: Passage) -> str:
    return passage.chunk.heading[-1] if passage.chunk.heading else passage.chunk.title


def _place(passage: Passage) -> str:
    chunk = passage.chunk
    if chunk.unit == "line":
        return chunk.source if chunk.page else f"{chunk.source}:{chunk.first_line}"  # a line of a page is nothing to go to
    return f"{chunk.source}, {chunk.unit} {chunk.first_line}" if chunk.unit else chunk.source
