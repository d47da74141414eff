"""A LlamaIndex node postprocessor, named in the settings, as the last word on the order of what was found."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from notebot.errors import ModelFailed, ModelMissing
from notebot.types import Passage

if TYPE_CHECKING:
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

PREFIX = "llamaindex:"
OTHERWISE = 'or do without one: reranker = "none"'


class Postprocessor:
    """Puts passages in the order of any LlamaIndex postprocessor, and drops those that it drops. One call at a time.

    What it adds or rewrites is not taken over: an answer may rest on nothing but what stands in the notes.
    """

    def __init__(self, name: str, made: BaseNodePostprocessor) -> None:
        self.name = name
        self._made = made
        self._lock = threading.Lock()  # a Retriever is shared between threads; not every postprocessor can be

    def __call__(self, question: str, passages: Sequence[Passage]) -> list[Passage]:
        """The passages in their new order. Their scores stay those of the search, handed out anew from the highest.

        Raises ModelFailed, whatever the postprocessor raised.
        """
        from llama_index.core import QueryBundle

        from notebot.retrieve.llamaindex import node_of

        nodes = [node_of(passage) for passage in passages]
        try:
            with self._lock:
                kept = [found.node.node_id for found in self._made.postprocess_nodes(nodes, query_bundle=QueryBundle(question))]
        except Exception as error:  # each has its own
            raise ModelFailed(f"The reranker {self.name} failed: {error} Mend it, {OTHERWISE}.") from error
        known = {passage.chunk.id: passage for passage in passages}
        ordered = [known[chunk_id] for chunk_id in dict.fromkeys(kept) if chunk_id in known]
        scores = sorted((passage.score for passage in ordered), reverse=True)
        return [replace(passage, score=score) for passage, score in zip(ordered, scores, strict=True)]


def open_postprocessor(name: str) -> Postprocessor | None:
    """What `reranker` in the settings means: `none`, or `llamaindex:MODULE.NAME[:MODEL]`.

    NAME is a class, made without arguments but `model=MODEL` where one is given, or a postprocessor that is ready.
    Raises ModelMissing if there is no such thing, ModelFailed if it cannot be made.
    """
    if name == "none":
        return None
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

    dotted, _, model = name.removeprefix(PREFIX).partition(":")
    module, _, kind = dotted.rpartition(".")
    try:
        there = getattr(importlib.import_module(module), kind)
        made = (there(model=model) if model else there()) if isinstance(there, type) else there
    except (ImportError, AttributeError) as error:
        raise ModelMissing(
            f"There is no reranker {dotted} here ({error}). Install its package into .venv, correct the name, {OTHERWISE}."
        ) from error
    except Exception as error:  # each class has its own; most want a key, a model or a package
        raise ModelFailed(f"The reranker {dotted} could not be made: {error} Correct it, {OTHERWISE}.") from error
    if not isinstance(made, BaseNodePostprocessor):
        raise ModelMissing(f"{dotted} is no LlamaIndex node postprocessor. Name one, {OTHERWISE}.")
    return Postprocessor(dotted, made)
