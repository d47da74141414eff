"""Changes to a real folder are heard once, soon, and only where an ingest would see something."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from notebot.ingest.watch import cannot_watch, changes

SOON = 1.5  # seconds: what is left of two for an ingest is half a second
NEVER = 0.75  # seconds in which nothing may be heard


class Ear:
    """Listens in a thread, and knows when it heard something."""

    def __init__(self, *folders: Path, sweep: float = 60) -> None:
        self._stop = threading.Event()
        self._heard: queue.SimpleQueue[float] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._listen, args=(folders, sweep))
        self._thread.start()
        self.hears(5)  # watching has begun

    def _listen(self, folders: tuple[Path, ...], sweep: float) -> None:
        for _ in changes(folders, self._stop, quiet=0.1, sweep=sweep):
            self._heard.put(time.monotonic())

    def hears(self, within: float = SOON) -> bool:
        try:
            self._heard.get(timeout=within)
        except queue.Empty:
            return False
        return True

    def is_silent(self) -> bool:
        return not self.hears(NEVER)

    def close(self) -> float:
        begun = time.monotonic()
        self._stop.set()
        self._thread.join(5)
        assert not self._thread.is_alive()
        return time.monotonic() - begun


@contextmanager
def ear(*folders: Path, sweep: float = 60) -> Iterator[Ear]:
    listening = Ear(*folders, sweep=sweep)
    try:
        yield listening
    finally:
        listening.close()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.md").write_text("one")
    (folder / "deep" / "b.md").write_text("two")
    return folder


def saved_by_rename(path: Path, text: str) -> None:
    new = path.with_name(f".{path.name}.swp")
    new.write_text(text)
    new.replace(path)


def test_each_kind_of_change_is_heard_once(notes: Path, tmp_path: Path) -> None:
    with ear(notes) as listening:
        for number, change in enumerate(
            [
                lambda: (notes / "a.md").write_text("edited"),
                lambda: saved_by_rename(notes / "a.md", "saved"),
                lambda: (notes / "new.md").write_text("new"),
                lambda: (notes / "new.md").rename(notes / "renamed.md"),
                (notes / "renamed.md").unlink,
                lambda: (notes / "deep").rename(tmp_path / "out"),
                lambda: (tmp_path / "out").rename(notes / "in"),
                lambda: (notes / "in" / "b.md").write_text("in a folder that came later"),
                lambda: shutil.rmtree(notes / "in"),
            ]
        ):
            change()
            assert listening.hears(), number
        assert listening.is_silent()


def test_what_is_no_note_is_not_heard(notes: Path) -> None:
    (notes / ".git").mkdir()
    with ear(notes) as listening:
        (notes / ".git" / "README.md").write_text("not ours")
        (notes / ".a.md.swp").write_text("an editor's")
        (notes / "4913").write_text("an editor's")
        (notes / "4913").unlink()
        (notes / "a.md~").write_text("a copy")
        (notes / "empty").mkdir()
        (notes / "a.md").read_text()
        assert listening.is_silent()
        (notes / "a.md").write_text("edited")
        assert listening.hears()


def test_an_edit_is_heard_in_the_middle_of_noise(notes: Path) -> None:
    over = threading.Event()

    def noise() -> None:
        while not over.wait(0.02):
            (notes / "debug.log").write_text(str(time.monotonic()))

    noisy = threading.Thread(target=noise)
    noisy.start()
    try:
        with ear(notes) as listening:
            assert listening.is_silent()
            (notes / "a.md").write_text("edited")
            assert listening.hears()
    finally:
        over.set()
        noisy.join()


def test_a_burst_is_one_change(notes: Path) -> None:
    with ear(notes) as listening:
        for number in range(1000):
            (notes / f"{number}.md").write_text("x")
        assert listening.hears(3)
        assert listening.is_silent()


def test_edits_without_end_are_heard_all_the_same(notes: Path) -> None:
    over = threading.Event()

    def typing() -> None:
        while not over.wait(0.05):
            (notes / "a.md").write_text(str(time.monotonic()))

    hand = threading.Thread(target=typing)
    with ear(notes) as listening:
        hand.start()
        try:
            assert listening.hears(2.5)
        finally:
            over.set()
            hand.join()


def test_what_comes_while_the_caller_works_is_not_lost(notes: Path) -> None:
    stop = threading.Event()
    heard = changes([notes], stop)
    next(heard)
    (notes / "a.md").write_text("while it works")
    time.sleep(0.5)
    guard = threading.Timer(5, stop.set)
    guard.start()
    assert next(heard, "nothing") is None
    guard.cancel()
    stop.set()
    assert next(heard, "ended") == "ended"


def test_a_folder_that_vanishes_and_comes_back(notes: Path, tmp_path: Path) -> None:
    with ear(notes, tmp_path) as listening:
        notes.rename(tmp_path.parent / f"{tmp_path.name}-away")
        assert listening.hears()
        while listening.hears(NEVER):
            pass
        (tmp_path.parent / f"{tmp_path.name}-away").rename(notes)
        assert listening.hears()
        while listening.hears(NEVER):
            pass
        (notes / "a.md").write_text("edited after it came back")
        assert listening.hears()


def test_a_folder_that_comes_back_while_the_caller_works(notes: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    heard = changes([notes], stop)
    next(heard)
    notes.rename(tmp_path / "away")
    next(heard)
    (tmp_path / "away").rename(notes)
    (notes / "new.md").write_text("before anybody listens again")
    guard = threading.Timer(5, stop.set)
    guard.start()
    assert next(heard, "nothing") is None
    guard.cancel()
    stop.set()


def test_a_folder_that_is_made_later(tmp_path: Path) -> None:
    with ear(tmp_path / "later") as listening:
        (tmp_path / "later").mkdir()
        assert listening.hears()
        (tmp_path / "later" / "a.md").write_text("new")
        assert listening.hears()


def test_another_folder_under_the_same_name_is_heard(notes: Path, tmp_path: Path) -> None:
    shutil.copytree(notes, tmp_path / "other")
    (tmp_path / "link").symlink_to(notes)
    with ear(tmp_path / "link") as listening:
        (tmp_path / "new link").symlink_to(tmp_path / "other")
        (tmp_path / "new link").replace(tmp_path / "link")
        assert listening.hears()
        while listening.hears(NEVER):
            pass
        (tmp_path / "other" / "a.md").write_text("edited")
        assert listening.hears()


def test_it_stops_at_once(notes: Path) -> None:
    assert Ear(notes).close() < 1
    assert Ear(notes / "absent").close() < 1


DEAF = """
import sys, threading, time
from pathlib import Path
from notebot.ingest.watch import cannot_watch, changes
Path("/proc/sys/user/max_inotify_instances").write_text("0")
notes = Path(sys.argv[1])
assert "inotify" in cannot_watch([notes]) or "open files" in cannot_watch([notes]), cannot_watch([notes])
stop = threading.Event()
heard = changes([notes], stop)
next(heard)
for change in (lambda: (notes / "a.md").write_text("edited"), lambda: (notes / "a.md").unlink()):
    change()
    begun = time.monotonic()
    next(heard)
    print(time.monotonic() - begun)
stop.set()
assert next(heard, "ended") == "ended"
"""


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("unshare"), reason="takes a user namespace of Linux")
def test_where_the_system_tells_of_nothing_it_looks_itself(notes: Path) -> None:
    own = ["unshare", "--user", "--map-root-user"]
    if subprocess.run([*own, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine allows no user namespaces")
    done = subprocess.run([*own, sys.executable, "-c", DEAF, str(notes)], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    assert all(float(seconds) < SOON for seconds in done.stdout.split())
    assert len(done.stdout.split()) == 2


def test_what_the_system_did_not_tell_of_is_found_by_a_sweep(notes: Path) -> None:
    """A change through another path to the same file, as another machine makes one on a network folder, wakes nobody."""
    outside = notes.parent / "outside.md"
    os.link(notes / "a.md", outside)
    with ear(notes) as listening:
        outside.write_text("edited where nobody listens")
        assert listening.is_silent()
    with ear(notes, sweep=0.5) as listening:
        outside.write_text("edited there again")
        assert listening.hears(2.5)


def test_a_folder_that_can_be_watched(notes: Path) -> None:
    assert cannot_watch([notes]) == ""
    assert cannot_watch([notes / "absent"]) == ""
