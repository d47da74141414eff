"""Conversations: kept before they are answered, apart for each user, gone when deleted, and there after a crash."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from notebot.errors import NotebotError, NotThere
from notebot.history.store import CUT_OFF, LONGEST_TITLE, UNREADABLE, Entry, Feedback, History
from samples import ANSWER

OTHER = "somebody else"


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    kept = History.open(tmp_path / "data")
    yield kept
    kept.close()


def said(history: History, question: str, *, conversation: str = "", user: str = "") -> Entry:
    entry = history.begin(question, conversation=conversation, user=user)
    history.end(entry.id, "answered", answer=replace(ANSWER, question=question), user=user)
    return entry


def test_a_question_is_kept_before_it_is_answered_and_its_answer_whole(history: History) -> None:
    entry = history.begin("What is RAG?")
    assert history.entries(entry.conversation) == [entry]
    assert entry.number == 1
    assert entry.state == "open"
    history.end(entry.id, "answered", answer=ANSWER)
    assert history.entries(entry.conversation) == [replace(entry, state="answered", answer=ANSWER)]
    second = history.begin("And then?", conversation=entry.conversation)
    history.end(second.id, "failed", trouble="No model can answer.")
    assert second.number == 2
    assert history.entries(entry.conversation)[1] == replace(second, state="failed", trouble="No model can answer.")


def test_the_list_has_the_latest_first(history: History) -> None:
    first, second = said(history, "One?"), said(history, "Two?")
    assert [row.title for row in history.conversations()] == ["Two?", "One?"]
    said(history, "One more?", conversation=first.conversation)
    rows = history.conversations()
    assert [(row.id, row.title, row.entries) for row in rows] == [
        (first.conversation, "One?", 2),
        (second.conversation, "Two?", 1),
    ]
    assert rows[0].started_at < rows[1].started_at < rows[1].changed_at < rows[0].changed_at


def test_a_title_is_one_line_and_can_be_changed_and_taken_back(history: History) -> None:
    entry = said(history, "What\nis  RAG?\n" + "x" * 1000)
    title = history.conversations()[0].title
    assert title.startswith("What is RAG? xxx")
    assert len(title) == LONGEST_TITLE
    history.rename(entry.conversation, "  About\nRAG ")
    history.cut(entry.conversation, 1)
    said(history, "What is retrieval?", conversation=entry.conversation)
    assert history.conversations()[0].title == "About RAG"
    history.rename(entry.conversation, " ")
    assert history.conversations()[0].title == "What is retrieval?"


def test_cut_forgets_a_question_and_all_after_it(history: History) -> None:
    entry = said(history, "One?")
    for question in ("Two?", "Three?"):
        said(history, question, conversation=entry.conversation)
    history.cut(entry.conversation, 2)
    assert [kept.question for kept in history.entries(entry.conversation)] == ["One?"]
    assert said(history, "Second?", conversation=entry.conversation).number == 2
    history.cut(entry.conversation, 1)
    assert history.entries(entry.conversation) == []
    assert history.conversations() == []  # nothing to show until something is asked in it
    assert said(history, "First?", conversation=entry.conversation).number == 1
    assert history.conversations()[0].title == "First?"


def test_feedback_is_kept_replaced_and_taken_back(history: History) -> None:
    first, second = said(history, "One?"), said(history, "Two?")
    history.judge(second.id, Feedback("up"))
    history.judge(first.id, Feedback("down", "not true", "It was 1984."))
    judged = history.judged()
    assert [(entry.question, entry.feedback and entry.feedback.verdict) for entry in judged] == [("One?", "down"), ("Two?", "up")]
    assert judged[0].feedback is not None
    assert (judged[0].feedback.reason, judged[0].feedback.note) == ("not true", "It was 1984.")
    assert judged[0].feedback.given_at.startswith("20")
    assert judged[0].answer == replace(ANSWER, question="One?")
    history.judge(first.id, None)
    history.judge(second.id, Feedback("down"))
    assert [(entry.question, entry.feedback and entry.feedback.verdict) for entry in history.judged()] == [("Two?", "down")]
    assert history.judged(user=OTHER) == []


CALLS: list[Callable[[History, Entry], object]] = [
    lambda history, entry: history.begin("Mine now?", conversation=entry.conversation, user=OTHER),
    lambda history, entry: history.end(entry.id, "failed", user=OTHER),
    lambda history, entry: history.entries(entry.conversation, user=OTHER),
    lambda history, entry: history.rename(entry.conversation, "Mine", user=OTHER),
    lambda history, entry: history.delete(entry.conversation, user=OTHER),
    lambda history, entry: history.cut(entry.conversation, 1, user=OTHER),
    lambda history, entry: history.judge(entry.id, Feedback("up"), user=OTHER),
]


@pytest.mark.parametrize("call", CALLS)
def test_input_101_another_users_id_is_no_id(history: History, call: Callable[[History, Entry], object]) -> None:
    entry = said(history, "Mine?")
    before = history.entries(entry.conversation)
    with pytest.raises(NotThere) as theirs:
        call(history, entry)
    with pytest.raises(NotThere) as nothing:
        call(history, replace(entry, id="nothing", conversation="nothing"))
    assert str(theirs.value) == str(nothing.value)
    assert history.entries(entry.conversation) == before
    assert history.conversations(user=OTHER) == history.conversations("mine", user=OTHER) == []


@pytest.mark.parametrize("name", ["", "0", "-1", "9" * 500, "' OR 1=1 --", "\0", "\ud800", "%", "../x", "1e400"])
def test_ids_are_only_ever_looked_up(history: History, name: str) -> None:
    said(history, "Mine?")
    with pytest.raises(NotThere):
        history.entries(name)
    with pytest.raises(NotThere):
        history.delete(name)
    with pytest.raises(NotThere):
        history.judge(name, None)


def test_ids_cannot_be_guessed(history: History) -> None:
    entries = [history.begin("?") for _ in range(50)]
    ids = {name for entry in entries for name in (entry.id, entry.conversation)}
    assert len(ids) == 100
    assert all(re.fullmatch(r"c[\w-]{22}", name) for name in ids)


def test_only_the_owner_may_read_the_files(history: History, tmp_path: Path) -> None:
    said(history, "Mine?")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    files = list((tmp_path / "data").iterdir())
    assert {file.name for file in files} >= {"history.db", "history.db-wal"}
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def held(folder: Path, nonces: list[str]) -> list[str]:
    """Which nonces stand in any file of the folder. The index may share a word's beginning with another word's, not its end."""
    content = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file()).lower()
    return [nonce for nonce in nonces if nonce[-10:].encode() in content]


@pytest.mark.parametrize("way", ["delete", "cut", "beside a reader"])
def test_what_is_deleted_is_in_no_file_any_more(history: History, tmp_path: Path, way: str) -> None:
    nonces = [f"n{secrets.token_hex(12)}" for _ in range(200)]
    keep = [f"k{secrets.token_hex(12)}" for _ in range(200)]
    mine = said(history, "First?").conversation
    for nonce, kept in zip(nonces, keep, strict=True):
        said(history, f"Is it {kept}?")
        entry = history.begin(f"Is it {nonce}?", conversation=mine)
        history.end(entry.id, "answered", answer=replace(ANSWER, text=f"It is a{nonce}. " + "And more. " * 300))
    history.judge(entry.id, Feedback("down", "other", f"words {nonces[0]}"))
    history.rename(mine, f"Title {nonces[1]}")
    assert held(tmp_path, nonces) == nonces
    if way == "cut":
        history.rename(mine, "Other title")
        history.cut(mine, 2)
        assert len(history.entries(mine)) == 1
    elif way == "delete":
        history.delete(mine)
    else:
        with contextlib.closing(sqlite3.connect(tmp_path / "data" / "history.db")) as reader:
            reader.execute("SELECT * FROM entries").fetchone()
            history.delete(mine)
    assert held(tmp_path, nonces) == []
    assert held(tmp_path, keep) == keep
    assert len(history.conversations(keep[7])) == 1


def test_what_was_open_when_its_process_ended_was_cut_off(tmp_path: Path) -> None:
    first = History.open(tmp_path)
    left, done = first.begin("Left open?"), said(first, "Done?")
    second = History.open(tmp_path)  # a living process beside the first: it cannot know, and says nothing
    own = second.begin("In another process?")
    assert [second.entries(entry.conversation)[0].state for entry in (left, done, own)] == ["open", "answered", "open"]
    first.close()
    second.begin("Later?")  # now it can tell
    cut_off = second.entries(left.conversation)[0]
    assert (cut_off.state, cut_off.trouble, cut_off.question) == ("failed", CUT_OFF, "Left open?")
    assert second.entries(done.conversation)[0].state == "answered"
    assert second.entries(own.conversation)[0].state == "open"
    second.close()
    second.close()


def test_a_closed_history_says_so_and_not_that_it_is_damaged(tmp_path: Path) -> None:
    kept = History.open(tmp_path)
    kept.close()
    with pytest.raises(NotebotError, match="closed"):
        kept.conversations()


def test_an_answer_of_another_version_does_not_hide_the_rest(history: History, tmp_path: Path) -> None:
    entry = said(history, "One?")
    said(history, "Two?", conversation=entry.conversation)
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "history.db")) as other:
        other.execute("""UPDATE entries SET answer = '{"from": "the future"}' WHERE number = 1""")
        other.commit()
    first, second = history.entries(entry.conversation)
    assert (first.question, first.state, first.answer, first.trouble) == ("One?", "failed", None, UNREADABLE)
    assert second.answer is not None


def test_a_deleted_conversation_is_not_brought_back_by_its_answer(history: History) -> None:
    entry = history.begin("Still thinking?")
    history.delete(entry.conversation)
    with pytest.raises(NotThere):
        history.end(entry.id, "answered", answer=ANSWER)
    assert history.conversations() == []


@pytest.mark.parametrize("text", ["nul \0 in it", "\ud800 alone", "😀" * 4000, "line\r\nline", "'; DROP TABLE entries; --", ""])
def test_any_text_is_kept(history: History, text: str) -> None:
    entry = history.begin(text)
    history.end(entry.id, "failed", trouble=text)
    history.rename(entry.conversation, text)
    history.judge(entry.id, Feedback("down", "", text))
    kept = history.entries(entry.conversation)[0]
    assert kept.question == kept.trouble == text.replace("\ud800", "\ufffd")


def test_many_threads_write_and_read_at_once(history: History) -> None:
    def ask(user: str) -> None:
        try:
            conversation = ""
            for turn in range(10):
                conversation = said(history, f"{user} {turn}?", conversation=conversation, user=user).conversation
                assert all(entry.question.startswith(f"{user} ") for entry in history.entries(conversation, user=user))
            assert [row.entries for row in history.conversations(f"{user} 9", user=user)] == [10]
        except BaseException as error:
            failures.append(error)

    failures: list[BaseException] = []
    threads = [threading.Thread(target=ask, args=(f"user{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


WRITER = """
import sys, pathlib, dataclasses
sys.path.insert(0, sys.argv[2])
from samples import ANSWER
from notebot.history.store import History
history = History.open(pathlib.Path(sys.argv[1]))
conversation = ""
for number in range(100_000):
    entry = history.begin(f"{sys.argv[3]} {number}?", conversation=conversation)
    conversation = entry.conversation
    print("begun", entry.conversation, number, flush=True)
    history.end(entry.id, "answered", answer=dataclasses.replace(ANSWER, text=f"It is {number}."))
    print("ended", entry.conversation, number, flush=True)
