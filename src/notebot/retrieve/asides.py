"""What people say around a question and do not ask: "Hi!", "I was wondering ...", "Quick question: ...", "Answer briefly."

Such a stretch is told by its words: none says anything of its own, but for those of talking, knowing and being polite. What is
left is searched for and checked; a model also hears what is said after it. `eval/asides.yaml` has what this was measured on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from notebot.retrieve.leaning import PREPOSITION, is_name, leans, points, says_something
from notebot.retrieve.topic import after_request
from notebot.retrieve.vocabulary import CONTRACTED, WORD, is_content

TALKING = frozenset(
    """answer ask asked asking asks check checked clarify clue confirm curious explain figure find forget forgets forgetting
    forgot forgotten found hear idea inform interested jot jotted knew know knowing known knows learn look looked looking
    memory mention mentioned mentions note noted read recall record recorded refresh remember remembering remind reminded
    reminding said save saved say says search see show showing state states summarise summarize sure tell telling tells told
    understand unsure wonder wondered wondering write written wrote""".split()
)
POLITE = frozenset(
    """actually ah ai alright anyway apologies appreciate appreciated assistant bitte bonjour bot bother bothering brief briefly
    bullet bullets cheers citations cite concise concisely curiosity danke dear disturb eli5 excuse fluff forgive greetings
    guten hallo hello help helped helpful helps hey hi hiya hm hmm hmmm hola honest honestly howdy hurry listen merci mind
    notebot nutshell oh pardon please pls plz polite precise precisely question questions references reply respond sentence
    sentences seriously sorry sources subject thank thanks thx topic um urgent wait welcome worries yo""".split()
)
# They stand among the others, and alone say that nothing is an aside: "Today, what ...", "In the last one, which ...".
AMONG = frozenset(
    """accurate advance always another anybody anymore anyone anything anywhere back base based basing best bet bit bore busy ca
    came cannot case chance change changing chat clear clearly completely detail details different dumb easy else english
    exact exactly expert fact far few final first five four friend future general get getting give given going good got great
    happen happy here hope interest keep kind kindly last lay least let's line lines list little long lot love main make
    making matter maximum maybe means minute moment move moving need needed new next nice note notes now number ok okay one
    ones own page pages perhaps plain point points possible previous q quick quickly quite random real really right second
    separate serious short shortly silly simple simply since small somebody someone something somewhere specific specifically
    start starting step stupid subject super surely talk talking thing things think thought three time today together total
    totally trust trying turn two unrelated use useful using usual version want wanted wants way wish wo word words would yeah
    yes""".split()
)
ASKING = frozenset("what which who whose whom when where why how if whether".split())
LONGEST = 14  # words of an aside

GREETING = re.compile(
    r"(?:(?:and|so)\s+)?(?:(?:very\s+)?good\s+)?(?:morning|afternoon|evening|day)(?:\s+\w+)?(?=\s*[,.!:;])", re.I
)
# Asides without a word of talking or politeness.
LONE = re.compile(
    r"""(?:q|now|next|ok(?:ay)?\ (?:next|so)|so|well|moving\ on|to\ the\ point|to\ be\ (?:clear|sure)|by\ the\ way
        |for\ the\ last\ time
        |in\ (?:plain|simple|short|other|(?:a\ )?few|your\ own)\ words
        |(?:(?:one|another|quick|short|small|simple|last|final|next|new|more)\ ){1,3}(?:one|thing)
        |since\ (?:i|we)(?:['’]m|['’]re|\ am|\ are)\ here|.*\bsomething\ (?:else|different|new))$""",
    re.I | re.VERBOSE,
)
# A question itself, unless it asks what stands somewhere: "is it written down where ..." (where `it` points at nothing).
STATES = re.compile(r"(?:is|are|was|were|does|did|has|have|had)\b(?!\s+(?:i|we|you|anyone|anybody|my)\b)", re.I)
STANDS = re.compile(r"\b(?:written|noted|recorded|said|mentioned|known|notes?|it(?:['’]d|\s+would)\s+be)\b", re.I)
OF_NOTES = re.compile(r"\b(?:my|these|your|our)\s+(?:own\s+)?notes\b", re.I)
# Openings that go straight on to the question, without a mark: "okay so what ...", "where did I write down what ...".
OPENING = re.compile(
    r"""@notebot\b[\s,:]*
      | what\s+i(?:['’]d|\s+would)?\s+(?:want|need|wanted|like)\s+to\s+know\s+is[\s,:]+
      | (?:(?:ok(?:ay)?|al(?:l\ )?right|right|well|now|so|oh|ah|um|hm+|hey|hi|hello|please|quick(?:ly)?|honestly)\s+)+(?=ASKED)
      | where(?:['’]s|\s+(?:did|do|does|have|has|had|is|was))\s+(?:i|we|it|(?:my|our|the|these)\s+(?:own\s+)?notes?)
        \s+(?:ever\s+)?(?:writ(?:e|ten)|noted?|say|said|mention(?:ed)?|put|jot(?:ted)?|record(?:ed)?|state[ds]?|kept|keep)
        (?:\s+down)?\s+(?=ASKED)
    """.replace("ASKED", r"(?:what|which|who|whose|whom|when|where|why|how|if|whether)(?:['’](?:s|re|d))?\b"),
    re.I | re.VERBOSE,
)
SOMEONE = re.compile(r"(?:my|our)\s+\w+\s+(?=(?:wants?|would|asks?|asked|needs?|keeps?|is)\b)", re.I)
MARK = re.compile(r"\s*(?:[,:;.!?…–—)]+|-)\s[\s,:;.!?…–—)(-]*(?:but\s+)?")
TAIL = re.compile(r"(?<![\s,;.!?…–—-])(?=\s*[,;.!?…–—-])[\s,;.!?…–—-]++(?=[^,;.!?…–—]+[\s.!?…]*$)")
FREE = re.compile(
    r"""(?<![\s,])[\s,]+(?:please|pls|plz|thx|bitte|any\s?more|step\ by\ step
        |(?:in|with)\s+(?:one|two|a\s+few)\s+(?:sentences?|words?))[\s.!?]*$""",
    re.I | re.VERBOSE,
)
OWN_MARK = re.compile(r"[.?!]+")
DUTY = re.compile(r"\b(?:should|must|ought)\b|^(?:do|does|did)\s+(?:i|we|you)\s+(?:have|need)\s+to\b", re.I)
ASKS = re.compile(
    r"""(?:(?:and|so|but|ok(?:ay)?|please)[\s,]+)*(?:what|which|who|whose|whom|when|where|why|how|is|are|was|were|do|does|did
        |can|could|will|would|should|must|has|have|had)\b""",
    re.I | re.VERBOSE,
)
SENTENCE = re.compile(r"\S.*?(?:[.?!]+(?=\s|$)|$)", re.S)
MANNER = re.compile(r"(?:please\s+)?(?:answer|respond|reply|keep|be|use|give|limit|make|write|explain|say)\b", re.I)


def split(text: str) -> tuple[str, str, str]:
    """What is said before the question, the question, and what is said after it: together the text, to the letter."""
    start, end = 0, len(text)
    while cut := _after_lead(text, start) or _after_wrapping(text, start) or after_request(text, start):
        start = cut
    while cut := _before_tail(text, start, end):
        end = cut
    return text[:start], text[start:end], text[end:]


def sentence_asked(text: str) -> str:
    """Of a text of several sentences those that ask, with what stands between them: "You are an expert. What is RAG?".

    The whole text where what is asked cannot do without the others: it points at something, or they name something.
    """
    sentences = list(SENTENCE.finditer(text))
    asking = [match for match in sentences if match.group().endswith("?") or ASKS.match(match.group())]
    if not asking or len(asking) == len(sentences):
        return text
    start, end = asking[0].start(), asking[-1].end()
    around = [match.group() for match in sentences if match.end() <= start or match.start() >= end]
    core = text[start:end]
    return text if any(map(_names, around)) or leans(core) or not says_something(core) else core


def _after_lead(text: str, start: int) -> int:
    """Where the text goes on after an aside that ends with a mark ("Quick question: "); 0 if it does not begin with one."""
    opening = OPENING.match(text, start)
    if opening and WORD.search(text, opening.end()):
        return opening.end()
    greeting = GREETING.match(text, start)
    said = greeting.end() if greeting else start
    for match in () if greeting else _small(text, start):
        said = match.end()
        if MARK.match(text, said):
            break
    mark = MARK.match(text, said)
    if said == start or not mark or not WORD.search(text, mark.end()):
        return 0
    aside = text[start:said]
    pointing = points(aside) and PREPOSITION.match(aside)
    return mark.end() if greeting or (not pointing and (_is_aside(aside) or LONE.match(aside))) else 0


def _after_wrapping(text: str, start: int) -> int:
    """Where the question begins within its sentence ("do you know where ..."); 0 if it begins at once."""
    someone = SOMEONE.match(text, start)
    known = False
    for match in _small(text, someone.end() if someone else start):
        word = _plain(match.group())
        before = text[start : match.start()]
        if word in ASKING and not before:
            return 0
        if word in ASKING and known:
            itself = DUTY.search(before) or ((STATES.match(before) or points(before)) and not STANDS.search(before))
            return 0 if itself else match.start()
        known = known or word in TALKING
    return 0


def _before_tail(text: str, start: int, end: int) -> int:
    """Where the text ends without an aside at its end (", please", ". Answer briefly."); 0 if there is none."""
    if (free := FREE.search(text, start, end)) and WORD.search(text, start, free.start()):
        return free.start()
    tail = TAIL.search(text, start, end)
    if not tail or not WORD.search(text, start, tail.start()):
        return 0
    aside = text[tail.end() : end]
    if not _is_aside(aside) or any(_plain(word) in ASKING for word in WORD.findall(aside)):
        return 0
    own = OWN_MARK.match(text, tail.start(), end)
    return own.end() if own else tail.start()


def _small(text: str, start: int) -> Iterator[re.Match[str]]:
    """The words from there on for as long as none says anything of its own."""
    for number, match in enumerate(WORD.finditer(text, start)):
        if number == LONGEST or not _is_small(match.group()):
            return
        yield match


def _is_aside(text: str) -> bool:
    """Whether all words are small ones, one is of talking or polite, and it is no question itself."""
    said = WORD.findall(text)
    return (
        0 < len(said) <= LONGEST
        and _plain(said[0]) not in ASKING - {"if"}
        and (not STATES.match(text) or bool(OF_NOTES.search(text)))
        and all(map(_is_small, said))
        and (any(_plain(word) in TALKING or _plain(word) in POLITE for word in said) or bool(OF_NOTES.search(text)))
    )


def _is_small(word: str) -> bool:
    plain = _plain(word)
    return plain in TALKING or plain in POLITE or plain in AMONG or plain.isdigit() or not is_content(plain)


def _plain(word: str) -> str:
    return CONTRACTED.sub("", word.lower().replace("’", "'").removesuffix("'s"))


def _names(sentence: str) -> bool:
    """Whether a sentence has a name or a number that may matter; how an answer should be ("in 50 words") does not."""
    words = [word for word in WORD.findall(sentence)[1:] if _plain(word) != "i"]
    return any(map(is_name, words)) and not MANNER.match(sentence)
