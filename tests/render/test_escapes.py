"""Nothing that notes, pages or models say steers a terminal or Markdown."""

from __future__ import annotations

from html import escape

import pytest
from markdown_it import MarkdownIt

from notebot import render


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x1b[31mred\x1b[0mb", "aredb"),
        ("a\x1b]8;;http://evil\x07click\x1b]8;;\x07b", "aclickb"),
        ("a\x1b]0;title\x1b\\b", "ab"),
        ("a\x9b31mb", "ab"),
        ("a\x9d0;title\x9cb", "ab"),
        ("a\x1bPdata\x1b\\b", "ab"),
        ("a\x1bcb", "ab"),
        ("a\x1b(0b", "ab"),
        ("a\x07\x08\x00\x7fb", "ab"),
        ("a\u202eb\u2066c", "abc"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("\ud800", "?"),
        ("👩‍🔬 ü 漢", "👩‍🔬 ü 漢"),
        ("cut off \x1b[", "cut off "),
        ("\x1b", ""),
    ],
)
def test_nothing_steers_the_terminal(raw: str, shown: str) -> None:
    assert render.clean(raw) == shown
    assert render.clean(shown) == shown


def test_one_line_stays_one_line() -> None:
    assert render.one_line(" a\n\tb\x1b[2J \r\n c ") == "a b c"


@pytest.mark.parametrize("text", ["![](x/p.png)", "<img src=x>", "[a](javascript:b)", "`c` *d* _e_ # f", "a|b\\"])
def test_markdown_shows_what_is_written(text: str) -> None:
    assert MarkdownIt("js-default").render(render.escaped(text)) == f"<p>{escape(text)}</p>\n"


def test_an_address_is_shown_as_code_since_readers_of_markdown_make_links_of_bare_ones() -> None:
    shown = render.escaped("![](http://evil/p.png) or me@evil.example")
    assert MarkdownIt("js-default").render(shown) == (
        "<p>![](<code>http://evil/p.png</code>) or <code>me@evil.example</code></p>\n"
    )
