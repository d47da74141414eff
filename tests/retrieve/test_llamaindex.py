"""The retriever inside a LlamaIndex program: what its BaseRetriever promises, ours keeps."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from llama_index.core import QueryBundle
from llama_index.core.callbacks import CallbackManager, CBEventType, EventPayload, LlamaDebugHandler
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.instrumentation.events.retrieval import RetrievalEndEvent, RetrievalStartEvent
from llama_index.core.llms import MockLLM
from llama_index.core.postprocessor import LongContextReorder
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.retrievers import BaseRetriever, QueryFusionRetriever
from llama_index.core.schema import MetadataMode, NodeWithScore, TextNode

from linked_notes import PAGE, STORE, linked
from notebot.errors import UsageError
from notebot.models.minilm import MiniLM
from notebot.retrieve.llamaindex import NotesRetriever
from notebot.retrieve.retriever import Retriever

QUESTION = "What is Databricks built on?"
DOCS = Path(__file__).parents[2] / "docs" / "llamaindex.md"


@pytest.fixture
def ours(retriever: Retriever) -> NotesRetriever:
    return NotesRetriever(retriever, limit=3)


def test_it_is_a_retriever_and_its_nodes_know_their_place(retriever: Retriever) -> None:
    ours = NotesRetriever(retriever, limit=2)
    assert isinstance(ours, BaseRetriever)
    nodes = ours.retrieve(QUESTION)
    assert len(nodes) == 2
    assert all(isinstance(found, NodeWithScore) and isinstance(found.node, TextNode) for found in nodes)
    assert nodes[0].node.metadata == {
        "source": "platforms.md",
        "heading": "Databricks",
        "first_line": 1,
        "last_line": 5,
        "unit": "line",
    }
    assert "Apache Spark" in nodes[0].node.get_content()


def test_nodes_are_the_passages_of_a_search_in_its_order(ours: NotesRetriever, retriever: Retriever) -> None:
    passages, nodes = retriever.search(QUESTION, limit=3), ours.retrieve(QUESTION)
    assert [found.node.node_id for found in nodes] == [passage.chunk.id for passage in passages]
    assert [found.score for found in nodes] == [passage.score for passage in passages]
    assert [found.node.get_content(MetadataMode.NONE) for found in nodes] == [passage.chunk.text for passage in passages]
    assert nodes == ours.retrieve(QUESTION)  # ids are not drawn anew


def test_a_question_is_a_text_or_a_bundle_and_can_be_awaited(ours: NotesRetriever) -> None:
    nodes = ours.retrieve(QUESTION)
    assert ours.retrieve(QueryBundle(QUESTION)) == nodes
    assert asyncio.run(ours.aretrieve(QUESTION)) == nodes
    assert asyncio.run(ours.aretrieve(QueryBundle(QUESTION))) == nodes


def test_filters_in_a_question_count(ours: NotesRetriever) -> None:
    def sources(question: str) -> set[str]:
        return {found.node.metadata["source"] for found in ours.retrieve(question)}

    assert len(sources(QUESTION)) > 1
    assert sources(f"{QUESTION} path:platforms.md") == {"platforms.md"}
    assert "platforms.md" not in sources(f"{QUESTION} -Databricks")
    assert sources("path:platforms.md") == {"platforms.md"}  # nothing but a filter lists what passes it
    with pytest.raises(UsageError):
        ours.retrieve(" ")


def test_nothing_found_is_an_empty_list(retriever: Retriever) -> None:
    nothing = NotesRetriever(retriever, limit=0)
    assert nothing.retrieve(QUESTION) == []
    assert asyncio.run(nothing.aretrieve(QUESTION)) == []
    assert str(RetrieverQueryEngine.from_args(nothing, llm=MockLLM()).query(QUESTION)) == "Empty Response"


def test_the_nodes_of_a_page_say_how_it_was_come_by(tmp_path: Path, minilm: MiniLM) -> None:
    with linked(tmp_path, minilm) as retriever:
        found = NotesRetriever(retriever).retrieve("Who coined the term at Uber?")[0].node
    assert found.metadata["source"] == PAGE
    assert (found.metadata["url"], found.metadata["linked_from"], found.metadata["stale"]) == (STORE, "mlops.md:1", False)
    assert TextNode.from_dict(found.to_dict()) == found  # it can be stored


def test_it_has_no_prompts_and_says_so(ours: NotesRetriever) -> None:
    assert ours.get_prompts() == {}
    ours.update_prompts({})


def test_callbacks_hear_the_question_and_the_nodes(ours: NotesRetriever) -> None:
    heard = LlamaDebugHandler(print_trace_on_end=False)
    ours.callback_manager = CallbackManager([heard])
    nodes = ours.retrieve(QUESTION)
    ((start, end),) = heard.get_event_pairs(CBEventType.RETRIEVE)
    assert start.payload == {EventPayload.QUERY_STR: QUESTION}
    assert end.payload == {EventPayload.NODES: nodes}


def test_instrumentation_hears_the_start_and_the_end(ours: NotesRetriever) -> None:
    heard: list[Any] = []

    class Listening(BaseEventHandler):
        def handle(self, event: Any, **_: Any) -> None:
            heard.append(event)

    dispatcher = get_dispatcher()
    listening = Listening()
    dispatcher.add_event_handler(listening)
    try:
        nodes = ours.retrieve(QUESTION)
    finally:
        dispatcher.event_handlers.remove(listening)
    start, end = (event for event in heard if isinstance(event, RetrievalStartEvent | RetrievalEndEvent))
    assert (start.str_or_query_bundle, end.nodes) == (QUESTION, nodes)


def test_a_query_engine_answers_from_it(ours: NotesRetriever) -> None:
    engine = RetrieverQueryEngine.from_args(ours, llm=MockLLM(), node_postprocessors=[LongContextReorder()])
    answer = engine.query(QUESTION)
    assert {found.node.node_id for found in answer.source_nodes} == {found.node.node_id for found in ours.retrieve(QUESTION)}
    prompt = str(answer)  # MockLLM repeats what it was asked
    assert QUESTION in prompt
    assert "Built on Apache Spark" in prompt
    assert "platforms.md" in prompt
    assert str(asyncio.run(engine.aquery(QUESTION))) == prompt


def test_it_can_be_fused_with_another_retriever(ours: NotesRetriever, retriever: Retriever) -> None:
    both = QueryFusionRetriever(
        [ours, NotesRetriever(retriever, limit=1)], llm=MockLLM(), num_queries=1, similarity_top_k=3, use_async=False
    )
    assert {found.node.node_id for found in both.retrieve(QUESTION)} == {found.node.node_id for found in ours.retrieve(QUESTION)}


def test_the_example_in_the_documentation_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "platforms.md").write_text("# Databricks\n\nDatabricks is built on Apache Spark.\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NOTEBOT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    example = re.findall(r"^```python\n(.*?)^```", DOCS.read_text(encoding="utf-8"), re.M | re.S)[0]
    assert len([line for line in example.splitlines() if line.strip()]) <= 10
    exec(compile(example, str(DOCS), "exec"), {})  # noqa: S102 - our own page
    assert capsys.readouterr().out == "platforms.md 1 # Databricks\n\nDatabricks is built on Apache Spark.\n"
