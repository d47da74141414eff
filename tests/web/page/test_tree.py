"""What stands on the map, and what is left out of it where there is too much."""

from __future__ import annotations

import time

from notebot.index.outline import Heading, NoteOutline, Outline
from notebot.web.page.tree import MOST, Tree, tree


def note(name: str, *paths: tuple[str, ...], links: tuple[str, ...] = (), page: str = "") -> NoteOutline:
    headings = tuple(Heading(path, f"id{n}", n + 1, False, (page,) if page and n == 0 else ()) for n, path in enumerate(paths))
    return NoteOutline(name, name, headings, links)


def labels(shown: Tree) -> list[object]:
    def told(nodes: object) -> list[object]:
        return [(node.label, told(node.children)) if node.children else node.label for node in nodes]  # type: ignore[attr-defined]

    return told(shown.nodes)


def test_few_notes_are_shown_whole() -> None:
    first = note("a.md", ("One",), ("One", "Deep"), ("Two",), links=("b.md",), page="https://example.org/x")
    second = note("b.md", ("Three",), page="https://example.org/x")
    shown = tree(Outline((first, second), {"https://example.org/x": "A page"}))
    assert labels(shown) == [("a.md", [("One", ["A page (example.org)", "Deep"]), "Two"]), ("b.md", ["Three"])]
    assert shown.relations == (("note a.md", "note b.md"), ("heading b.md\nThree", "page https://example.org/x"))
    assert shown.left_out == ""


def test_a_heading_over_all_of_a_note_is_its_title() -> None:
    shown = tree(Outline((note("a.md", ("T",), ("T", "One"), ("T", "Two")), note("b.md", ("X",))), {}))
    assert labels(shown) == [("a.md", ["One", "Two"]), ("b.md", ["X"])]


def test_headings_that_only_lead_on_are_shown_too() -> None:
    shown = tree(Outline((note("a.md", ("A", "B"), ("C",)),), {}))
    assert labels(shown) == [("a.md", [("A", ["B"]), "C"])]


def test_too_much_is_left_out_step_by_step_and_said() -> None:
    pages = [note(f"{n}.md", ("A",), ("B",), page=f"https://example.org/{n}") for n in range(70)]
    assert tree(Outline(tuple(pages), {})).left_out == ""
    crowded = tuple(
        NoteOutline(f"{n}.md", "", (Heading(("A",), "x", 1, False, tuple(f"https://e.org/{n}/{k}" for k in range(5))),))
        for n in range(60)
    )
    assert "Linked pages are left out" in tree(Outline(crowded, {})).left_out
    deep = tuple(note(f"{n}.md", ("A",), ("A", "B"), ("A", "C"), ("D",), ("D", "E"), ("D", "F")) for n in range(70))
    assert "Only the uppermost headings" in tree(Outline(deep, {})).left_out
    wide = tuple(note(f"{n}.md", *((f"H{k}",) for k in range(9))) for n in range(60))
    shown = tree(Outline(wide, {}))
    assert shown.left_out.startswith("Notes are shown without their headings")
    assert len(shown.nodes) == 60


def test_ten_thousand_notes_are_bounded_and_quick() -> None:
    many = tuple(note(f"{n:05}.md", ("A",), ("B",), links=(f"{(n * 7) % 10_000:05}.md",)) for n in range(10_000))
    busy = note("busy.md", *((f"H{k}",) for k in range(50)))
    begun = time.monotonic()
    shown = tree(Outline((*many, busy), {}))
    assert time.monotonic() - begun < 1
    assert len(shown.nodes) == MOST
    assert any(node.label == "busy.md" for node in shown.nodes)
    assert "10,001 notes only the 150" in shown.left_out
    assert tree(Outline((*many, busy), {})) == shown


def test_one_note_has_a_map_of_its_own_and_is_cut_where_it_is_too_long() -> None:
    long = note("long.md", *((f"H{k}",) for k in range(400)))
    shown = tree(Outline((note("a.md", ("A",)), long), {}), only="long.md")
    assert [node.label for node in shown.nodes] == ["long.md"]
    assert len(shown.nodes[0].children) == MOST
    assert "first 150 of 400" in shown.left_out


def test_an_unknown_note_has_an_empty_map() -> None:
    assert tree(Outline((note("a.md", ("A",)),), {}), only="../etc/passwd").nodes == ()
