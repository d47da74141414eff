"""Runs on disk: written as they come, read again, gone on with."""

from dataclasses import replace

import pytest

from notebot.errors import UsageError
from notebot.evals.manifest import How
from notebot.evals.store import CASES, Ending, Keeper, check_same, fresh_folder, named, read_run, runs, unfinished, write_whole
from runs_by_hand import MANIFEST, asked_by, outcome

ENDING = Ending("2026-11-28T03:00:00+00:00", 400.5)


def test_a_run_is_read_as_it_was_written(tmp_path):
    with Keeper.begin(tmp_path / "r", MANIFEST) as keeper:
        keeper.add(outcome(1, True))
        keeper.add(outcome(2, False))
        assert len(read_run(tmp_path / "r").outcomes) == 2  # before it ends, too
        keeper.end(ENDING)
    found = read_run(tmp_path / "r")
    assert (found.manifest, found.ending) == (MANIFEST, ENDING)
    assert found.outcomes == (outcome(1, True), outcome(2, False))


def test_the_later_of_two_lines_for_one_case_counts(tmp_path):
    with Keeper.begin(tmp_path / "r", MANIFEST) as keeper:
        for one in (replace(outcome(1, True), error="gone"), outcome(2, True), outcome(1, True)):
            keeper.add(one)
    assert [(one.case.id, one.error) for one in read_run(tmp_path / "r").outcomes] == [("c1", ""), ("c2", "")]


def test_a_torn_line_is_no_line(tmp_path):
    with Keeper.begin(tmp_path / "r", MANIFEST) as keeper:
        keeper.add(outcome(1, True))
    with (tmp_path / "r" / CASES).open("a") as file:
        file.write('{"case": {"id": "c2", "que')
    assert [one.case.id for one in read_run(tmp_path / "r").outcomes] == ["c1"]
    with Keeper.go_on(tmp_path / "r") as keeper:
        keeper.add(outcome(3, True))
    assert [one.case.id for one in read_run(tmp_path / "r").outcomes] == ["c1", "c3"]


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(UsageError, match="There is no run in"):
        read_run(tmp_path)
    with Keeper.begin(tmp_path / "r", MANIFEST) as keeper:
        keeper.add(outcome(1, True))
    (tmp_path / "r" / CASES).write_text("nonsense\n")
    with pytest.raises(UsageError, match=r"cases\.jsonl, line 1: this is no outcome"):
        read_run(tmp_path / "r")
    (tmp_path / "r" / "manifest.json").write_text("{}")
    with pytest.raises(UsageError, match="cannot be read"):
        read_run(tmp_path / "r")


def test_a_run_is_not_written_over(tmp_path):
    Keeper.begin(tmp_path / "r", MANIFEST).close()
    with pytest.raises(UsageError, match=r"There is a run in .* already"):
        Keeper.begin(tmp_path / "r", MANIFEST)


def test_runs_are_found_by_name_by_folder_and_as_the_last(tmp_path):
    for name, started in {"b": "2026-01-01T00:00:00+00:00", "a": "2026-01-02T00:00:00+00:00"}.items():
        Keeper.begin(tmp_path / name, replace(MANIFEST, started=started)).close()
    assert [folder.name for folder in runs(tmp_path)] == ["b", "a"]
    assert named("last", tmp_path) == named("a", tmp_path) == tmp_path / "a"
    assert named(str(tmp_path / "b"), tmp_path / "elsewhere") == tmp_path / "b"
    for absent in ("c", "../r", ""):
        with pytest.raises(UsageError, match="There is no run"):
            named(absent, tmp_path)


def test_what_can_go_on_is_the_latest_that_was_stopped(tmp_path):
    first = replace(MANIFEST, started="2026-01-01T00:00:00+00:00")
    Keeper.begin(tmp_path / "stopped", first).close()
    with Keeper.begin(tmp_path / "ended", MANIFEST) as keeper:
        keeper.end(ENDING)
    assert unfinished(tmp_path, MANIFEST) == tmp_path / "stopped"
    assert unfinished(tmp_path, replace(MANIFEST, how=How(limit=3))) is None
    assert unfinished(tmp_path, replace(MANIFEST, set_digest="s2")) is None


def test_a_run_cannot_go_on_with_something_else(tmp_path):
    check_same(MANIFEST, replace(MANIFEST, started="later"), tmp_path)
    with pytest.raises(UsageError, match="the model, the setting passages changed"):
        check_same(MANIFEST, asked_by(model="other", settings={"passages": 3}), tmp_path)
    with pytest.raises(UsageError, match="which cases are asked, the question set changed"):
        check_same(MANIFEST, replace(MANIFEST, set_digest="s2", how=How(repeat=2)), tmp_path)


def test_folders_are_named_after_the_set_and_never_twice(tmp_path):
    first = fresh_folder(tmp_path, "My Teas/../x")
    assert first.parent == tmp_path
    assert first.name.startswith("my-teas-x-20")
    first.mkdir()
    assert fresh_folder(tmp_path, "My Teas/../x") != first
    write_whole(first / "a.txt", "text\n")
    assert [path.name for path in first.iterdir()] == ["a.txt"]
