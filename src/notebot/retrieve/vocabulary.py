"""Words: what counts as one, which say something of their own, and which are forms of the same."""

from __future__ import annotations

import re

STOP_WORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being below between both but by can
    could did do does doing done down during each few for from further had has have having he her here hers him his how i if in
    into is it its itself just let like many may me might more most much must my no nor not of off on once one only or other our
    out over own per please same say says shall she should so some such than that the their them then there these they this
    those through to too under until up us use used uses using very via want was we were what when where whether which while
    who whom whose why will with would yes yet you your""".split()
)

# Words that say what kind of answer is wanted, or that point at the notes themselves: never the topic of a question.
ASKING_WORDS = frozenset(
    """according anything called come comes coming concept consider considered considering correct define defined definition
    describe description detail details difference differ differences different do every example examples explain explanation
    false field fields got give good happen happens info information kind kinds know link links list main make makes making mean
    meaning means mention mentioned name named names need note notes noted overview page pages part parts pick picked play plays
    purpose recall remember right role save saved say sense short something sort sorts stage stages stand stands summarise
    summarize summary tell thing things top true type types usual usually versus vs website well work works write written
    wrote""".split()
)

# Signs that are written on letters and part of their word: in Hindi, Thai or Burmese most vowels are. `\w` has none of them.
_MARKS = (
    r"\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0970-\u0dff\u0e31-\u0e3a\u0e47-\u0e4e"
    r"\u0eb1-\u0ebc\u0ec8-\u0ece\u0f18-\u0f39\u0f71-\u0fbc\u102b-\u103e\u1056-\u109d\u17b4-\u17d3\u200c\u200d"
)
WORD = re.compile(rf"(?:(?<![^\s(])\.(?=[^\W\d_]))?[^\W_](?:[\w{_MARKS}'’./&+#-]*[\w{_MARKS}+#])?")

PRONOUNS = ("i'", "you'", "he'", "she'", "it'", "we'", "they'", "that'", "there'", "who'", "what'")
CONTRACTED = re.compile(r"(?:n't|'(?:m|d|ll|ve|re))$")

# Words that only say what kind of thing the rest is: "the tools are X and Y" says no more than "X and Y".
CLASS_WORDS = frozenset(
    """tool tools technique techniques method methods approach approaches topic topics section sections way ways task tasks step
    steps process case cases term terms idea ideas form forms include includes including following offer offers
    provide provides contain contains comprise comprises""".split()
)


def words(text: str) -> list[str]:
    """The words of a text, in lower case, in order. `CI/CD`, `num_ctx`, `C++` and `.NET` are one word each."""
    return [match.group().lower().replace("’", "'").removesuffix("'s") for match in WORD.finditer(text)]


def stem(word: str) -> str:
    """A word without its commonest English endings: enough to see `layers` and `layer` as one."""
    word = word.lower().replace("’", "'").removesuffix("'s").strip("'")
    for ending in ("ies", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word.removesuffix("e") if len(word) > 4 else word


def is_content(word: str) -> bool:
    """Whether a word says something of its own."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    word = CONTRACTED.sub("", word) if word.startswith(PRONOUNS) else word
    return not word.endswith("n't") and word not in STOP_WORDS and word not in ASKING_WORDS and word not in CLASS_WORDS


def content(text: str) -> list[str]:
    """The stems of the content words of a text, in order."""
    return [stem(word) for word in WORD.findall(text) if is_content(word)]
