"""A question set drafted from a person's own notes: many drafts, sifted, spread over the notes; by the same seed the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from random import Random
from typing import Protocol

from notebot.answer.chat import Parts
from notebot.errors import UsageError
from notebot.evals.cases import SHORT_FORMS, Case, CaseSet
from notebot.evals.drafting import SHORTEST_PASSAGE, Refused, able, closed_book, written_by
from notebot.evals.drafts import Draft, drafts
from notebot.evals.near_misses import Known, held_out, near_misses, stubs
from notebot.evals.said import facts_in
from notebot.evals.sifting import Asked, answered_after_all, spread, unborne
from notebot.index.catalog import Catalog
from notebot.models.ports import ChatModel
from notebot.types import Chunk

DRAFT = "draft"  # the tag of a case that nobody has looked at
CLOSED_BOOK = "closed-book"  # and of one that a model answers without the notes: it measures the model, not the bot
SILENT_SHARE = 0.3  # of the questions that the notes do not answer
TRIES, LEAST = 8, 2  # of so many questions of a model so many have to stand, or templates take over
MOST_PASSAGES = 5_000  # that are read for drafts; of a larger collection, as many by chance
NEAR = 5  # passages in which an answer to a near miss is looked for


class Drafting(Protocol):
    """What drafting needs of the bot."""

    def parts(self) -> Parts: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many questions, drawn by which seed. `model` writes questions where it is able to, and says which need no notes."""

    count: int = 40
    seed: int = 1
    model: ChatModel | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Where drafting stands: `done` of `total` questions are found."""

    done: int
    total: int
    current: str = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """The cases, and of the drafts that were looked at how many were dropped and why, the commonest reason first."""

    cases: tuple[Case, ...]
    dropped: tuple[tuple[str, int], ...]
    notice: str = ""

    def as_set(self, name: str) -> CaseSet:
        return CaseSet(name, 1, self.cases)


@dataclass(slots=True)
class _Sieve:
    """Drafts on their way: those that are kept, and why the others are not."""

    parts: Parts
    asked: Asked
    dropped: Counter[str] = field(default_factory=Counter)

    def passing(self, found: Iterable[Draft]) -> Iterator[Draft]:
        for draft in found:
            if reason := self._against(draft):
                self.dropped[reason] += 1
            else:
                yield draft

    def _against(self, draft: Draft) -> str:
        parts = self.parts
        if draft.answerable and (reason := unborne(draft, parts.tokens, parts.support)):
            return reason
        if draft.kind == "near-miss":
            near = parts.retriever.search(draft.question, limit=NEAR)
            texts = [passage.chunk.indexed_text for passage in near if not passage.chunk.stub]
            if answered_after_all(draft.question, texts, parts.tokens, parts.support):
                return "the notes may answer it after all"
        return "another one asks the same" if self.asked.again(draft) else ""


def drafting(bot: Drafting, wanted: Wanted) -> Generator[Step, None, Drafted]:
    """Draft `wanted.count` questions, or as many as the notes give. Changes nothing.

    Raises UsageError where the notes give none, IndexMissing, and ModelError where the model is there and breaks off.
    """
    parts, random = bot.parts(), Random(wanted.seed)  # noqa: S311 - nothing secret is drawn
    chunks = _chunks(parts.retriever.catalog, random)
    sieve = _Sieve(parts, Asked(parts.retriever.embedder))
    silent = round(wanted.count * SILENT_SHARE)
    kept: list[Draft] = []
    for draft in _within(sieve.passing(_silent(chunks, random)), silent):
        kept.append(draft)
        yield Step(len(kept), wanted.count, draft.question)
    written = _Writer(wanted.model, random, sieve.dropped)
    for draft in _within(sieve.passing(written.drafts(chunks)), wanted.count - len(kept)):
        kept.append(draft)
        yield Step(len(kept), wanted.count, draft.question)
    if not kept:
        raise UsageError("Nothing can be asked about these notes. They need headings with text under them.")
    known: set[str] = set()
    for done, draft in enumerate(kept):
        if wanted.model and draft.answerable:
            yield Step(done, len(kept), f"without notes: {draft.question}")
            if facts_in(closed_book(wanted.model, draft.question), draft.facts) == 1:
                known.add(draft.question)
    cases = tuple(_cases(kept, known))
    return Drafted(cases, tuple(sieve.dropped.most_common()), written.notice)


@dataclass(slots=True)
class _Writer:
    """Answerable drafts: by the model as long as what it writes stands, and by templates."""

    model: ChatModel | None
    random: Random
    dropped: Counter[str]
    notice: str = ""

    def drafts(self, chunks: Sequence[Chunk]) -> Iterator[Draft]:
        if self.model is not None and able(self.model):
            yield from self._by_model(self.model, chunks)
        elif self.model is not None:
            self.notice = f"{self.model.name} is too small to write questions; they come from templates."
        yield from spread(self._by_template(chunks), self.random)

    def _by_template(self, chunks: Sequence[Chunk]) -> Iterator[Draft]:
        """What asks for all under a heading is asked once, about how it begins, and any passage under it is a right place."""
        begun: set[tuple[str, tuple[str, ...]]] = set()
        for chunk in chunks:
            first = (chunk.source, chunk.heading) not in begun
            begun.add((chunk.source, chunk.heading))
            for draft in drafts(chunk):
                if draft.kind != "prose":
                    yield draft
                elif first:
                    yield replace(draft, gold=tuple(replace(place, lines=None) for place in draft.gold))
                else:
                    self.dropped["another passage begins its section"] += 1

    def _by_model(self, model: ChatModel, chunks: Sequence[Chunk]) -> Iterator[Draft]:
        shells = [Draft("", "model", chunk.source, (), "", chunk_id=chunk.id) for chunk in chunks if _worth_reading(chunk)]
        by_id = {chunk.id: chunk for chunk in chunks}
        stood = 0
        for tried, shell in enumerate(spread(shells, self.random), 1):
            made = written_by(model, by_id[shell.chunk_id], mark=f"{self.random.getrandbits(32):08x}")
            if isinstance(made, Refused):
                self.dropped[f"by {model.name}: {made.reason}"] += 1
            else:
                stood += 1
                yield made
            if tried == TRIES and stood < LEAST:
                self.notice = (
                    f"{model.name} wrote {tried} questions, and {stood} stood the checks; the rest comes from templates."
                )
                return


def _worth_reading(chunk: Chunk) -> bool:
    return not chunk.stub and len(chunk.text.split()) >= SHORTEST_PASSAGE


def _silent(chunks: Sequence[Chunk], random: Random) -> Iterator[Draft]:
    """Questions that the notes do not answer, the three kinds in turn, each spread over the notes."""
    known = Known.of(chunks)
    kinds = (spread(found, random) for found in (near_misses(known), held_out(known, random), stubs(known)))
    for together in zip_longest(*kinds):
        yield from (draft for draft in together if draft is not None)


def _within(found: Iterator[Draft], most: int) -> Iterator[Draft]:
    for _, draft in zip(range(most), found, strict=False):
        yield draft


def _chunks(catalog: Catalog, random: Random) -> list[Chunk]:
    """The passages of the notes, in their order; of very many, some."""
    found = [chunk for source in catalog.sources() for chunk in catalog.chunks_of(source)]
    if len(found) <= MOST_PASSAGES:
        return found
    chosen = set(random.sample(range(len(found)), MOST_PASSAGES))
    return [chunk for number, chunk in enumerate(found) if number in chosen]


def _cases(kept: Iterable[Draft], known: set[str]) -> Iterator[Case]:
    taken: set[str] = set()
    for draft in kept:
        tags = (DRAFT, draft.kind, *((CLOSED_BOOK,) if draft.question in known else ()))
        yield Case(
            id=_free(draft, taken),
            question=draft.question,
            expect=SHORT_FORMS[draft.answerable],
            facts=draft.facts,
            gold=draft.gold,
            tags=tags if draft.answerable else (*tags, "unanswerable"),
        )


def _free(draft: Draft, taken: set[str]) -> str:
    """An id from the words of the question that no earlier case has."""
    filler = r"\b(?:what|do|does|my|notes|say|about|have|for|list|under|is|are|the|of|which|a|an)\b"
    plain = re.sub(r"path:\S+|path:\"[^\"]*\"", "", draft.question.casefold())
    stem = "-".join(re.findall(r"[a-z0-9]+", re.sub(filler, " ", plain)))[:40].strip("-") or draft.kind
    name = next(
        name for name in (f"{stem}{end}" for end in ["", *(f"-{number}" for number in range(2, 9999))]) if name not in taken
    )
    taken.add(name)
    return name


def summary(found: Drafted) -> list[str]:
    """How many were kept, by kind, and how many dropped, by reason, a line each."""
    kinds = Counter(case.tags[1] for case in found.cases)
    lines = [f"{len(found.cases)} questions drafted: " + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())]
    if found.dropped:
        lines.append(
            f"{sum(count for _, count in found.dropped)} dropped: " + "; ".join(f"{why} ({n})" for why, n in found.dropped)
        )
    known = sum(CLOSED_BOOK in case.tags for case in found.cases)
    lines += [f"{known} of them a model answers without the notes (tag {CLOSED_BOOK}): they say little."] if known else []
    return lines + ([found.notice] if found.notice else [])
