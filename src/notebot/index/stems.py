"""Words -> stems, in the languages that their script gives away. English is stemmed by FTS5 itself (porter).

Letters do not tell German from French; to guess a language from a few words would now and then stem English wrongly, so the
other languages in Latin script are left as they are written.
"""

from __future__ import annotations

import re

# The largest language of each script; its neighbours (Ukrainian, Marathi) lose endings that look the same. Not Arabic: what is
# taken for an article there is often part of the word.
_SCRIPTS = {
    "russian": r"\u0400-\u052f",
    "greek": r"\u0370-\u03ff\u1f00-\u1fff",
    "hindi": r"\u0900-\u0963\u0971-\u097f",
}
_WORD = re.compile("|".join(f"(?P<{language}>[{letters}]+)" for language, letters in _SCRIPTS.items()))


def stemmed(text: str) -> str:
    """`text` with the words of these scripts in lower case and without their endings; all else as it is."""
    if not _WORD.search(text):
        return text
    import snowballstemmer

    stemmers = {}  # of this call alone: a stemmer keeps state while it works

    def stem(word: re.Match[str]) -> str:
        language = str(word.lastgroup)
        if language not in stemmers:
            stemmers[language] = snowballstemmer.stemmer(language)
        return str(stemmers[language].stemWord(word[0].lower()))

    return _WORD.sub(stem, text)
