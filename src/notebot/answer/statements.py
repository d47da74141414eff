"""A sentence of the notes, taken apart: the dates, times and numbers that it gives, and the words that say of what."""

from __future__ import annotations

import re
from dataclasses import dataclass

from notebot.answer.contradiction import NEGATION, number_spans
from notebot.retrieve.vocabulary import STOP_WORDS, stem, words

LONGEST_SHORT = 3  # letters: sun, mar, may
LONGEST = 30  # words; in a longer sentence the rules cannot tell what a number belongs to

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?"
)
_YEAR = r"(?:1[5-9]|20)\d\d"
DATE = re.compile(
    rf"""\b(?P<iso>{_YEAR}-\d\d-\d\d)\b
      | \b(?:
          (?P<d1>\d{{1,2}})(?:st|nd|rd|th|\.)?(?:\ of)?\ (?P<m1>{_MONTH})
          | (?P<m2>{_MONTH})\.?\ (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?
          )\b
        (?:,?\ (?P<y1>{_YEAR})\b)?
      | \b(?P<d3>\d{{1,2}})\.(?P<m3>\d{{1,2}})\.(?P<y3>{_YEAR})?
      | \b(?P<m4>(?<=in\ |by\ )(?:{_MONTH})|(?:{_MONTH})(?=\ {_YEAR}))\b(?:\ (?P<y4>{_YEAR})\b)?
      | (?<![\w.,-])(?P<y5>{_YEAR})(?![\w,-]|\.\d|\ ?%)""",
    re.I | re.VERBOSE,
)
WEEKDAY = re.compile(r"\b((?:mon|tues|wednes|thurs|fri|satur|sun)day)s?\b", re.I)
TIME = re.compile(
    r"\b(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))? ?(?P<half>am|pm|a\.m\.|p\.m\.|o'clock)(?![a-z])"
    r"|\b(?P<h24>\d{1,2}):(?P<m24>\d\d)(?::\d\d)?\b",
    re.I,
)
_NAMED = re.compile(rf"\b(?:(?P<month>{_MONTH})|(?P<day>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?)\b", re.I)
_LABEL = re.compile(r"(?=.*\d)(?=.*[^\W\d_])[\w.-]+")
NOT_ONLY = re.compile(
    r"\bnot (?:only|just|really|very|quite|so|too|much)\b|\bno (?:matter|doubt|problem|one|\d+)\b|\bwhy not\b|\bnothing but\b",
    re.I,
)

# Said for "every" and "must", where `after` and `to` turn no value.
HAS_TO = re.compile(r"\b(?:ha(?:s|ve)|needs?|ought) to\b", re.I)
AFTER_EVERY = re.compile(r"\bafter (?:every|each)\b", re.I)
# Words without which the same numbers are about something else: "from 9", "until 9".
TURNING = frozenset(
    """before after until since from over under above below between during each every other another only first last off down up
    again once if when unless except both few more less most least without than per to my your his her their he she they was were
    had used about around almost nearly roughly approximately minimum maximum same or""".split()
)
# Words of headings and of the names of notes that do not say what a note is about.
GENERAL = frozenset(
    map(
        stem,
        """meeting meetings notes note minutes todo todos plan plans planning journal daily diary log update updates
        summary status standup call sync misc ideas inbox calendar weekly week month day overview index readme draft
        drafts old new copy archive untitled kickoff retro review agenda decisions reminders list facts basics general
        about recap follow followup project jan feb mar apr may jun jul aug sep oct nov dec january february march april
        june july august september october november december monday tuesday wednesday thursday friday saturday sunday md
        txt""".split(),
    )
)

