"""A bot with a script, and the page over it on a real server."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from notebot.telemetry import SWITCHES

os.environ.update(SWITCHES)  # before any test imports gradio


def load(name: str) -> ModuleType:
    """A module beside this file. Tests are no package, so that it cannot be imported by name."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def scripted() -> ModuleType:
    """The module with the script: passages, sentences, `story()` and `ScriptedBot`."""
    return load("scripted_bot")


@pytest.fixture(scope="session")
def team_module() -> ModuleType:
    """The module with `team()`: a server where people sign in."""
    return load("team")


@pytest.fixture(scope="session")
def served(scripted: ModuleType) -> Iterator[Any]:
    """The page of a bot that tells its story at once, on a free port."""
    from notebot.web.host import serve

    with serve(scripted.ScriptedBot(scripted.story()), port=0) as page:
        yield page
