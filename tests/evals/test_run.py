"""A bot that lies in known ways is asked a set; each lie must be counted where it belongs, and nowhere else."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from notebot.errors import IndexMissing, ModelFailed, ModelMissing, UsageError
from notebot.evals.report import failure
from notebot.evals.run import Ground, Report, Step, run_file, running
from notebot.events import Done, Draft, Event, Found, Stage
from notebot.index.catalog import Catalog, Reading
from notebot.index.overview import overview
from notebot.index.writer import CatalogWriter
from notebot.settings import Settings
from notebot.states import IndexState
from notebot.types import Answer, Chunk, Citation, Document, Passage, Sentence, Status, Turn
from samples import STORE

NOTE = """\
# Tea
Green tea, never black.

# Milk
Oat milk.

# Wine
"""
TEA = Chunk("tea", "drinks.md", "drinks", ("Tea",), "# Tea\nGreen tea, never black.", 1, 2, False, ())
MILK = Chunk("milk", "drinks.md", "drinks", ("Milk",), "# Milk\nOat milk.", 4, 5, False, ())
WINE = Chunk("wine", "drinks.md", "drinks", ("Wine",), "# Wine", 7, 7, True, ())

SET = """\
name: drinks
version: 1
thresholds: {}
cases:
  - id: tea
    question: Which tea?
    expect: [answered]
    facts: [[green]]
    forbidden: [black tea]
    gold: [{source: drinks.md, heading: Tea}]
    tags: [hot]
  - {id: milk, question: "Which milk?", expect: [answered], facts: [[oat]], gold: [{source: drinks.md, heading: Milk}]}
  - {id: wine, question: "Which wine?", expect: [stub], gold: [{source: drinks.md, heading: Wine}]}
  - {id: beer, question: "Which beer?", expect: [not_in_notes]}
  - id: more
    question: And in the morning?
    history: [{role: user, text: "Which tea?"}]
    expect: [answered]
    facts: [[green]]
    gold: [{source: drinks.md, heading: Tea}]
