"""Does a question lean on what was said before it? By rule: pronouns, pieces of sentences, aspects of something unnamed.

Each pattern is one way to lean; `tests/retrieve/test_leaning.py` and eval/follow_ups.yaml have the questions behind them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from notebot.retrieve.vocabulary import WORD, content, stem, words

# Words that ask for a side of something, and do not say of what.
ASPECTS = frozenset(
    map(
        stem,
        """advantage aspect author benefit caveat category cause challenge component con cost creator deadline default
        disadvantage downside drawback effect formula goal history inventor issue length limit limitation maker option
        origin outcome owner point price pricing pro problem reason requirement result risk size speed strength subtype
        trade-off tradeoff upside variant version weakness alternative application use-case usage practice instance step
        stage date year location place deeper further elaborate expand clarify continue detail difference bad good
        better best worse worst cheap cheaper expensive fast faster slow slower important useful necessary needed
        difficult hard easy easier simple simpler popular trained train built build invented made cost costs run runs
        start end happen help helps differ compare number amount many second third fourth fifth next previous""".split(),
    )
)

PRONOUN = re.compile(r"\b(?:it|its|they|them|their|theirs|he|she|him|his|her)\b", re.I)
POSSESSIVE = frozenset("its their his her".split())
# "Is it hard to ...": this "it" points at nothing.
EXPLETIVE = re.compile(
    r"""\b(?:is|was|does|did|would|will|can|isn['’]t|doesn['’]t)\ it\ (?:be\ |not\ )?
        (?:true|possible|necessary|worth|better|ok|okay|good|bad|important|hard|easy|safe|common|recommended|useful|allowed|
           expensive|cheap|normal|a\ good\ idea|take|cost|mean|matter|make\ sense|help)\b
        .{0,30}\b(?:to|that|if|when|for|\w+ing)\b
      | \bwhat\ time\ is\ it\b | \bwhen\ it\ comes\ to\b""",
    re.I | re.VERBOSE,
)
DEMONSTRATIVE = re.compile(
    r"""\b(?:these|those)\b(?!\s+(?:days|who|that|which|of)\b)
      | \bthis\b(?!\s+(?:week|month|year|morning|evening|afternoon|time)\b)
      | \b(?:is|does|do|did|was|are|can|will|would|could|should)\s+that\b
      | \b(?:of|about|why|how|in|for|to|with|than|like|from|on|by|after|before)\s+that\b
        (?!\s+(?:i|we|my|our|the|is|are|was|were)\b)
      | ^(?:explain|define|describe)?\s*that\b
      | \bthat\s*[?.!]*$""",
    re.I | re.VERBOSE,
)
POINTING = re.compile(
    r"""(?<!\bis\ )(?<!\bare\ )(?<!\bwas\ )(?<!\bwere\ )\bthere\s*[?.!]*$
      | \b(?:the\ (?:former|latter|two|second|third|fourth|others?|last\ one|first\ one|same) | which\ one
           | (?:that|this|other|another|second|third|last|first)\ one | (?:any|some|the)\ (?:more|others?)
           | both\ of | each\ of | one\ of)\b(?!\s+(?:one|the|my|our|your)\s+\w{3,})
      | \b(?:both|each\ other)\b(?!.*\band\b)""",
    re.I | re.VERBOSE,
)
SAME_THING = re.compile(
    r"""\b(?:the|that|this)\ (?:tool|technique|method|approach|process|concept|framework|platform|thing|topic|term|service|
                               library|algorithm|idea)s?\b
        (?=\s*[?.!,] | \s*$ | \s+(?:is|are|was|were|do|does|works?|needs?|costs?|uses?|used|has|had|have|called|again)\b)""",
    re.I | re.VERBOSE,
)
# "How does Q-learning update its table?": the subject before a possessive is what it points at.
SUBJECT = re.compile(
    r"\b(?:does|do|did|is|are|was|were|can|will|would|has|have|had|should|must)\s+(?:(?:the|a|an|my|our)\s+)?"
    r"(?P<subject>[\w'’./+#-]+)",
    re.I,
)
CLAUSE = re.compile(r"[,;:]|\b(?:and|but|or|if|when|because|since|so|than|while|before|after|that|which)\b", re.I)
JOINED = re.compile(
    r"^(?:(?:and|or|but|so|then|also|ok|okay|well|hm+|yes|no|right|thanks|thank you|great|cool|nice)\b[\s,.:;!-]*)+", re.I
)
PREPOSITION = re.compile(
    r"""^(?:only\ |also\ |even\ )?(?:in|on|for|with|without|at|by|from|to|under|over|during|after|before|between|as|if|when|per|
                                     using)\b""",
    re.I | re.VERBOSE,
)
ASKING = re.compile(r"\b(?:who|whose|what|when|where|why|how|which)\b", re.I)
VERB = re.compile(
    r"""\b(?:is|are|was|were|am|be|been|do|does|did|done|has|have|had|can|could|will|would|should|must|may|might|needs?|means?|
           uses?|used|makes?|works?|happens?|runs?|comes?|stands?|explain|describe|define|list|show|tell|name|give|find|compare|
           summari[sz]e|(?:what|who|how|where)?['’]s)\b""",
    re.I | re.VERBOSE,
)
COUNTING = re.compile(
    r"""^(?:how\ (?:many|much|long|big|large|often|old|far|fast|expensive)|which|what\ kind\ of|what\ sort\ of|any|an?|the|more|
           some|another)\b""",
    re.I | re.VERBOSE,
)
COMPARED = re.compile(
    r"""^which\ (?:is|are|one|was|should|would|do|does)\b
        .*\b(?:better|best|faster|cheaper|easier|simpler|worse|larger|smaller|newer|older|prefer|choose|use)\b""",
    re.I | re.VERBOSE,
)
OF_TWO = re.compile(r"\b(?:or|than|of)\b", re.I)
ABOUT_NOTES = re.compile(r"\b(?:my|your|the) (?:notes?|files?|pages?|documents?)\b|\b(?:can|do|are) you\b", re.I)
SAID = re.compile(
    r"""^(?:(?:ok(?:ay)?|thanks?(?:\ you)?(?:\ (?:so|very)\ much|\ a\ lot)?|thx|ty|cheers|great|cool|nice|perfect|awesome|good|
              got\ it|i\ see|understood|alright|right|yes|yeah|yep|no|nope|hm+|hi|hello|hey|bye|goodbye|
              good\ (?:morning|evening|day)|never\ ?mind|that'?s\ all|lol|wow|very\ (?:good|nice|helpful)|that\ helps|
              (?:that|this)\ (?:is|was)\ (?:great|helpful|all|it|good)|makes\ sense|well\ done)[\s,.!…:)]*)+$""",
    re.I | re.VERBOSE,
)


def is_question(text: str) -> bool:
    """Whether there is anything in it to search for; "thanks", "ok" and "hello" are said, not asked."""
    return not SAID.match(text.strip())


def leans(question: str) -> bool:
    """Whether a question cannot be understood without what was said before."""
    core = JOINED.sub("", question).strip() or question
    if points(core):
        return True
    if ABOUT_NOTES.search(core):
        return False
    own = [word for word in content(core) if word not in ASPECTS]
    whole = bool(VERB.search(core))
    return (
        not own
        or (not whole and core != question)
        or (not whole and bool(PREPOSITION.match(core)) and not ASKING.search(core))
        or (bool(COMPARED.match(core)) and not OF_TWO.search(core))
        or (not whole and _is_piece(core, own))
    )


def points(text: str) -> bool:
    """Whether something in it points at what stands outside of it."""
    if POINTING.search(text):
        return True
    text = EXPLETIVE.sub("", text)
    return any(
        not _points_inside(match, text[: match.start()])
        for pattern in (PRONOUN, DEMONSTRATIVE, SAME_THING)
        for match in pattern.finditer(text)
    )


def says_something(text: str) -> bool:
    """Whether a text names something of its own, and not only an aspect of something."""
    return any(word not in ASPECTS for word in content(text))


def is_name(word: str) -> bool:
    """Whether a word is written like a name: with a capital or a digit."""
    return any(char.isupper() or char.isdigit() for char in word)


def _points_inside(pointing: re.Match[str], before: str) -> bool:
    """Whether what it points at is in the question: in a clause before it, or, for "its", the subject of its own."""
    if pointing.group().lower() in POSSESSIVE and any(says_something(match["subject"]) for match in SUBJECT.finditer(before)):
        return True
    clauses = list(CLAUSE.finditer(before))
    return bool(clauses) and says_something(before[: clauses[-1].start()])


def _is_piece(core: str, own: Sequence[str]) -> bool:
    """Whether it is only a piece of a question: "how many parameters?", "why expensive?"."""
    said = words(core)
    if any(map(is_name, WORD.findall(core)[1:])):
        return False
    if COUNTING.match(core):
        return len(said) <= 4 and len(own) <= 2
    return said[0] in ("why", "how", "when", "where", "who") and len(said) <= 3 and len(own) == 1
