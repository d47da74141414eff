"""What the notes do not answer: no property that some passage gives, and no topic that the other note speaks of."""

from random import Random

from notebot.evals.near_misses import Known, held_out, near_misses, stubs
from notebot.types import Chunk


def chunk(source: str, heading: str, text: str, *, stub: bool = False) -> Chunk:
    return Chunk(f"{source}{heading}", source, source, (heading,), f"# {heading}\n{text}", 1, 2, stub, ())


SPARK = chunk(
    "a.md", "Spark", "Spark was invented at Berkeley and first described in 2010 in a book. It is free, no company owns it."
)
TEA = chunk("b.md", "Tea", "Green leaves in water.")
KNOWN = Known.of([SPARK, TEA, chunk("b.md", "Wine", "", stub=True), chunk("b.md", "Leaves", "", stub=True)])


def test_a_property_is_asked_only_where_no_passage_gives_it():
    assert {draft.question for draft in near_misses(KNOWN)} == {"Who first described Tea?"}
    bare = Known.of([chunk("a.md", "Spark", "A framework."), TEA])
    assert {draft.question for draft in near_misses(bare)} == {"Who first described Spark?", "How much does Tea cost a month?"}


def test_a_held_out_topic_is_asked_of_a_note_that_does_not_speak_of_it():
    assert [draft.question for draft in held_out(KNOWN, Random(1))] == [  # noqa: S311
        "What do my notes say about Spark? path:b.md",
        "What do my notes say about Tea? path:a.md",
    ]
    assert not list(held_out(Known.of([TEA]), Random(1)))  # noqa: S311


def test_a_stub_is_asked_for_unless_other_text_speaks_of_it():
    assert [(draft.question, draft.gold[0].heading) for draft in stubs(KNOWN)] == [
        ("What do my notes say about Wine?", ("Wine",))
    ]
    assert not any(draft.answerable or draft.facts for draft in stubs(KNOWN))
