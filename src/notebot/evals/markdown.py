"""A report as Markdown, for a pull request or a page of documentation. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from notebot.evals.blame import blame, blamed
from notebot.evals.figures import FIGURES, number
from notebot.evals.report import failure, headline_figures, shown, verdicts
from notebot.evals.run import Report
from notebot.render import one_line


def markdown(report: Report) -> str:
    """Figures with their intervals, then by tag, then what went wrong with a guess at why, then where it ran."""
    author = f"answers by {_cell(report.model)}" if report.model else "retrieval only"
    blocks = [
        f"# {_cell(report.name)} {report.version}",
        f"{len(report.outcomes)} questions, {author}, embedder {_cell(report.embedder)}.",
        _table(["Figure", "Value", "95 % interval", "n", "Means"], _figures(report)),
        _tags(report),
        "## What went wrong\n\n" + (_failures(report) or "Nothing."),
        "\n".join(f"- FAILED: {_cell(str(one))}" for one in verdicts(report) if one.kept is False),
        _where(report),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _figures(report: Report) -> Iterator[Sequence[str]]:
    for one in report.figures:
        if one.value is not None:
            value, low, high = (number(one.name, part or 0.0) for part in (one.value, one.low, one.high))
            yield [f"`{one.name}`", value, f"{low} to {high}", str(one.n), FIGURES[one.name].meaning]


def _tags(report: Report) -> str:
    names = headline_figures(report)
    rows = []
    for tag, figures in report.by_tag:
        values = {one.name: one for one in figures}
        cells = ["" if values[name].value is None else f"{values[name].value:.2f} ({values[name].n})" for name in names]
        rows.append([_cell(tag), *cells])
    return "## By tag\n\nEach with its n.\n\n" + _table(["Tag", *names], rows) if rows else ""


def _failures(report: Report) -> str:
    rows = [
        [one.case.id, _cell(one.case.question), _cell(reason), blame(one), _cell(shown(one.answer)) if one.answer else ""]
        for one in report.outcomes
        if (reason := failure(one))
    ]
    guesses = ", ".join(f"{reason} {count}" for reason, count in blamed(report.outcomes))
    table = _table(["Case", "Question", "What", "Guess", "Shown"], rows) if rows else ""
    return "\n\n".join(filter(None, [f"First guesses: {guesses}." if guesses else "", table]))


def _where(report: Report) -> str:
    told = report.manifest
    if told is None:
        return ""
    machine = f"{told.machine.system}, {told.machine.cores} cores, Python {told.machine.python}"
    digests = f"set {told.set_digest[:12]}, index {told.asker.index_digest[:12]}, code {told.asker.code_digest[:12]}"
    source = f", commit {told.commit[:12]}" if told.commit else ""
    return f"## Where\n\n{told.started}, notebot {told.notebot}{source}; {digests}; {_cell(machine)}."


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    """Text that came from notes, questions or models, so that it stays text: on one line, and without a sign that formats."""
    return re.sub(r"([\\`*_{}\[\]<>|#!~$&@])", r"\\\1", one_line(text))
