"""The two maps as SVG of our own: headings and links as a round tree, passages as points. Each with the same as a list."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from notebot.index.outline import Outline
from notebot.index.picture import Picture
from notebot.render import page_text
from notebot.web.page.addresses import notes_address, source_address
from notebot.web.page.harmless import text
from notebot.web.page.labels import Label, labels
from notebot.web.page.radial import BOLD, LETTER, Placed, Spot, placed
from notebot.web.page.tree import Node, Tree, tree

LONGEST = 32  # characters of a label; the rest is in what shows on hover
WIDTH, HEIGHT, EDGE = 1100.0, 640.0, 24.0
KINDS = (
    '<li><span class="key round note"></span>note</li><li><span class="key round heading"></span>heading</li>'
    '<li><span class="key round stub"></span>heading with nothing under it</li><li><span class="key page"></span>page</li>'
    '<li><span class="key page stub"></span>page that is not in the index</li><li><span class="key lead"></span>link</li>'
)
COLOURS = 7  # sources with a colour of their own; the others share one
OFFERED = 100  # names of notes offered at a time
LISTED = 400  # passages in the list below the picture


def map_of(outline: Outline, wanted: str) -> str:
    """The map of all notes, or of the one that `wanted` names, with a field to name one in; a few words of a name are enough."""
    notes = [note.source for note in outline.notes]
    if len(notes) < 2:
        return tree_map(tree(outline))
    if not wanted or wanted in notes:
        return _choice(notes, wanted) + tree_map(tree(outline, only=wanted))
    words = wanted.casefold().split()
    like = [name for name in notes if all(word in name.casefold() for word in words)]
    if len(like) == 1:
        return _choice(notes, like[0]) + tree_map(tree(outline, only=like[0]))
    if not like:
        return _choice(notes, wanted) + _said("No note has this in its name.")
    items = "".join(
        f'<li><a href="{text(notes_address({"show": "map", "note": name}))}" dir="auto">{text(name)}</a></li>'
        for name in like[:OFFERED]
    )
    more = f" Here are the first {OFFERED}: write more of the name." if len(like) > OFFERED else ""
    said = _said(f"{len(like):,} notes have this in their names.{more}")
    return f'{_choice(notes, wanted)}{said}<ul class="names">{items}</ul>'


def _choice(notes: Sequence[str], wanted: str) -> str:
    """A field for the name of a note. Where the notes are few, the browser offers all their names in it."""
    few = notes if len(notes) <= OFFERED else ()
    options = "".join(f'<option value="{text(name)}"></option>' for name in few)
    every = f'<a href="{text(notes_address({"show": "map"}))}">all notes</a>' if wanted else ""
    return (
        '<form class="filters" action="/notes" method="get" role="search"><input type="hidden" name="show" value="map">'
        f'<label>Map of one note <input type="search" name="note" value="{text(wanted)}" list="map-notes" maxlength="400" '
        f'placeholder="a part of its name" autocomplete="off"></label><datalist id="map-notes">{options}</datalist>'
        f'<button type="submit">Show</button> {every}</form>'
    )


def tree_map(shown: Tree) -> str:
    """Notes, headings, pages, and what leads from one to another."""
    at = placed(shown.nodes)
    marks = "".join(_spot(spot, first=number == 0) for number, spot in enumerate(at.spots))
    reach = at.reach
    return (
        f'<div class="map-frame" tabindex="0" role="region" aria-label="Map of headings and links, can be scrolled">'
        f'<svg class="map tree" viewBox="{-reach:.0f} {-reach:.0f} {2 * reach:.0f} {2 * reach:.0f}" width="{2 * reach:.0f}" '
        f'height="{2 * reach:.0f}" role="group" aria-label="Map of headings and links. Arrow keys go from one to the next.">'
        f'<g class="branches" aria-hidden="true">{_branches(at)}</g><g class="leads" aria-hidden="true">{_leads(at, shown)}</g>'
        f'{marks}</svg></div><ul class="legend">{KINDS}</ul>{_said(shown.left_out)}'
        f'<details class="as-list"><summary>The same as a list</summary>{_list(shown.nodes)}</details>'
    )


def point_map(drawn: Picture) -> str:
    """Passages as points, near each other where they are alike."""
    if not drawn.points:
        return "<p>There is no picture of fewer than three passages. Write more, and it appears.</p>"
    colours = _colours(drawn)
    spots = [(EDGE + p.x * (WIDTH - 2 * EDGE), EDGE + (1 - p.y) * (HEIGHT - 2 * EDGE)) for p in drawn.points]
    names = [point.heading[-1] if point.heading else point.title for point in drawn.points]
    written = "".join(map(_label, labels(spots, [_short(name, 26) for name in names], width=WIDTH, height=HEIGHT)))
    marks = []
    for number, (point, (x, y)) in enumerate(zip(drawn.points, spots, strict=True)):
        where = page_text(point.title, point.source) if point.page else point.source
        said = f"{' › '.join(point.heading) or point.title}, {where}{', nothing under it yet' if point.stub else ''}"
        kind = f"c{colours[point.source]}{' stub' if point.stub else ''}"
        shape = (
            f'<rect x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9"/>'
            if point.page
            else f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
        )
        marks.append(_link(source_address(point.source, point.chunk_id), said, f"{shape}", kind=kind, first=number == 0))
    return (
        f'<div class="map-frame" tabindex="0" role="region" aria-label="Picture of passages, can be scrolled">'
        f'<svg class="map points" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="group" '
        f'aria-label="Passages as points. Arrow keys go from one to the next.">{"".join(marks)}'
        f'<g class="labels" aria-hidden="true">{written}</g></svg></div>'
        f"{_legend(colours)}{_said(_sampled(drawn))}"
        f'<details class="as-list"><summary>The same as a list</summary>{_point_list(drawn)}</details>'
    )


# --- the round tree -----------------------------------------------------------------------------------------------


def _spot(spot: Spot, *, first: bool) -> str:
    node = spot.node
    if node.kind == "page":
        shape = f'<rect x="{spot.x - 4:.1f}" y="{spot.y - 4:.1f}" width="8" height="8"/>'
    else:
        shape = f'<circle cx="{spot.x:.1f}" cy="{spot.y:.1f}" r="{6.5 if node.kind == "note" else 4.5}"/>'
    said = {"note": "note", "page": "page", "heading": "heading"}[node.kind]
    empty = {"page": ", not in the index"}.get(node.kind, ", nothing under it yet") if node.stub else ""
    label = _spot_label(spot) if spot.labelled else ""
    kind = f"{node.kind}{' stub' if node.stub else ''}"
    return _link(node.link, f"{said}: {node.label}{empty}", shape + label, kind=kind, first=first)


def _spot_label(spot: Spot) -> str:
    """Ends are labelled outwards, what has something below it inwards, and always so that it can be read from below."""
    name, letter = spot.node.label, LETTER
    if spot.node.kind == "note":
        name, letter = name.rpartition("/")[2], BOLD
    most = LONGEST if not spot.node.children or spot.radius == 0 else int(spot.room / letter)
    label = text(_short(name, most))
    if spot.radius == 0:
        return f'<text x="0" y="-12" text-anchor="middle">{label}</text>'
    left = spot.angle > 180
    outwards = not spot.node.children
    turn = spot.angle + 90 if left else spot.angle - 90
    away = 10.0 if outwards != left else -10.0
    anchor = "start" if outwards != left else "end"
    return (
        f'<text transform="translate({spot.x:.1f} {spot.y:.1f}) rotate({turn:.1f})" x="{away:.0f}" dy="0.32em" '
        f'text-anchor="{anchor}">{label}</text>'
    )


def _branches(at: Placed) -> str:
    paths = []
    for above, below in at.branches:
        a, b = at.spots[above], at.spots[below]
        between = (a.radius + b.radius) / 2
        first, second = _polar(a.angle if a.radius else b.angle, between), _polar(b.angle, between)
        paths.append(f"M{_at((a.x, a.y))}C{_at(first)} {_at(second)} {_at((b.x, b.y))}")
    return f'<path d="{"".join(paths)}"/>'


def _leads(at: Placed, shown: Tree) -> str:
    """What leads from one to another runs through the middle, where nothing is written."""
    named = {spot.node.name: spot for spot in at.spots}
    paths = []
    for source, target in shown.relations:
        if source in named and target in named:
            a, b = named[source], named[target]
            paths.append(f"M{_at((a.x, a.y))}Q{_at(((a.x + b.x) / 6, (a.y + b.y) / 6))} {_at((b.x, b.y))}")
    return f'<path d="{"".join(paths)}"/>'


def _list(nodes: Iterable[Node]) -> str:
    items = []
    for node in nodes:
        empty = ' <span class="empty">nothing under it yet</span>' if node.stub and node.kind == "heading" else ""
        kind = '<span class="badge page">page</span>' if node.kind == "page" else ""
        below = _list(node.children) if node.children else ""
        items.append(f'<li>{kind}<a href="{text(node.link)}" dir="auto">{text(node.label)}</a>{empty}{below}</li>')
    return f"<ul>{''.join(items)}</ul>"


# --- the points ---------------------------------------------------------------------------------------------------


def _colours(drawn: Picture) -> dict[str, int]:
    """A number for each source, those with most passages first; the last number is for all the others."""
    count: dict[str, int] = {}
    for point in drawn.points:
        count[point.source] = count.get(point.source, 0) + 1
    ranked = sorted(count, key=lambda name: (-count[name], name))
    return {name: min(number, COLOURS) for number, name in enumerate(ranked)}


def _legend(colours: dict[str, int]) -> str:
    items = [
        f'<li><span class="key c{number}"></span><a href="{text(source_address(name))}">{text(_short(name, 60))}</a></li>'
        for name, number in colours.items()
        if number < COLOURS
    ]
    others = len(colours) - len(items)
    items += [f'<li><span class="key c{COLOURS}"></span>{others:,} other{"s" if others > 1 else ""}</li>'] if others else []
    shapes = (
        '<li><span class="key round"></span>note</li><li><span class="key"></span>page</li>'
        '<li><span class="key round stub"></span>heading with nothing under it</li>'
    )
    return f'<ul class="legend">{"".join(items)}{shapes}</ul>'


def _sampled(drawn: Picture) -> str:
    shown = (
        f"The two directions shown here hold {drawn.kept:.0%} of all differences in meaning, so far points may still be alike."
    )
    if len(drawn.points) < drawn.total:
        return f"{len(drawn.points):,} of {drawn.total:,} passages are shown, drawn at random, the same ones each time. {shown}"
    return f"All {drawn.total:,} passages are shown. {shown}"


def _point_list(drawn: Picture) -> str:
    ordered = sorted(drawn.points, key=lambda p: (p.page, p.source))
    items = [
        f'<li><a href="{text(source_address(p.source, p.chunk_id))}" dir="auto">{text(" › ".join(p.heading) or p.title)}</a> '
        f'<span class="file">{text(p.source)}</span></li>'
        for p in ordered[:LISTED]
    ]
    more = len(ordered) - len(items)
    return f"<ul>{''.join(items)}</ul>" + (_said(f"And {more:,} more: search, or open a note.") if more else "")


def _label(label: Label) -> str:
    return f'<text x="{label.x:.1f}" y="{label.y:.1f}" text-anchor="{label.anchor}">{text(label.text)}</text>'


# --- both ---------------------------------------------------------------------------------------------------------


def _link(address: str, said: str, inside: str, *, kind: str, first: bool) -> str:
    """One thing on a map. The first can be reached by Tab, and from it the arrow keys lead to the others."""
    return (
        f'<a class="{kind}" href="{text(address)}" tabindex="{0 if first else -1}" aria-label="{text(said)}">'
        f"<title>{text(said)}</title>{inside}</a>"
    )


def _said(sentence: str) -> str:
    return f'<p class="aside">{text(sentence)}</p>' if sentence else ""


def _short(label: str, most: int) -> str:
    label = " ".join(label.split())
    return label if len(label) <= most else f"{label[: max(1, most - 1)].rstrip()}…"


def _polar(angle: float, radius: float) -> tuple[float, float]:
    return radius * math.sin(math.radians(angle)), -radius * math.cos(math.radians(angle))


def _at(place: Sequence[float]) -> str:
    return f"{place[0]:.1f} {place[1]:.1f}"
