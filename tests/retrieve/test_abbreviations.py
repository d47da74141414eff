"""What notes say their abbreviations stand for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from notebot.index.catalog import Catalog
from notebot.index.terms import Terms
from notebot.index.vectors import VectorIndex
from notebot.index.writer import CatalogWriter
from notebot.ingest.pages import LinkRules
from notebot.ingest.sync import Stores, sync
from notebot.models.minilm import MiniLM
from notebot.retrieve.abbreviations import definitions, expanded, written_out
from notebot.states import IngestOptions

NOTES = """# Self-supervised learning (SSL)

Models make their own labels.

# Alignment

RLHF (Reinforcement Learning from Human Feedback) needs people. RLHF is slow.

# Exploratory data analysis:

# Tools

The cat sat in the bar (by accident).
"""


@pytest.fixture(scope="module")
def terms(minilm: MiniLM, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terms]:
    notes, data = tmp_path_factory.mktemp("short_forms"), tmp_path_factory.mktemp("short_forms_data")
    (notes / "ml.md").write_text(NOTES, encoding="utf-8")
    with CatalogWriter.open(data) as writer:
        vectors = VectorIndex(data, writer, model=minilm.name, dimension=minilm.dimension)
        for _ in sync([notes], Stores(writer, vectors, minilm, minilm, LinkRules()), IngestOptions(links=False)):
            pass
        vectors.close()
    with Catalog.open(data) as catalog:
        yield Terms(catalog)


@pytest.mark.parametrize(
    ("asked", "text", "forms"),
    [
        ("What is SSL?", "What is SSL (Self-supervised learning)?", ("What is SSL?", "What is Self-supervised learning?")),
        ("rlhf", "rlhf (Reinforcement Learning from Human Feedback)", ("rlhf", "Reinforcement Learning from Human Feedback")),
        ("Steps of EDA?", "Steps of EDA (Exploratory data analysis)?", ("Steps of EDA?", "Steps of Exploratory data analysis?")),
        ("self-supervised learning", "self-supervised learning (SSL)", ("self-supervised learning", "SSL")),
        ("Is SSL self-supervised learning?", "Is SSL self-supervised learning (SSL)?", None),
        ("What is a GAN?", "What is a GAN?", ("What is a GAN?",)),  # the notes do not say
        ("Where is the cat?", "Where is the cat?", ("Where is the cat?",)),
    ],
)
def test_an_abbreviation_is_spelled_out_as_the_notes_do(
    terms: Terms, asked: str, text: str, forms: tuple[str, ...] | None
) -> None:
    reading = expanded(asked, terms)
    assert reading.text == text
    assert forms is None or reading.forms == forms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We use Reinforcement Learning from Human Feedback (RLHF).", [("RLHF", "Reinforcement Learning from Human Feedback")]),
        ("RLHF (Reinforcement Learning from Human Feedback)", [("RLHF", "Reinforcement Learning from Human Feedback")]),
        ("NLP: natural language processing", [("NLP", "natural language processing")]),
        ("EDA = exploratory data analysis, first", [("EDA", "exploratory data analysis")]),
        ("CV stands for computer vision.", [("CV", "computer vision")]),
        ("CI/CD: continuous integration, continuous delivery", [("CI/CD", "continuous integration, continuous delivery")]),
        ("Generative adversarial networks (GANs)", [("GAN", "Generative adversarial networks")]),
        ("Monitoring (Prometheus)", []),
        ("The plan (see below)", []),
        ("ONNX: a format for models", []),
    ],
)
def test_a_definition_spells_its_short_form(text: str, found: list[tuple[str, str]]) -> None:
    assert list(definitions(text)) == found


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("diff b/w X & Y", "difference between X & Y"),
        ("train w/o labels, w/ care", "train without labels, with care"),
        ("X vs. Y, e.g. w.r.t. cost", "X vs Y, for example with respect to cost"),
        ('find "b/w" in path:b/w.md', 'find "b/w" in path:b/w.md'),
        ("black/white different", "black/white different"),
    ],
)
def test_shorthand_is_read_right(asked: str, read: str) -> None:
    assert written_out(asked) == read
