"""What a passage brings with it."""

from __future__ import annotations

from pathlib import Path

from linked_notes import linked
from notebot.models.minilm import MiniLM

PARAGRAPH = (
    "The {} mill ground rye for the {} villages along the river until the flood, and its owner kept {} ledgers of it all. "
)
LONG = "# Mills\n\n" + "\n\n".join(PARAGRAPH.format(word, word, word) * 5 for word in ("oaken", "granite", "copper", "brass"))
SHORT = "# Bakers\n\nThe baker rises at two.\n\n# Bakers\n\nThe other baker of the copper street rises at three.\n"


def test_the_best_passage_brings_what_stands_beside_it_in_its_section(tmp_path: Path, minilm: MiniLM) -> None:
    with linked(tmp_path, minilm, notes={"mills.md": LONG, "bakers.md": SHORT}) as retriever:
        parts = retriever.catalog.chunks_of("mills.md")
        (best,) = retriever.search("the copper mill", limit=1)
        at = parts.index(best.chunk)
        found = retriever.in_context("the copper mill", [best])
        again = retriever.in_context("the copper mill", found)
    assert 0 < at < len(parts) - 1
    assert [passage.chunk for passage in found] == [best.chunk, parts[at - 1], parts[at + 1]]
    assert all(-1 <= passage.similarity < best.similarity for passage in found[1:])
    assert again == found


def test_a_section_of_the_same_name_is_another_one(tmp_path: Path, minilm: MiniLM) -> None:
    with linked(tmp_path, minilm, notes={"bakers.md": SHORT}) as retriever:
        for question in ("When does the baker rise?", "copper street"):
            best = retriever.search(question, limit=1)
            assert retriever.in_context(question, best) == best
        assert retriever.in_context("nothing", []) == []


def test_what_is_brought_takes_no_place(tmp_path: Path, minilm: MiniLM) -> None:
    with linked(tmp_path, minilm, notes={"mills.md": LONG, "bakers.md": SHORT}) as retriever:
        best = retriever.search("the copper mill", limit=3)
        assert retriever.in_context("the copper mill", best)[: len(best)] == best
