"""A sentence of prose as a person would note it: its subject as a heading or label, the rest as a fragment under it."""

from __future__ import annotations

import random
from typing import Any


def as_note(text: str, sentence: Any, others: list[tuple[str, str]], rng: random.Random) -> str | None:
    """`text`, an edit of `sentence` (a spaCy span), in note form; None where its subject does not stand at its beginning.

    `others` are parted sentences that may stand beside it.
    """
    mine = parted(text, sentence)
    if mine is None:
        return None
    topic, rest = mine
    style = rng.random()
    if style < 0.4:
        mark = "#" * rng.choice([1, 1, 2, 3])
        body = f"- {rest}" if rng.random() < 0.4 else rest
        beside = "".join(f"\n- {said}" for _, said in others[:1] if rng.random() < 0.3)
        return f"{mark} {topic}\n{body}{beside}"
    lines = [mine, *rng.sample(others, min(len(others), rng.choice([0, 1, 2, 3])))]
    rng.shuffle(lines)
    if style < 0.7:
        bold = "**" if rng.random() < 0.3 else ""
        return "\n".join(f"- {bold}{name}{bold}: {said}" for name, said in lines)
    if style < 0.85:
        return "\n\n".join(f"## {name}\n{said}" for name, said in lines)
    return "\n".join(f"{name} - {said}" for name, said in lines)


def parted(text: str, sentence: Any) -> tuple[str, str] | None:
    """Topic and fragment: ("Deep learning", "A subset of machine learning")."""
    root = sentence.root
    subject = next((child for child in root.children if child.dep_ in ("nsubj", "nsubjpass")), None)
    if subject is None or subject.pos_ == "PRON" or subject.left_edge.i != sentence.start:
        return None
    name = sentence.doc[subject.left_edge.i : subject.right_edge.i + 1].text.strip()
    if len(name.split()) > 7 or not text.startswith(name) or "," in name:
        return None
    rest = text[len(name) :].strip()
    if (
        root.lemma_ == "be"
        and rest.split(" ")[0] in ("is", "are", "was", "were")
        and rest.split(" ")[1:2] not in (["not"], ["never"], ["no"])
    ):
        rest = rest.split(" ", 1)[1]
        for article in ("a ", "an ", "the "):
            rest = rest.removeprefix(article)
    if len(rest.split()) < 3:
        return None
    for article in ("The ", "A ", "An "):
        name = name.removeprefix(article)
    return name[0].upper() + name[1:], rest[0].upper() + rest[1:].rstrip(".")
