"""What determines a run."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from notebot.errors import ModelError
from notebot.evals.manifest import PACKAGE, How, asker, code_digest, commit, digest, fingerprint, model_digest, now, peak_memory
from notebot.index.catalog import Catalog, Reading
from notebot.index.writer import CatalogWriter
from notebot.models.packaged import SMOLLM2
from notebot.models.registry import PACKAGED_CHAT
from notebot.settings import Settings
from notebot.types import Chunk, Document
from runs_by_hand import ASKER

TEA = Chunk("tea", "n.md", "n", ("Tea",), "# Tea\nGreen.", 1, 2, False, ())
SHA = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # of "hello"


def filled(folder: Path, *chunks: Chunk) -> Path:
    with CatalogWriter.open(folder) as catalog, catalog.transaction():
        catalog.put(Document("n.md", "n", (), (), {}), chunks, Reading("", 0, ""))
        catalog.set_meta({"embedder": "minilm"})
    return folder


def test_the_index_is_known_by_what_it_holds(tmp_path):
    found = []
    for name, chunks in {"a": [TEA], "b": [TEA], "c": [TEA, replace(TEA, id="milk", text="Oat.")]}.items():
        folder = filled(tmp_path / name, *chunks)
        with Catalog.open(folder) as catalog:
            found.append(asker(Settings(data=folder), "", catalog))
    assert found[0] == found[1]  # another place on disk is no difference
    assert found[0].differences(found[2]) == ["the index"]
    assert (found[0].embedder, found[0].model, found[0].model_digest) == ("minilm", "", "")


def test_settings_count_unless_they_are_beside_the_point(tmp_path):
    with Catalog.open(filled(tmp_path / "a", TEA)) as catalog:
        one = asker(Settings(data=tmp_path, port=1), "", catalog)
        same = asker(Settings(data=tmp_path / "x", port=2), "", catalog)
        other = asker(Settings(data=tmp_path, passages=3), "", catalog)
    assert one == same
    assert one.differences(other) == ["the setting passages"]


def test_every_difference_has_its_words():
    other = replace(ASKER, model="m", model_digest="d", embedder="e", index_digest="i", prompt_digest="p")
    other = replace(other, code_digest="c", lock_digest="l", settings={"passages": 6, "new": 1})
    said = "the model|the model's file|the embedder|the index|the prompt|notebot's code|the packages|the setting new"
    assert ASKER.differences(other) == said.split("|")
    assert ASKER.differences(ASKER) == []


def test_models_are_known_by_their_weights(tmp_path):
    (tmp_path / "m.gguf").write_bytes(b"hello")
    assert model_digest(PACKAGED_CHAT, Settings(data=tmp_path)) == SMOLLM2.sha256
    assert model_digest("m (llama.cpp)", Settings(data=tmp_path, model=str(tmp_path / "m.gguf"))) == SHA
    assert model_digest("llamaindex:a.B:c", Settings(data=tmp_path)) == ""
    with pytest.raises(ModelError):  # a model of a server that is away
        model_digest("ollama/x", Settings(data=tmp_path, ollama_host="http://127.0.0.1:9"))


def test_code_is_known_by_its_text(tmp_path):
    (tmp_path / "answer").mkdir()
    (tmp_path / "answer" / "a.py").write_text("1")
    (tmp_path / "bot.py").write_text("2")
    parts = ("answer", "bot.py")
    first = code_digest(tmp_path, parts)
    (tmp_path / "other.py").write_text("3")
    assert code_digest(tmp_path, parts) == first
    (tmp_path / "answer" / "a.py").write_text("4")
    assert code_digest(tmp_path, parts) != first
    assert len(code_digest(PACKAGE, parts)) == 64


def test_the_commit_is_read_in_every_form_git_has(tmp_path):
    assert commit(tmp_path) == ""
    git = tmp_path / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    (git / "packed-refs").write_text("# pack-refs\naaa refs/heads/other\nbbb refs/heads/main\n")
    assert commit(tmp_path) == "bbb"
    (git / "refs" / "heads" / "main").write_text("ccc\n")
    assert commit(tmp_path) == "ccc"
    (git / "HEAD").write_text("ddd\n")
    assert commit(tmp_path) == "ddd"


def test_small_things():
    assert digest(b"hello") == SHA == hashlib.sha256(b"hello").hexdigest()
    assert fingerprint({"a": 1, "b": {"c": 2}}) == fingerprint({"b": {"c": 2}, "a": 1}) != fingerprint({"a": 1})
    assert now().endswith("+00:00")
    assert (peak_memory() or 0) > 10  # MB: a Python with numpy has more than that
    assert [How().partial, How(repeat=3).partial, How(tags=("a",)).partial, How(limit=1).partial] == [False, False, True, True]
    assert How(every=2).partial
