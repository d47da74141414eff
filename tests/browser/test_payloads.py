"""100 payloads in every place where text of others is shown: nothing runs, nothing is asked for, nothing is made of them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Page, expect

from notebot.bot import Bot
from notebot.errors import IndexBroken, ModelFailed, ModelUnreachable
from notebot.events import Beyond, Checked, Done, Draft, Found, Settled, Stage
from notebot.history.store import History
from notebot.settings import Settings
from notebot.types import Answer, Chunk, Citation, NoteLine, Passage, Sentence, Status
from notebot.types import Page as WebPage
from notebot.web.host import serve
from page_steps import LEFT
from payloads import COUNT, marks, payloads

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),  # how Gradio keeps its statistics, not ours to mend
]

# What a payload has left in the document: elements, handlers, addresses and styles that are not ours.
# `links` are the addresses that may be followed.
TRACES = """links => {
  const found = [];
  const loads = ["IMG","IFRAME","OBJECT","EMBED","VIDEO","AUDIO","SOURCE","TRACK","BASE","META","FRAME","MARQUEE","IMAGE","USE",
    "FEIMAGE","MATH","PICTURE","DIALOG","XSS","MGLYPH","STYLE","SCRIPT","LINK","TEMPLATE","NOSCRIPT"];
  const asks = /^(src|srcset|action|formaction|poster|background|ping|data|srcdoc|style|popovertarget)$/i;
  const walk = root => {
    for (const e of root.querySelectorAll("*")) {
      const tag = e.cloneNode(false).outerHTML, inner = ["STYLE","SCRIPT"].includes(e.tagName) ? e.textContent : "";
      if (loads.includes(e.tagName.toUpperCase()) && /zq\\d{3}/.test(tag + inner)) found.push(tag.slice(0, 200));
      for (const {name, value} of e.attributes) {
        if (/^on/i.test(name) && /zq\\d{3}|owned/.test(value)) found.push(`${e.tagName} ${name}`);
        if (asks.test(name) && /zq\\d{3}/.test(value))
          found.push(`${e.tagName} ${name}=${value}`.slice(0, 200));
        if (/href$/i.test(name) && /zq\\d{3}/.test(value)
            && !new RegExp(`^(#|/|${links}|(obsidian|vscode|file)://)`).test(value))
          found.push(`${e.tagName} ${name}=${value}`.slice(0, 200));
      }
      if (e.shadowRoot) walk(e.shadowRoot);
    }
  };
  walk(document);
  if (window.owned) found.push(`ran: ${window.owned}`);
  return found;
}"""


PATIENCE_MS = 60_000  # pages of a hundred thousand characters, on two busy cores
Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, serve_bot: object) -> Iterator[Visit]:
    """As conftest's, for any of the three views and with more patience: nothing may have been asked of others, said or run."""
    contexts, wrong = [], []

    def open_(address: str) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 860})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        own = urlsplit(address).netloc
        page.on("request", lambda asked: wrong.append(asked.url) if urlsplit(asked.url).netloc not in (own, "") else None)
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.goto(address)
        page.wait_for_selector("main")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert [said for said in wrong if not any(known in said for known in LEFT)] == []


