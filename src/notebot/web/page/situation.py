"""What stands between a person and an answer, and the one thing to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from notebot.errors import IndexBroken, IndexMissing, ModelError, NotebotError, NotesError
from notebot.index.schema import OlderFormat
from notebot.ingest.sources import scan
from notebot.states import SourceState
from notebot.web.desk import Desk
from notebot.web.following import Standing
from notebot.web.page.harmless import prose, text

Action = Literal["", "samples", "read", "rebuild", "settings"]
LABELS: dict[Action, str] = {
    "samples": "Put sample notes there",
    "read": "Read my notes now",
    "rebuild": "Make the index anew",
    "settings": "Choose a model",
}


NOTHING = "there is no text in it"
REASONS = 3  # that are named


@dataclass(frozen=True, slots=True)
class Situation:
    """Why nothing can be asked yet, or not well. `action` is what helps; without one, waiting does."""

    name: Literal["no folder", "no notes", "reading", "not read", "nothing in them", "broken", "locked", "no model"]
    title: str
    message: str
    action: Action = ""

    @property
    def passes(self) -> bool:
        """Whether it ends by itself: look again in a moment."""
        return self.name in ("reading", "locked")


def situation(desk: Desk) -> Situation | None:
    """The present one; None if questions can be asked. Raises nothing."""
    standing = desk.following.standing if desk.following else Standing()
    try:
        state = desk.bot.state()
    except IndexMissing:
        return _unread(desk, standing)
    except NotebotError as error:
        return _unusable(error, standing)
    if not state.chunks:
        return _unread(desk, standing, state.sources)
    try:
        desk.bot.model_name()
    except ModelError as error:
        return Situation("no model", "No model can answer at the moment", str(error), "settings")
    return None


def situation_html(now: Situation, *, link: str = "/notes") -> str:
    """What a page says about it, with a link to where something can be done; `link` empty: the buttons are on the same page."""
    there = "/settings" if now.action == "settings" else link
    label = LABELS[now.action] if now.action else "See how far it is"
    go = f'<p><a class="action" href="{text(there)}">{label}</a></p>' if there else ""
    kind = "passing" if now.passes else "trouble"
    return f'<div class="situation {kind}"><h2>{text(now.title)}</h2><p>{prose(now.message)}</p>{go}</div>'


def progress_text(standing: Standing) -> str:
    """Where the ingest is, in words; empty if none is at work."""
    if not standing.working:
        return ""
    if standing.locked:
        return standing.locked
    step = standing.progress
    if step is None:
        return "Looking for changes"
    names = {
        "scanning": "Looking for changes", "reading": "Reading notes", "fetching": "Fetching linked pages",
        "embedding": "Learning what they mean", "storing": "Storing",
    }  # fmt: skip
    return names[step.step]


def _unread(desk: Desk, standing: Standing, read: Sequence[SourceState] = ()) -> Situation:
    """`read` are the sources that were looked at, all in vain."""
    if standing.working and (standing.progress or standing.locked):
        return _reading(standing)
    folders = desk.bot.settings.knowledge
    try:
        files = scan(folders).files
    except NotesError as error:
        return Situation("no folder", "There is no notes folder yet", str(error), "" if folders[0].is_file() else "samples")
    if not files:
        where = ", ".join(f"`{folder}`" for folder in folders)
        how = "They are read as soon as they are there." if desk.bot.settings.watch else "Then read them here."
        return Situation("no notes", "Your notes folder is empty", f"Put your notes into {where}. {how}", "samples")
    if standing.working:
        return _reading(standing)
    if (notes := [source for source in read if source.kind == "note"]) and not standing.problem:
        return _fruitless(notes)
    there = "There is 1 note" if len(files) == 1 else f"There are {len(files):,} notes"
    why = standing.problem or f"{there}, and nothing has been read yet."
    return Situation("not read", "Your notes have not been read yet", why, "read")


def _fruitless(notes: Sequence[SourceState]) -> Situation:
    """Notes were read, and there is nothing in them to ask: why, the commonest reasons first, each with a note as its example."""
    examples = {note.reason or NOTHING: note.source for note in reversed(notes)}
    counts = Counter(note.reason or NOTHING for note in notes).most_common(REASONS)
    why = [f"`{examples[reason]}`{f' and {count - 1:,} more' if count > 1 else ''}: {reason}" for reason, count in counts]
    rest = len(notes) - sum(count for _, count in counts)
    more = f"\nAnd {rest:,} more for other reasons." if rest else ""
    title = f"0 of {len(notes):,} note{'' if len(notes) == 1 else 's'} could be indexed"
    return Situation("nothing in them", title, "\n".join(why) + more + "\nMend them or put others beside them, then:", "read")


def _unusable(error: NotebotError, standing: Standing) -> Situation:
    if not isinstance(error, IndexBroken):
        return Situation("locked", "The index cannot be read at the moment", str(error))
    if standing.working:
        return _reading(standing)
    older = isinstance(error, OlderFormat)  # an ingest makes that anew without being told to
    return Situation("broken", "The index cannot be used", str(error), "read" if older else "rebuild")


def _reading(standing: Standing) -> Situation:
    if standing.locked:
        return Situation("locked", "Another program is reading your notes", standing.locked)
    return Situation(
        "reading", "Your notes are being read", f"{progress_text(standing)}. The first answers can be had in a moment."
    )
