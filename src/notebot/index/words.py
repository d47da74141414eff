"""Text as the word index sees it: one form for what is stored and for what is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from notebot.index.stems import stemmed

# Scripts written without spaces between words, or, in Korean, with endings written on to the words. FTS5 would take a whole
# run as one word, so each character is made a word of its own, with the marks that stand on it; see `match_any` for the rest.
_HAN = r"\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HANGUL = r"\uac00-\ud7a3"
_INDIC = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f"  # Thai, Lao, Burmese, Khmer
_MARKS = (
    r"\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd"
    r"\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u109a-\u109d\u17b4-\u17d3\u17dd"
)
_UNSPACED = re.compile(f"[{_HAN}{_HANGUL}{_INDIC}][{_MARKS}]*")
_RUN = re.compile(f"(?P<two>[{_HAN}{_HANGUL}]+)|(?P<three>[{_INDIC}{_MARKS}]+)")
_IDEOGRAPH = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_EMPTY = frozenset("的了是在和有不我你他她它们这那什么几哪何谁吗呢吧很也都就与及或中上下个一為这為會可以要用到时年月日人大小")
_HIRAGANA = re.compile(r"[\u3040-\u309f ]+")  # endings and particles, mostly

# Vowel signs of Arabic and Hebrew, which most writers leave out.
_POINTS = re.compile(r"[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]")

# Names whose signs are part of them. FTS5 takes letters only, so the signs become letters of the private area: `C++` is a word
# that `C` is not. A name of more than one letter is stored without its signs too, so that `net` still finds `.NET`.
_SIGNS = str.maketrans("+#.", "\ue02b\ue023\ue02e")
_SIGNED = re.compile(
    r"(?<![\w+#.])(?:(?P<after>[^\W\d_]\w*?)(?P<ends>\+\+|#(?!\w))(?![+#])"  # C++ C++17 C# g++
    r"|(?P<dot>\.)(?P<before>[^\W\d_]\w*)"  # .NET .gitignore
    r"|(?P<initials>[^\W\d_](?:\.[^\W\d_])+)\.?(?![\w.]))"  # s.t. U.S.A.
)
MOST_TERMS = 400  # of one query

AMONG = " AND rowid IN (SELECT id FROM chunks WHERE chunk_id IN (SELECT value FROM json_each(?3)))"
# Ranked first, and looked up by id only as far as the last place and what ties with it: thousands match a common word.
RANKED = """WITH found AS MATERIALIZED (
                 SELECT rowid AS id, -bm25(chunk_words, 2.0, 1.0) AS score FROM chunk_words WHERE chunk_words MATCH ?1{only}),
                  best AS (SELECT score FROM found ORDER BY score DESC LIMIT ?2)
             SELECT c.chunk_id, f.score FROM found f JOIN chunks c ON c.id = f.id
             WHERE f.score >= (SELECT min(score) FROM best) ORDER BY f.score DESC, c.chunk_id LIMIT ?2"""


def plain(text: str) -> str:
    """`text` with compatibility forms unified and invisible characters gone."""
    if text.isascii():
        return text
    return "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) not in ("Cf", "Cs"))


def fold(text: str) -> str:
    """`text` in one form: unspaced scripts spaced, forms of a word made one, `C++`, `.NET` and `s.t.` words of their own."""
    folded = _SIGNED.sub(_named, plain(text))
    if folded.isascii():
        return folded
    return _UNSPACED.sub(r" \g<0> ", stemmed(_POINTS.sub("", folded.replace("ß", "ss"))))


def match_any(terms: Sequence[str], *, having: Sequence[str] = ()) -> str:
    """An FTS5 query for rows with any of `terms`, each taken literally as a word or a phrase; empty if none is left.

    Of a run without spaces, every two characters that follow each other are looked for (three in Thai and its like, whose
    words are longer): nobody knows where its words end, and hardly a note says a whole question. Where `having`, some of the
    terms, are not all, only rows with one of these are found, and they count twice.
    """
    query, needed = _any(terms), _any(having)
    return f"({needed}) AND ({needed} OR {query})" if needed and needed != query else query


def _any(terms: Sequence[str]) -> str:
    wanted = dict.fromkeys(query for term in terms for part in _parts(plain(term)) if (query := match_phrase(part)))
    return " OR ".join(list(wanted)[:MOST_TERMS])


def match_phrase(phrase: str) -> str:
    """An FTS5 query for rows with the words of `phrase` one after the other; empty if it has none."""
    folded = fold(phrase).replace("\0", " ").replace('"', '""').strip()
    return f'"{folded}"' if any(char.isalnum() for char in folded) else ""


def unspaced(char: str) -> bool:
    """Whether `char` is of a script in which a word may begin anywhere."""
    return _UNSPACED.match(char) is not None


def _named(found: re.Match[str]) -> str:
    if initials := found["initials"]:
        return initials.translate(_SIGNS)
    if name := found["before"]:
        return f"{'.'.translate(_SIGNS)}{name} {name}"
    name = found["after"]
    signed = name + found["ends"].translate(_SIGNS)
    return f"{signed} " if len(name) == 1 else f"{signed} {name} "


def _parts(term: str) -> Iterator[str]:
    """The term itself; or, if it has runs of unspaced scripts, their pieces and what stands between them."""
    at = 0
    for run in _RUN.finditer(term):
        yield term[at : run.start()]
        yield from _pieces(_UNSPACED.findall(run[0]), 2 if run["two"] else 3)
        at = run.end()
    yield term[at:]


def _pieces(characters: Sequence[str], size: int) -> Iterator[str]:
    pieces = ["".join(characters[at : at + size]) for at in range(max(1, len(characters) - size + 1))]
    yield from [piece for piece in pieces if not _HIRAGANA.fullmatch(piece)] or pieces
    # Many words of Chinese and Japanese are one character, and some of Korean, with one more for its part in the sentence.
    yield from (char for char in characters if _IDEOGRAPH.fullmatch(char) and char not in _EMPTY)
    if len(characters) == 2 and "\uac00" <= characters[0] <= "\ud7a3":
        yield characters[0]
