"""The retriever inside a LlamaIndex program."""

from __future__ import annotations

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, TextNode

from notebot.retrieve.llamaindex import NotesRetriever
from notebot.retrieve.retriever import Retriever


def test_it_is_a_retriever_and_its_nodes_know_their_place(retriever: Retriever) -> None:
    ours = NotesRetriever(retriever, limit=2)
    assert isinstance(ours, BaseRetriever)
    nodes = ours.retrieve("What is Databricks built on?")
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
