"""One question -> the stream of events that ends in a checked answer. Read this, and you know what notebot does.

Search; say where the notes are silent without asking the model; let the model write; check every sentence as it is
finished; and settle on an answer that holds only what passed, or quotes the notes, or says that they are silent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from notebot.answer.checking import CheckedDraft
from notebot.answer.grounding import Evidence, prepare
from notebot.answer.prompt import Budget, build_prompt
from notebot.answer.relevance import Focus, focus, mentions, topic_stub
from notebot.answer.settle import leads_to, not_in_notes, settle, stub_answer
from notebot.errors import ModelFailed
from notebot.models.ports import ChatModel, TokenEmbedder
from notebot.retrieve.question import corrected, standalone
from notebot.retrieve.retriever import Retriever
from notebot.types import Answer, Checked, Done, Draft, Event, Found, Passage, Stage, Status, Turn

STUBS = 4  # passages searched for beyond those that are read, since headings with nothing under them are found too
ADDRESS_ASKED = re.compile(r"\b(?:page|link|url|site|website|article|address)s?\b", re.I)
UNRELATED = 0.2  # cosine of question and best passage below which nothing is near


@dataclass(frozen=True, slots=True)
class Parts:
    """What a conversation works with. `model` opens the chat model when it is first needed; `mark` draws a random word.

    `building` says in words what a search may miss because the index is being built; nothing once it is whole.
    """

    retriever: Retriever
    tokens: TokenEmbedder
    model: Callable[[], ChatModel]
    clock: Callable[[], float]
    mark: Callable[[], str]
    passages: int
    answer_tokens: int
    building: Callable[[], str] = str


def converse(question: str, history: Sequence[Turn], parts: Parts) -> Generator[Event, None, None]:
    """The events of one question, Done last. Closing the iterator stops the model.

    Raises ModelError only where no model could be opened or none of its text arrived; a model that breaks off later
    ends in a Done whose notice says so, with the sentences it had finished.
    """
    watch = Stopwatch(parts.clock)
    yield Stage("searching", "searching your notes")
    building = parts.building()
    asked, found = _search(standalone(question, history), parts)
    passages = tuple(passage for passage in found if not passage.chunk.stub)[: parts.passages]
    watch.lap("search")

    yield Stage("reading", f"reading {len(passages)} passage{'s' if len(passages) != 1 else ''}")
    evidence = prepare([passage.chunk.text for passage in passages], parts.tokens, addresses=bool(ADDRESS_ASKED.search(asked)))
    about = focus(asked, evidence, parts.tokens)
    watch.lap("read")

    stub = topic_stub(asked, [passage for passage in found if passage.chunk.page is None])
    unread = parts.retriever.catalog.page_states()
    answer = _silence(asked, stub, found, about, unread)
    if answer is None:
        yield Found(passages)
        draft, model, notice = yield from _write(question, history, passages, evidence, parts)
        watch.lap("write")
        answer = settle(asked, draft, evidence, about, unread)
        if stub and answer.status is Status.NOT_IN_NOTES:
            answer = stub_answer(asked, stub, found, unread)
        answer = replace(answer, model=model, notice=notice)
        watch.lap("settle")
    notice = " ".join(filter(None, [answer.notice, building]))
    yield Done(replace(answer, question=question, notice=notice, timings=watch.seconds()))


def _search(asked: str, parts: Parts) -> tuple[str, Sequence[Passage]]:
    """The question with its slips of the pen mended, and what it finds."""
    limit = parts.passages + STUBS
    found = parts.retriever.search(asked, limit=limit)
    mended = corrected(asked, (passage.chunk.indexed_text for passage in found))
    return (asked, found) if mended == asked else (mended, parts.retriever.search(mended, limit=limit))


def _silence(
    asked: str, stub: Passage | None, found: Sequence[Passage], about: Focus, unread: Mapping[str, str]
) -> Answer | None:
    """The answer where the notes are silent, known without the model; None where they, or pages they link to, may hold one."""
    texts = [passage for passage in found if not passage.chunk.stub][: len(about.by_sentence)]
    if stub and not any(mentions(passage, stub.chunk.heading[-1]) or leads_to(stub, passage) for passage in texts):
        return stub_answer(asked, stub, found, unread)
    near = max((passage.similarity for passage in texts), default=0.0)
    if not about.enough or near < UNRELATED:
        return not_in_notes(asked, found, unread)
    return None


def _write(
    question: str, history: Sequence[Turn], passages: Sequence[Passage], evidence: Sequence[Evidence], parts: Parts
) -> Generator[Event, None, tuple[CheckedDraft, str, str]]:
    """Let the model write and check each sentence as it is finished; the draft, the model's name, and a notice."""
    model = parts.model()
    prompt = build_prompt(
        question,
        passages,
        history,
        mark=parts.mark(),
        budget=Budget(model.context_tokens - parts.answer_tokens, model.count_tokens),
    )
    notice = f"{prompt.left_out} of {len(passages)} passages did not fit the model's window." if prompt.left_out else ""
    yield Stage("writing", f"{model.name} is writing")
    draft = CheckedDraft(prompt.passages, evidence[: len(prompt.passages)], parts.tokens)
    wrote = False
    try:
        with closing(model.stream(prompt.messages, max_tokens=parts.answer_tokens)) as pieces:
            for piece in pieces:
                wrote = wrote or bool(piece)
                yield Draft(piece)
                yield from map(Checked, draft.feed(piece))
                if draft.enough:
                    break
    except ModelFailed as error:
        if not wrote:
            raise
        notice = str(error)
        yield from map(Checked, draft.break_off())
    yield Stage("checking", "checking the last words")
    yield from map(Checked, draft.finish())
    return draft, model.name, notice


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
