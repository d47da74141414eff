"""Cases, passages and answers made by hand, for the tests of the figures."""

from notebot.evals.cases import Case, Place
from notebot.evals.figures import measure
from notebot.evals.outcome import Outcome
from notebot.types import Answer, Chunk, Citation, Passage, Sentence, Status

TEA = Place("n.md", ("Tea",))
MILK = Place("n.md", ("Milk",))


def passage(heading: str) -> Passage:
    return Passage(Chunk(heading, "n.md", "n", (heading,), heading, 1, 1, False, ()), 1.0, 1.0)


def citation(heading: str) -> Citation:
    return Citation(heading, "n.md", (heading,), 1, 1, "quote", 0, 5)


def sentence(text: str, *headings: str, supported: bool = True) -> Sentence:
    return Sentence(text, supported, 0.9, tuple(citation(heading) for heading in headings))


def answer(status: Status, *sentences: Sentence) -> Answer:
    return Answer("?", status, " ".join(one.text for one in sentences), "scripted", sentences, (), {})


def answerable(**fields: object) -> Case:
    return Case(**{"id": "a", "question": "?", "expect": (Status.ANSWERED,), "facts": (("green",),), "gold": (TEA,)} | fields)


def silent(**fields: object) -> Case:
    return Case(**{"id": "s", "question": "?", "expect": (Status.NOT_IN_NOTES,)} | fields)


def figures(*outcomes: Outcome) -> dict[str, tuple[float | None, int]]:
    return {figure.name: (figure.value, figure.n) for figure in measure(outcomes)}
