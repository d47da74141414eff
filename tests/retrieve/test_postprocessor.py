"""LlamaIndex postprocessors, by their name in the settings: those of LlamaIndex itself, and some of a person's own."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from notebot.bot import Bot
from notebot.errors import ModelFailed, ModelMissing, SettingsError
from notebot.retrieve.postprocessor import open_postprocessor
from notebot.retrieve.retriever import REORDERED, Retriever
from notebot.settings import Settings, load

QUESTION = "What is Databricks built on?"
OWN = """
from llama_index.core.postprocessor import SimilarityPostprocessor
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, TextNode

class Own(BaseNodePostprocessor):
    seen: list = []

class Shortest(Own):
    def _postprocess_nodes(self, nodes, query_bundle=None):
        self.seen.append((query_bundle.query_str, len(nodes)))
        return sorted(nodes, key=lambda found: len(found.node.get_content()))

class Inventing(Own):
    def _postprocess_nodes(self, nodes, query_bundle=None):
        nodes[-1].node.set_content("Databricks is made of cheese.")
        return [NodeWithScore(node=TextNode(text="made up"), score=9.0), nodes[-1], nodes[-1]]

class Broken(Own):
    def _postprocess_nodes(self, nodes, query_bundle=None):
        raise RuntimeError("the service is away.")

class Named(Shortest):
    model: str

class Unmade(Shortest):
    def __init__(self):
        raise OSError("no key.")

ready = SimilarityPostprocessor(similarity_cutoff=2.0)
notes = "no postprocessor"
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module with postprocessors in it."""
    (tmp_path / "own_rerankers.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "own_rerankers", raising=False)
    return "llamaindex:own_rerankers."


def searching(retriever: Retriever, name: str) -> Retriever:
    return Retriever(retriever.catalog, retriever.vectors, retriever.embedder, reorder=open_postprocessor(name))


def test_none_is_none() -> None:
    assert open_postprocessor("none") is None


def test_it_orders_more_than_was_asked_for_and_the_limit_is_kept(retriever: Retriever, own: str) -> None:
    reorder = open_postprocessor(f"{own}Shortest")
    assert reorder is not None
    found = Retriever(retriever.catalog, retriever.vectors, retriever.embedder, reorder=reorder).search(QUESTION, limit=2)
    everything = retriever.search(QUESTION, limit=REORDERED)
    assert len(everything) > 2
    assert [passage.chunk.text for passage in found] == sorted((p.chunk.text for p in everything), key=len)[:2]
    assert reorder._made.seen == [(QUESTION, len(everything))]


def test_scores_fall_and_similarities_stay_with_their_passage(retriever: Retriever, own: str) -> None:
    found = searching(retriever, f"{own}Shortest").search(QUESTION)
    before = {passage.chunk.id: passage.similarity for passage in retriever.search(QUESTION, limit=REORDERED)}
    assert [passage.score for passage in found] == sorted((passage.score for passage in found), reverse=True)
    assert [passage.similarity for passage in found] == [before[passage.chunk.id] for passage in found]


def test_one_of_llamaindex_s_own_is_taken_as_it_is(retriever: Retriever) -> None:
    found = searching(retriever, "llamaindex:llama_index.core.postprocessor.LongContextReorder").search(QUESTION)
    plain = retriever.search(QUESTION)
    assert [passage.chunk.id for passage in found] != [passage.chunk.id for passage in plain]
    assert {passage.chunk.id for passage in found} == {passage.chunk.id for passage in plain}
    assert plain[0].chunk.id in {found[0].chunk.id, found[-1].chunk.id}  # the best at the ends: what it is for


def test_what_it_adds_or_rewrites_is_not_taken_over(retriever: Retriever, own: str) -> None:
    (only,) = searching(retriever, f"{own}Inventing").search(QUESTION)
    assert only.chunk == retriever.search(QUESTION, limit=REORDERED)[-1].chunk


def test_one_that_is_ready_is_used_and_may_drop_everything(retriever: Retriever, own: str) -> None:
    assert searching(retriever, f"{own}ready").search(QUESTION) == []


def test_a_model_s_name_is_passed_on(own: str) -> None:
    reorder = open_postprocessor(f"{own}Named:cross-encoder/any:latest")
    assert reorder is not None
    assert reorder._made.model == "cross-encoder/any:latest"


@pytest.mark.parametrize(
    ("name", "error", "says"),
    [
        ("llamaindex:no_such_module.Reranker", ModelMissing, "There is no reranker no_such_module.Reranker here"),
        ("llamaindex:own_rerankers.Absent", ModelMissing, "Install its package into .venv"),
        ("llamaindex:own_rerankers.notes", ModelMissing, "own_rerankers.notes is no LlamaIndex node postprocessor"),
        ("llamaindex:collections.Counter", ModelMissing, "collections.Counter is no LlamaIndex node postprocessor"),
        ("llamaindex:own_rerankers.Unmade", ModelFailed, "could not be made: no key."),
        ("llamaindex:own_rerankers.Named", ModelFailed, "could not be made"),
    ],
)
@pytest.mark.usefixtures("own")
def test_a_wrong_name_says_what_to_do(name: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=re.escape(says)) as raised:
        open_postprocessor(name)
    assert 'reranker = "none"' in str(raised.value)


def test_one_that_fails_is_named(retriever: Retriever, own: str) -> None:
    with pytest.raises(ModelFailed, match=r"The reranker own_rerankers\.Broken failed: the service is away\."):
        searching(retriever, f"{own}Broken").search(QUESTION)


@pytest.mark.parametrize(
    "name", ["", "LongContextReorder", "llamaindex:", "llamaindex:Reranker", "llamaindex:a.b:", "llamaindex:..a"]
)
def test_a_name_of_another_form_is_refused_with_where_it_was_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=r"must be none, or llamaindex:MODULE\.CLASS"):
        load({"reranker": name, "data": tmp_path})


def test_the_bot_reads_it_from_its_settings(notes: Path, tmp_path: Path, own: str) -> None:
    settings = Settings(knowledge=(notes,), data=tmp_path / "data", links=False)
    with Bot(settings) as bot:
        bot.ingest()
        plain = [passage.chunk.text for passage in bot.search(QUESTION)]
    with Bot(settings.model_copy(update={"reranker": f"{own}Shortest"})) as bot:
        assert [passage.chunk.text for passage in bot.search(QUESTION)] == sorted(plain, key=len)
