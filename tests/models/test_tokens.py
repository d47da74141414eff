"""The bound on tokens, held against the packaged model's own tokenizer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import xllamacpp

from notebot.models.packaged import SMOLLM2, packaged_path
from notebot.models.tokens import token_bound

ROOT = Path(__file__).parents[2]
TEXTS = {
    "code": (ROOT / "src" / "notebot" / "types.py").read_text()[:3000],
    "json": json.dumps([{"id": i, "share": i * 1.37, "name": f"x{i}"} for i in range(30)], indent=2),
    "numbers": "\n".join(",".join(str(i * j * 7919 % 10007) for j in range(8)) for i in range(30)),
    "table": "| a | b |\n|---|---|\n" + "\n".join(f"| {i} | value {i} **x** |" for i in range(40)),
    "digests": " ".join(hashlib.sha256(str(i).encode()).hexdigest() for i in range(6)),
    "addresses": " ".join(f"https://docs.example.org/en/{i * 31}/vector-stores/page.html?ref={i}#hnsw" for i in range(20)),
    "abbreviations": "BERT GPT LLM RAG CI/CD RLHF DPO LoRA FAISS HNSW BM25 TF-IDF GAN VAE MLP SVM PCA XGBoost " * 4,
    "German": "Die Vorhersagegenauigkeit hängt von der Größe der Trainingsdaten und der Regularisierung ab. " * 4,
    "French": "Où l'élève échoue, le maître réfléchit ; réutiliser un modèle déjà entraîné est économique. " * 4,
    "Finnish": "Koneoppiminen mahdollistaa oppimisen datasta. Järjestelmällisyydellä on merkitystä tässä työssä. " * 4,
    "Turkish": "Makine öğrenmesi, bilgisayarların açıkça programlanmadan verilerden öğrenmesini sağlar. " * 4,
    "Russian": "Машинное обучение позволяет компьютерам учиться на данных без явного программирования. " * 4,
    "Greek": "Η μηχανική μάθηση επιτρέπει στους υπολογιστές να μαθαίνουν από δεδομένα. " * 4,
    "Arabic": "يسمح التعلم الآلي لأجهزة الكمبيوتر بالتعلم من البيانات دون برمجة صريحة. " * 4,
    "Hindi": "मशीन लर्निंग कंप्यूटरों को स्पष्ट प्रोग्रामिंग के बिना डेटा से सीखने देती है। " * 4,
    "Thai": "การเรียนรู้ของเครื่องช่วยให้คอมพิวเตอร์เรียนรู้จากข้อมูล " * 4,
    "Chinese": "机器学习使计算机能够从数据中学习而无需明确编程。过拟合可以通过正则化来减少。" * 4,
    "Japanese": "機械学習により、コンピューターは明示的にプログラムされなくてもデータから学習できます。" * 4,
    "Korean": "기계 학습을 통해 컴퓨터는 명시적으로 프로그래밍하지 않고도 데이터에서 학습할 수 있습니다. " * 4,
    "signs": "🚀🔥 done ✅ → next ⚠️ ★ “quotes” — dash … ½ µ €100 " * 6,
}


@pytest.fixture(scope="module")
def smollm2() -> Iterator[httpx.Client]:
    """llama.cpp's own server with the packaged model, for its /tokenize."""
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(packaged_path(SMOLLM2))
    parameters.n_ctx, parameters.n_parallel, parameters.verbosity, parameters.warmup = 64, 1, -1, False
    server = xllamacpp.Server(parameters)
    with httpx.Client(base_url=server.listening_address, trust_env=False) as client:
        yield client


def counted(smollm2: httpx.Client, text: str) -> int:
    return len(smollm2.post("/tokenize", json={"content": text}).json()["tokens"])


@pytest.mark.parametrize("kind", ["notes", *TEXTS])
def test_the_bound_is_never_too_low_and_not_wasteful(smollm2: httpx.Client, kind: str) -> None:
    text = (ROOT / "knowledge" / "notes.md").read_text() if kind == "notes" else TEXTS[kind]
    real = counted(smollm2, text)
    assert real <= token_bound(text) <= real * 1.9


def test_an_english_note_costs_a_third_more_at_most(smollm2: httpx.Client) -> None:
    text = (ROOT / "knowledge" / "notes.md").read_text()
    assert token_bound(text) <= counted(smollm2, text) * 1.45


def test_every_character_counts_for_something() -> None:
    assert token_bound("") == 0
    assert token_bound("\x00\x01\ud800") >= 3
