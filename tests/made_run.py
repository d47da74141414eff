"""A run made by hand: a right answer, an invented one, a wrong silence, an error, and a withheld sentence."""

from __future__ import annotations

from notebot.evals.cases import Case, Place
from notebot.evals.manifest import Asker, How, Manifest
from notebot.evals.outcome import Outcome
from notebot.evals.run import Report, report_of
from notebot.types import Answer, Chunk, Citation, Passage, Sentence, Status

HOSTILE = "<img src=https://canary.invalid/x onerror=alert(1)>\x1b[31m <script>alert(1)</script>"
TEA = Chunk("tea", "drinks.md", "drinks", ("Tea",), "# Tea\nGreen tea, never black.", 1, 2, False, ())
CITED = Citation("tea", "drinks.md", ("Tea",), 2, 2, "Green tea", 6, 15)
GREEN = Sentence("Green tea.", True, 0.9, (CITED,))
BLACK = Sentence(f"Black tea. {HOSTILE}", False, 0.2, (), "the notes do not say: black")
GOLD = (Place("drinks.md", ("Tea",)),)
SHOWN = (Status.ANSWERED, Status.QUOTED)


def answer(status: Status, *sentences: Sentence) -> Answer:
    text = " ".join(one.text for one in sentences) or "This is not in your notes."
    return Answer("?", status, text, "model", sentences, (Passage(TEA, 1.0, 0.5),), {})


def outcome(name: str, *, found: Answer | None, answerable: bool = True, error: str = "", seconds: float = 1.0) -> Outcome:
    facts, expect = ((("green",),), SHOWN) if answerable else ((), (Status.NOT_IN_NOTES,))
    case = Case(name, f"Which {name}? {HOSTILE}", expect, facts, gold=GOLD if answerable else (), tags=("hot", HOSTILE))
    passages = (Passage(TEA, 1.0, 0.5),)
    checked = found.sentences if found else ()
    return Outcome(case, passages, found, (True,) if found else (), error, seconds=seconds if found else None, checked=checked)


RIGHT = outcome("right", found=answer(Status.ANSWERED, GREEN, BLACK))
INVENTED = outcome("invented", found=answer(Status.ANSWERED, GREEN), answerable=False, seconds=3.0)
SILENT = outcome("silent", found=answer(Status.NOT_IN_NOTES), seconds=0.5)
FAILED = outcome("failed", found=None, error=f"It broke off. {HOSTILE}")
OUTCOMES = (RIGHT, INVENTED, SILENT, FAILED)


def report() -> Report:
    asker = Asker("model", "d1", "minilm", "d2", {"passages": 6}, "d3", "d4", "d5")
    manifest = Manifest(f"drinks {HOSTILE}", 1, "drinks.yaml", "d0", How(), asker, {}, "2026-11-28T00:00:00+00:00", 3, "abc")
    return report_of(manifest, OUTCOMES)
