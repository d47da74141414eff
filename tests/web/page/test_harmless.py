"""Foreign text and addresses become nothing but text and links to the web."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from notebot.web.page import harmless


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.com/a?b=c#:~:text=d", True),
        ("HTTP://example.com", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("//evil.example", False),
        ("/local", False),
        ("https://", False),
        ("https://good.example@evil.example/", False),
        ("https:\\\\evil.example", False),
        ("https://[::1", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url: str | None, safe: bool) -> None:
    assert harmless.safe_url(url) == (url if safe else None)


def test_bold_and_code_of_models_are_shown_as_such() -> None:
    assert harmless.prose("**Bold** and `code` 2 ** 3") == "<strong>Bold</strong> and <code>code</code> 2 ** 3"


LINES: list[tuple[Callable[[str], str], str]] = [(harmless.text, "a\x1b[31mb"), (harmless.prose, "a\u202eb")]


@pytest.mark.parametrize(("render", "value"), LINES)
def test_characters_that_disguise_others_are_shown_as_unknown(render: Callable[[str], str], value: str) -> None:
    assert "�" in render(value)
