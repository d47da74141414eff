"""The whole of it on real parts: notes to index to answer, with the packaged models."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from fakes import FakeWeb
from linked_sites import HOSTS, linked_sites
from notebot import check_support, open_bot
from notebot.bot import Bot
from notebot.errors import IndexMissing, ModelMissing, NotesError, SettingsError, UsageError
from notebot.events import Done, Draft, Found, Stage
from notebot.fetch.client import Fetching
from notebot.fetch.limits import Limits
from notebot.index.overview import building
from notebot.settings import Settings
from notebot.states import IngestOptions, Progress
from notebot.types import Status
from page_server import page_server

CERTIFICATES = Path(__file__).parent / "fetch" / "certificates"
KNOWLEDGE = Path(__file__).parents[1] / "knowledge"


@pytest.fixture
def web() -> FakeWeb:
    return FakeWeb()


@pytest.fixture
def bot(notes: Path, tmp_path: Path, web: FakeWeb) -> Iterator[Bot]:
    """Over a copy of the few notes, with the packaged chat model, short answers, and a web that says what it is told."""
    folder = shutil.copytree(notes, tmp_path / "notes")
    settings = Settings(knowledge=(folder,), data=tmp_path / "data", model="packaged", answer_tokens=40)
    with Bot(settings, fetch=web.fetch) as opened:
        yield opened


def test_notes_in_checked_answers_out(bot: Bot) -> None:
    summary = bot.ingest()
    assert (summary.added, summary.failed, summary.embedded) == (3, 0, summary.chunks)
    events = list(bot.ask("What framework is Databricks built on?"))
    assert [type(event) for event in events if not isinstance(event, Draft)][:4] == [Stage, Stage, Found, Stage]
    assert isinstance(events[-1], Done)
    answer = events[-1].answer
    assert answer.model == bot.model_name() == "smollm2-135m (packaged)"
    assert answer.status in {Status.ANSWERED, Status.PARTIAL, Status.QUOTED}
    for sentence in answer.sentences:
        assert bool(sentence.citations) is sentence.supported
        for citation in sentence.citations:
            lines = (bot.settings.knowledge[0] / citation.source).read_text(encoding="utf-8").split("\n")
            assert citation.quote in "\n".join(lines[citation.first_line - 1 : citation.last_line])


def test_the_notes_silence_needs_no_chat_model(bot: Bot, tmp_path: Path) -> None:
    bot.ingest()
    with Bot(bot.settings.model_copy(update={"model": str(tmp_path / "none.gguf")})) as without:
        assert without.answer("What is Kubernetes?").status is Status.STUB
        assert without.answer("Who won the world cup in 1998?").status is Status.NOT_IN_NOTES
        with pytest.raises(ModelMissing):
            without.answer("What is Databricks built on?")


def test_a_second_ingest_does_nothing_and_an_edit_is_seen_at_once(bot: Bot) -> None:
    bot.ingest()
    generation = bot.state().generation
    again = bot.ingest()
    assert (again.added, again.changed, again.embedded, again.unchanged) == (0, 0, 0, 3)
    assert bot.state().generation == generation
    note = bot.settings.knowledge[0] / "garden.md"
    note.write_text("# Beans\n\nBeans climb on poles.\n", encoding="utf-8")
    assert bot.ingest().changed == 1
    assert bot.search("climbing beans")[0].chunk.heading == ("Beans",)
    assert not any("Tomatoes" in found.chunk.heading for found in bot.search("tomatoes"))


def test_an_ingest_can_be_followed_and_stopped_and_gone_on_with(bot: Bot) -> None:
    steps = bot.ingesting()
    assert isinstance(next(steps), Progress)
    steps.close()
    assert bot.ingest().chunks > 0


PAGE = "https://example.org/feature-store"
SAID = "<h1>Feature store</h1><p>A feature store keeps the storage of features for training and serving in one place. " + (
    "Teams share features through it instead of computing them twice. " * 5
)


def test_a_linked_page_answers_where_the_note_only_links(bot: Bot, web: FakeWeb) -> None:
    web.serve(PAGE, SAID)
    assert bot.preview().added == ("garden.md", "learning/models.md", "platforms.md")
    bot.ingest()
    pages = [found.chunk.page for found in bot.search("Where are features kept for training and serving?") if found.chunk.page]
    assert pages[0].meant
    assert [str(line.source) for line in pages[0].linked_from] == ["platforms.md"]
    assert bot.read(building) == bot.chroma_fault() == ""
    assert bot.preview().fetch == ()
    assert bot.preview(IngestOptions(refresh=True)).fetch == (PAGE,)
    states = {source.source: source.state for source in bot.state().sources}
    assert states[PAGE] == "indexed"


def test_the_shipped_notes_are_read_with_the_pages_they_link_to(tmp_path: Path) -> None:
    """Over real connections, to a server on this machine that answers for all seven sites with one certificate."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(CERTIFICATES / "valid.pem", CERTIFICATES / "key.pem")
    client = ssl.create_default_context(cafile=CERTIFICATES / "valid.pem")
    client.check_hostname = False
    with page_server(tls=server) as site:
        site.pages |= linked_sites()
        fetch = partial(Fetching, guard=site.guard(*HOSTS), limits=Limits(pause=0), tls=client)
        with Bot(Settings(knowledge=(KNOWLEDGE,), data=tmp_path / "data"), fetch=fetch) as bot:
            summary = bot.ingest()
            assert (summary.added, summary.fetched, summary.problems) == (1, 9, ())
            asked = len(site.paths())
            again = bot.ingest()
            assert (again.embedded, again.fetched, len(site.paths())) == (0, 0, asked)
            pages = [source for source in bot.state().sources if source.kind == "page"]
            assert [(source.state, source.chunks > 0) for source in pages] == [("indexed", True)] * 9
            questions = {
                "What does saturation adjustment do for weather and cameras?": ("ultralytics.com/guides", True),
                "What do feature storage systems answer with an online side?": ("qwak.com/post/what-is-a", True),
                "How does the exporter capture the computation graph?": ("pytorch.org", False),
                "What are the six phases of data mining?": ("wikipedia.org", False),
                "What does Adam give every weight?": ("glossary/optimization-algorithm", False),
            }
            for question, (place, meant) in questions.items():
                first = next(found.chunk.page for found in bot.search(question) if found.chunk.page)
                assert place in first.url, question
                assert first.meant is meant, question
                assert first.linked_from[0].source == "notes.md"


