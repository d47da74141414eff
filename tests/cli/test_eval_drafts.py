"""notebot eval generate and review, as a person runs them."""

import pytest

from notebot.evals.reviewing import load, pending


@pytest.fixture
def drafted(ingested, tmp_path):
    path = tmp_path / "drafts.yaml"
    done = ingested("eval", "generate", "--out", str(path), "--count", "6", "--no-model")
    assert done.returncode == 0, done.stderr
    assert "questions drafted" in done.stdout
    return path


def test_drafts_are_written_once_and_reviewed_without_a_terminal(ingested, drafted):
    again = ingested("eval", "generate", "--out", str(drafted), "--no-model")
    assert again.returncode == 2
    assert "--force" in again.stderr
    waiting = ingested("eval", "review", str(drafted))
    assert waiting.returncode == 2
    assert "--accept-all" in waiting.stderr
    count = len(pending(load(drafted)))
    assert f"Accepted {count} drafts." in ingested("eval", "review", str(drafted), "--accept-all").stdout
    assert pending(load(drafted)) == []


def test_on_a_terminal_each_decision_is_kept(ingested, drafted):
    before = pending(load(drafted))
    code, shown = ingested.on_terminal("eval", "review", str(drafted), typed="a\nd\nq\n")
    assert code == 0, shown
    assert before[0].question in shown
    after = load(drafted).cases
    assert [case.id for case in after] == [case.id for case in before if case.id != before[1].id]
    assert len(pending(load(drafted))) == len(before) - 2


def test_without_a_file_drafts_lie_beside_the_index_and_are_run_by_name(ingested):
    nothing = ingested("eval", "review")
    assert (nothing.returncode, "Traceback" in nothing.stderr) == (2, False)
    done = ingested("eval", "generate", "--count", "6", "--no-model")
    assert done.returncode == 0, done.stderr
    assert "/review" in done.stderr
    assert "Accepted " in ingested("eval", "review", "--accept-all").stdout
    asked = ingested("eval", "run", "drafts.yaml", "--declining")
    assert "drafts 1: " in asked.stdout
