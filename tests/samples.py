"""An answer, its passages and its places, made by hand: one note, and one web page that two notes link to."""

from __future__ import annotations

from notebot.types import Answer, Chunk, Citation, Link, NoteLine, Page, Passage, Sentence, Status

URL = "https://www.qwak.com/post/what-is-a-feature-store"


def place(line: int, quote: str = "words", *, source: str = "notes.md", last: int | None = None) -> Citation:
    return Citation("id1", source, ("ML", "RAG"), line, last or line, quote, 0, len(quote))


FIRST = Sentence("RAG retrieves text.", True, 0.9, (place(12, "retrieves", last=14), place(3)))
SECOND = Sentence("It then writes.", True, 0.81234, (place(3, "writes"), place(12, "retrieves", last=14)))
FALSE = Sentence("It is magic.", False, 0.1, (), "no passage says so")
PASSAGE = Passage(
    Chunk("id1", "notes.md", "Notes", ("ML", "RAG"), "## RAG\nretrieves", 12, 13, False, (Link("u", 12),)), 0.98765, 0.5
)
ANSWER = Answer(
    question="What is RAG?",
    status=Status.ANSWERED,
    text="RAG retrieves text. It then writes.",
    model="fake/model",
    sentences=(FIRST, SECOND),
    passages=(PASSAGE,),
    timings={"searching": 0.123456},
)

LEADS = (NoteLine("notes.md", 59), NoteLine("work/mlops.md", 3))
STORE = Chunk(
    "id2",
    "https://qwak.com/post/what-is-a-feature-store",
    "Feature store",
    ("Why",),
    "## Why\nIt stores features once.",
    1,
    2,
    False,
    (),
    unit="",
    page=Page(URL, "2026-11-24T10:00:00+00:00", stale=False, linked_from=LEADS, meant=True),
)
STORE_PASSAGE = Passage(STORE, 0.9, 0.4)
STORE_PLACE = Citation(
    "id2", STORE.source, ("Why",), 1, 2, "It stores features once.", 7, 31,
    unit="", url=f"{URL}#:~:text=It%20stores%20features%20once.", linked_from=LEADS,
)  # fmt: skip