@pytest.fixture(scope="module")
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server that nobody may ask: its address, and what was asked."""
    asked: list[str] = []

    class Heard(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_POST = do_HEAD = do_GET  # noqa: N815 - the names are http.server's

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Heard)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()
    assert asked == []


CITED = "https://pages\\.example/"
IN_NOTES = "https?://"  # the table of links shows what stands in the notes


def clean(page: Page, *, shown: int = COUNT, where: str = "", links: str = CITED) -> None:
    """No trace of any payload; and `shown` of them do stand on the page as text."""
    assert page.evaluate(TRACES, links) == [], where
    seen = set(re.findall(r"zq\d{3}", page.evaluate("document.body.textContent")))
    assert len(seen) >= shown, (where, sorted(set(marks()) - seen))


def hostile(host: str) -> tuple[tuple[Passage, ...], tuple[Sentence, ...]]:
    """Passages and sentences with a payload in every field, half of them on web pages."""
    passages, sentences = [], []
    for number, text in enumerate(payloads(host)):
        source = f"https://pages.example/{number}" if number % 2 else f"{text}.md"
        leads = (NoteLine(text, 3),)
        page = (
            WebPage(source, "2026-11-24T10:00:00+00:00", stale=number % 4 == 1, linked_from=leads, meant=True)
            if number % 2
            else None
        )
        body = f"A line.\n{text}\nAnother line."
        chunk = Chunk(
            f"c{number}", source, text, (text, text), body, 1, 3, False, (), context=text, page=page, unit="" if page else "line"
        )
        place = Citation(
            chunk.id, source, (text, text), 2, 2, text, 8, 8 + len(text), url=page and f"{source}#:~:text=x", linked_from=leads
        )
        passages.append(Passage(chunk, 0.9, 0.9))
        sentences.append(Sentence(f"It is {text}", number % 3 > 0, 0.9, (place,), text))
    return tuple(passages), tuple(sentences)


def story(host: str) -> list[Any]:
    """An answer of nothing but payloads, each draft torn in the middle and drawn so."""
    passages, sentences = hostile(host)
    everything = "\n".join(payloads(host))
    script: list[Any] = [Stage("waiting", everything), 0.06, Stage("searching", everything), 0.06, Found(passages)]
    for number, sentence in enumerate(sentences):
        half = len(sentence.text) // 2
        script += [Draft(sentence.text[:half]), 0.06 if number % 2 else 0, Draft(sentence.text[half:]), Checked(sentence)]
    answer = Answer(
        everything, Status.PARTIAL, everything, everything, sentences, passages, {"total": 1.0}, everything, "", everything
    )
    return [*script, Settled(answer), Beyond(everything), 0.06, Done(replace(answer, beyond=everything))]


def ask(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")


ServeBot = Callable[..., tuple[Any, str]]


def test_in_answers_drafts_passages_and_what_is_kept_of_them(
    visit: Visit, serve_bot: ServeBot, canary: tuple[str, list[str]]
) -> None:
    texts = payloads(canary[0])
    bot, address = serve_bot(story(canary[0]))
    page = visit(address)
    for earlier, half in enumerate((texts[: COUNT // 2], texts[COUNT // 2 :])):
        ask(page, "\n".join(half)[:7_900])
        page.wait_for_selector("#now .exchange")
        page.wait_for_function("count => document.querySelectorAll('#earlier .exchange').length === count", arg=earlier)
        while page.locator("#now .exchange.settled").count() == 0:  # in the middle of the drafts
            assert page.evaluate(TRACES, CITED) == []
            page.wait_for_timeout(100)
        clean(page, where="answer")
    for chip in page.locator("#now .chip").all()[:12]:
        chip.click()
        clean(page, where="preview and panel")
    page.reload()
    expect(page.locator("#now .exchange.settled")).to_be_visible(timeout=PATIENCE_MS)
    clean(page, where="kept")
    assert len(bot.asked) == 2
    conversation = page.url.partition("?c=")[2]
    exported = {form: page.request.get(f"{address}/page/export?c={conversation}&as={form}") for form in ("markdown", "json")}
    for reply in exported.values():
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["content-disposition"].startswith("attachment;")
    check_markdown(exported["markdown"].text())


class Made(HTMLParser):
    """The elements and addresses that a Markdown reader makes of an export."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def check_markdown(text: str) -> None:
    """Whoever reads an export with a Markdown reader that lets HTML pass gets text and links to cited pages, and no more."""
    assert len(set(re.findall(r"zq\d{3}", text))) == COUNT
    made = Made(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    assert made.tags <= {"h1", "h2", "p", "em", "strong", "ol", "ul", "li", "blockquote", "a", "br", "code", "hr", "sup"}
    assert not [link for link in made.links if not re.match(r"https://pages\.example/|#", link)]


def test_in_errors_titles_and_searches(visit: Visit, serve_bot: ServeBot, canary: tuple[str, list[str]]) -> None:
    texts = payloads(canary[0])
    bot, address = serve_bot([Stage("searching", "Searching"), ModelFailed("\n".join(texts))])
    history = History.open(bot.settings.data)
    for text in texts:
        history.rename(history.begin("What?").conversation, text)
    history.close()
    page = visit(address)
    ask(page, "What went wrong?")
    expect(page.locator("#now .exchange")).to_contain_text("zq099", timeout=PATIENCE_MS)
    clean(page, where="error and titles")
    assert page.request.get(f"{address}/page/conversations").status == 200
    listed = page.evaluate("document.querySelector('#side').textContent")
    assert len(set(re.findall(r"zq\d{3}", listed))) == COUNT
    for text in (texts[0], texts[22], texts[60], texts[80]):
        page.goto(f"{address}/?c={quote(text, safe='')}")
        expect(page.locator("#welcome")).to_be_visible(timeout=PATIENCE_MS)
        clean(page, where="address", shown=0)


def test_a_model_name_and_the_state_of_things_are_text_too(
    visit: Visit, serve_bot: ServeBot, canary: tuple[str, list[str]]
) -> None:
    everything = "\n".join(payloads(canary[0]))
    _, address = serve_bot(story(canary[0]), no_model=ModelUnreachable(everything), missing=IndexBroken(everything))
    shown = []
    for path in ("/", "/notes", "/settings"):
        page = visit(f"{address}{path}")
        page.wait_for_timeout(1_500)
        clean(page, where=path, shown=0)
        shown.append("zq099" in page.evaluate("document.body.textContent"))
    assert any(shown)


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory, canary: tuple[str, list[str]]) -> Iterator[str]:
    """The real bot over notes with a payload in name, title, tag, heading, text and link; its address."""
    folder = tmp_path_factory.mktemp("notes")
    for number, text in enumerate(payloads(canary[0])):
        quoted = '"' + re.sub(r"[\x00-\x1f]", " ", text).replace("\\", "\\\\").replace('"', '\\"') + '"'
        name = re.sub(r"[/\x00-\x1f]", "", text).encode()[:200].decode(errors="ignore")
        line = text.replace("\n", " ")
        head = f"---\ntitle: {quoted}\ntags: [{quoted}]\n---\n"
        note = f"{head}# {line}\n\nWords and {text}\n\n## Empty {line}\n\nhttps://pages.example/{number} [[{line}]]\n"
        (folder / f"{number} {name}.md").write_text(note, encoding="utf-8")
    settings = Settings(data=tmp_path_factory.mktemp("data"), knowledge=(folder,), links=False, watch=False, model="packaged")
    with Bot(settings) as bot:
        bot.ingest()
        with serve(bot, port=0) as served:
            yield served.address


