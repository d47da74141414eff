"""One question and its answer as the page shows them: the event stream, folded into what is on the screen now."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from notebot.errors import IndexMissing, ModelError, NotebotError, UsageError
from notebot.events import Beyond, Checked, Done, Draft, Event, Found, Settled, Stage
from notebot.history.store import Feedback
from notebot.types import Answer, Citation, Passage, Sentence, Turn

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no answer: what it is about in a few words, and the error's own sentence."""

    title: str
    message: str


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that sentences of one answer rest on. `spans` are the supporting stretches of `text`, in order and apart."""

    number: int
    citations: tuple[Citation, ...]
    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, number `number` of its conversation, and as much of its answer as is known.

    `sentences` are settled; `draft` is what the model has written since and nobody has checked. `standing` is the answer from
    the notes, `beyond` what the model has added of its own since, while it may still add more. `entry` and `conversation` are
    its ids in the history; `elsewhere`: another window is being answered. `follow_ups` are questions that could be next.
    """

    number: int
    question: str
    entry: str = ""
    conversation: str = ""
    stage: Stage | None = None
    passages: tuple[Passage, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    draft: str = ""
    standing: Answer | None = None
    beyond: str = ""
    answer: Answer | None = None
    trouble: Trouble | None = None
    stopped: bool = False
    elsewhere: bool = False
    feedback: Feedback | None = None
    follow_ups: tuple[str, ...] = ()

    @property
    def settled(self) -> Answer | None:
        """The answer from the notes, as soon as it stands."""
        return self.answer or self.standing

    @property
    def live(self) -> bool:
        """Is more to come?"""
        return self.answer is None and self.trouble is None and not self.stopped and not self.elsewhere

    def after(self, event: Event) -> Exchange:
        """The exchange once `event` has happened."""
        match event:
            case Stage():
                return replace(self, stage=event)
            case Found(passages):
                return replace(self, passages=passages)
            case Draft(text):
                return replace(self, draft=self.draft + text)
            case Checked(sentence):
                return replace(self, sentences=(*self.sentences, sentence), draft="")
            case Beyond(text):
                return replace(self, beyond=f"{self.beyond} {text}".strip())
            case Settled(answer) | Done(answer):
                seen = replace(self, sentences=answer.sentences, passages=answer.passages, draft="", beyond=answer.beyond)
                return replace(seen, answer=answer) if isinstance(event, Done) else replace(seen, standing=answer)

    def stop(self) -> Exchange:
        """The exchange as it stays when the person stops it: what was checked is kept, the unchecked rest is dropped."""
        if not self.live:
            return self
        return replace(self, stopped=True, draft="", answer=self.standing, beyond="")

    def sources(self) -> tuple[Source, ...]:
        """The cited passages, numbered from 1 in the order in which the answer cites them."""
        texts = {passage.chunk.id: passage.chunk.text for passage in self.passages}
        cited: dict[str, list[Citation]] = {}
        for sentence in self.sentences:
            for citation in sentence.citations if sentence.supported else ():
                cited.setdefault(citation.passage_id, []).append(citation)
        return tuple(_source(number, group, texts) for number, group in enumerate(cited.values(), 1))


def exchanges(exchange: Exchange, events: Generator[Event, None, None]) -> Generator[Exchange, None, None]:
    """The exchange at first and after each event. Closing it closes `events`.

    Events that end without Done were stopped: one more exchange shows it. Raises nothing: what goes wrong becomes the
    exchange's trouble, in words.
    """
    yield exchange
    try:
        for event in events:
            exchange = exchange.after(event)
            yield exchange
        if exchange.live:
            yield exchange.stop()
    except NotebotError as error:
        yield replace(exchange, trouble=trouble(error), draft="")
    except Exception:  # the rim of the program: a person gets a sentence, the log gets the trace
        log.exception("A question could not be answered")
        yield replace(exchange, trouble=UNEXPECTED, draft="")
    finally:
        events.close()


def turns(conversation: Sequence[Exchange]) -> tuple[Turn, ...]:
    """The conversation so far as the bot reads it. Exchanges that came to nothing are left out."""
    said: list[Turn] = []
    for exchange in conversation:
        settled = " ".join(sentence.text for sentence in exchange.sentences if sentence.supported)
        text = exchange.answer.text if exchange.answer else settled
        if text:
            said += [Turn("user", exchange.question), Turn("assistant", text)]
    return tuple(said)


UNEXPECTED = Trouble(
    "Something went wrong inside notebot", "Ask again. If it stays, run `notebot doctor`; its report says what to do."
)


def trouble(error: NotebotError) -> Trouble:
    """An error as a person meets it on the page."""
    match error:
        case IndexMissing():
            title = "Your notes have not been read yet"
        case ModelError():
            title = "No model can answer at the moment"
        case UsageError():
            title = "This cannot be asked"
        case _:
            title = "That did not work"
    return Trouble(title, str(error))


def _source(number: int, citations: Sequence[Citation], texts: dict[str, str]) -> Source:
    first = citations[0]
    text = texts.get(first.passage_id)
    if text is None:  # a place outside the passages shown: its own words are all there is
        return Source(number, (first,), first.quote, ((0, len(first.quote)),))
    spans = [(max(0, c.start), min(len(text), c.end)) for c in citations]
    return Source(number, tuple(citations), text, merged(spans))


def merged(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The same stretches in order, with those that touch or overlap made one and empty ones left out."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)
