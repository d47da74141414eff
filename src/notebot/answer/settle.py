"""Checked sentences -> the answer. Nothing is said that the notes do not carry, and nothing that was not asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from notebot.answer.checking import CheckedDraft
from notebot.answer.citations import cite
from notebot.answer.grounding import Evidence
from notebot.answer.quoting import best_quotes
from notebot.answer.relevance import YES_OR_NO, Focus, fits
from notebot.retrieve.vocabulary import content, stem
from notebot.types import Answer, Passage, Sentence, Span, Status

NEAR = 0.3  # cosine from which a passage is worth naming as the nearest
MOST_NEAREST = 3
TO_THE_POINT = 0.6  # of the question's words, in what a sentence rests on


def settle(question: str, draft: CheckedDraft, evidence: Sequence[Evidence], about: Focus) -> Answer:
    """The answer that a finished draft comes to. Its model, notice and timings are the caller's to fill in."""
    passages = draft.passages
    judged = tuple(_answering(question, sentence, passages, evidence, about) for sentence in draft.sentences)
    carried = [sentence for sentence in judged if sentence.supported]
    if carried and fits(question, [sentence.text for sentence in carried]):
        status = Status.ANSWERED if len(carried) == len(judged) else Status.PARTIAL
        return _answer(question, status, " ".join(sentence.text for sentence in carried), judged, passages)
    quotes = () if about.missing else best_quotes(question, passages, evidence, about)
    if quotes and fits(question, [quote.text for quote in quotes]):
        text = "In the words of your notes:\n" + "\n".join(f"- {quote.text}" for quote in quotes)
        return _answer(question, Status.QUOTED, text, quotes, passages)
    return not_in_notes(question, passages)


def not_in_notes(question: str, passages: Sequence[Passage]) -> Answer:
    """Silence, with the nearest notes by name."""
    nearest = [passage for passage in passages if passage.similarity >= NEAR and not passage.chunk.stub][:MOST_NEAREST]
    places = ", ".join(f"{_topic(passage)} ({_place(passage)})" for passage in nearest)
    text = "This is not in your notes." + (f" The nearest they come: {places}." if places else "")
    return _answer(question, Status.NOT_IN_NOTES, text, (), passages)


def stub_answer(question: str, stub: Passage, passages: Sequence[Passage]) -> Answer:
    """A heading for this with nothing under it, and where it links to."""
    chunk = stub.chunk
    text = f"Your notes have the heading “{chunk.heading[-1]}” ({_place(stub)}) with nothing under it yet."
    if chunk.links:
        addresses = dict.fromkeys(link.url.partition("#:~:")[0] for link in chunk.links)
        text += f" It links to {', '.join(addresses)}, which has not been read."
    line = chunk.text.partition("\n")[0]
    start = len(line) - len(line.lstrip("# "))
    heading = cite(Span(0, start, len(line), line[start:]), [stub])
    sentence = Sentence(text, supported=True, score=1.0, citations=(heading,))
    return _answer(question, Status.STUB, text, (sentence,), passages)


def _answering(
    question: str, sentence: Sentence, passages: Sequence[Passage], evidence: Sequence[Evidence], about: Focus
) -> Sentence:
    """The sentence, no longer supported when it is no answer to the question, however true to the notes."""
    if not sentence.supported:
        return sentence
    reason = ""
    if not YES_OR_NO.match(question) and set(content(sentence.text)) <= set(content(question)):
        reason = "it only repeats the question"
    elif len(_spoken_of(sentence, passages, evidence, about)) < TO_THE_POINT * len(about.words):
        reason = "true to the notes, but no answer to the question"
    return replace(sentence, supported=False, citations=(), reason=reason) if reason else sentence


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
    return f"{passage.chunk.source}:{passage.chunk.first_line}"