"""


def cite(chunk: Chunk, line: int, quote: str) -> Citation:
    return Citation(chunk.id, chunk.source, chunk.heading, line, line, quote, 0, len(quote))


GREEN = Sentence("Green tea.", True, 0.9, (cite(TEA, 2, "Green tea"),))
OAT = Sentence("Oat milk.", True, 0.9, (cite(MILK, 5, "Oat milk."),))


def said(status: Status, *sentences: Sentence) -> Answer:
    return Answer("?", status, " ".join(one.text for one in sentences), "scripted", sentences, (), {})


HONEST: dict[str, Answer | Exception] = {
    "Which tea?": said(Status.ANSWERED, GREEN),
    "Which milk?": said(Status.ANSWERED, OAT),
    "Which wine?": said(Status.STUB),
    "Which beer?": said(Status.NOT_IN_NOTES),
    "Which tea? And in the morning?": said(Status.ANSWERED, GREEN),
}


class ScriptedBot:
    """Answers from a script, over an index that is really there."""

    def __init__(self, folder: Path, script: dict[str, Answer | Exception]) -> None:
        self.settings = Settings(knowledge=(folder / "notes",), data=folder / "data")
        self.script = script

    def state(self) -> IndexState:
        with Catalog.open(self.settings.data) as catalog:
            return overview(catalog)

    def model_name(self) -> str:
        return "scripted"

    def rewritten(self, question: str, history: Sequence[Turn] = ()) -> str:
        return history[-1].text if history else question

    def search(self, question: str, limit: int = 10) -> list[Passage]:
        order = {"tea": [TEA, MILK], "milk": [TEA, MILK], "wine": [WINE]}  # "Which milk?" finds its passage second
        return [Passage(chunk, 1.0, 1.0) for chunk in order.get(question.rsplit(maxsplit=1)[-1].rstrip("?"), [])][:limit]

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        answer = self.script[" ".join([*(turn.text for turn in history), question])]
        yield Stage("searching", "")
        yield Found(())
        if isinstance(answer, Exception):
            yield Draft("Gre")
            raise answer
        yield Done(answer)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "drinks.md").write_text(NOTE, encoding="utf-8")
    (tmp_path / "set.yaml").write_text(SET, encoding="utf-8")
    with CatalogWriter.open(tmp_path / "data") as catalog, catalog.transaction():
        catalog.put(Document("drinks.md", "drinks", (), (), {}), [TEA, MILK, WINE], Reading("", 0, ""))
        catalog.set_meta({"embedder": "minilm"})
    return tmp_path


def run(folder: Path, **lies: Answer | Exception) -> Report:
    """The report on a bot that is honest but for what it says about tea, milk, wine or beer."""
    script = HONEST | {f"Which {drink}?": lie for drink, lie in lies.items()}
    return run_file(ScriptedBot(folder, script), folder / "set.yaml")


def values(report: Report) -> dict[str, float | None]:
    return {figure.name: figure.value for figure in report.figures}


def test_an_honest_bot_is_perfect(folder):
    report = run(folder)
    assert (report.name, report.model, report.embedder) == ("drinks", "scripted", "minilm")
    assert [failure(outcome) for outcome in report.outcomes] == [""] * 5
    assert values(report) == {
        "hit@1": pytest.approx(3 / 4),  # milk comes second; beer has no place; a follow-up is searched for as a whole question
        "hit@5": 1.0,
        "recall@5": 1.0,
        "recall@10": 1.0,
        "mrr@10": pytest.approx((1 + 1 / 2 + 1 + 1) / 4),
        "correct": 1.0,
        "status_right": 1.0,
        "facts": 1.0,
        "false_answers": 0.0,
        "silent_when_silent": 1.0,
        "quoted_when_silent": 0.0,
        "false_refusals": 0.0,
        "silence_justified": 1.0,
        "citation_precision": 1.0,
        "citation_recall": 1.0,
        "sentences_cited": 1.0,
        "quotes_exist": 1.0,
        "errors": 0.0,
    }
    assert [tag for tag, _ in report.by_tag] == ["hot"]
    assert {figure.n for figure in report.by_tag[0][1] if figure.name == "correct"} == {1}


LIES = {
    "invents": (
        {"beer": said(Status.ANSWERED, Sentence("Pilsner.", True, 0.9, (cite(MILK, 5, "Oat milk."),)))},
        {
            "false_answers": 1 / 5,
            "silent_when_silent": 1 / 2,
            "correct": 4 / 5,
            "status_right": 4 / 5,
        },
        "false: answers what the notes do not say",
    ),
    "negates": (
        {"tea": said(Status.ANSWERED, Sentence("Green tea, and black tea too.", True, 0.9, (cite(TEA, 2, "Green tea"),)))},
        {"false_answers": 1 / 5, "correct": 4 / 5},
        "false: shows as supported: black tea",
    ),
    "refuses": (
        {"tea": said(Status.NOT_IN_NOTES)},
        {"false_refusals": 1 / 3, "facts": 2 / 3, "correct": 4 / 5, "status_right": 4 / 5, "silence_justified": 2 / 3},
        "not_in_notes, expected answered",
    ),
    "cites the wrong place": (
        {"tea": said(Status.ANSWERED, Sentence("Green tea.", True, 0.9, (cite(MILK, 5, "Oat milk."),)))},
        {"citation_precision": 2 / 3, "citation_recall": 2 / 3},
        "",
    ),
    "cites nothing": (
        {"tea": said(Status.ANSWERED, Sentence("Green tea.", True, 0.9))},
        {"citation_recall": 2 / 3, "sentences_cited": 2 / 3},
        "",
    ),
    "makes up a quote": (
        {"tea": said(Status.ANSWERED, Sentence("Green tea.", True, 0.9, (cite(TEA, 2, "green tea"),)))},
        {"quotes_exist": 2 / 3},
        "a quote does not stand where it is cited",
    ),
    "quotes from another line": (
        {"tea": said(Status.ANSWERED, Sentence("Green tea.", True, 0.9, (cite(TEA, 1, "Green tea"),)))},
        {"quotes_exist": 2 / 3},
        "a quote does not stand where it is cited",
    ),
    "says nothing of use": (
        {"tea": said(Status.ANSWERED, Sentence("Tea.", True, 0.9, (cite(TEA, 1, "Tea"),)))},
        {"facts": 2 / 3, "correct": 4 / 5},
        "0 of 1 facts",
    ),
    "confuses a stub with nothing": (
        {"wine": said(Status.NOT_IN_NOTES)},
        {"status_right": 4 / 5, "correct": 4 / 5},
        "not_in_notes, expected stub",
    ),
    "quotes where silence was due": (
        {"beer": said(Status.QUOTED, OAT)},
        {"quoted_when_silent": 1 / 2, "silent_when_silent": 1 / 2, "status_right": 4 / 5, "correct": 4 / 5},
        "quoted, expected not_in_notes",
    ),
    "dies": (
        {"tea": ModelFailed("The model broke off.")},
        {"errors": 1 / 5},
        "error: The model broke off.",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_counted_where_it_belongs(folder, lie):
    answers, changed, reason = LIES[lie]
    report = run(folder, **answers)
    assert values(report) == values(run(folder)) | {name: pytest.approx(value) for name, value in changed.items()}
    assert [failure(outcome) for outcome in report.outcomes if failure(outcome)] == ([reason] if reason else [])


STORK = replace(STORE, id="stork", text="One.\nThe stork nests.\nThree.", first_line=3, last_line=4, unit="page")
WORDS = Citation("stork", STORK.source, (), 3, 4, "The stork nests.", 5, 21, unit="page", url="https://qwak.com/a#:~:text=The")


@pytest.mark.parametrize(
    ("changed", "holds"),
    [
        ({}, True),
        ({"url": None}, True),  # a PDF among the notes
        ({"quote": "The stork nest", "end": 19}, True),
        ({"quote": "The heron nests."}, False),
        ({"start": 0, "end": 16}, False),
        ({"first_line": 2}, False),
        ({"last_line": 5}, False),
        ({"unit": ""}, False),
        ({"source": "https://other.example"}, False),
        ({"passage_id": "gone"}, False),
    ],
)
def test_a_quote_that_no_file_has_on_lines_is_looked_up_in_its_passage(folder, changed, holds):
    with CatalogWriter.open(folder / "data") as catalog, catalog.transaction():
        document = Document(STORK.source, STORK.title, (), (), {}, unit="page")
        catalog.put(document, [replace(STORK, page=None)], Reading("", 0, ""))
    with Catalog.open(folder / "data") as catalog:
        assert Ground({}, catalog).holds(replace(WORDS, **changed)) is holds


def test_retrieval_only_asks_nothing(folder):
    bot = ScriptedBot(folder, {})  # would raise KeyError on any question
    report = run_file(bot, folder / "set.yaml", retrieval_only=True)
    got = values(report)
    assert report.model == ""
    assert (got["hit@5"], got["errors"]) == (1.0, 0.0)
    assert {name for name, value in got.items() if value is None} == set(got) - {
        "hit@1",
        "hit@5",
        "recall@5",
        "recall@10",
        "mrr@10",
        "errors",
    }


def test_steps_come_before_the_work(folder):
    steps = running(ScriptedBot(folder, HONEST), folder / "set.yaml")
    assert next(steps) == Step(0, 5, "Which tea?")
    assert next(steps) == Step(1, 5, "Which milk?")
    steps.close()


class Modelless(ScriptedBot):
    def model_name(self) -> str:
        raise ModelMissing("There is no chat model.")


def test_what_makes_the_whole_run_pointless_is_raised(folder, tmp_path):
    with pytest.raises(ModelMissing):
        run_file(Modelless(folder, HONEST), folder / "set.yaml")
    assert run_file(Modelless(folder, HONEST), folder / "set.yaml", retrieval_only=True).model == ""
    with pytest.raises(IndexMissing):
        run_file(ScriptedBot(tmp_path / "elsewhere", HONEST), folder / "set.yaml")
    (folder / "set.yaml").write_text(SET.replace("heading: Milk", "heading: Cream"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"Case 'milk': drinks\.md, Cream is not in the index"):
        run_file(ScriptedBot(folder, HONEST), folder / "set.yaml")
