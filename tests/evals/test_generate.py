"""Real notes, a real index: drafts that load as a set, point at places that are there, and come again by the same seed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import FakeChat
from notebot.bot import Bot
from notebot.errors import UsageError
from notebot.evals.cases import check_places, load_cases
from notebot.evals.figures import FIGURES
from notebot.evals.generate import CLOSED_BOOK, DRAFT, Drafted, Wanted, drafting, summary
from notebot.evals.set_files import set_text
from notebot.settings import Settings
from notebot.states import IngestOptions


@pytest.fixture(scope="module")
def bot(notes: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with Bot(Settings(knowledge=(notes,), data=tmp_path_factory.mktemp("data"))) as bot:
        bot.ingest(IngestOptions(links=False))
        yield bot


def drafted(bot: Bot, wanted: Wanted) -> Drafted:
    steps = drafting(bot, wanted)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def test_drafts_are_a_strict_set_whose_places_are_there(bot, tmp_path):
    found = drafted(bot, Wanted(12))
    path = tmp_path / "drafts.yaml"
    path.write_text(set_text(found.as_set("drafts"), comment="drafted"), encoding="utf-8")
    cases = load_cases(path, figures=FIGURES).cases
    assert cases == found.cases
    check_places(cases, bot.source)
    assert all(DRAFT in case.tags for case in cases)
    assert {case.answerable for case in cases} == {True, False}
    assert len({place.source for case in cases for place in case.gold}) == 3
    assert {"stub", "held-out", "near-miss"} <= {tag for case in cases for tag in case.tags}


def test_the_seed_decides(bot):
    assert drafted(bot, Wanted(8, seed=5)) == drafted(bot, Wanted(8, seed=5))
    assert drafted(bot, Wanted(8, seed=5)) != drafted(bot, Wanted(8, seed=6))


def test_a_model_that_writes_nothing_useful_gives_way_to_templates(bot):
    found = drafted(bot, Wanted(6, model=FakeChat(["I like tea."])))
    assert found.cases
    assert not any("model" in case.tags for case in found.cases)
    assert ("by fake: not in the form that was asked for", 3) in [(why, n) for why, n in found.dropped] or "wrote" in found.notice


def test_what_a_model_knows_without_the_notes_is_flagged(bot):
    knowing = FakeChat(
        ["Prometheus and Grafana, Delta Lake, Cloud platform, six hours of sun, massive model trained on broad data"]
    )
    found = drafted(bot, Wanted(20, model=knowing))
    flagged = {case.question for case in found.cases if CLOSED_BOOK in case.tags}
    assert "What do my notes have for Monitoring?" in flagged
    assert not any(CLOSED_BOOK in case.tags for case in found.cases if not case.answerable)
    assert any(CLOSED_BOOK in line for line in summary(found))


def test_notes_that_say_nothing_are_told(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("ok", encoding="utf-8")
    with Bot(Settings(knowledge=(tmp_path / "notes",), data=tmp_path / "data")) as bot:
        bot.ingest(IngestOptions(links=False))
        with pytest.raises(UsageError, match="Nothing can be asked"):
            drafted(bot, Wanted(3))


def test_a_heading_over_several_passages_is_asked_about_once_and_as_a_whole(tmp_path):
    text = "\n\n".join(
        f"Green leaves number {n} are steamed for several minutes by careful hands in the valley." for n in range(60)
    )
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text(
        f"# Tea\n{text}\n\n# Wine\nRed grapes are pressed for several days by careful hands."
    )
    with Bot(Settings(knowledge=(tmp_path / "notes",), data=tmp_path / "data")) as bot:
        bot.ingest(IngestOptions(links=False))
        found = drafted(bot, Wanted(9))
    prose = [case for case in found.cases if "prose" in case.tags]
    assert sorted(case.question for case in prose) == ["What do my notes say about Tea?", "What do my notes say about Wine?"]
    assert [place.lines for case in prose for place in case.gold] == [None, None]
    assert dict(found.dropped)["another passage begins its section"] > 0


def test_a_model_that_is_able_writes_questions(tmp_path):
    text = "# Tea\nGreen tea is brewed at eighty degrees, and never longer than two minutes, in a pot of clay or of iron."
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text(text, encoding="utf-8")
    model = FakeChat(["Q: How hot is green tea brewed?\nA: eighty degrees", "I do not know."])
    with Bot(Settings(knowledge=(tmp_path / "notes",), data=tmp_path / "data")) as bot:
        bot.ingest(IngestOptions(links=False))
        found = drafted(bot, Wanted(2, model=model))
    written = [case for case in found.cases if "model" in case.tags]
    assert [(case.question, case.facts) for case in written] == [("How hot is green tea brewed?", (("eighty degrees",),))]
