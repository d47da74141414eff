"""notebot's retriever as a LlamaIndex BaseRetriever, for programs that are built on LlamaIndex."""

from __future__ import annotations

from llama_index.core import QueryBundle
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, TextNode

from notebot.retrieve.retriever import Retriever
from notebot.types import Passage


class NotesRetriever(BaseRetriever):  # type: ignore[misc]  # llama_index carries no usable type information
    """Passages as TextNodes: the note's own text, with source, heading, first_line and last_line as metadata."""

    def __init__(self, retriever: Retriever, *, limit: int = 10) -> None:
        self._retriever = retriever
        self._limit = limit
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [_node(passage) for passage in self._retriever.search(query_bundle.query_str, limit=self._limit)]


def _node(passage: Passage) -> NodeWithScore:
    chunk = passage.chunk
    metadata = {
        "source": chunk.source,
        "heading": " > ".join(chunk.heading),
        "first_line": chunk.first_line,
        "last_line": chunk.last_line,
    }
    return NodeWithScore(node=TextNode(id_=chunk.id, text=chunk.text, metadata=metadata), score=passage.score)
