"""Lines, code and tables of a note, with the cited words marked and nothing carried out."""

from __future__ import annotations

import re

import pytest

from notebot.web.page.blocks import blocks


def shown(text: str, *words: str, headed: bool = False) -> str:
    """The blocks with `words` marked, written short."""
    spans = sorted((text.index(word), text.index(word) + len(word)) for word in words)
    html = blocks(text, spans, headed=headed)
    html = re.sub(r'<button [^>]*data-act="copy-code">Copy</button>', "[copy]", html)
    return re.sub(r' (?:tabindex|role|aria-label|class)="[^"]*"', "", html)


@pytest.mark.parametrize(
    ("text", "words", "html"),
    [
        ("one\ntwo", ["two"], "<span>one</span><span><mark>two</mark></span>"),
        ("a < b\r\nc", ["< b"], "<span>a <mark>&lt; b</mark></span><span>c</span>"),
        ("one\ntwo three", ["one\ntwo"], "<span><mark>one</mark></span><span><mark>two</mark> three</span>"),
        (
            "```py\nif a < b:\n    pass\n```\nend",
            ["pass"],
            "<div>[copy]<pre><code>if a &lt; b:\n    <mark>pass</mark></code></pre></div><span>end</span>",
        ),
        ("~~~\n```\n~~~", [], "<div>[copy]<pre><code>```</code></pre></div>"),
        ("```\nnever closed", [], "<div>[copy]<pre><code>never closed</code></pre></div>"),
        ("```\na\n```\n```\nb\n```", [], "<div>[copy]<pre><code>a</code></pre></div><div>[copy]<pre><code>b</code></pre></div>"),
        (
            "| a | b |\n|---|:-:|\n| x \\| y | |",
            ["x"],
            "<div><table><thead><tr><th> a </th><th> b </th></tr></thead>"
            "<tbody><tr><td> <mark>x</mark> \\| y </td><td> </td></tr></tbody></table></div>",
        ),
        ("| only a line", [], "<span>| only a line</span>"),
        ("| a |\n| b |", [], "<span>| a |</span><span>| b |</span>"),
        ("|<script>|\n|-|\n|<b>|", [], "<div><table><thead><tr><th>&lt;script&gt;</th></tr></thead>"
         "<tbody><tr><td>&lt;b&gt;</td></tr></tbody></table></div>"),
        ("<b> x <i>", ["x"], "<span>&lt;b&gt; <mark>x</mark> &lt;i&gt;</span>"),
        ("<b>", ["<b>"], "<span><mark>&lt;b&gt;</mark></span>"),
        ("", [], ""),
    ],
)  # fmt: skip
def test_blocks(text: str, words: list[str], html: str) -> None:
    assert shown(text, *words) == html


def test_a_heading_that_stands_above_is_left_out_unless_it_is_marked() -> None:
    assert shown("# Head\ntext", "text", headed=True) == "<span><mark>text</mark></span>"
    assert shown("# Head\ntext", "Head", headed=True) == "<span># <mark>Head</mark></span><span>text</span>"
    assert shown("# Head", headed=True) == ""
    assert shown("text # no head", headed=True) == "<span>text # no head</span>"


@pytest.mark.timeout(10)
def test_long_lines_take_no_long_time() -> None:
    for line in ("|" * 50_000, "|" + "\\" * 50_000, "| " * 50_000, " " * 50_000 + "|", "`" * 50_000):
        assert blocks(f"{line}\n|{'-' * 50_000} x\n{line}", [])
