"""Which drafts are worth a person's look: spread over the notes, each asked once, and borne out by the passage they come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from notebot.answer.alignment import prepare
from notebot.answer.relevance import UNREAD, answered
from notebot.evals.drafts import Draft
from notebot.evals.wording import states
from notebot.models.ports import Embedder, SupportModel, TokenEmbedder, Vectors
from notebot.retrieve.vocabulary import content

ALIKE = 0.93  # cosine from which two questions are one
ALIKE_SAME = 0.75  # the same, where both want the same of the same place
LIKELY = 0.3  # probability, by the support model, that a passage answers: below, a question is dropped
ANSWERED = 0.6  # above, a question that nothing should answer is dropped


@dataclass(slots=True)
class Asked:
    """The questions that are kept so far. Tells whether another one is the same in other words."""

    embedder: Embedder
    drafts: list[Draft] = field(default_factory=list)
    rows: list[Vectors] = field(default_factory=list)

    def again(self, draft: Draft) -> str:
        """The kept question that asks the same; empty, and the draft is kept, if there is none."""
        row = self.embedder.embed([draft.question])[0]
        said = sorted(content(draft.question))
        for kept, known in zip(self.drafts, self.rows, strict=True):
            alike = float(row @ known)
            same = kept.gold == draft.gold and kept.facts == draft.facts
            if (alike >= ALIKE and _same_topic(said, kept)) or (same and alike >= ALIKE_SAME) or _same_words(said, kept, draft):
                return kept.question
        self.drafts.append(draft)
        self.rows.append(row)
        return ""


def spread(drafts: Iterable[Draft], random: Random) -> Iterator[Draft]:
    """All of them in an order in which any beginning is spread over the notes, within a note over the kinds. The seed decides.

    Notes come in turn; of a note, the kind that has had the fewest turns anywhere.
    """
    notes: dict[str, list[Draft]] = {}
    for draft in drafts:
        notes.setdefault(draft.source, []).append(draft)
    for found in notes.values():
        random.shuffle(found)
    order = sorted(notes)
    random.shuffle(order)
    turns: Counter[str] = Counter()
    passages: Counter[str] = Counter()
    while order:
        for source in list(order):
            left = notes[source]
            chosen = min(left, key=lambda one: (passages[one.chunk_id], turns[one.kind]))
            left.remove(chosen)
            turns[chosen.kind] += 1
            passages[chosen.chunk_id] += 1
            yield chosen
            if not left:
                order.remove(source)


def unborne(draft: Draft, tokens: TokenEmbedder, support: SupportModel | None) -> str:
    """Why the passage does not bear a draft out; empty if it does.

    Of note form the support model is no judge, and without one there is none: there words decide.
    """
    if not all(any(states(draft.passage, phrase) for phrase in group) for group in draft.facts):
        return "the passage does not say its facts"
    if draft.kind != "model" and not set(content(draft.question)) & set(content(draft.passage)):
        return "the passage does not speak of what is asked"
    likely = answered(draft.question, prepare([draft.passage], tokens), support) if support else UNREAD
    return "the passage does not seem to answer it" if likely.prose and likely.probability < LIKELY else ""


def answered_after_all(question: str, texts: Sequence[str], tokens: TokenEmbedder, support: SupportModel | None) -> bool:
    """Whether a passage may answer what is meant to have no answer. Passages in note form cannot be judged, and do not count."""
    if support is None:
        return False
    found = [answered(question, [item], support) for item in prepare(texts, tokens)]
    return any(one.prose and one.probability >= ANSWERED for one in found)


def _same_topic(said: Sequence[str], kept: Draft) -> bool:
    """Templates make questions alike that ask about different things: these differ in a word that says something."""
    other = set(content(kept.question))
    return not said or not other or bool(set(said) & other)


def _same_words(said: Sequence[str], kept: Draft, draft: Draft) -> bool:
    return kept.answerable == draft.answerable and bool(said) and said == sorted(content(kept.question))
