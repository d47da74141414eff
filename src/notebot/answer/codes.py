"""The short codes that passages carry in a prompt: drawing them, and taking them out of what a model writes.

A model that names a passage names it by its code. Nothing rests on that: places are found by the check, and every code,
handed out or made up, is gone before a sentence is checked or shown.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection

LETTERS = "cdfhjkprtwxy"  # no vowels, so that no code is a word; nothing that looks like a digit or like another letter
DIGITS = "3479"
SHAPE = f"[{LETTERS}][{DIGITS}][{LETTERS}]{{2}}"
MARK = re.compile(rf"\s*[\[(]\s*(?:{SHAPE})(?:[\s,;]+(?:{SHAPE}))*\s*[\])]")
CODE = re.compile(SHAPE)
BARE = re.compile(rf"\s*\b(?:{SHAPE})\b")


def draw_codes(mark: str, count: int) -> tuple[str, ...]:
    """`count` codes of four characters, at most 100, any two of them different in two places or more.

    The same `mark` gives the same codes, and a longer list begins with the shorter one.
    """
    if count > 100:
        raise ValueError("more codes than can be kept apart")
    source = random.Random(mark)  # noqa: S311  the mark is the secret; codes only have to differ
    drawn: list[str] = []
    while len(drawn) < count:
        code = "".join(source.choice(kind) for kind in (LETTERS, DIGITS, LETTERS, LETTERS))
        if all(sum(a != b for a, b in zip(code, other, strict=True)) > 1 for other in drawn):
            drawn.append(code)
    return tuple(drawn)


def strip_codes(text: str, codes: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """The text without codes, and which of `codes` it named, in order.

    In brackets every code goes, also one that nobody handed out; without them, only those of `codes`.
    """
    named: list[str] = []

    def out(found: re.Match[str]) -> str:
        inside = CODE.findall(found.group())
        named.extend(code for code in inside if code in codes)
        return "" if found.re is MARK or inside[0] in codes else found.group()

    return BARE.sub(out, MARK.sub(out, text)), tuple(dict.fromkeys(named))
