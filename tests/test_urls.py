"""Addresses: one spelling for one page, what a fragment points at, and what is never fetched."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebot.urls import MAX_LENGTH, deep_link, host_of, matches, read_place, read_url


def page(url: str) -> str:
    return read_url(url).page


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("HTTPS://Example.ORG", "https://example.org"),
        ("https://example.org.", "https://example.org"),
        ("https://example.org/a/", "https://example.org/a/"),
        ("https://example.org?q=1", "https://example.org/?q=1"),
        ("https://example.org/a?", "https://example.org/a"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("https://example.org/a/./b/../c", "https://example.org/a/c"),
        ("https://example.org/../..", "https://example.org"),
        ("https://example.org//a", "https://example.org//a"),
        ("https://example.org/%7euser/%c3%a9%2fa", "https://example.org/~user/%C3%A9%2Fa"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/a?b=1&utm_source=x&c=2&fbclid=3", "https://example.org/a?b=1&c=2"),
        ("https://example.org/?UTM_Medium=x", "https://example.org"),
        ("https://example.org/a?reference=1", "https://example.org/a?reference=1"),
        ("https://www.com/a", "https://www.com/a"),
        ("https://[2001:DB8::0:1]/a", "https://[2001:db8::1]/a"),
        ("  https://example.org/a ", "https://example.org/a"),
    ],
)
def test_one_spelling_for_one_page(written: str, canonical: str) -> None:
    assert page(written) == canonical
    assert page(canonical) == canonical


def test_input_54_an_unclosed_link_is_no_address() -> None:
    with pytest.raises(ValueError, match="not a web address"):
        read_url("[x](https://example.org")


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("https://example.org/a b/c d?e f", "https://example.org/a%20b/c%20d?e%20f"),
        ("https://bücher.example/é", "https://xn--bcher-kva.example/%C3%A9"),
        # Cyrillic letters that look like Latin ones show as what they are.
        ("https://аррӏе.example/", "https://xn--80ak6aa92e.example"),
        ("https://example。org/", "https://example.org"),
        ('https://example.org/"<>^`{|}', "https://example.org/%22%3C%3E%5E%60%7B%7C%7D"),
    ],
)
def test_input_55_spaces_and_letters_of_the_world_are_encoded(written: str, canonical: str) -> None:
    assert page(written) == canonical


@pytest.mark.parametrize(
    "written",
    [
        "a.md",
        "../../etc/passwd",
        "/etc/passwd",
        "#anchor",
        "//example.org/a",
        "www.example.org",
        "mailto:a@example.org",
        "tel:+123",
        "javascript:alert(1)",
        "data:text/html,<p>",
        "file:///etc/passwd",
        "ftp://example.org/a",
        "gopher://example.org/1",
        "ws://example.org",
        "http:example.org",
        "http:/example.org",
        "view-source:https://example.org",
        "",
        " ",
    ],
)
def test_input_56_other_schemes_and_relative_links_are_never_fetched(written: str) -> None:
    with pytest.raises(ValueError, match="not a web address"):
        read_url(written)


@pytest.mark.parametrize(
    "written",
    [
        "http://127.0.0.1:6666\\@1.1.1.1",
        "http://example.org\\.evil.example",
        "https:\\\\example.org",
        "http://1.1.1.1 &@127.0.0.1#@3.3.3.3",
        "http://example.org\t.evil.example/",
        "http://example.org/a\r\nHost: evil.example",
        "http://exam\nple.org/",
        "http://example.org/\x00",
        "http://example.org/\x7f",
        "http://example.org/\x85",
        "http://example.org/\ud800",
        "http://exa mple.org/",
        "http://example.org:80:81/",
        "http://example.org:+80/",
        "http://example.org:８０/",
        "http://[::1]evil.example/",
        "http://[::1/",
        "http://::1/",
        "http://[fe80::1%25eth0]/",
        "http://example.org%2f@evil.example/",
        "http://ex%61mple.org/",
        "http://a／b.example/",
        "http://a＠b.example/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.0.0x1/",
        "http://1.2.3.4.5/",
    ],
)
def test_input_57_parser_differential(written: str) -> None:
    """What two programs could read as two different hosts is read by none."""
    with pytest.raises(ValueError, match="the address"):
        read_url(written)


@pytest.mark.parametrize(
    "written",
    [
        "http://a@example.org/",
        "http://a:b@example.org/",
        "http://@example.org/",
        "http://example.org:0/",
        "http://example.org:65536/",
        "http://example.org:99999/",
        "http://example.org:999999/",
        "http://:80/",
        "http:///a",
        "http://-a.example/",
        "http://a..example/",
        "http://" + "a" * 64 + ".example/",
        "http://" + "a." * 127 + "example/",
    ],
)
def test_input_58_user_names_impossible_ports_and_missing_hosts(written: str) -> None:
    with pytest.raises(ValueError, match=r"the address|there is no port"):
        read_url(written)


def test_input_59_an_endless_address() -> None:
    assert page("https://example.org/" + "a" * (MAX_LENGTH - 20))
    for longer in ("https://example.org/" + "a" * 8192, "https://example.org/" + "é" * 700):
        with pytest.raises(ValueError, match="longer than 2048"):
            read_url(longer)
    # A fragment is never sent.
    assert page("https://example.org/#" + "a" * 8192) == "https://example.org"


def test_input_61_one_page_in_many_spellings() -> None:
    same = [
        "http://example.org/a",
        "https://example.org/a",
        "http://www.example.org/a",
        "https://WWW.example.org:443/a?utm_source=x&gclid=1",
        "http://example.org:80/a#part",
        "https://example.org/a#:~:text=words",
        "https://example.org/%61",
    ]
    assert {page(url) for url in same} == {"https://example.org/a"}
    assert [read_url(url).secure for url in same[:2]] == [False, True]


@pytest.mark.parametrize(
    ("fragment", "section", "quotes"),
    [
        ("", "", ()),
        ("saturation-adjustment-hsv_s", "saturation-adjustment-hsv_s", ()),
        ("caf%C3%A9%20au%00lait", "café au lait", ()),
        (":~:text=one%20place", "", ("one place",)),
        ("part:~:text=one%20place", "part", ("one place",)),
        (":~:text=before-,the%20start,-after", "", ("the start",)),
        (":~:text=the%20start,of", "", ("the start",)),
        (":~:text=the%20start,a%20long%20and%20telling%20end", "", ("the start", "a long and telling end")),
        (":~:text=one&text=two%2C%20three&other=four", "", ("one", "two, three")),
        (":~:text=self%2Dsupervised", "", ("self-supervised",)),
        (":~:text=", "", ()),
        (":~:text=-,", "", ()),
    ],
)
def test_what_a_fragment_points_at(fragment: str, section: str, quotes: tuple[str, ...]) -> None:
    address = read_url(f"https://example.org/a#{fragment}")
    assert (address.section, address.quotes) == (section, quotes)


@pytest.mark.parametrize(
    ("url", "quote", "link"),
    [
        ("https://example.org/a", "one place", "https://example.org/a#:~:text=one%20place"),
        ("https://example.org/a#part", "one  place\t", "https://example.org/a#part:~:text=one%20place"),
        ("https://example.org/a#part:~:text=old", "new", "https://example.org/a#part:~:text=new"),
        ("https://example.org/a", "well-known, A & B", "https://example.org/a#:~:text=well%2Dknown%2C%20A%20%26%20B"),
        ("https://example.org/a b ", " \n", "https://example.org/a%20b"),
        ("https://example.org/a#part", "", "https://example.org/a#part"),
        ("https://example.org/a", "First line\n\nsecond line", "https://example.org/a#:~:text=First%20line,second%20line"),
    ],
)
def test_a_deep_link_opens_the_page_at_the_quote(url: str, quote: str, link: str) -> None:
    assert deep_link(url, quote) == link


def test_a_long_quote_is_named_by_its_first_and_last_words() -> None:
    quote = " ".join(f"word{number}" for number in range(40))
    start, end = deep_link("https://example.org", quote).partition("text=")[2].split(",")
    assert quote.startswith(unquote(start))
    assert quote.endswith(unquote(end))
    assert len(unquote(start)) <= 60
    # Also where nothing separates words.
    assert len(deep_link("https://example.org", "語" * 5000)) < 2000


def test_hosts_and_domains() -> None:
    assert host_of("https://docs.example.org:8443/a") == "docs.example.org"
    assert matches("docs.example.org", ["example.org"])
    assert matches("example.org", ["other.example", "WWW.Example.org."])
    assert matches("docs.example.org", ["*.example.org"])
    assert matches("xn--bcher-kva.example", ["bücher.example"])
    assert not matches("notexample.org", ["example.org"])
    assert not matches("example.org", ["docs.example.org"])
    assert not matches("example.org", [])
    with pytest.raises(ValueError, match="no host"):
        matches("example.org", ["https://example.org"])


# --- anything at all ----------------------------------------------------------------------------------------------

ANYTHING = st.text(st.characters(), max_size=60)
PIECES = st.lists(
    st.sampled_from(
        ["a", "é", "%", "%41", "%2e", "%zz", ".", "..", "/", "?", "&", "=", "utm_a=1", "#", ":~:", "text=", ",", "-", " "]
    ),
    max_size=20,
).map("".join)
HOSTS = st.sampled_from(
    ["example.org", "WWW.Example.org", "www.www.a.b", "bücher.example", "[::1]", "127.0.0.1", "localhost", "x:8080"]
)
URLS = st.builds("{}://{}/{}".format, st.sampled_from(["http", "https", "HTTP"]), HOSTS, PIECES)


@given(st.one_of(ANYTHING, ANYTHING.map("https://".__add__), ANYTHING.map("http://example.org/".__add__)), ANYTHING)
def test_any_text_is_read_or_refused(text: str, quote: str) -> None:
    """Nothing but ValueError, and what is read is read the same again."""
    deep_link(text, quote)
    try:
        address = read_url(text)
    except UnicodeError:
        raise  # the reason would not be in our words
    except ValueError:
        return
    assert page(address.page) == address.page
    assert address.page.isascii()
    assert read_place(read_place(text).url) == read_place(text)


@given(URLS, ANYTHING)
def test_a_deep_link_stays_on_its_page(url: str, quote: str) -> None:
    address = read_url(url)
    link = read_url(deep_link(url, quote))
    assert link.page == address.page == page(address.page)
    assert link.section == address.section


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=100))
def test_a_quote_comes_back_whole(quote: str) -> None:
    assert read_url(deep_link("https://example.org", quote)).quotes == (quote,)
