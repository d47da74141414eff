"""What a model writes, on its way to the check and the person: without passage codes, and without addresses of its own.

An address is where data could leave: a note may ask a model to put what it has read behind a link. So an address passes
only if it stands, letter by letter, in what the model was shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from notebot.answer.codes import strip_codes

# A scheme, `www.`, `//host`, or a host with a path or a query after it; up to the next space, quote or bracket.
ADDRESS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,20}://|\b(?:javascript|data|vbscript|mailto|tel|blob|file):|\bwww\.|//(?=[\w-]+\.\w))[^\s<>\"'`)\]]+"
    r"|\b(?:[\w-]+\.)+[^\W\d_]{2,24}(?::\d+)?[/?#][^\s<>\"'`)\]]+",
    re.IGNORECASE,
)
ENDS = ".,;:!?…*_"  # belong to the sentence, not to the address
GONE = "(address removed)"
LONGEST_MARK = 60  # characters after a "[" in which a list of codes has ended


def without_addresses(text: str, known: str = "") -> str:
    """The text with every address that does not stand in `known`, whole, replaced by words that say so."""
    stand = {found.rstrip(ENDS) for found in ADDRESS.findall(known)}

    def out(found: re.Match[str]) -> str:
        address = found.group().rstrip(ENDS)
        return found.group() if address in stand else GONE + found.group()[len(address) :]

    return ADDRESS.sub(out, text)


class Outgoing:
    """A filter for text that streams in: pieces in, what may be seen of them out. Holds back the word that is not finished."""

    def __init__(self, codes: Collection[str], known: str) -> None:
        self._codes = codes
        self._known = known
        self._held = ""

    def hear(self, piece: str) -> str:
        """Another piece; what may be seen now, which may be nothing."""
        self._held += piece
        cut = _finished(self._held)
        done, self._held = self._held[:cut], self._held[cut:]
        return self._clean(done)

    def end(self) -> str:
        """What is still held back, once no more will come."""
        rest, self._held = self._held, ""
        return self._clean(rest)

    def _clean(self, text: str) -> str:
        return without_addresses(strip_codes(text, self._codes)[0], self._known)


def _finished(text: str) -> int:
    """Up to where the text can no longer change: before its last space, and before a bracket that may hold codes still."""
    word = len(text) - len(re.split(r"\s", text)[-1])
    before = len(text[:word].rstrip())
    bracket = max(text.rfind("[", 0, before), text.rfind("(", 0, before))
    if bracket >= 0 and len(text) - bracket <= LONGEST_MARK and not re.search(r"[\])]", text[bracket:before]):
        before = len(text[:bracket].rstrip())
    return before
