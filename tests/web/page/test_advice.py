"""Every reason that notebot gives has advice that fits it."""

from __future__ import annotations

import pytest

from notebot.web.page.advice import AWAY, advice


@pytest.mark.parametrize(
    ("reason", "what"),
    [
        ("the site answered 404", "gone"),
        ("the site answered 503", "later"),
        ("the site answered 403", "login"),
        ("the name example.org could not be looked up", AWAY),
        ("the site's robots.txt asks not to read it", "does not want programs"),
        ("no usable text: it is a PDF document without text, a scan perhaps; read it with OCR first", "OCR"),
        ("no usable text: it says next to nothing without running its scripts", "scripts in the browser"),
        ("is a PDF document with a password: save it without one", "Save a copy without it"),
        ("is a placeholder, its content is in the cloud only; download it first", "cloud program"),
        ("its name is not valid UTF-8; rename it", "another name"),
        ("larger than 10 MB", "smaller files"),
        ("could not be read: Permission denied", "readable"),
        ("is an office file; to read these, run: pip install 'notebot[office]'", "Run that command"),
        ("its front matter is not valid YAML (x) and was read as text", "between the two ---"),
        ("not asked for yet", "up to date"),
        ("has no text", "Write something"),
    ],
)
def test_a_reason_has_its_advice(reason: str, what: str) -> None:
    assert what in advice(reason)


def test_what_nobody_has_advice_for_has_none() -> None:
    assert advice("something unheard of") == ""
