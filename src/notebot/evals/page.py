"""A run as one page of HTML that needs nothing else: no script, no other file, no request. Opens from a disk, and prints. Pure.

Questions, answers and notes are hostile text: all of it is escaped, and the page's own policy lets nothing be loaded or run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from notebot.evals.figures import FIGURES, confusion
from notebot.evals.labels import Label
from notebot.evals.metrics import Figure
from notebot.evals.pictures import pictures, table
from notebot.evals.plots import escaped, strip
from notebot.evals.report import passed, verdicts
from notebot.evals.run import Report
from notebot.evals.worst import worst_html

STYLE = Path(__file__).with_name("page.css")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
SECONDS = frozenset(name for name, measure in FIGURES.items() if measure.unit == "s")
TOKENS = frozenset(name for name, measure in FIGURES.items() if measure.unit == "tokens")
ENDED = ("answered", "quoted", "silent", "failed")


def page(report: Report, labels: Sequence[Label] = ()) -> str:
    """The whole page. `labels` are what people said of the run's claims, if they did."""
    title = f"{report.name} {report.version}"
    drawn = pictures(report.outcomes, labels)
    sections = [
        ("What it comes to", _thresholds(report)),
        ("Figures", _figures(report)),
        ("Answered, or silent", _confusion(report)),
        ("Pictures", f'<div class="plots">{drawn}</div>' if drawn else ""),
        ("By tag", _tags(report)),
        ("The ten worst cases", worst_html(report.outcomes)),
        ("What determined this run", _manifest(report)),
    ]
    body = "".join(f"<section><h2>{escaped(name)}</h2>\n{content}\n</section>\n" for name, content in sections if content)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escaped(title)}: evaluation</title>\n<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n"
        f"<header>{_head(report, title)}</header>\n<main>\n{body}</main>\n"
        "<footer><p>Made by notebot. Intervals are 95 %: Wilson for shares, else a bootstrap that draws whole notes. "
        "A figure that does not apply is left out; it is not zero.</p></footer>\n</body>\n</html>\n"
    )


def _head(report: Report, title: str) -> str:
    cases = len({outcome.case.id for outcome in report.outcomes})
    asked = len(report.outcomes)
    who = f"answers by {report.model}" if report.model else "retrieval only"
    when = f", begun {report.manifest.started}" if report.manifest else ""
    often = f", {asked} answers" if asked != cases else ""
    good = passed(report)
    verdict = f'<span class="verdict {"good" if good else "bad"}">{"Passed" if good else "Failed"}</span>'
    about = f"{cases} questions{often}, {who}, embedder {report.embedder}{when}"
    return f'<h1>{escaped(title)}</h1><p class="soft">{escaped(about)}</p><p>{verdict}</p>'


def _thresholds(report: Report) -> str:
    """Every threshold of the set, the broken ones first."""
    found = sorted(verdicts(report), key=lambda verdict: verdict.kept is not False)
    if not found:
        return "<p>The set has no thresholds, so nothing can fail.</p>"
    words = {True: '<span class="good">kept</span>', False: '<span class="bad">broken</span>', None: "not measured"}
    rows = [[f"<code>{escaped(one.figure.name)}</code>", words[one.kept], escaped(str(one))] for one in found]
    return table(["threshold", "kept", "what it is"], rows, "The set's own thresholds")


def _figures(report: Report) -> str:
    """All that were measured. The ones in seconds and those in tokens are drawn to scales of their own."""
    measured = [figure for figure in report.figures if figure.value is not None]
    scale = {
        name: max((figure.high or 0 for figure in measured if figure.name in group), default=1) or 1
        for group in (SECONDS, TOKENS)
        for name in group
    }
    rows = [
        [
            f"<code>{escaped(figure.name)}</code>",
            *_numbers(figure),
            strip(figure, high=scale.get(figure.name, 1.0)),
            f'<span class="meaning">{escaped(_meaning(figure.name))}</span>',
        ]
        for figure in measured
    ]
    return table(["figure", "value", "95 % interval", "n", "drawn", "what it counts"], rows, "Figures with their intervals")


def _meaning(name: str) -> str:
    better = {"more": "More is better", "less": "Less is better", "": "Neither is better"}[FIGURES[name].better]
    return f"{FIGURES[name].meaning}. {better}."


def _numbers(figure: Figure) -> list[str]:
    form = "{:.2f} s" if figure.name in SECONDS else "{:,.0f}" if figure.name in TOKENS else "{:.3f}"
    value, low, high = (form.format(part or 0.0) for part in (figure.value, figure.low, figure.high))
    return [f'<span class="number">{part}</span>' for part in (value, f"{low} to {high}", str(figure.n))]


def _confusion(report: Report) -> str:
    found = confusion(report.outcomes)
    if not any(sum(row.values()) for row in found.values()):
        return ""
    names = {"answerable": "the notes have it", "unanswerable": "the notes do not"}
    right = {("answerable", "answered"), ("answerable", "quoted"), ("unanswerable", "silent")}
    rows = [
        [names[side], *(f'<span class="{"good" if (side, end) in right else "bad"}">{row[end]}</span>' for end in ENDED)]
        for side, row in found.items()
    ]
    told = "What became of the questions. Green is where they belong, whether or not the answer is correct"
    return table(["question", *ENDED], rows, told)


def _tags(report: Report) -> str:
    """The share that is correct, by tag; without answers the share of which the first five passages hold a right one."""
    name = "correct" if report.model else "hit@5"
    rows = [
        [f'<span class="tag">{escaped(tag)}</span>', *_numbers(figure), strip(figure)]
        for tag, figures in report.by_tag
        for figure in figures
        if figure.name == name and figure.value is not None
    ]
    whole = [
        ["all", *_numbers(figure), strip(figure)] for figure in report.figures if figure.name == name and figure.value is not None
    ]
    return table(["tag", name, "95 % interval", "n", "drawn"], whole + rows, f"{name}: {FIGURES[name].meaning}") if rows else ""


def _manifest(report: Report) -> str:
    if report.manifest is None:
        return "<p>This run was not kept, so nothing is known of it but what stands above.</p>"
    rows = [[escaped(key), f'<span class="verbatim">{escaped(value)}</span>'] for key, value in _flat(asdict(report.manifest))]
    return f"<details><summary>Set, settings, models, code, machine</summary>{table(['what', 'value'], rows)}</details>"


def _flat(data: Mapping[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    """Nested values as lines: `asker.settings.passages`."""
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