"""


def test_nothing_that_was_acknowledged_is_lost_by_a_kill(tmp_path: Path) -> None:
    kills = int(os.environ.get("TORTURE_KILLS", "20"))
    begun: list[tuple[str, str]] = []
    ended: set[tuple[str, str]] = set()
    for run in range(kills):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(Path(__file__).parents[1]), f"run{run}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            lines = [writer.stdout.readline()]
            time.sleep(0.002 * run)
            writer.send_signal(signal.SIGKILL)
            lines += [line for line in writer.stdout if line.endswith("\n")]
        for word, conversation, number in (line.split() for line in lines):
            if word == "begun":
                begun.append((conversation, number))
            else:
                ended.add((conversation, number))
    assert len(begun) > kills
    history = History.open(tmp_path)
    assert history.notice == ""
    assert len(history.conversations()) == kills
    kept = {(row.id, str(entry.number - 1)): entry for row in history.conversations() for entry in history.entries(row.id)}
    for asked in begun:
        entry = kept[asked]
        assert entry.state == "answered" if asked in ended else entry.state in ("answered", "failed")
        assert (entry.answer is None) == (entry.state == "failed") == (entry.trouble == CUT_OFF)
    assert sum(entry.state == "failed" for entry in kept.values()) <= kills
    history.close()


def test_errors_are_told_in_words(history: History, tmp_path: Path) -> None:
    said(history, "Before?")
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "history.db")) as other:
        other.execute("DROP TABLE entries")
    with pytest.raises(NotebotError, match=r"is damaged \(no such table: entries\). Start notebot again"):
        history.conversations()
