"""notebot's retriever as a LlamaIndex BaseRetriever, for programs that are built on LlamaIndex."""

from __future__ import annotations

from llama_index.core import QueryBundle
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, TextNode

from notebot.retrieve.retriever import Retriever
from notebot.types import Passage


class NotesRetriever(BaseRetriever):  # type: ignore[misc]  # llama_index carries no usable type information
    """Passages as TextNodes: the source's own text, with source, heading, first_line, last_line and their unit as metadata.

    For a web page also url, fetched_at, stale, and linked_from as `note:line`, one to a line. Filters in a question (`path:`,
    "a phrase", -word) count. Raises UsageError for a question that asks nothing.
    """

    def __init__(self, retriever: Retriever, *, limit: int = 10) -> None:
        self._retriever = retriever
        self._limit = limit
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [node_of(passage) for passage in self._retriever.look_up(query_bundle.query_str, limit=self._limit)]


def node_of(passage: Passage) -> NodeWithScore:
    """The passage as LlamaIndex knows it. The node's id is the chunk's."""
    chunk = passage.chunk
    metadata: dict[str, str | int | bool] = {
        "source": chunk.source,
        "heading": " > ".join(chunk.heading),
        "first_line": chunk.first_line,
        "last_line": chunk.last_line,
        "unit": chunk.unit,
    }
    if page := chunk.page:
        metadata |= {"url": page.url, "fetched_at": page.fetched_at, "stale": page.stale}
        metadata["linked_from"] = "\n".join(f"{at.source}:{at.line}" for at in page.linked_from)
    return NodeWithScore(node=TextNode(id_=chunk.id, text=chunk.text, metadata=metadata), score=passage.score)
