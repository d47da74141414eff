"""WordNet's own example sentences, in which the sense of one word is known -> the same in another word, or something else.

Elsewhere which sense is meant is a guess. Here a synonym is one, a wider word is carried by a narrower one and not the other
way round, and a sister or an opposite says something else.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from edits import inflected
from negate import negated
from windows import Pair, pair
from wordnet import FILES, FOLDER

TAGS = {"noun": "NOUN", "verb": "VERB", "adj": "ADJ", "adv": "ADV"}
LETTERS = {"n": "noun", "v": "verb", "a": "adj", "s": "adj", "r": "adv"}
FORMS = {"noun": ("NN", "NNS"), "verb": ("VB", "VBD", "VBZ", "VBG", "VBN"), "adj": ("JJ", "JJR", "JJS"), "adv": ("RB",)}


@dataclass(frozen=True, slots=True)
class Sense:
    """A synset: its words, what it points to by symbol, its definition and its examples."""

    part: str
    words: tuple[str, ...]
    pointers: tuple[tuple[str, str, int], ...]
    gloss: str
    examples: tuple[str, ...]


@cache
def senses() -> dict[tuple[str, int], Sense]:
    """Every synset by part of speech and offset."""
    found = {}
    for part in FILES.values():
        for line in (FOLDER / f"data.{part}").read_text().splitlines():
            if line.startswith("  "):
                continue
            data, _, said = line.partition(" | ")
            fields = data.split()
            count = int(fields[3], 16)
            words = tuple(fields[4 + 2 * n].split("(")[0].replace("_", " ") for n in range(count))
            at = 4 + 2 * count
            pointers = tuple(
                (fields[at + 1 + 4 * n], LETTERS[fields[at + 3 + 4 * n]], int(fields[at + 2 + 4 * n]))
                for n in range(int(fields[at]))
            )
            gloss = re.split(r'; "', said, maxsplit=1)[0].strip(' "')
            found[part, int(fields[0])] = Sense(part, words, pointers, gloss, tuple(re.findall(r'"([^"]+)"', said)))
    return found


def from_senses(parser: Any, rng: random.Random, count: int) -> Iterator[Pair]:
    """Pairs out of `count` example sentences."""
    shown = [(sense, example) for sense in senses().values() for example in sense.examples if len(example.split()) >= 4]
    chosen = rng.sample(shown, min(count, len(shown)))
    beside = [example for _, example in chosen]
    parsed = parser.pipe([_sentence(example) for _, example in chosen], batch_size=256)
    for (sense, _), read in zip(chosen, parsed, strict=True):
        place = _place(sense, read.text)
        if place:
            yield from _of_example(sense, read, place, beside, rng)


def _of_example(sense: Sense, read: Any, place: tuple[int, int, str], beside: list[str], rng: random.Random) -> Iterator[Pair]:
    start, end, form = place
    text = read.text
    own = text[start:end].lower()

    def put(word: str) -> str:
        words = word.split()
        new = " ".join([inflected(words[0], form), *words[1:]]) if sense.part == "verb" else inflected(word, form)
        article = re.search(r"\b([Aa])n? $", text[:start])
        before = text[:start] if not article else f"{text[: article.start()]}{article[1]}{'n' if new[0] in 'aeiou' else ''} "
        made = f"{before}{new}{text[end:]}"
        return made[0].upper() + made[1:]

    def shown(evidence: str) -> str:
        more = [_sentence(rng.choice(beside)) for _ in range(rng.choice([0, 0, 1, 2]))]
        lines = [*more, evidence]
        rng.shuffle(lines)
        return rng.choice(["\n", " "]).join(lines)

    same = [word for word in sense.words if word.lower() != own and inflected(word, form).lower() != own]
    wider, other, narrower, opposite = (_pointed(sense, how) for how in ("@", "sister", "~", "!"))
    denied = negated(read, rng)
    free = not re.search(r"\b(?:not|n't|no|never|without|nothing|few|less|only|all|every|if)\b", text)
    made: list[tuple[str, str, int, str]] = []
    if same:
        word = rng.choice(same)
        made += [(text, put(word), 1, "synonym"), (put(word), text, 1, "synonym")]
        if denied and rng.random() < 0.7:
            made += [(denied, put(word), 0, "negation")]
        if denied and put(word)[:20] == text[:20]:
            made += [(put(word), denied, 0, "negation")]
    elif denied and rng.random() < 0.3:
        made += [(denied, text, 0, "negation"), (denied, denied, 1, "negation")]
    if wider and free:
        word = rng.choice(wider)
        made += [(text, put(word), 1, "wider"), (put(word), text, 0, "narrower")]
    wrong = [(word, kind) for words, kind in ((other, "another thing"), (narrower, "narrower"), (opposite, "opposite"))
             for word in rng.sample(words, min(1, len(words)))]  # fmt: skip
    for word, kind in rng.sample(wrong, min(2, len(wrong))):
        made += [(text, put(word), 0, kind)]
        if rng.random() < 0.5:
            made += [(put(word), put(word), 1, kind)]
    for evidence, claim, label, kind in made:
        yield pair(claim, shown(evidence), label, kind, "wordnet")


def _pointed(sense: Sense, how: str) -> list[str]:
    """Words that the sense points to; sisters are what its hypernyms point back to."""
    table = senses()
    if how == "sister":
        parents = [table[part, at] for symbol, part, at in sense.pointers if symbol == "@"]
        reached = [table[part, at] for parent in parents for symbol, part, at in parent.pointers if symbol == "~"]
    else:
        reached = [table[part, at] for symbol, part, at in sense.pointers if symbol == how]
    own = set(sense.words)
    return list(dict.fromkeys(one.words[0] for one in reached if one.part == sense.part and not own & set(one.words)))


def _place(sense: Sense, text: str) -> tuple[int, int, str] | None:
    """Where a word of the sense stands in its example, and in which form."""
    for word in sense.words:
        head, _, rest = word.partition(" ")
        for form in FORMS[sense.part]:
            shape = f"{inflected(head, form)} {rest}".strip() if sense.part == "verb" else inflected(word, form)
            found = re.search(rf"(?<!\w){re.escape(shape)}(?!\w)", text, re.I)
            if found:
                return found.start(), found.end(), form
    return None


def _sentence(example: str) -> str:
    example = " ".join(example.split())
    return example[0].upper() + example[1:] + ("" if example[-1] in ".!?" else ".")
