"""Reports as Markdown."""

from dataclasses import replace

from markdown_it import MarkdownIt

from answers_by_hand import answer, sentence
from notebot.evals.cases import Limit
from notebot.evals.markdown import markdown
from notebot.evals.run import report_of
from notebot.types import Status
from runs_by_hand import MANIFEST, case, outcome


def test_figures_tags_failures_and_where():
    manifest = replace(MANIFEST, thresholds={"correct": Limit(at_least=0.9)})
    lines = markdown(report_of(manifest, [outcome(0, True), outcome(1, False)])).splitlines()
    assert lines[0] == "# teas 1"
    assert any(line.startswith("| `correct` | 0.500 | ") for line in lines)
    assert "| even | 1.00 (1) | 1.00 (1) | 1.00 (1) | 0.00 (1) |" in lines
    assert "First guesses: ignored 1." in lines
    assert "| c1 | Which 1? | 0 of 1 facts | ignored | Blue. \\[n.md:1\\] |" in lines
    assert "- FAILED: correct is 0.500, must be at least 0.9" in lines
    assert "set s1, index i1, code c1" in lines[-1]


def test_nothing_that_was_said_becomes_markup():
    evil = "<img src=x> [a](https://evil.example) ![b](c) | `d` *e* <script>"
    said = replace(outcome(0, False), case=case(0, question=evil), answer=answer(Status.ANSWERED, sentence(evil, "H0")))
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown(report_of(MANIFEST, [said])))
    assert not any(tag in html for tag in ("<img", "<a ", "<script", "<em>e"))
    rows = [row for row in html.split("<tr>") if "c0" in row]
    assert rows[0].count("<td>") == 5  # a bar in a text is no new cell
