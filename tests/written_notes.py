"""Notes as people and their programs leave them, drawn by Hypothesis: any line ends, marks, scripts and markup."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from itertools import count

from hypothesis import strategies as st

THINGS = "kettle ferry violin compiler glacier tandem lantern orchard harbour telescope".split()
PLACES = "Oslo Quito Bergen Tbilisi Kyoto Łódź Malmö Zürich Reykjavík Hanoi".split()
DEEDS = "was mended in|was sold in|broke down near|is kept in|arrived from|was painted in".split("|")
ODD = [
    "Émile 👩‍🔬 noted it 🎉 twice.",
    "猫は窓辺で静かに眠っている。明日は雨が降るでしょう。",
    "שלום עולם, said the sign.",
    "A tab\tand a\u00a0hard space stand here.",
    "Cafe\u0301 is spelled with two signs.",
    "One\u2028separator, one\x0cform feed and one\x85next line are no line ends.",
    "See `num_ctx` and **C++** or <b>bold</b> &amp; more.",
    "<!-- a comment that nobody sees -->",
]
FRAMES = [
    "{0}",
    "# {1} {0}",
    "* {0}\n  * {0}\n\t\t- {0}",
    "1. {0}\n   {0}\n2. {0}",
    "> {0}\n> {0}",
    "| what | where |\n|---|---|\n| {1} | {0} |\n| {1} | {0} |",
    "```python\n# {0}\nx = '{1}'\n```",
    "~~~\n{0}\n\n## no heading\n~~~",
    "## {1}\n\n{0} {0}\n{0}",
    "    {0}",
    "It is told by the old people of the village on winter evenings that\n  the lake was frozen then. {0}",
    "{1}\n=====\n\n{0}",
    "{0} {0} {0} {0} {0} {0} {0} {0} {0} {0} {0} {0} {0} {0} {0} {0} {0} {0} {0} {0} {0} {0} {0} {0}",
]
ENDS = ["\n", "\r\n", "\r"]
MARKS = {"utf-8": b"", "utf-8-sig": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
FRONT = "---\ntitle: {1}\ntags: [a, b]\n---\n"


@dataclass(frozen=True, slots=True)
class Note:
    """One file: its bytes, and the sentences in it that a question can be asked about."""

    name: str
    data: bytes
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """A question about one sentence of a note, that sentence, and whether a model is to say it."""

    question: str
    sentence: str
    said: bool


@st.composite
def notes(draw: st.DrawFn, *, most: int = 6) -> list[Note]:
    """A folder of notes, at least one, whose names differ."""
    numbers = count(11)
    return [_note(draw, f"{name}{suffix}", numbers) for name, suffix in draw(_names(most)).items()]


def _names(most: int) -> st.SearchStrategy[dict[str, str]]:
    names = st.sampled_from(["a", "deep/b", "deep/er/c d", "ü", "日記", "f.g"])
    return st.dictionaries(names, st.sampled_from([".md", ".md", ".md", ".txt", ".markdown"]), min_size=1, max_size=most)


def _note(draw: st.DrawFn, name: str, numbers: count[int]) -> Note:
    sentences: list[str] = []

    def fresh() -> str:
        thing, deed, place = draw(st.sampled_from(THINGS)), draw(st.sampled_from(DEEDS)), draw(st.sampled_from(PLACES))
        sentences.append(f"The {thing} number {next(numbers)} {deed} {place}.")
        return sentences[-1]

    blocks = []
    for frame in draw(st.lists(st.sampled_from(FRAMES), min_size=1, max_size=7)):
        parts = frame.split("{0}")
        text = "".join(part + (fresh() if number < len(parts) - 1 else "") for number, part in enumerate(parts))
        blocks.append(text.replace("{1}", draw(st.sampled_from(THINGS)).title()))
        if draw(st.booleans()):
            blocks.append(draw(st.sampled_from(ODD)))
    text = draw(st.sampled_from(["\n\n", "\n\n\n", "\n"])).join(blocks) + draw(st.sampled_from(["", "\n", "\n\n"]))
    if draw(st.booleans()):
        text = FRONT.replace("{1}", draw(st.sampled_from(THINGS))) + text
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"]))
    ended = text.replace("\n", draw(st.sampled_from(ENDS)))
    return Note(name, MARKS[encoding] + ended.encode(encoding.removesuffix("-sig")), tuple(sentences))


def asks(written: list[Note]) -> list[Ask]:
    """A question on every note, about a sentence in its middle."""
    found = []
    for note in written:
        sentence = note.sentences[len(note.sentences) // 2]
        thing, rest = sentence.removeprefix("The ").split(" number ")
        found.append(Ask(f"What about the {thing} number {rest.split()[0]}?", sentence, said=len(found) % 2 == 0))
    return found


def text_on_disk(data: bytes) -> str:
    """What an editor shows of a file: its text with line feeds. Written without looking at notebot's own reading."""
    for encoding, mark in MARKS.items():
        if mark and data.startswith(mark):
            text = data[len(mark) :].decode(encoding.removesuffix("-sig"))
            break
    else:
        text = data.decode("utf-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")
