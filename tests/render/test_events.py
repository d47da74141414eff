"""Events as objects: each under its name, whole answers as `ask --json` has them."""

from __future__ import annotations

import json

from notebot import render
from notebot.events import Beyond, Checked, Done, Draft, Event, Found, Settled, Stage
from notebot.render.events import event_json, event_name
from notebot.types import Answer, Chunk, Citation, Passage, Sentence, Status

CHUNK = Chunk("c1", "notes.md", "notes", ("Mining",), "# Mining\nIt finds patterns.\n", 1, 2, False, ())
CITATION = Citation("c1", "notes.md", ("Mining",), 2, 2, "It finds patterns.", 9, 27)
SENTENCE = Sentence("Mining finds patterns.", True, 0.9, (CITATION,))
ANSWER = Answer("What?", Status.ANSWERED, SENTENCE.text, "fake", (SENTENCE,), (Passage(CHUNK, 0.5, 0.6),), {"total": 1.0})


def test_every_kind_of_event_has_its_name_and_says_all_of_it() -> None:
    said: dict[str, tuple[Event, dict[str, object]]] = {
        "stage": (Stage("writing", "fake is writing"), {"name": "writing", "detail": "fake is writing"}),
        "found": (Found(ANSWER.passages), {"passages": render.answer_json(ANSWER)["passages"]}),
        "draft": (Draft("Mining "), {"text": "Mining "}),
        "checked": (Checked(SENTENCE), {"sentence": render.answer_json(ANSWER)["sentences"][0]}),  # type: ignore[index]
        "settled": (Settled(ANSWER), render.answer_json(ANSWER)),
        "beyond": (Beyond("Others do too."), {"text": "Others do too."}),
        "done": (Done(ANSWER), render.answer_json(ANSWER)),
    }
    assert {type(event) for event, _ in said.values()} == set(Event.__args__)  # type: ignore[attr-defined]
    for name, (event, whole) in said.items():
        assert (event_name(event), event_json(event)) == (name, whole)
        json.dumps(whole)
