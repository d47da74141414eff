"""Short forms and long forms: the notes' own (`RLHF` and what they say it stands for), and the shorthand of note-takers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from notebot.index.terms import Terms
from notebot.retrieve.spelling import MEANT, outside
from notebot.retrieve.vocabulary import ASKING_WORDS, CLASS_WORDS, STOP_WORDS, WORD

SHORTHAND = {
    "b/w": "between",
    "btw": "between",
    "w/": "with",
    "w/o": "without",
    "w.r.t.": "with respect to",
    "wrt": "with respect to",
    "s.t.": "such that",
    "abt": "about",
    "diff": "difference",
    "eg": "for example",
    "e.g.": "for example",
    "i.e.": "that is",
    "vs.": "vs",
    "approx": "approximately",
    "approx.": "approximately",
    "incl.": "including",
    "pls": "please",
    "plz": "please",
}
_EACH = "|".join(map(re.escape, sorted(SHORTHAND, key=len, reverse=True)))
_SHORTHAND = re.compile(rf"(?<![\w/.])(?:{_EACH})(?![\w/])", re.I)

SHORT = re.compile(r"[A-Za-z]{2,7}|[A-Za-z]{1,3}(?:/[A-Za-z]{1,3})+")
PLURAL = re.compile(r"(?<=[A-Z]{2})s$")
NOT_SHORT = STOP_WORDS | ASKING_WORDS | CLASS_WORDS
IN_BRACKETS = re.compile(r"\(([^()\n]{2,80})\)")
SAYS = re.compile(r"[ \t]*(?:[:=–—]|-(?=\s)|,?\s*(?:is |are )?(?:short for|stands? for|abbreviates|i\.e\.,?)\s)[ \t]*", re.I)
LONGEST = 6  # words of a long form, small ones between them not counted
PASSAGES = 40  # with the word, that are read for what it stands for


@dataclass(frozen=True, slots=True)
class Reading:
    """A question with its abbreviations as the notes spell them out.

    `text` has both forms (`SSL (self-supervised learning)`): it is what is searched for. `forms` are what is asked, in each
    form by itself, as it was asked first: whoever counts words must not count the same thing twice. `put` is what a model is
    asked: the question with what was said after it ("Answer in one sentence."); what was said before it small models repeat.
    """

    text: str
    forms: tuple[str, ...]
    put: str


def written_out(question: str) -> str:
    """The question without shorthand: `diff b/w X and Y` as "difference between X and Y"."""
    return outside(MEANT, question, lambda part: _SHORTHAND.sub(lambda match: SHORTHAND[match.group().lower()], part))


def expanded(question: str, terms: Terms) -> Reading:
    """The question with each abbreviation followed by its long form in the notes, and a spelled-out one by its short form.

    Where the notes say nothing, by a definition or a heading that spells it, nothing is added.
    """
    text, other = question, question
    for match in reversed(list(WORD.finditer(question))):
        if (short := _short(match.group())) and (long := _long_form(short, terms)) and not _holds(question, long):
            text = f"{text[: match.end()]} ({long}){text[match.end() :]}"
            other = other[: match.start()] + long + other[match.end() :]
    if text == question:
        for start, end, short in _spelled_out(question, terms):
            text = f"{question[:end]} ({short}){question[end:]}"
            other = question[:start] + short + question[end:]
            break
    return Reading(text, (question, other) if other != question else (question,), question)


def definitions(text: str) -> Iterator[tuple[str, str]]:
    """Every (short form, long form) that a text spells out: `long form (LF)`, `LF (long form)`, `LF: long form`."""
    for match in IN_BRACKETS.finditer(text):
        inside, before = match[1].strip(), text[max(0, match.start() - 120) : match.start()].rpartition("\n")[2].rstrip()
        last = re.search(r"[A-Za-z/]+$", before)
        outside = _short(last.group()) if last else ""
        if (short := _short(inside)) and (long := _ending(before, short)):
            yield short, long
        if outside and (long := _opening(inside, outside)):
            yield outside, long
    for match in WORD.finditer(text):
        says = SAYS.match(text, match.end())
        follows = text[says.end() : says.end() + 120].partition("\n")[0] if says else ""
        if follows and (short := _short(match.group())) and (long := _opening(follows, short)):
            yield short, long


def _short(word: str) -> str:
    """The word without a plural s if it can be an abbreviation, else nothing."""
    word = PLURAL.sub("", word)
    return word if SHORT.fullmatch(word) and word.lower() not in NOT_SHORT else ""


def _long_form(short: str, terms: Terms) -> str:
    if terms.holds(short):
        for text in terms.texts(short, PASSAGES):
            for found, long in definitions(text):
                if found.lower() == short.lower():
                    return long
    if not short.islower():  # "ray" is hardly the initials of a heading
        for path in terms.headings():
            named = re.split(r"[:(/]", path[-1], maxsplit=1)[0].strip()
            if named and _opening(named, short) == named:
                return named
    return ""


def _spelled_out(question: str, terms: Terms) -> Iterator[tuple[int, int, str]]:
    """Where words of the question are the long form of an abbreviation that the notes spell out just so."""
    found = list(WORD.finditer(question))
    for length in range(min(LONGEST + 2, len(found)), 1, -1):
        for first in range(len(found) - length + 1):
            window = found[first : first + length]
            if window[0].group().lower() in NOT_SHORT or window[-1].group().lower() in NOT_SHORT:
                continue
            phrase = question[window[0].start() : window[-1].end()]
            parts = [part for part in _parts(phrase) if part not in STOP_WORDS]
            short = "".join(part[0] for part in parts)
            if not 2 <= len(short) <= LONGEST or not terms.holds(short):
                continue
            spelled = {(one.lower(), _plain(other)) for text in terms.texts(short, PASSAGES) for one, other in definitions(text)}
            if (short, _plain(phrase)) in spelled:
                yield window[0].start(), window[-1].end(), short.upper()


# --- initials -----------------------------------------------------------------------------------------------------

_WORD_PARTS = re.compile(r"[^\W_]+")


def _ending(text: str, short: str) -> str:
    """The words at the end of a text that the short form is made of; nothing if they do not spell it."""
    found = list(_WORD_PARTS.finditer(text))
    for first in range(len(found) - 1, max(-1, len(found) - 2 * LONGEST), -1):
        if _spells([match.group() for match in found[first:]], short):
            return " ".join(text[found[first].start() :].split()).rstrip("*_`\"”' ")
    return ""


def _opening(text: str, short: str) -> str:
    """The words at the beginning of a text that the short form is made of."""
    found = list(_WORD_PARTS.finditer(text))[: 2 * LONGEST]
    for last in range(1, len(found) + 1):
        if _spells([match.group() for match in found[:last]], short):
            return " ".join(text[found[0].start() : found[last - 1].end()].split())
    return ""


def _spells(parts: Sequence[str], short: str) -> bool:
    """Whether the short form is the initials of these words; small words may be left out, and the first and last may not."""
    letters = [letter.lower() for letter in short if letter.isalpha()]
    initials = [part.lower() for part in parts]
    if len(parts) < 2 or len(letters) < 2 or initials[0][0] != letters[0] or initials[-1][0] != letters[-1]:
        return False
    at = 0
    for part in initials:
        if at < len(letters) and part[0] == letters[at]:
            at += 1
        elif part not in STOP_WORDS:
            return False
    return at == len(letters)


def _parts(text: str) -> list[str]:
    return [part.lower() for part in _WORD_PARTS.findall(text)]


def _plain(text: str) -> str:
    return " ".join(_parts(text))


def _holds(question: str, long: str) -> bool:
    return _plain(long) in _plain(question)
