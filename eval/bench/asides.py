"""Measure what greetings, leads and "answer briefly, please" do to answers: each form of eval/asides.yaml around each question.

    python eval/bench/asides.py [--list fourth] [--show]

The model always declines, so that search, the checks and quoting are what is measured. An answer is the same if it has the status
of the bare question's and at least one sentence in common with it, or both are silent.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from notebot import open_bot
from notebot.bot import Bot
from notebot.states import IngestOptions
from notebot.types import Answer

HERE = Path(__file__).parents[1]
MODEL = "llamaindex:notebot.evals.declining.Declining:always"
FOLDERS = {"knowledge": HERE.parent / "knowledge"}  # the others: eval/collections/NAME/notes
MARKED = (",", "but", "so")  # after these a question goes on in lower case


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with something said around it, and how its answer compares to that of the bare one."""

    text: str
    bare: Answer
    answer: Answer

    @property
    def same(self) -> bool:
        before, now = ({one.text for one in answer.sentences if one.supported} for answer in (self.bare, self.answer))
        return self.bare.status is self.answer.status and (not before or bool(before & now))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    lists = yaml.safe_load((HERE / "asides.yaml").read_text(encoding="utf-8"))
    parser.add_argument("--list", action="append", choices=list(lists), help="only this one; may be repeated")
    parser.add_argument("--show", action="store_true", help="each question whose answer is another one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for name in given.list or lists:
            asked = [
                one for collection in collections(lists[name]) for one in of_collection(collection, lists[name], Path(scratch))
            ]
            changed = [one for one in asked if not one.same]
            silenced = [one for one in changed if one.bare.sentences and not one.answer.sentences]
            sys.stdout.write(f"{name:<8} {len(changed):>4} of {len(asked)} changed, {len(silenced)} of these silenced\n")
            for one in changed if given.show else ():
                sys.stdout.write(f"    {one.text}  {one.bare.status} -> {one.answer.status}  {one.answer.asked}\n")
            sys.stdout.flush()


def collections(of: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(question["collection"] for question in of["questions"]))


def of_collection(name: str, of: Mapping[str, Any], scratch: Path) -> Iterator[Asked]:
    """Each form around each question about one collection of notes."""
    knowledge = FOLDERS.get(name, HERE / "collections" / name / "notes")
    with open_bot(knowledge=knowledge, data=scratch / name, model=MODEL) as bot:
        bot.ingest(IngestOptions(offline=True))
        for question in of["questions"]:
            if question["collection"] == name:
                yield from _around(question, of["forms"], bot)


def _around(question: Mapping[str, str], forms: Sequence[str], bot: Bot) -> Iterator[Asked]:
    bare = bot.answer(question["direct"])
    for form in forms:
        text = worded(form, question)
        yield Asked(text, bare, bot.answer(text))


def worded(form: str, question: Mapping[str, str]) -> str:
    """The form with the question in it, in lower case where its sentence goes on."""
    direct = question["direct"]
    if form.partition("{")[0].rstrip().endswith(MARKED):
        direct = direct[0].lower() + direct[1:]
    return form.format(direct=direct, indirect=question["indirect"])


if __name__ == "__main__":
    main()
