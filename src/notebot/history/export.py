"""A kept conversation -> its title and all that was said, ready to be written for people or programs."""

from __future__ import annotations

from notebot.history.store import ME, Entry, History
from notebot.render.conversations import Said


def exported(history: History, conversation: str, *, user: str = ME) -> tuple[str, list[Said]]:
    """Title and entries, for `conversation_markdown` and `conversation_json`. Raises NotThere."""
    entries = history.entries(conversation, user=user)
    titles = [row.title for row in history.conversations(user=user) if row.id == conversation]
    return (titles[0] if titles else ""), [_said(entry) for entry in entries]


def _said(entry: Entry) -> Said:
    thought = entry.feedback
    words = (thought.verdict, thought.reason, thought.note) if thought else ()
    return Said(entry.question, entry.asked_at, entry.state, entry.answer, entry.trouble, *words)
