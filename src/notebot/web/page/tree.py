"""What stands on the map of the notes: as much of the outline as can be read at once, and in words what was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from notebot.index.outline import Heading, NoteOutline, Outline
from notebot.render import page_text
from notebot.web.page.addresses import source_address

MOST = 150  # ends of branches: each has a label, and more of them cannot be read

Kind = Literal["note", "heading", "page"]


@dataclass(frozen=True, slots=True)
class Node:
    """One thing on the map. `name` is unlike that of any other; `link` is an address of ours; a `stub` has nothing under it."""

    name: str
    kind: Kind
    label: str
    link: str
    stub: bool = False
    children: tuple[Node, ...] = ()

    @property
    def ends(self) -> int:
        """How many branches end in it."""
        return sum(child.ends for child in self.children) or 1


@dataclass(frozen=True, slots=True)
class Tree:
    """The nodes, and what leads from one to another beside the branches, in pairs of names. `left_out` is a sentence."""

    nodes: tuple[Node, ...]
    relations: tuple[tuple[str, str], ...]
    left_out: str = ""


@dataclass(slots=True)
class _Branch:
    heading: Heading | None = None
    below: dict[str, _Branch] = field(default_factory=dict)


def tree(outline: Outline, *, only: str = "", most: int = MOST) -> Tree:
    """The map of all notes, or of the note named `only`, with at most `most` ends."""
    notes = [note for note in outline.notes if note.headings and only in ("", note.source)]  # without any, it could not be read
    seen: set[str] = set()

    def whole(note: NoteOutline) -> Node:
        return _note(note, outline, deep=99, pages=seen)

    for left_out, build in (
        ("", whole),
        ("Linked pages are left out: with them the map could not be read.", lambda note: _note(note, outline, deep=99)),
        ("Only the uppermost headings are shown, without linked pages.", lambda note: _note(note, outline, deep=1)),
    ):
        if len(notes) > most:
            break
        nodes = _built(notes, build)
        if sum(node.ends for node in nodes) <= most:
            return _with_relations(nodes, notes, f"{left_out} {_CHOOSE if not only else ''}".strip() if left_out else "")
    if only:
        cut = tuple(node for note in nodes for node in note.children[:most])
        said = f"Only the first {most} of {len(nodes[0].children):,} headings are shown, without linked pages."
        return _with_relations((_with_children(nodes[0], cut),), notes, said)
    ranked = sorted(notes, key=lambda note: (-_weight(note), note.source))[:most]
    ranked.sort(key=lambda note: note.source)
    short = tuple(_note(note, outline, deep=0) for note in ranked)
    said = "without their headings"
    if len(ranked) < len(notes):
        said = f"and of {len(notes):,} notes only the {len(ranked)} with the most headings and links"
        return _with_relations(short, ranked, f"Only notes are shown, {said}. {_CHOOSE}")
    return _with_relations(short, ranked, f"Notes are shown {said}. {_CHOOSE}")


_CHOOSE = "Choose a note to see all of it."


def _built(notes: Iterable[NoteOutline], build: Callable[[NoteOutline], Node]) -> tuple[Node, ...]:
    return tuple(build(note) for note in notes)


def _weight(note: NoteOutline) -> int:
    return len(note.headings) + len(note.notes) + sum(len(heading.pages) for heading in note.headings)


def _note(note: NoteOutline, outline: Outline, *, deep: int, pages: set[str] | None = None) -> Node:
    """A note with its headings, `deep` levels of them. With `pages`, those that are not in it yet are added below, and to it."""
    root = _Branch()
    for heading in note.headings:
        at = root
        for step in heading.path[:deep]:
            at = at.below.setdefault(step, _Branch())
            at.heading = at.heading or heading
        if len(heading.path) <= deep:
            at.heading = heading
    children = tuple(
        _branch(note.source, (step,), branch, outline, pages) for step, branch in (root.below.items() if deep else ())
    )
    if len(children) == 1 and children[0].children and children[0].kind == "heading":
        children = children[0].children  # it stands over all of the note: its title
    own = root.heading.pages if root.heading else ()
    return Node(
        f"note {note.source}", "note", note.source, source_address(note.source),
        children=(*_pages(own, outline, pages), *children),
    )  # fmt: skip


def _branch(source: str, path: tuple[str, ...], branch: _Branch, outline: Outline, pages: set[str] | None) -> Node:
    heading = branch.heading
    mine = heading is not None and heading.path == path
    linked = _pages(heading.pages, outline, pages) if heading and mine else ()
    below = tuple(_branch(source, (*path, step), child, outline, pages) for step, child in branch.below.items())
    return Node(
        "\n".join((f"heading {source}", *path)), "heading", path[-1],
        source_address(source, heading.chunk_id if heading else ""),
        stub=bool(heading and mine and heading.stub and not linked), children=(*linked, *below),
    )  # fmt: skip


def _pages(pages: Sequence[str], outline: Outline, seen: set[str] | None) -> tuple[Node, ...]:
    """The pages that stand nowhere on the map yet."""
    found = []
    for page in pages if seen is not None else ():
        if seen is not None and page not in seen:
            seen.add(page)
            title = outline.titles.get(page, "")
            found.append(
                Node(f"page {page}", "page", page_text(title, page), source_address(page), stub=page not in outline.titles)
            )
    return tuple(found)


def _with_children(node: Node, children: tuple[Node, ...]) -> Node:
    return Node(node.name, node.kind, node.label, node.link, node.stub, children)


def _with_relations(nodes: tuple[Node, ...], notes: Sequence[NoteOutline], left_out: str) -> Tree:
    there = {node.name for node in nodes}
    relations = [
        (f"note {note.source}", f"note {target}") for note in notes for target in note.notes if f"note {target}" in there
    ]
    pages = {node.name for node in _all(nodes) if node.kind == "page"}
    for note in notes if pages else ():
        for heading in note.headings:
            name = "\n".join((f"heading {note.source}", *heading.path)) if heading.path else f"note {note.source}"
            relations += [(name, f"page {page}") for page in heading.pages if f"page {page}" in pages]
    branches = {(node.name, child.name) for node in _all(nodes) for child in node.children}
    return Tree(nodes, tuple(pair for pair in dict.fromkeys(relations) if pair not in branches), left_out)


def _all(nodes: Iterable[Node]) -> Iterable[Node]:
    for node in nodes:
        yield node
        yield from _all(node.children)
