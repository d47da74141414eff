"""One question -> the stream of events that ends in a checked answer. Read this, and you know what notebot does.

Search; say where the notes are silent without asking the model; let the model write; check every sentence as it is
finished; and settle on an answer that holds only what passed, or quotes the notes, or says that they are silent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from notebot.answer.alignment import Evidence, prepare
from notebot.answer.beyond import add_beyond
from notebot.answer.checking import CheckedDraft
from notebot.answer.disagreement import shown_apart
from notebot.answer.metering import Meter
from notebot.answer.orders import unless_obeying
from notebot.answer.outgoing import GONE, Outgoing, without_addresses
from notebot.answer.prompt import Budget, Prompt, build_prompt
from notebot.answer.relevance import Focus, answered, focus, headed, mentions, topic_stub
from notebot.answer.settle import leads_to, not_in_notes, settle, stub_answer
from notebot.errors import ModelError, ModelFailed
from notebot.events import Checked, Done, Draft, Event, Found, Settled, Stage
from notebot.index.terms import Terms
from notebot.models.ports import UNSAID, ChatModel, SupportModel, TokenEmbedder
from notebot.retrieve.abbreviations import Reading
from notebot.retrieve.filters import written
from notebot.retrieve.parts import questions_in
from notebot.retrieve.retriever import Retriever
from notebot.retrieve.rewriting import rewritten
from notebot.types import NO_FILTERS, Answer, Filters, Passage, Sentence, Status, Turn

STUBS = 4  # passages searched for beyond those that are read, since headings with nothing under them are found too
ADDRESS_ASKED = re.compile(r"\b(?:page|link|url|site|website|article|address)s?\b", re.I)
HOPELESS = 0.2  # probability that a passage answers the question, below which the model is not asked
UNRELATED = 0.2  # cosine of question and best passage below which nothing is near


@dataclass(frozen=True, slots=True)
class Parts:
    """What a conversation works with. `model` opens the chat model when it is first needed; `mark` draws a random word.

    `building` says in words what a search may miss because the index is being built; nothing once it is whole. `open` lets
    the model add its own knowledge after the answer. Only what passes `filters` is searched. Without `support` the check aligns
    words, and no more.
    """

    retriever: Retriever
    tokens: TokenEmbedder
    model: Callable[[], ChatModel]
    clock: Callable[[], float]
    mark: Callable[[], str]
    passages: int
    answer_tokens: int
    building: Callable[[], str] = str
    open: bool = False
    filters: Filters = NO_FILTERS
    support: SupportModel | None = None


def converse(question: str, history: Sequence[Turn], parts: Parts) -> Generator[Event, None, None]:
    """The events of one question, Done last. Closing the iterator stops the model.

    Raises ModelError only where no model could be opened or none of its text arrived; a model that breaks off later
    ends in a Done whose notice says so, with the sentences it had finished.
    """
    watch, meter = Stopwatch(parts.clock), Meter()
    parts = replace(parts, model=meter.around(parts.model))
    reading = rewritten(question, history, Terms(parts.retriever.catalog), lambda word: parts.tokens.count_tokens(word) == 1)
    asked, shown = reading.forms[0], reading.text if reading.text != question else ""
    yield Stage("searching", f"searching for “{shown}”" if shown else "searching your notes")
    building = parts.building()
    found = parts.retriever.search(reading.text, limit=parts.passages + STUBS, filters=parts.filters)
    best = [passage for passage in found if not passage.chunk.stub][: parts.passages]
    passages = tuple(best if parts.filters else parts.retriever.in_context(reading.text, best))
    watch.lap("search")

    yield Stage("reading", f"reading {len(passages)} passage{'s' if len(passages) != 1 else ''}")
    evidence = prepare([passage.chunk.text for passage in passages], parts.tokens, addresses=bool(ADDRESS_ASKED.search(asked)))
    abouts = _questions(reading, evidence, parts.tokens)
    stub = topic_stub(reading.text, [passage for passage in found if passage.chunk.page is None])
    unread = parts.retriever.catalog.page_states()
    answer = _silence(asked, stub, found, abouts, unread)
    if answer is None and parts.support:  # what words tell is known at once, and mostly enough
        abouts = [replace(about, answered=answered(about.question, evidence, parts.support)) for about in abouts]
        hopeless = all(about.answered.prose and about.answered.probability < HOPELESS for about in abouts)
        answer = not_in_notes(asked, found, unread) if hopeless else None
    watch.lap("read")

    if answer is None:
        yield Found(passages)
        draft, model, notice = yield from _write(reading, history, passages, evidence, parts)
        watch.lap("write")
        answer = shown_apart(settle(asked, draft, evidence, abouts, unread), draft.passages, evidence, abouts)
        if stub and answer.status is Status.NOT_IN_NOTES:
            answer = stub_answer(asked, stub, found, unread)
        answer = replace(answer, model=model, notice=" ".join(filter(None, [answer.notice, notice])))
        watch.lap("settle")
    narrowed = f"Only what passes {written(parts.filters)} was searched." if parts.filters else ""
    notice = " ".join(filter(None, [answer.notice, narrowed, building]))
    sentences = tuple(map(_disarmed, answer.sentences))
    answer = replace(answer, question=question, asked=shown, sentences=sentences, notice=notice, timings=watch.seconds())
    answer = replace(answer, filters=parts.filters, usage=meter.usage)
    if parts.open:
        yield Settled(answer)
        answer = yield from _open(reading.put, answer, parts)
        watch.lap("beyond")
    yield Done(replace(answer, timings=watch.seconds(), usage=meter.usage))


def _questions(reading: Reading, evidence: Sequence[Evidence], tokens: TokenEmbedder) -> list[Focus]:
    """The questions in the question, mostly one: of its forms, that of which the passages speak most."""
    apart = questions_in(reading.forms[0])
    if len(apart) > 1:
        return [focus(part, evidence, tokens) for part in apart]
    about = max((focus(form, evidence, tokens) for form in reading.forms), key=_share)
    return [replace(about, question=reading.forms[0])]


def _share(about: Focus) -> float:
    """How much of what a question is about the passages speak of."""
    return 1 - len(about.missing) / len(about.words) if about.words else 1.0


def _silence(
    asked: str, stub: Passage | None, found: Sequence[Passage], abouts: Sequence[Focus], unread: Mapping[str, str]
) -> Answer | None:
    """The answer where the notes are silent, known without the model; None where they, or pages they link to, may hold one."""
    texts = [passage for passage in found if not passage.chunk.stub][: len(abouts[0].by_sentence)]
    elsewhere = stub and any(mentions(passage, stub.chunk.heading[-1]) or leads_to(stub, passage) for passage in texts)
    if stub and not elsewhere and len(abouts) == 1:
        return stub_answer(asked, stub, found, unread)
    near = max((passage.similarity for passage in texts), default=0.0)
    headings = any(headed(about, texts) for about in abouts)  # a rare word stands far from all else: "shellac"
    if not any(about.enough for about in abouts) or (near < UNRELATED and not headings):
        return not_in_notes(asked, found, unread)
    return None


def _write(
    reading: Reading, history: Sequence[Turn], passages: Sequence[Passage], evidence: Sequence[Evidence], parts: Parts
) -> Generator[Event, None, tuple[CheckedDraft, str, str]]:
    """Let the model write and check each sentence as it is finished; the draft, the model's name, and a notice."""
    model, question = parts.model(), reading.forms[0]
    prompt = build_prompt(
        reading.put,
        passages,
        history,
        mark=parts.mark(),
        budget=Budget(model.context_tokens - parts.answer_tokens, model.count_tokens),
    )
    notice = f"{prompt.left_out} of {len(passages)} passages did not fit the model's window." if prompt.left_out else ""
    yield Stage("writing", f"{model.name} is writing")
    known = "\n".join([reading.put, *(passage.chunk.text for passage in prompt.passages)])
    draft, outgoing = _blank(prompt, evidence, known, parts)
    wrote = broken = False
    try:
        with closing(model.stream(prompt.messages, max_tokens=parts.answer_tokens)) as pieces:
            for piece in pieces:
                if piece == UNSAID:
                    draft, outgoing = _blank(prompt, evidence, known, parts)
                    continue
                wrote = wrote or bool(piece)
                yield from _heard(draft, outgoing.hear(piece), question)
                if draft.enough:
                    break
    except ModelFailed as error:
        if not wrote:
            raise
        notice, broken = str(error), True
    yield from _heard(draft, outgoing.end(), question)
    if broken:
        yield from _checked(draft.break_off(), question)
    yield Stage("checking", "checking the last words")
    yield from _checked(draft.finish(), question)
    return draft, model.name, notice


