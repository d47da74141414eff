"""notebot answers questions from a person's own notes, and shows for every sentence where it comes from.

from notebot import open_bot, check_support

with open_bot(knowledge=["notes"]) as bot:
    bot.ingest()
    print(bot.answer("What is data mining?").text)

check_support("Spark was written in Scala.", ["Apache Spark is a fast framework, written in Scala."]).supported
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from os import PathLike
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notebot.bot import Bot
    from notebot.models.minilm import MiniLM
    from notebot.models.support import SupportModel
    from notebot.types import Support

__version__ = "0.1.0"
__all__ = ["check_support", "open_bot"]

Folder = str | PathLike[str]


def open_bot(*, knowledge: Folder | Sequence[Folder] | None = None, data: Folder | None = None, model: str | None = None) -> Bot:
    """A Bot over the notes in `knowledge`, with its index in `data` and answers by `model`.

    What is left out is read as the command line reads it: NOTEBOT_* variables, ./notebot.toml, the user's file, defaults.
    Nothing is loaded until it is needed. Raises SettingsError.
    """
    from notebot.bot import Bot
    from notebot.settings import load

    folders = [knowledge] if isinstance(knowledge, (str, PathLike)) else knowledge
    given = {"knowledge": folders and tuple(folders), "data": data, "model": model}
    return Bot(load({key: value for key, value in given.items() if value is not None}).settings)


def check_support(claim: str, evidence: Sequence[str]) -> Support:
    """How far the evidence carries the claim: a score from 0 to 1, the spans it rests on, and what is missing in words.

    Needs no index and no chat model. `Span.evidence` counts the texts of `evidence` from 0.
    """
    from notebot.answer.alignment import prepare
    from notebot.answer.grounding import check

    tokens, support = _check_models()
    return check(claim, prepare(evidence, tokens), tokens, support=support)


@cache
def _check_models() -> tuple[MiniLM, SupportModel]:
    """Loaded once: a program that checks a claim checks many."""
    from notebot.models.minilm import open_minilm
    from notebot.models.support import open_support

    return open_minilm(), open_support()
