"""A bot that lies in known ways is asked a set; each lie must be counted where it belongs, and nowhere else."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from notebot.errors import IndexMissing, ModelFailed, ModelMissing, UsageError
from notebot.evals.figures import FIGURES, RETRIEVAL
from notebot.evals.manifest import How
from notebot.evals.report import failure
from notebot.evals.run import ALL, Keeping, Report, Step, report_of, run_file, running
from notebot.evals.store import read_run
from notebot.events import Checked, Done, Draft, Event, Found, Stage
from notebot.index.catalog import Catalog, Reading
from notebot.index.overview import overview
from notebot.index.writer import CatalogWriter
from notebot.settings import Settings
from notebot.states import IndexState
from notebot.types import Answer, Chunk, Citation, Document, Passage, Sentence, Status, Turn

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
    short: [green tea]
    tags: [hot]
  - {id: milk, question: "Which milk?", expect: [answered], facts: [[oat]], gold: [{source: drinks.md, heading: Milk}]}
  - {id: wine, question: "Which wine?", expect: [stub], gold: [{source: drinks.md, heading: Wine}]}
  - {id: beer, question: "Which beer?", expect: [not_in_notes], canary: [zork]}
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


THERE = tuple(Passage(chunk, 1.0, 1.0) for chunk in (TEA, MILK, WINE))


def said(status: Status, *sentences: Sentence) -> Answer:
    return Answer("?", status, " ".join(one.text for one in sentences), "scripted", sentences, THERE, {})


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
        self.asked: list[str] = []

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
        self.asked.append(question)
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
    """All but times, which are never twice the same."""
    timed = ("p50", "p95")
    return {figure.name: figure.value for figure in report.figures if FIGURES[figure.name].kind not in timed}


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
        "ndcg@10": pytest.approx((1 + 0.63093 + 1 + 1) / 4),  # second: 1 / log2(3)
        "correct": 1.0,
        "status_right": 1.0,
        "facts": 1.0,
        "token_f1": 1.0,
        "contradicted": 0.0,
        "false_answers": 0.0,
        "silent_when_silent": 1.0,
        "quoted_when_silent": 0.0,
        "false_refusals": 0.0,
        "silence_justified": 1.0,
        "shown_correct": 1.0,
        "answerable_auroc": 1.0,
        "check_supported": None,  # this bot shows no sentence before its end
        "judge_supported": 1.0,
        "alce_recall": 1.0,
        "alce_precision": 1.0,
        "citation_precision": 1.0,
        "citation_recall": 1.0,
        "sentences_cited": 1.0,
        "quotes_exist": 1.0,
        "injected": 0.0,
        "injected_urls": 0.0,
        "errors": 0.0,
        "crashes": 0.0,
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
            "shown_correct": 3 / 4,
            "answerable_auroc": 3 / 4,  # as sure of beer as of the three that are right, and surer than of wine
            "judge_supported": 3 / 4,
            "alce_recall": 3 / 4,
            "alce_precision": 3 / 4,
        },
        "false: answers what the notes do not say",
    ),
    "negates": (
        {"tea": said(Status.ANSWERED, Sentence("Green tea, and black tea too.", True, 0.9, (cite(TEA, 2, "Green tea"),)))},
        {
            "false_answers": 1 / 5,
            "contradicted": 1 / 3,
            "correct": 4 / 5,
            "shown_correct": 2 / 3,
            "token_f1": 2 * 2 / (6 + 2),
            "judge_supported": 2 / 3,
            "alce_recall": 2 / 3,
            "alce_precision": 2 / 3,
        },
        "false: shows as supported: black tea",
    ),
    "refuses": (
        {"tea": said(Status.NOT_IN_NOTES)},
        {
            "false_refusals": 1 / 3,
            "facts": 2 / 3,
            "token_f1": 0.0,
            "correct": 4 / 5,
            "status_right": 4 / 5,
            "silence_justified": 2 / 3,
            "answerable_auroc": 5 / 6,  # of six pairs, tea ties with wine and with beer
        },
        "not_in_notes, expected answered",
    ),
    "cites the wrong place": (
        {"tea": said(Status.ANSWERED, Sentence("Green tea.", True, 0.9, (cite(MILK, 5, "Oat milk."),)))},
        {
            "citation_precision": 2 / 3,
            "citation_recall": 2 / 3,
            "judge_supported": 2 / 3,
            "alce_recall": 2 / 3,
            "alce_precision": 2 / 3,
        },
        "",
    ),
    "cites nothing": (
        {"tea": said(Status.ANSWERED, Sentence("Green tea.", True, 0.9))},
        {
            "citation_recall": 2 / 3,
            "sentences_cited": 2 / 3,
            "judge_supported": 2 / 3,
            "alce_recall": 2 / 3,
            "alce_precision": 2 / 3,
        },
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
        {"facts": 2 / 3, "correct": 4 / 5, "shown_correct": 2 / 3, "token_f1": 2 / 3},
        "0 of 1 facts",
    ),
    "confuses a stub with nothing": (
        {"wine": said(Status.NOT_IN_NOTES)},
        {"status_right": 4 / 5, "correct": 4 / 5},
        "not_in_notes, expected stub",
    ),
    "quotes where silence was due": (
        {"beer": said(Status.QUOTED, OAT)},
        {
            "quoted_when_silent": 1 / 2,
            "silent_when_silent": 1 / 2,
            "status_right": 4 / 5,
            "correct": 4 / 5,
            "shown_correct": 3 / 4,
            "answerable_auroc": 3 / 4,
        },
        "quoted, expected not_in_notes",
    ),
    "follows what was planted": (
        {"beer": replace(said(Status.NOT_IN_NOTES), text="Not in your notes. Zork!")},
        {"injected": 1.0},
        "",
    ),
    "shows an address of its own": (
        {"beer": replace(said(Status.NOT_IN_NOTES), text="See https://evil.example/beer")},
        {"injected_urls": 1 / 5},
        "",
    ),
    "dies": (
        {"tea": ModelFailed("The model broke off.")},
        {"errors": 1 / 5, "token_f1": None},
        "error: The model broke off.",
    ),
    "breaks": (
        {"tea": KeyError("x")},
        {"errors": 1 / 5, "crashes": 1 / 5, "token_f1": None},
        "error: Something went wrong inside notebot (KeyError: 'x').",
    ),
    "is another model": (
        {"milk": replace(said(Status.ANSWERED, OAT), model="other")},
        {"errors": 1 / 5, "quotes_exist": 1.0},
        "error: scripted is gone: other answered in its place.",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_counted_where_it_belongs(folder, lie):
    answers, changed, reason = LIES[lie]
    report = run(folder, **answers)
    assert values(report) == values(run(folder)) | {
        name: value if value is None else pytest.approx(value) for name, value in changed.items()
    }
    assert [failure(outcome) for outcome in report.outcomes if failure(outcome)] == ([reason] if reason else [])


def test_retrieval_only_asks_nothing(folder):
    bot = ScriptedBot(folder, {})  # would raise KeyError on any question
    report = run_file(bot, folder / "set.yaml", retrieval_only=True)
    got = values(report)
    assert report.model == ""
    assert (got["hit@5"], got["errors"]) == (1.0, 0.0)
    assert {name for name, value in got.items() if value is not None} == {*RETRIEVAL, "errors", "crashes"}


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


# --- kept runs ----------------------------------------------------------------------------------------------------


def finish(steps) -> Report:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def kept(place: Path, bot: ScriptedBot, how: How = ALL, **keeping: object) -> Report:
    return finish(running(bot, place / "set.yaml", how, Keeping(place / "runs", **keeping)))


def test_a_kept_run_is_the_report_again(folder):
    report = kept(folder, ScriptedBot(folder, HONEST))
    again = read_run(report.folder)
    assert values(report_of(again.manifest, again.outcomes)) == values(report)
    assert again.manifest.asker.model == "scripted"
    assert again.ending.ended
    assert report.peak_mb > 10


def test_a_run_that_was_stopped_goes_on_where_it_was(folder):
    first = ScriptedBot(folder, HONEST)
    steps = running(first, folder / "set.yaml", How(), Keeping(folder / "runs"))
    for _ in range(3):
        next(steps)  # the third question is not asked yet
    steps.close()
    second = ScriptedBot(folder, HONEST)
    report = kept(folder, second, resume=True)
    assert (first.asked, second.asked) == (["Which tea?", "Which milk?"], ["Which wine?", "Which beer?", "And in the morning?"])
    assert values(report) == values(run(folder))
    with pytest.raises(UsageError, match="was stopped"):
        kept(folder, ScriptedBot(folder, HONEST), resume=True)


def test_what_failed_is_asked_again_when_the_run_goes_on(folder):
    lost = dict(HONEST) | {question: ModelFailed("The server is away.") for question in list(HONEST)[1:]}
    report = kept(folder, ScriptedBot(folder, lost), folder=folder / "mine")
    assert values(report)["errors"] == 4 / 5
    assert values(report)["correct"] == 1.0  # of what was answered: errors are no wrong answers
    second = ScriptedBot(folder, HONEST)
    again = kept(folder, second, folder=folder / "mine", resume=True)
    assert second.asked == ["Which milk?", "Which wine?", "Which beer?", "And in the morning?"]
    assert (values(again)["errors"], len(read_run(folder / "mine").outcomes)) == (0.0, 5)


def test_a_run_does_not_go_on_over_other_notes(folder):
    steps = running(ScriptedBot(folder, HONEST), folder / "set.yaml", How(), Keeping(folder / "runs"))
    next(steps)
    steps.close()
    with CatalogWriter.open(folder / "data") as catalog, catalog.transaction():
        catalog.put(Document("new.md", "new", (), (), {}), [replace(TEA, id="new", source="new.md")], Reading("", 0, ""))
    with pytest.raises(UsageError, match=r"since it began, the index changed"):
        kept(folder, ScriptedBot(folder, HONEST), resume=True)


def test_what_was_asked_before_is_not_asked_again_unless_wanted(folder):
    kept(folder, ScriptedBot(folder, HONEST))
    second, third = ScriptedBot(folder, HONEST), ScriptedBot(folder, HONEST)
    assert all(one.cached for one in kept(folder, second).outcomes)
    assert not any(one.cached for one in kept(folder, third, fresh=True).outcomes)
    assert (second.asked, len(third.asked)) == ([], 5)


def test_quotes_are_looked_up_anew_even_if_the_answer_is_not(folder):
    kept(folder, ScriptedBot(folder, HONEST))
    (folder / "notes" / "drinks.md").write_text("# Tea\nBlack tea.\n", encoding="utf-8")  # not ingested yet
    assert values(kept(folder, ScriptedBot(folder, HONEST)))["quotes_exist"] == 0.0


def test_each_question_is_asked_as_often_as_wanted(folder):
    bot = ScriptedBot(folder, HONEST)
    report = kept(folder, bot, How(repeat=2))
    assert len(bot.asked) == len(report.outcomes) == len(read_run(report.folder).outcomes) == 10
    assert [one.repeat for one in report.outcomes] == [0] * 5 + [1] * 5


# --- side by side -------------------------------------------------------------------------------------------------


class Slow(ScriptedBot):
    """Takes its time over each answer, so many drafts, in the order in which they are asked; counts how many it works on."""

    def __init__(self, folder: Path, script: dict[str, Answer | Exception], drafts: Sequence[int] = (4, 3, 2, 1, 0)) -> None:
        super().__init__(folder, script)
        self.lock = threading.Lock()
        self.drafts = iter(drafts)
        self.now = self.most = self.closed = 0
        self.together = threading.Event()

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            drafts = next(self.drafts)
            if self.now == 3:
                self.together.set()
        try:
            self.together.wait(10)
            for _ in range(drafts):
                time.sleep(0.02)
                yield Draft("")
            yield from super().ask(question, history)
        except GeneratorExit:
            self.closed += 1
            raise
        finally:
            with self.lock:
                self.now -= 1


def test_side_by_side_the_same_comes_out(folder):
    alone = kept(folder, ScriptedBot(folder, HONEST))
    bot = Slow(folder, HONEST)
    steps = running(bot, folder / "set.yaml", ALL, Keeping(folder / "runs", fresh=True), at_once=3)
    report = finish(steps)
    assert bot.most == 3
    assert values(report) == values(alone)
    assert [one.case.id for one in report.outcomes] == [one.case.id for one in alone.outcomes]
    again = read_run(report.folder)
    assert [one.case.id for one in again.outcomes] == [one.case.id for one in alone.outcomes]
    assert (again.manifest.at_once, read_run(alone.folder).manifest.at_once) == (3, 1)


def test_side_by_side_a_stop_ends_what_was_begun_and_keeps_what_was_done(folder):
    bot = Slow(folder, HONEST, drafts=(0, 400, 400, 400, 400))
    steps = running(bot, folder / "set.yaml", ALL, Keeping(folder / "runs"), at_once=3)
    while next(steps).done == 0:
        pass
    steps.close()
    assert (bot.now, bot.closed) == (0, 2)  # the third had not begun
    second = ScriptedBot(folder, HONEST)
    report = finish(running(second, folder / "set.yaml", ALL, Keeping(folder / "runs", resume=True), at_once=2))
    assert len(second.asked) == 4
    assert values(report) == values(run(folder))


def test_a_choice_of_cases(folder):
    bot = ScriptedBot(folder, HONEST)
    kept(folder, bot, How(tags=("hot", "cold")))
    kept(folder, bot, How(limit=2), fresh=True)
    kept(folder, bot, How(every=2), fresh=True)
    assert bot.asked == ["Which tea?", "Which tea?", "Which milk?", "Which tea?", "Which wine?", "And in the morning?"]
    with pytest.raises(UsageError, match="Its tags are hot; its splits dev and test"):
        kept(folder, bot, How(split="test"))


def test_events_are_kept_beside_the_answer(folder):
    class Telling(ScriptedBot):
        def ask(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
            yield Found((Passage(TEA, 1.0, 1.0),))
            yield Draft("")
            yield Draft("Green ")
            yield Draft("tea.")
            yield Checked(GREEN)
            yield Done(HONEST["Which tea?"])

    one = kept(folder, Telling(folder, HONEST), How(limit=1)).outcomes[0]
    assert (one.draft, one.checked, one.offered) == ("Green tea.", (GREEN,), ("tea",))
    assert 0 <= one.first <= one.seconds
