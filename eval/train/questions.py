"""Questions with text that answers them or only looks as if it did: people's own (SQuAD's), and plain ones about notes."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import texts
from edits import APART, edits
from negate import negated
from notes import as_note, parted
from reword import reworded
from statements import kinds_asked, statement
from windows import Pair, pair, window

ASKED = ("What is {}?", "What is {}?", "What does {} mean?", "Explain {}.", "Define {}.", "What are {}?", "Tell me about {}.")
DETAILS = {  # asked of a note that holds nothing of the kind
    "PERSON": ("Who invented {}?", "Who made {}?", "Who is responsible for {}?"),
    "DATE": ("When was {} introduced?", "In which year did {} start?", "How long does {} take?"),
    "MONEY": ("How much does {} cost?", "What is the price of {}?"),
    "CARDINAL": ("How many {} are there?", "How many kinds of {} are there?"),
    "GPE": ("Where does {} come from?", "In which country is {}?"),
    "": ("What are the drawbacks of {}?", "Why is {} better than the alternatives?", "Which version of {} should be used?",
         "How is {} installed?", "What replaced {}?"),
}  # fmt: skip
NEAR = 3  # sentences in a row
LINKS = ("https://example.org/{}", "- [{}](https://example.org/page)", "See https://example.org/notes", "TODO")


def from_questions(bench: Path, parser: Any, rng: random.Random, *, held_out: bool = False) -> Iterator[Pair]:
    """Statements made of SQuAD's questions and right or wrong answers, and the questions themselves: is an answer there?"""
    rows = [json.loads(line) for line in (bench / "squad2" / "questions.jsonl").open()]
    paragraphs = {row["id"]: row for row in map(json.loads, (bench / "squad2" / "corpus.jsonl").open())}
    seen = [row for row in rows if texts.in_hold_out(paragraphs[row["paragraph_id"]]["title"]) == held_out]
    parsed = {key: parser(row["text"]) for key, row in paragraphs.items() if texts.in_hold_out(row["title"]) == held_out}
    questions = list(parser.pipe([row["question"] for row in seen], batch_size=128))
    golds: dict[str, list[str]] = defaultdict(list)
    articles: dict[str, list[str]] = defaultdict(list)
    for key in parsed:
        articles[paragraphs[key]["title"].replace("_", " ")].append(key)
    for row in seen:
        golds[row["paragraph_id"]] += row["answers"][:1]
    for row, question in zip(seen, questions, strict=True):
        paragraph, title = parsed[row["paragraph_id"]], paragraphs[row["paragraph_id"]]["title"].replace("_", " ")
        right = row["answers"]
        spans = [s for s in paragraph.sents if s.text.strip()]
        sentences = [s.text.strip() for s in spans]
        where = (
            next((n for n, s in enumerate(sentences) if right and right[0] in s), None)
            if right
            else _nearest(question, sentences)
        )
        if where is None:
            continue
        there = window(where, sentences[where], sentences, title, rng)
        noted = as_note(sentences[where], spans[where], [], rng) if rng.random() < 0.4 else None
        if noted and (not right or right[0] in noted):
            there = noted
        yield pair(row["question"], there, int(bool(right)), "question", "squad")
        near = [parsed[key] for key in articles[title] if key != row["paragraph_id"]]
        for beside in _beside(question, right, sentences, near, rng):
            yield pair(row["question"], beside, 0, "question", "squad")
        if right:
            said = statement(question, rng.choice(right))
            if said:
                yield pair(said, there, 1, "answer", "squad")
                yield from _edited(parser(said), spans[where], there, spans, rng)
        wrong = _wrong(question, paragraph, right, golds[row["paragraph_id"]], rng)
        if wrong:
            said = statement(question, wrong)
            if said:
                yield pair(said, there, 0, "answer", "squad")


def _edited(said: Any, sentence: Any, there: str, spans: Sequence[Any], rng: random.Random) -> Iterator[Pair]:
    """A person's own words for a sentence, reworded once more, or with one thing changed in them, in the text, or in both."""
    text, own = said.text, sentence.text.strip()
    yield pair(reworded(text, rng), there, 1, "answer", "squad")
    denied = negated(said, rng)
    if denied and rng.random() < 0.7:
        yield pair(denied, there, 0, "negation", "squad")
    pools = {name.label_: [one.text for span in spans for one in span.ents if one.label_ == name.label_] for name in said.ents}
    mine = [edit for edit in edits(next(said.sents), [*said.sents, *spans], pools, rng) if edit.relation != "weaker"]
    theirs = [edit for edit in edits(sentence, spans, pools, rng) if edit.relation == APART]
    for edit in rng.sample(mine, min(2, len(mine))):
        wrong = edit.apply(text)
        if wrong and edit.kind != "negation":
            yield pair(wrong, there, 0, edit.kind, "squad")
    for edit in rng.sample(theirs, min(3, len(theirs))):
        other, elsewhere = edit.apply(text), edit.apply(own)
        if other and elsewhere and own in there:
            changed = there.replace(own, elsewhere)
            yield pair(text, changed, 0, edit.kind, "squad")
            yield pair(reworded(other, rng), changed, 1, edit.kind, "squad")
            yield pair(other, there, 0, edit.kind, "squad")


