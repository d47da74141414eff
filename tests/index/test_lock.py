"""One writer at a time, whatever became of the last one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from notebot.errors import Locked
from notebot.index.lock import WriterLock

HOLD = "import sys, time, pathlib; from notebot.index.lock import WriterLock; "
HOLD += "lock = WriterLock(pathlib.Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"


def test_a_second_writer_is_told_who_the_first_one_is(tmp_path: Path) -> None:
    first = WriterLock(tmp_path)
    with pytest.raises(Locked, match=rf"process {os.getpid()} since 20\d\d-.*Wait until it has finished") as caught:
        WriterLock(tmp_path)
    assert caught.value.exit_code == 6
    first.release()
    first.release()
    WriterLock(tmp_path).release()


def test_an_unreadable_note_about_the_owner_does_no_harm(tmp_path: Path) -> None:
    first = WriterLock(tmp_path)
    (tmp_path / "writer.json").write_text("{")
    with pytest.raises(Locked, match="another process"):
        WriterLock(tmp_path)
    first.release()


def test_another_process_holds_it_until_it_dies(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"held\n"
        with pytest.raises(Locked, match=f"process {owner.pid} since"):
            WriterLock(tmp_path)
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    assert (tmp_path / "writer.json").exists()
    WriterLock(tmp_path).release()  # a stale note, and nobody who holds the lock