def _blank(prompt: Prompt, evidence: Sequence[Evidence], known: str, parts: Parts) -> tuple[CheckedDraft, Outgoing]:
    """Where a model's words go: through a filter, into a draft."""
    draft = CheckedDraft(prompt.passages, evidence[: len(prompt.passages)], parts.tokens, parts.support)
    return draft, Outgoing(prompt.codes, known)


def _heard(draft: CheckedDraft, words: str, question: str) -> Iterator[Event]:
    """What a piece of text leads to: itself as a draft, and the sentences that it completes."""
    yield Draft(words)
    yield from _checked(draft.feed(words), question)


def _checked(sentences: Iterable[Sentence], question: str) -> Iterator[Event]:
    return (Checked(_disarmed(unless_obeying(sentence, question))) for sentence in sentences)


def _disarmed(sentence: Sentence) -> Sentence:
    """The sentence without addresses if it is not carried: those that a citation stands for are the only ones shown."""
    if sentence.supported:
        return sentence
    reason = "it named an address that the notes do not have" if GONE in sentence.text else without_addresses(sentence.reason)
    return replace(sentence, text=without_addresses(sentence.text), reason=reason)


def _open(asked: str, answer: Answer, parts: Parts) -> Generator[Event, None, Answer]:
    """Let the model add what it knows itself. Whatever goes wrong with that, the answer from the notes stands."""
    try:
        model = parts.model()
        yield Stage("writing", f"{model.name} is adding its own knowledge")
        beyond = yield from add_beyond(asked, answer, model, mark=parts.mark())
    except ModelError as error:
        notice = f"Nothing could be added to what your notes say: {error}"
        return replace(answer, notice=" ".join(filter(None, [answer.notice, notice])))
    return replace(answer, beyond=beyond, model=model.name)


class Stopwatch:
    """Seconds per stage, and in all."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._start = self._last = clock()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """The stage that has just ended took the time since the last lap."""
        now = self._clock()
        self._laps[stage] = round(now - self._last, 4)
        self._last = now

    def seconds(self) -> dict[str, float]:
        """Seconds by stage, with their total."""
        return {**self._laps, "total": round(self._clock() - self._start, 4)}