def test_links_stay_unasked_where_settings_say_so(bot: Bot, web: FakeWeb) -> None:
    for change in ({"links": False}, {"links_deny": ("example.org",)}, {"links_allow": ("another.org",)}):
        with Bot(bot.settings.model_copy(update=change), fetch=web.fetch) as quiet:
            quiet.ingest()
            assert quiet.preview(IngestOptions(refresh=True)).fetch == ()
    assert web.asked == []


def test_words_answer_while_vectors_are_still_being_made(bot: Bot) -> None:
    many = "".join(f"# Plant {number}\n\nIt needs {number} hours of sun.\n" for number in range(200))
    (bot.settings.knowledge[0] / "plants.md").write_text(many, encoding="utf-8")
    steps = bot.ingesting()
    while next(steps).step != "embedding":
        pass
    steps.close()
    assert "passages can be found by their words only" in bot.read(building)
    assert bot.search("tomatoes")[0].chunk.heading == ("Tomatoes",)
    bot.ingest()
    assert bot.read(building) == ""


def test_an_open_bot_follows_a_rebuilt_index(bot: Bot) -> None:
    bot.ingest()
    assert bot.search("tomatoes")
    with Bot(bot.settings) as other:
        note = bot.settings.knowledge[0] / "garden.md"
        note.write_text("# Beans\n\nBeans climb on poles.\n", encoding="utf-8")
        assert other.ingest(IngestOptions(rebuild=True, offline=True)).added == 3
    assert bot.search("climbing beans")[0].chunk.heading == ("Beans",)


def test_example_questions_come_from_the_notes(bot: Bot) -> None:
    bot.ingest()
    assert bot.examples(2) == ["What do my notes say about Tomatoes?", "What do my notes say about Foundation model?"]


def test_what_cannot_be_asked_is_refused_at_the_call(bot: Bot) -> None:
    with pytest.raises(IndexMissing, match="notebot ingest"):
        bot.ask("What is Spark?")
    with pytest.raises(IndexMissing):
        bot.state()
    bot.ingest()
    with pytest.raises(UsageError, match="empty"):
        bot.ask(" ")
    with pytest.raises(UsageError, match="100,000"):
        bot.search("x" * 100_000)


def test_an_ingest_that_found_nothing_leaves_nothing_to_ask(bot: Bot, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with Bot(bot.settings.model_copy(update={"knowledge": (empty,)})) as hungry:
        assert hungry.ingest().chunks == 0
        with pytest.raises(IndexMissing, match="Put notes into"):
            hungry.ask("What is Spark?")
        (empty / "spark.md").write_text("# Spark\n\nFast.\n", encoding="utf-8")
        hungry.ingest()
        assert hungry.search("spark")


def test_a_missing_folder_is_named_and_leaves_nothing_behind(bot: Bot, tmp_path: Path) -> None:
    settings = bot.settings.model_copy(update={"knowledge": (tmp_path / "none",)})
    with Bot(settings) as lost, pytest.raises(NotesError, match="none"):
        lost.ingest()
    assert not settings.data.exists()


def test_closing_twice_and_going_on_is_fine(bot: Bot) -> None:
    bot.ingest()
    bot.close()
    bot.close()
    assert bot.search("tomatoes")


def test_open_bot_takes_paths_as_they_come(notes: Path, tmp_path: Path) -> None:
    with open_bot(knowledge=str(notes), data=tmp_path / "data", model="packaged") as bot:
        assert bot.settings.knowledge == (notes,)
        assert bot.ingest().added == 3
    with open_bot(knowledge=[notes, tmp_path], data=str(tmp_path / "other")) as bot:
        assert bot.settings.knowledge == (notes, tmp_path)
    with pytest.raises(SettingsError):
        open_bot(knowledge=[])


def test_check_support_needs_no_index() -> None:
    support = check_support("Spark is slow.", ["Apache Spark is a fast framework."])
    assert not support.supported
    assert "fast" in support.reason
    assert check_support("Spark is fast.", ["Unrelated.", "Apache Spark is a fast framework."]).spans[0].evidence == 1


def test_changed_settings_count_from_the_next_question_and_leave_the_index_alone(bot: Bot) -> None:
    before = bot.settings
    bot.change(before.model_copy(update={"passages": 2, "model": "packaged"}))
    assert (bot.settings.passages, bot.model_name()) == (2, "smollm2-135m (packaged)")
    with pytest.raises(UsageError, match="belong to the index"):
        bot.change(before.model_copy(update={"embedder": "ollama/other"}))
    assert bot.settings.embedder == before.embedder
    bot.change(before)
