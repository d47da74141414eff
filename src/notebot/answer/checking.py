"""The model's text, sentence by sentence as it grows, each checked against the passages that the model was shown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from notebot.answer.alignment import Evidence
from notebot.answer.citations import cite
from notebot.answer.grounding import check
from notebot.answer.prompt import SYSTEM
from notebot.answer.sentences import SentenceStream, sentence_spans
from notebot.models.ports import SupportModel, TokenEmbedder
from notebot.retrieve.vocabulary import content
from notebot.types import Passage, Sentence

LOST = 3  # sentences in a row that the notes do not carry: the model has left them and will not come back
MOST_SENTENCES = 12  # a small model that goes on beyond this has lost the question
# What models put around words: tags, bold, fences, and the heading in brackets that stands before each passage.
MARKUP = re.compile(r"</?[a-z][^>\n]{0,40}>|\*\*|__|^```\w*|```$|^\[[^\]\n]{1,120}\]:?\s+", re.I)
DECLINES = re.compile(
    r"\b(?:i (?:do not|don['’]t|cannot|can['’]t) (?:know|find|answer|tell)"
    r"|not (?:(?:mentioned|stated|provided) )?in (?:the|your) notes"
    r"|notes (?:do not|don['’]t) (?:say|hold|contain|mention|provide|specify|have))\b",
    re.I,
)
# What a small model says for want of anything else: its own task.
ECHOED = frozenset(SYSTEM[start:end].rstrip(".") for start, end in sentence_spans(SYSTEM))


class CheckedDraft:
    """Collects what a model writes. `sentences` are those checked so far; `declined` once it has said that it cannot answer."""

    def __init__(
        self,
        passages: Sequence[Passage],
        evidence: Sequence[Evidence],
        tokens: TokenEmbedder,
        support: SupportModel | None = None,
    ) -> None:
        self.passages = tuple(passages)
        self.sentences: list[Sentence] = []
        self.declined = False
        self.repeating = False
        self._evidence = evidence
        self._tokens = tokens
        self._support = support
        self._stream = SentenceStream()
        self._opening = ""  # "Yes." or "The kinds are:" say nothing alone, and are checked with the sentence that follows

    @property
    def enough(self) -> bool:
        """Whether more text would be no use."""
        lost = len(self.sentences) >= LOST and not any(sentence.supported for sentence in self.sentences[-LOST:])
        return self.repeating or lost or len(self.sentences) >= MOST_SENTENCES

    def feed(self, piece: str) -> list[Sentence]:
        """The sentences that this piece of text has completed, checked."""
        return self._judge(self._stream.feed(piece))

    def finish(self) -> list[Sentence]:
        """The last sentence, at the end of the text."""
        return self._judge(self._stream.finish(), last=True)

    def break_off(self) -> list[Sentence]:
        """The last words of a model that broke off in the middle: kept, and marked."""
        rest = " ".join(self._stream.finish())
        fresh = [Sentence(rest, supported=False, score=0.0, reason="the model broke off here")] if rest else []
        self.sentences.extend(fresh)
        return fresh

    def _judge(self, texts: Sequence[str], *, last: bool = False) -> list[Sentence]:
        fresh: list[Sentence] = []
        for number, raw in enumerate(texts):
            written = MARKUP.sub("", raw).strip()
            text = f"{self._opening} {written}".strip()
            self._opening = ""
            ends = last and number == len(texts) - 1
            if not written or written.rstrip(".") in ECHOED or written.endswith("?") or (ends and written.endswith(":")):
                continue  # a question says nothing, nor does what leads on to something that never came
            if DECLINES.search(text):
                self.declined = True
            elif (not content(text) or text.endswith(":")) and not ends:
                self._opening = text
            elif any(text == sentence.text for sentence in self.sentences):
                self.repeating = True
            elif not self.enough:
                fresh.append(self._check(text))
                self.sentences.append(fresh[-1])
        return fresh

    def _check(self, text: str) -> Sentence:
        found = check(text, self._evidence, self._tokens, support=self._support)
        citations = tuple(cite(span, self.passages) for span in found.spans) if found.supported else ()
        return Sentence(text, found.supported, round(found.score, 4), citations, found.reason)
