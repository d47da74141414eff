"""Drafted questions, looked at by a person: what is open, and one decision after the other, each on disk before the next.

For a terminal and for a page alike: nothing here asks or shows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from notebot.errors import UsageError
from notebot.evals.cases import Case, CaseSet, load_cases
from notebot.evals.feedback import TO_EDIT
from notebot.evals.figures import FIGURES
from notebot.evals.generate import DRAFT
from notebot.evals.set_files import with_case, write_whole
from notebot.evals.wording import WORD, states
from notebot.types import Chunk

OPEN = frozenset({DRAFT, TO_EDIT})
DRAFTS = "drafts.yaml"  # where drafts go unless somebody names another file
ENDINGS = frozenset({".yaml", ".yml", ".jsonl"})


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What became of a case: `case` is None where it was dropped."""

    case_id: str
    case: Case | None


def home(data: Path) -> Path:
    """The folder of a person's own question sets, beside the index: what the page offers for review."""
    return data / "questions"


def sets_in(folder: Path) -> dict[str, Path]:
    """The question sets in a folder by their names, in alphabetical order; none where there is no folder."""
    found = [path for path in folder.glob("[!.]*") if path.suffix.lower() in ENDINGS and path.is_file()]
    return {path.name: path for path in sorted(found)}


def load(path: Path) -> CaseSet:
    """The set in a file. Raises UsageError, with the line."""
    return load_cases(path, figures=FIGURES)


def pending(wanted: CaseSet) -> list[Case]:
    """The cases that nobody has looked at, and those from the web page that want a hand, in the order of the file."""
    return [case for case in wanted.cases if not OPEN.isdisjoint(case.tags)]


def waiting(data: Path) -> int:
    """How many drafts wait in all the sets beside the index. A set that cannot be read has none."""
    count = 0
    for path in sets_in(home(data)).values():
        with suppress(UsageError):
            count += len(pending(load(path)))
    return count


def accepted(case: Case) -> Case:
    """The case as one that a person stands for."""
    return replace(case, tags=tuple(tag for tag in case.tags if tag not in OPEN))


def edited(case: Case, *, question: str = "", facts: Sequence[Sequence[str]] | None = None) -> Case:
    """The case in other words; what is left out stays. It is no draft any more. Raises UsageError for what makes no case."""
    asked = " ".join(question.split()) or case.question
    groups = case.facts if facts is None else tuple(tuple(one for one in map(str.strip, group) if one) for group in facts)
    if case.answerable and not groups:
        raise UsageError("A question that can be answered needs a fact.")
    if groups and not case.answerable:
        raise UsageError("A question that cannot be answered has no facts.")
    if not all(groups):
        raise UsageError("A group of facts is empty.")
    return accepted(replace(case, question=asked, facts=groups))


def read_facts(text: str) -> tuple[tuple[str, ...], ...]:
    """`green | matcha; black` as typed: groups between semicolons, the phrasings of each between bars."""
    groups = (tuple(one.strip() for one in group.split("|") if one.strip()) for group in text.split(";"))
    return tuple(group for group in groups if group)


def written_facts(facts: Sequence[Sequence[str]]) -> str:
    """The facts as `read_facts` reads them."""
    return "; ".join(" | ".join(group) for group in facts)


def decide(path: Path, *decisions: Reviewed) -> None:
    """Write decisions into the file, which is changed nowhere else, and is whole at every moment.

    Raises UsageError where the file no longer has a case, or would become another set than the one meant.
    """
    made = {one.case_id: one.case for one in decisions}
    after = [made.get(case.id, case) for case in load(path).cases]
    text = path.read_text(encoding="utf-8")
    for one in decisions:
        text = with_case(path, text, one.case_id, one.case)
    trial = path.with_name(f".{path.stem}.trial{path.suffix}")
    try:
        write_whole(trial, text)
        same = load(trial).cases == tuple(case for case in after if case is not None)
    except UsageError:
        same = False  # a later case leans on what stood in this one
    finally:
        trial.unlink(missing_ok=True)
    if not same:
        raise UsageError(f"{path} cannot be changed at '{decisions[-1].case_id}' without changing more. Edit it by hand.")
    write_whole(path, text)


def accept_all(path: Path) -> int:
    """Accept whatever is still a draft; how many that were."""
    open_cases = pending(load(path))
    if open_cases:
        decide(path, *(Reviewed(case.id, accepted(case)) for case in open_cases))
    return len(open_cases)


def not_said(case: Case, chunks: Sequence[Chunk]) -> list[str]:
    """The facts, by their first phrasing, that no passage at the gold places says word for word."""
    texts = [chunk.indexed_text for chunk in chunks]
    return [group[0] for group in case.facts if not any(states(text, phrase) for text in texts for phrase in group)]


def fact_spans(text: str, facts: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """Where a phrasing of a fact stands in the text, in order."""
    phrases = sorted({phrase for group in facts for phrase in group}, key=lambda phrase: (-len(phrase), phrase))
    patterns = [r"\W+".join(map(re.escape, found)) for phrase in phrases if (found := WORD.findall(phrase))]
    return [match.span() for match in re.finditer(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", text, re.I)] if patterns else []


def marked(text: str, facts: Sequence[Sequence[str]]) -> str:
    """The text with each phrasing of a fact that stands in it between two angle marks."""
    for start, end in reversed(fact_spans(text, facts)):
        text = f"{text[:start]}»{text[start:end]}«{text[end:]}"
    return text


def gold_chunks(case: Case, chunks: Sequence[Chunk]) -> list[Chunk]:
    """Of some chunks those that are in a gold place of the case, in their order."""
    return [
        chunk
        for chunk in chunks
        if any(
            place.source == chunk.source and place.holds(chunk.heading, chunk.first_line, chunk.last_line) for place in case.gold
        )
    ]
