"""A whole conversation for people to keep, as Markdown, and for programs, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notebot.render.answers import answer_markdown
from notebot.render.escapes import escaped, one_line
from notebot.render.objects import SCHEMA, answer_json
from notebot.types import Answer


@dataclass(frozen=True, slots=True)
class Said:
    """One question and what became of it: an answer, or in words why there is none. `asked_at` is ISO 8601 in UTC.

    `verdict`, `reason` and `note` are what the person thought of the answer; empty if they did not say.
    """

    question: str
    asked_at: str
    state: str
    answer: Answer | None = None
    trouble: str = ""
    verdict: str = ""
    reason: str = ""
    note: str = ""


def conversation_markdown(title: str, said: Sequence[Said]) -> str:
    """Questions as headings, answers below them with their places. Nothing in their words is carried out as Markdown."""
    blocks = [f"# {escaped(one_line(title))}"]
    for part in said:
        blocks += [f"## {escaped(one_line(part.question))}", f"*Asked {part.asked_at[:16].replace('T', ' ')} UTC*"]
        if part.answer:
            blocks.append(answer_markdown(part.answer))
        if part.state == "stopped":
            blocks.append("*Stopped before it was done.*")
        elif not part.answer:
            blocks.append(f"*No answer. {escaped(one_line(part.trouble))}*")
    return "\n\n".join(blocks) + "\n"


def conversation_json(title: str, said: Sequence[Said]) -> dict[str, object]:
    """The same for programs: each answer as `ask --json` has it."""
    return {"schema": SCHEMA, "title": title, "entries": [_entry_json(part) for part in said]}


def _entry_json(part: Said) -> dict[str, object]:
    thought = {"verdict": part.verdict, "reason": part.reason, "note": part.note} if part.verdict else None
    return {
        "question": part.question,
        "asked_at": part.asked_at,
        "state": part.state,
        "trouble": part.trouble,
        "feedback": thought,
        "answer": answer_json(part.answer) if part.answer else None,
    }