def _nearest(question: Any, sentences: Sequence[str]) -> int:
    asked = {token.lemma_.lower() for token in question if token.is_alpha and not token.is_stop}
    return max(
        range(len(sentences)), key=lambda number: len(asked & {w.strip(".,;:()").lower() for w in sentences[number].split()})
    )


def _beside(
    question: Any, right: Sequence[str], sentences: Sequence[str], near: Sequence[Any], rng: random.Random
) -> Iterator[str]:
    """Text near by that does not answer the question: another sentence of its paragraph, the likeliest ones of the others."""
    if right and rng.random() < 0.25:
        others = [sentence for sentence in sentences if not any(answer in sentence for answer in right)]
        if others:
            yield rng.choice(others)
    if rng.random() < 0.5:
        elsewhere = _elsewhere(question, right, near)
        if elsewhere:
            yield elsewhere


def _elsewhere(question: Any, right: Sequence[str], others: Sequence[Any]) -> str:
    """The three sentences of the article's other paragraphs that share most with the question and hold no right answer."""
    best, most = "", 0
    asked = {token.lemma_.lower() for token in question if token.is_alpha and not token.is_stop}
    for paragraph in others:
        spans = list(paragraph.sents)
        for first in range(len(spans)):
            few = spans[first : first + NEAR]
            found = len(asked & {token.lemma_.lower() for span in few for token in span})
            text = " ".join(span.text.strip() for span in few)
            if found > most and not any(answer.lower() in text.lower() for answer in right):
                best, most = text, found
    return best


def _wrong(question: Any, paragraph: Any, right: Sequence[str], golds: Sequence[str], rng: random.Random) -> str:
    """An answer of the kind that is asked for, from the same paragraph, that is not among the right ones."""
    labels = kinds_asked(question.text)
    named = [e.text for e in paragraph.ents if e.label_ in labels]
    nouns = [c.text for c in paragraph.noun_chunks if c.root.pos_ != "PRON" and len(c) < 6]
    pool = named or [*golds, *nouns]
    low = question.text.lower()
    fit = [a for a in pool if a.lower() not in low and not any(a.lower() in r.lower() or r.lower() in a.lower() for r in right)]
    return rng.choice(fit) if fit else ""


# --- questions about notes ----------------------------------------------------------------------------------------


def about_notes(paragraph: texts.Paragraph, sentences: Sequence[Any], rng: random.Random) -> Iterator[Pair]:
    """Plain questions about what a sentence defines, with the sentence as a note, with another one, and with none."""
    parts = [(sentence, part) for sentence in sentences if (part := parted(sentence.text.strip(), sentence))]
    labels = {name.label_ for sentence in sentences for name in sentence.ents}
    for sentence, (topic, _) in parts:
        if rng.random() > paragraph.noted or len(topic.split()) > 5:
            continue
        others = [part for other, part in parts if other is not sentence]
        note = as_note(sentence.text.strip(), sentence, others, rng)
        named = topic if sentence[0].pos_ == "PROPN" or topic[:2].isupper() else topic[0].lower() + topic[1:]
        asked = rng.choice(ASKED).format(named)
        if note and sentence.root.lemma_ == "be" and rng.random() < 0.7:
            yield pair(asked, note, 1, "asked", paragraph.origin)
        if others and rng.random() < 0.4:
            name, said = rng.choice(others)
            yield pair(asked, f"# {name}\n{said}", 0, "asked", paragraph.origin)
        if rng.random() < 0.25:
            rest = rng.choice(LINKS).format(topic)
            yield pair(
                asked, rng.choice([f"# {topic}", f"## {topic}\n{rest}", f"{topic}\n\n{rest}"]), 0, "stub", paragraph.origin
            )
        missing = [kind for kind in DETAILS if kind not in labels and (kind != "DATE" or "TIME" not in labels)]
        if note and rng.random() < 0.5:
            yield pair(rng.choice(DETAILS[rng.choice(missing)]).format(named), note, 0, "not asked", paragraph.origin)
