"""What an ingest did, what the index holds and whether all is in order, as text for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from notebot.render.escapes import one_line
from notebot.states import IndexState, SourceState, Summary

if TYPE_CHECKING:
    from notebot.doctor import Check

MOST_ROWS = 20  # of one state; the rest is for programs
GROUPS = {
    ("note", "failed"): "Notes that could not be read; what was known of them is kept",
    ("note", "skipped"): "Notes without anything to index",
    ("page", "indexed"): "Linked pages",
    ("page", "stale"): "Linked pages that could not be had again; the last good copy is used",
    ("page", "failed"): "Linked pages that could not be fetched",
    ("page", "skipped"): "Linked pages without anything to index",
    ("page", "waiting"): "Linked pages that were not asked for yet",
}
STATES = ("indexed", "stale", "failed", "skipped", "waiting")
HELD = ("indexed", "stale")


def summary_text(summary: Summary) -> str:
    """What `ingest` prints when it is done."""
    counts = [f"{getattr(summary, name)} {name}" for name in ("added", "changed", "removed", "unchanged", "failed")]
    pages = f"{summary.fetched} {'page' if summary.fetched == 1 else 'pages'} asked for, " if summary.fetched else ""
    line = (
        f"{', '.join(counts)}. {summary.chunks} passages in the index, {summary.embedded} embedded now, "
        f"{pages}{summary.seconds:.1f} s."
    )
    return "\n".join([line, *(f"  {one_line(problem.source)}: {one_line(problem.reason)}" for problem in summary.problems)])


def state_text(state: IndexState) -> str:
    """What `status` prints: the totals, then a table of the sources for each state that calls for a look."""
    notes = [source for source in state.sources if source.kind == "note"]
    pages = [source for source in state.sources if source.kind == "page"]
    rows = [
        ("Notes", _counted(notes)),
        ("Linked pages", _counted(pages)),
        ("Coverage", f"{_share(notes)} of notes, {_share(pages)} of linked pages"),
        ("Passages", str(state.chunks)),
        ("Empty headings", str(len(state.stubs))),
        ("Links", str(state.links)),
        ("Embedder", one_line(state.embedder)),
        ("Last ingest", one_line(state.ingested_at) or "never"),
    ]
    if not pages:
        rows = [row for row in rows if row[0] not in ("Linked pages", "Coverage")]
    lines = [f"{name + ':':<16}{value}" for name, value in rows]
    if state.unembedded:
        lines.append(f"{state.unembedded} of {state.chunks} passages can be found by words only so far.")
    return "\n".join([*lines, *_tables(state.sources)])


def check_text(check: Check) -> str:
    """One row of `doctor`, and under it what to do."""
    row = f"{check.state:<5} {check.name:<16} {one_line(check.detail)}"
    return row + (f"\n{'':<23}-> {one_line(check.fix)}" if check.fix else "")


def _counted(sources: Sequence[SourceState]) -> str:
    numbers = {state: sum(source.state == state for source in sources) for state in STATES}
    return ", ".join(f"{number} {state}" for state, number in numbers.items() if number or state == "indexed")


def _share(sources: Sequence[SourceState]) -> str:
    """In whole per cent, rounded down: only all is 100 %."""
    held = sum(source.state in HELD for source in sources)
    return f"{100 * held // len(sources)} %" if sources else "none"


def _tables(sources: Sequence[SourceState]) -> Iterator[str]:
    for group, title in GROUPS.items():
        rows = [source for source in sources if (source.kind, source.state) == group]
        if rows:
            yield f"\n{title} ({len(rows)}):"
            yield from map(_row, rows[:MOST_ROWS])
            if len(rows) > MOST_ROWS:
                yield f"  and {len(rows) - MOST_ROWS} more; see all with: notebot status --json"


def _row(source: SourceState) -> str:
    if source.state == "waiting":
        return f"  {one_line(source.source)}"  # the title has said it all
    when = one_line(source.when)[:16].replace("T", " ") or "never"
    return f"  {when:<16}  {one_line(source.source)}" + (f": {one_line(source.reason)}" if source.reason else "")
