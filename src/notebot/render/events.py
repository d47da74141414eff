"""The events of a question as objects for programs, each under its name: what is sent while an answer grows."""

from __future__ import annotations

from notebot.events import Beyond, Checked, Done, Draft, Event, Found, Settled, Stage
from notebot.render.objects import answer_json, passage_json, sentence_json


def event_name(event: Event) -> str:
    """`stage`, `found`, `draft`, `checked`, `settled`, `beyond` or `done`."""
    return type(event).__name__.lower()


def event_json(event: Event) -> dict[str, object]:
    """What the event says. Of `settled` and `done` it is the whole answer, as `ask --json` has it."""
    match event:
        case Stage(name, detail):
            return {"name": name, "detail": detail}
        case Found(passages):
            return {"passages": [passage_json(passage) for passage in passages]}
        case Draft(text) | Beyond(text):
            return {"text": text}
        case Checked(sentence):
            return {"sentence": sentence_json(sentence)}
        case Settled(answer) | Done(answer):
            return answer_json(answer)
