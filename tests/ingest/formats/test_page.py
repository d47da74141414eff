"""Fetched pages: their kind, and which of them are no use."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebot.errors import NotesError
from notebot.ingest.formats.page import load_page
from notebot.types import Document

PAGES = Path(__file__).parents[2] / "pages"
URL = "https://site.example/some/page"


def load(html: str) -> Document:
    return load_page(URL, html.encode(), "text/html; charset=utf-8")


def text_of(document: Document) -> str:
    return "\n".join(section.text for section in document.sections)


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.html")), ids=lambda page: page.stem)
def test_pages_with_text_are_loaded_under_their_address(page: Path) -> None:
    document = load_page(URL, page.read_bytes(), "text/html")
    assert document.source == URL
    assert len(document.sections) > 1


NO_USE = {
    "login_page": (
        "<title>Log in</title><main><h1>Welcome back</h1><form action=/login><label>Email</label><input name=m>"
        "<label>Password</label><input type=password><button>Log in</button></form><a href=/reset>Forgot your "
        "password?</a></main>",
        "login",
    ),
    "login_without_a_field": (
        "<title>Members</title><main><p>Please log in to continue reading.</p><p>You must log in to view this "
        "article and the"
        " comments of other members of our site.</p></main>",
        "login",
    ),
    "login_german": ("<title>Portal</title><p>Bitte melden Sie sich an, um fortzufahren.</p><p>Passwort vergessen?</p>", "login"),
    "javascript_only": (
        '<title>App</title><body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>'
        "<script src=/static/main.js></script></body>",
        "JavaScript",
    ),
    "javascript_only_in_french": ("<noscript>Veuillez activer JavaScript.</noscript><div id=app></div>", "JavaScript"),
    "javascript_shell_without_a_word": ("<title>App</title><div id=__next></div><script>var a=1</script>", "scripts"),
    "captcha": (
        "<title>Just a moment...</title><main><h1>site.example</h1><h2>Verifying that you are human. This may "
        "take a few seconds.</h2>"
        "<p>site.example needs to review the security of your connection before proceeding.</p></main>",
        "captcha",
    ),
    "captcha_long": (
        "<title>Unusual</title><p>Our systems have detected unusual traffic from your computer "
        "network.</p><p>Please complete the"
        " captcha below to show that it is you who sends the requests, and not a robot.</p>",
        "captcha",
    ),
    "captcha_in_chinese": ("<title>验证</title><p>请完成安全验证后继续访问。</p>", "captcha"),
    "cookie_wall": (
        "<title>News</title><div role=dialog><h2>We value your privacy</h2><p>We and our 834 partners store "
        "and read information on"
        " your device, such as cookies, and process personal data.</p><button>Accept all</button></div>",
        "cookies",
    ),
    "cookie_wall_without_a_dialog": (
        "<title>Before you continue</title><main><p>We use cookies to deliver and maintain our "
        "services.</p><p>Manage cookies or"
        " accept all to go on. If you choose to reject all, we will not use cookies for these purposes.</p></main>",
        "cookies",
    ),
    "cookie_wall_german": (
        "<title>Zeitung</title><p>Wir und unsere Partner verwenden Cookies.</p><button>Alle akzeptieren</button>",
        "cookies",
    ),
    "nearly_empty": ("<title>Soon</title><h1>Coming soon</h1><p>Stay tuned.</p>", "next to nothing"),
    "access_denied": (
        "<title>Access Denied</title><h1>Access Denied</h1><p>You don't have permission to access this "
        "resource on this server."
        " Reference number 18.2f4d1702.1731000000.3fa2bc1 of the edge that refused it.</p>",
        "error",
    ),
}


@pytest.mark.parametrize("name", NO_USE)
def test_input_72_login_page_captcha_wall_or_shell_is_no_usable_text(name: str) -> None:
    html, why = NO_USE[name]
    with pytest.raises(NotesError, match=f"^no usable text: .*{why}"):
        load(html)


OF_USE = {
    "cookies": (
        "<title>HTTP cookie</title><main><h1>HTTP cookie</h1><p>A cookie is a small piece of data that a "
        "server hands to a browser."
        " The browser sends it back with later requests, so that the server can tell who is asking.</p></main>",
        "small piece of data",
    ),
    "captchas": (
        "<title>CAPTCHA</title><main><h1>CAPTCHA</h1><p>A captcha is a puzzle that people solve easily and "
        "programs do not. The first"
        " ones showed bent letters; later ones ask for pictures with traffic lights.</p></main>",
        "bent letters",
    ),
    "javascript": (
        "<title>Progressive enhancement</title><article><p>A page should work without JavaScript first. What "
        "scripts add comes later,"
        " in layers. The reader gets the words at once, whatever the browser can do.</p></article>",
        "in layers",
    ),
    "logging_in": (
        "<title>The cluster</title><article><h1>Using the cluster</h1><p>Log in to the head node with ssh. "
        "Jobs are handed to the queue"
        " by a script. The results appear in your folder. Old results are deleted after a month.</p></article>",
        "head node",
    ),
    "with_a_consent_banner": (
        "<title>Loss</title><main><p>A loss function says with one number how wrong a model is, so that an "
        "optimizer can make that number"
        " smaller step by step.</p></main><div class=cookie-banner>We use cookies. <button>Accept all</button></div>",
        "how wrong a model is",
    ),
    "with_a_login_in_its_header": (
        "<title>Drift</title><header><form><input type=password></form></header><main><p>Drift is what "
        "happens to a model when the world"
        " goes on and its training data does not. Its answers grow slowly worse, and nobody notices at first.</p></main>",
        "grow slowly worse",
    ),
    "short_in_chinese": (
        "<title>过拟合</title><p>过拟合是指模型在训练数据上表现很好,但在新数据上表现很差的现象。正则化可以减轻它。</p>",
        "正则化",
    ),
    "with_noscript": (
        "<title>Queues</title><noscript>Please enable JavaScript.</noscript><article><p>A queue keeps what "
        "came first in front. It is used"
        " where work arrives faster than it can be done, for a while at least.</p></article>",
        "what came first",
    ),
}


@pytest.mark.parametrize("name", OF_USE)
def test_input_72_an_article_about_such_things_stays(name: str) -> None:
    html, words = OF_USE[name]
    assert words in text_of(load(html))


LONG = "A plain sentence that says something about the matter. " * 5


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (f"<!DOCTYPE html><p>{LONG}".encode(), ""),
        (f"\n<html><p>{LONG}".encode(), "text/plain"),
        (f"<!-- hello --><html><p>{LONG}".encode(), "application/octet-stream"),
        (f"<p>{LONG}".encode(), "application/xhtml+xml; charset=utf-8"),
        (LONG.encode(), "text/plain"),
        (LONG.encode(), ""),
        (f"# Title\n\n{LONG}".encode(), "text/markdown"),
    ],
)
def test_input_66_a_page_is_what_it_looks_like_where_its_type_says_nothing(data: bytes, content_type: str) -> None:
    text = text_of(load_page(URL, data, content_type))
    assert LONG.strip() in text
    assert "<" not in text


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"PK\x03\x04 zip", "application/zip"),
        (b"PK\x03\x04 zip", "text/html"),
        (b"\x89PNG\r\n", "image/png"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b'{"a": 1}', "application/json"),
        (b"<?xml version='1.0'?><rss></rss>", "application/rss+xml"),
        (b"a,b\n1,2", "text/csv"),
        (b"\x00\x01\x02\x03" * 50, ""),
    ],
)
def test_input_67_other_kinds_of_pages_are_refused_with_a_reason(data: bytes, content_type: str) -> None:
    with pytest.raises(NotesError, match=r"not read|not text"):
        load_page(URL, data, content_type)


def test_markdown_pages_have_sections_and_text_pages_none() -> None:
    data = f"# One\n\n{LONG}\n\n## Two\n\n{LONG}".encode()
    assert [section.heading for section in load_page(f"{URL}.md", data, "text/plain").sections] == [("One",), ("One", "Two")]
    assert [section.heading for section in load_page(URL, data, "text/plain").sections] == [()]


def test_an_empty_text_is_no_use() -> None:
    with pytest.raises(NotesError, match=r"^no usable text"):
        load_page(URL, b" \n", "text/plain")
