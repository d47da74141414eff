"""The worst first, each once, with what was expected, what was said, and why."""

from dataclasses import replace

from made_run import FAILED, INVENTED, OUTCOMES, RIGHT, SILENT
from notebot.evals.worst import worst, worst_html


def test_what_misleads_comes_before_what_is_lost_and_what_failed():
    assert worst(OUTCOMES) == [INVENTED, SILENT, FAILED]
    assert worst(OUTCOMES, 1) == [INVENTED]
    crashed = replace(FAILED, crashed=True)
    assert worst([*OUTCOMES[:3], crashed])[0] == crashed
    assert worst([SILENT, replace(SILENT, repeat=1)]) == [SILENT]


def test_both_sides_are_shown_and_nothing_is_carried_out():
    html = worst_html([SILENT, INVENTED, FAILED])
    assert "missing: green" in html
    assert "at drinks.md, Tea" in html
    assert "wrong refusal: the place was there" in html
    assert "error: It broke off." in html
    assert "<img" not in html
    assert "<script" not in html
    assert "\x1b" not in html
    assert worst_html([RIGHT]) == "<p>No case failed.</p>"


def test_a_withheld_sentence_is_shown_as_such():
    wrong = replace(RIGHT, case=replace(RIGHT.case, facts=(("black",),)))
    assert "<img" not in worst_html([wrong])
    assert 'withheld (the notes do not say: black): <span class="withheld">Black tea. &lt;img' in worst_html([wrong])
