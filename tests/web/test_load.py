"""The load run of eval/bench/load.py in short: many users over HTTP, nobody hears of another, and nothing is left behind."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="module")
def load() -> ModuleType:
    path = Path(__file__).parents[2] / "eval" / "bench" / "load.py"
    spec = importlib.util.spec_from_file_location("bench_load", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def server(load: ModuleType) -> Iterator[Any]:
    with load.Server(8) as running:
        yield running


def test_users_who_wait_and_leave_never_hear_of_each_other(load: ModuleType, server: Any) -> None:
    found = asyncio.run(load.storm(server.address, users=16, seconds=4, leaving=0.3))
    assert found.errors == []
    assert (found.mixed, found.refused) == (0, 0)
    assert found.answers >= 8
    assert found.left >= 1
    assert found.places >= 1  # 16 users, 8 turns: somebody waited, and was told the place
    assert server.free_after(5) < 1  # who left in the middle has freed the turn and stopped the model (F20)


def test_questions_leave_nothing_behind(load: ModuleType, server: Any) -> None:
    asyncio.run(load.quick(server.address, questions=40))
    before = server.standing()
    found = asyncio.run(load.quick(server.address, questions=150))
    after = server.standing()
    assert (found.errors, found.answers, found.mixed) == ([], 150, 0)
    assert after.files <= before.files + 3
    assert after.threads <= before.threads + 3
    assert after.rss_kb - before.rss_kb < 5_000