@pytest.mark.parametrize("show", ["", "search", "map", "picture", "write", "links", "problems"])
def test_in_the_notes_view(visit: Visit, serve_bot: ServeBot, notes: str, canary: tuple[str, list[str]], show: str) -> None:
    page = visit(f"{notes}/notes?show={show}{'&q=words' if show == 'search' else ''}")
    page.wait_for_selector(".views")
    page.wait_for_timeout(300)
    clean(page, where=show, shown=20 if show in ("", "map", "links") else 0, links=IN_NOTES if show == "links" else CITED)


def test_in_a_source_and_the_settings(visit: Visit, serve_bot: ServeBot, notes: str, canary: tuple[str, list[str]]) -> None:
    page = visit(notes)
    sources = page.request.get(f"{notes}/api/status").json()["sources"]
    names = [source["source"] for source in sources if source["kind"] == "note"]
    assert len(names) == COUNT
    for name in names[::25]:
        page.goto(f"{notes}/notes?source={quote(name, safe='')}")
        page.wait_for_function("document.body.textContent.includes('Words and')")
        clean(page, where=name, shown=1)
    page.goto(f"{notes}/settings")
    page.wait_for_selector("main")
    page.wait_for_timeout(300)
    assert page.evaluate(TRACES, CITED) == []
