"""Debian's package descriptions: a line and a longer text about the same thing, both by people, in different words.

`apt-get -o Dir::State::Lists=FOLDER -o Acquire::Languages=en update` puts them into FOLDER (every package's own free licence).
"""

from __future__ import annotations

import random
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from edits import APART, NAMES, STRONGER, details, edits
from negate import negated
from paraphrase import paraphrase
from texts import Paragraph
from windows import Pair, pair

WORD = re.compile(r"[a-z0-9]{3,}")
COMMON = set("the and for with that this from are can you your which has have not also other into its use used using all".split())
LONGEST = 75  # words of a description that are shown
VARIANTS = re.compile(r"[-.](?:data|dev|doc|dbg|dbgsym|common|bin|tools|utils|lib|perl|el|examples|tests?|all|i?\d[\w.]*)$")


@dataclass(frozen=True, slots=True)
class Described:
    """A package, its one line, and its text."""

    name: str
    line: str
    text: str


def packages(folder: Path) -> list[Described]:
    """One package of each source and text."""
    found, seen = [], set()
    for path in sorted(folder.glob("*i18n_Translation-en*")):
        for entry in _opened(path).split("\n\n"):
            head, _, rest = entry.partition("\nDescription-en: ")
            line, _, body = rest.partition("\n")
            name = head.partition("\n")[0].removeprefix("Package: ").strip()
            text = " ".join(re.split(r"\n \.\n|\n  +[-*o]", body)[0].split())
            key = text[:60]
            if name and not VARIANTS.search(name) and len(text.split()) >= 25 and len(line.split()) >= 3 and key not in seen:
                seen.add(key)
                found.append(Described(name, re.sub(r"\s*[([].*?[)\]]", "", line).strip(), _cut(text)))
    return found


def _opened(path: Path) -> str:
    if path.suffix != ".lz4":
        return path.read_text(encoding="utf-8")
    return subprocess.run(["lz4cat", str(path)], capture_output=True, check=True).stdout.decode()  # noqa: S603, S607


def _cut(text: str) -> str:
    """Whole sentences, up to LONGEST words."""
    kept: list[str] = []
    for sentence in re.split(r"(?<=[.!?]) (?=[A-Z])", text):
        if kept and len(" ".join([*kept, sentence]).split()) > LONGEST:
            break
        kept.append(sentence)
    return " ".join(" ".join(kept).split()[: 2 * LONGEST])


def paragraphs(chosen: Sequence[Described]) -> list[Paragraph]:
    return [Paragraph(one.name, one.text, "package") for one in chosen if one.text.endswith(".")]


def from_packages(chosen: Sequence[Described], parser: Any, rng: random.Random) -> Iterator[Pair]:
    """The line as a claim about the text: the package's own, that of one much like it, and edits of its own."""
    by_word: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(chosen):
        for word in _words(one.line):
            by_word[word].append(number)
    tags = [read[0].tag_ for read in parser.pipe([one.line for one in chosen], batch_size=128)]
    lines = list(parser.pipe([_said(one, one.name, tag, rng) for one, tag in zip(chosen, tags, strict=True)], batch_size=128))
    pools: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        for name in line.ents:
            if name.label_ in NAMES:
                pools[name.label_].append(name.text)
        pools["DETAIL"] += details(list(line.sents))
    for number, (one, line) in enumerate(zip(chosen, lines, strict=True)):
        shown = f"# {one.name}\n{one.text}" if rng.random() < 0.6 or one.name not in one.text.lower() else one.text
        shared = len(_words(one.line) & _words(one.text)) / max(1, len(_words(one.line)))
        if shared < 0.3:
            continue  # the line says what the text does not
        yield pair(line.text, shown, 1, "described", "package")
        sentence = next(iter(line.sents), None)
        if sentence is not None and rng.random() < 0.6:
            yield pair(paraphrase(sentence, "", rng), shown, 1, "described", "package")
        other = _alike(number, chosen, by_word, rng)
        if other is not None:
            yield pair(_said(chosen[other], one.name, tags[other], rng), shown, 0, "described", "package")
        yield from _edited(line, shown, pools, rng)


def _edited(line: Any, shown: str, pools: Any, rng: random.Random) -> Iterator[Pair]:
    sentences = list(line.sents)
    denied = negated(line, rng)
    if denied and rng.random() < 0.6:
        yield pair(denied, shown, 0, "negation", "package")
    found = [
        edit for edit in edits(sentences[0], sentences, pools, rng)
        if edit.relation in (APART, STRONGER) and edit.kind != "negation"
    ]  # fmt: skip
    for edit in rng.sample(found, min(2, len(found))):
        wrong = edit.apply(line.text)
        if not wrong:
            continue
        yield pair(wrong, shown, 0, edit.kind, "package")
        elsewhere = edit.apply(shown)
        if elsewhere:
            yield pair(wrong, elsewhere, 1, edit.kind, "package")
            yield pair(line.text, elsewhere, 0, edit.kind, "package")


def _alike(number: int, chosen: Sequence[Described], by_word: dict[str, list[int]], rng: random.Random) -> int | None:
    """The package whose line shares most with this one's text, and little with its line."""
    one = chosen[number]
    text, line = _words(one.text), _words(one.line)
    near: dict[int, float] = defaultdict(float)
    for word in text:
        places = by_word.get(word, [])
        for other in rng.sample(places, min(40, len(places))):
            near[other] += 1 / (3 + len(_words(chosen[other].line)))
    fit = [
        other for other in near
        if other != number and len(_words(chosen[other].line) & line) <= 0.4 * len(_words(chosen[other].line))
        and not _words(chosen[other].line) <= text
    ]  # fmt: skip
    return max(fit, key=lambda other: near[other] + 0.05 * rng.random(), default=None)


def _said(one: Described, name: str, tag: str, rng: random.Random) -> str:
    """The line as a sentence about the package of that name; `tag` is the kind of its first word."""
    line = one.line.rstrip(". ")
    first = line.split()[0]
    low = line if first[1:2].isupper() or any(char.isdigit() for char in first) else line[0].lower() + line[1:]
    noun = re.split(r"\s(?:for|of|to|that|with|in|from|and|which|by|using|on)\s", low)[0].split()[-1]
    if first.lower() in ("a", "an", "the"):
        said = f"{name} is {low}"
    elif tag == "VBZ":
        said = f"{name} {low}"
    elif tag in ("VB", "VBP"):
        said = f"{name} {rng.choice(['can', 'is there to', 'is used to'])} {low}"
    elif noun.endswith("s") and not noun.endswith(("ss", "us", "is")):
        said = f"{name} {rng.choice(['provides', 'consists of', 'offers'])} {low}"
    else:
        said = f"{name} is {'an' if low[0] in 'aeiou' else 'a'} {low}"
    if rng.random() < 0.25:
        said = re.sub(r"^\S+ is", rng.choice(["This is", "It is", "The package is"]), said)
    return said[0].upper() + said[1:] + "." if rng.random() < 0.5 else said + "."


@cache
def _words(text: str) -> frozenset[str]:
    return frozenset({word.rstrip("s") for word in WORD.findall(text.lower())} - COMMON)
