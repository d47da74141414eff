"""Outcomes of earlier runs, by everything that matters to them: what was asked, and of whom."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

from notebot.errors import UsageError
from notebot.evals.cases import Case
from notebot.evals.manifest import Asker, fingerprint
from notebot.evals.outcome import Outcome, from_line, to_line

VERSION = 1  # bump when an outcome holds something more


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of outcomes. What cannot be read is not there; errors are never kept."""

    folder: Path
    asker: Asker
    retrieval_only: bool

    def get(self, case: Case, repeat: int) -> Outcome | None:
        """What came of the same question before, as an outcome of this case."""
        try:
            kept = from_line(self._path(case, repeat).read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError, UsageError):
            return None
        return replace(kept, case=case, repeat=repeat, cached=True)

    def put(self, outcome: Outcome) -> None:
        """Keep an outcome, unless it is an error or came from here."""
        if outcome.error or outcome.cached:
            return
        path = self._path(outcome.case, outcome.repeat)
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(".part")
        scratch.write_text(to_line(outcome), encoding="ascii")
        scratch.replace(path)

    def _path(self, case: Case, repeat: int) -> Path:
        history = [asdict(turn) for turn in case.history]
        asked = {"question": case.question, "history": history, "repeat": repeat, "retrieval_only": self.retrieval_only}
        key = fingerprint({"version": VERSION, "asker": asdict(self.asker), **asked})
        return self.folder / key[:2] / f"{key}.json"
