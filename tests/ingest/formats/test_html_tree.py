"""Which part of a page is read: what people see, without what lies around it."""

from __future__ import annotations

import pytest

from notebot.ingest.formats.html import read_html


def said(html: str) -> str:
    return "\n\n".join(section.text for section in read_html("note.html", html.encode()).sections)


@pytest.mark.parametrize("name", ["related-work", "cookies", "social-login", "comments", "feedback"])
@pytest.mark.parametrize("tag", ["section", "div"])
def test_an_id_that_was_made_from_a_heading_is_no_sign_of_a_box(tag: str, name: str) -> None:
    filler = "<p>Much is said here of the matter itself, and at some length.</p>" * 9
    text = said(f"<main>{filler}<{tag} id={name}><h2>{name}</h2><p>This belongs to it.</p></{tag}>{filler}</main>")
    assert "This belongs to it." in text


def test_a_page_of_nothing_but_links_keeps_them() -> None:
    items = "".join(f"<li><a href=https://a.example/{number}>Paper number {number}</a></li>" for number in range(30))
    assert "- Paper number 7" in said(f"<title>Papers</title><body><h1>Papers</h1><ul>{items}</ul>")


HIDDEN = (
    "<p style='display:none'>SECRET</p>",
    "<p style='Display : None !important'>SECRET</p>",
    "<p style='visibility:hidden'>SECRET</p>",
    "<p style='opacity:0'>SECRET</p>",
    "<p style='font-size:0px'>SECRET</p>",
    "<p style='color:#fff;background-color:#ffffff'>SECRET</p>",
    "<p style='color: white'>SECRET</p>",
    "<p style='position:absolute;left:-9999px'>SECRET</p>",
    "<p hidden>SECRET</p>",
    "<p aria-hidden=true>SECRET</p>",
    "<span class='a sr-only'>SECRET</span>",
    "<!-- SECRET -->",
    "<img alt=SECRET title=SECRET src=x>",
    "<a title=SECRET href=x aria-label=SECRET>link</a>",
    "<script>SECRET</script>",
    "<style>SECRET</style>",
    "<template>SECRET</template>",
    "<noscript>SECRET</noscript>",
    "<textarea>SECRET</textarea>",
    "<input value=SECRET>",
    "<svg><title>SECRET</title><text>SECRET</text></svg>",
    "<meta name=description content=SECRET>",
    "<div hidden><p>SECRET</p></div>",
)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_input_74_hidden_text_is_not_read(hidden: str) -> None:
    text = said(f"<article><p>Seen before.</p>{hidden}<p>Seen after.</p></article>")
    assert "SECRET" not in text
    assert "Seen before." in text
    assert "Seen after." in text


@pytest.mark.parametrize(
    "shown",
    [
        "<p style='opacity:0.9'>SHOWN</p>",
        "<p style='color:white;background:#004'>SHOWN</p>",
        "<p style='border-color:white'>SHOWN</p>",
        "<p hidden=until-found>SHOWN</p>",
        "<p aria-hidden=false>SHOWN</p>",
        "<p hidden>x</p>SHOWN",
        "<details><summary>More</summary>SHOWN</details>",
    ],
)
def test_input_74_text_that_is_seen_is_read(shown: str) -> None:
    assert "SHOWN" in said(f"<article><p>Seen.</p>{shown}</article>")