Values = dict[str, list[tuple[str, tuple[float, ...]]]]
"""By kind (date, time, weekday, number), each as it is written and as it compares. A date is year, month and day, 0 for none."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of the notes, with its heading and the name of its note: they say what it is about as well."""

    text: str
    heading: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement taken apart. `said` are the stems of its words without values and "not", `turning` those that turn a value;
    `context` the stems of its heading and note; `dated` the dates in these; `claims` whether it is a plain statement at all."""

    text: str
    values: Values
    said: frozenset[str]
    turning: frozenset[str]
    context: frozenset[str]
    dated: str
    claims: bool

    def same_values(self, other: Reading) -> bool:
        mine, theirs = ({kind: [value for _, value in found] for kind, found in of.values.items()} for of in (self, other))
        return mine == theirs


def read(statement: Statement) -> Reading:
    """The statement by its parts."""
    text = statement.text
    values, rest = _values(AFTER_EVERY.sub("every", HAS_TO.sub("must", text)))
    said = [word for word in words(NEGATION.sub(" ", NOT_ONLY.sub(" ", rest))) if any(char.isalpha() for char in word)]
    about = f"{statement.heading} {statement.note}"
    parts = [part for word in words(about) for part in re.split(r"[-_/.]", word) if part.isalpha()]
    return Reading(
        text=text,
        values=values,
        said=frozenset(stem(word) for word in said if word not in STOP_WORDS),
        turning=frozenset(word for word in said if word in TURNING),
        context=frozenset(map(stem, parts)) - GENERAL,
        dated=" ".join(match.group() for match in DATE.finditer(about.replace("_", "-"))),
        claims="?" not in text and "[ ]" not in text and len(words(text)) <= LONGEST,
    )


def calendar(text: str) -> frozenset[str]:
    """The months and days of the week that a text names, also as a date: `oct`, `mon`."""
    named = {(match["month"] or match["day"])[:3].lower() for match in _NAMED.finditer(text)}
    dates = (int(_date(match)[1]) for match in DATE.finditer(text))
    return frozenset(named | {MONTHS[month - 1] for month in dates if 0 < month <= len(MONTHS)})


def is_of_a_row(word: str) -> bool:
    """Whether a word is one of a row of its like: a month, a day of the week, a label of letters and digits (E9, v2).

    What is near to such a word is its neighbour, and something else. Short forms and `may` are left out: they are words as well.
    """
    named = _NAMED.fullmatch(word)
    return bool((named and len(word) > LONGEST_SHORT) or _LABEL.fullmatch(word))


def _values(text: str) -> tuple[Values, str]:
    """The values in a text by kind, and the text without them."""
    values: Values = {"number": []}
    rest = text
    for kind, pattern, read_one in (("date", DATE, _date), ("time", TIME, _minutes), ("weekday", WEEKDAY, _weekday)):
        values[kind] = [(match.group().strip(), read_one(match)) for match in pattern.finditer(rest)]
        rest = pattern.sub(" ", rest)
    for start, end, value in number_spans(rest):
        values["number"].append((rest[start:end], (value,)))
        rest = rest[:start] + " " * (end - start) + rest[end:]
    return values, rest


def _date(match: re.Match[str]) -> tuple[float, ...]:
    if match["iso"]:
        return tuple(float(part) for part in match["iso"].split("-"))
    named = match["m1"] or match["m2"] or match["m4"]
    month = MONTHS.index(named[:3].lower()) + 1 if named else int(match["m3"] or 0)
    year, day = match["y1"] or match["y3"] or match["y4"] or match["y5"], match["d1"] or match["d2"] or match["d3"]
    return float(year or 0), float(month), float(day or 0)


def _minutes(match: re.Match[str]) -> tuple[float, ...]:
    hour, minute = int(match["hour"] or match["h24"]), int(match["minute"] or match["m24"] or 0)
    half = (match["half"] or "").lower()[:1]
    return ((hour % 12 + (12 if half == "p" else 0) if half in ("a", "p") else hour) * 60.0 + minute,)


def _weekday(match: re.Match[str]) -> tuple[float, ...]:
    return (float("mon tue wed thu fri sat sun".split().index(match[1][:3].lower())),)
