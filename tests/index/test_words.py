"""What is stored and what is asked must meet in one form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebot.index.catalog import Reading
from notebot.index.words import MOST_TERMS, fold, match_any, match_phrase
from notebot.index.writer import CatalogWriter
from notebot.retrieve.question import search_words
from notebot.types import Chunk, Document

TEXTS = {
    "cpp": "Templates in C++17 are compiled once per use.",
    "c": "Structs in C have no methods. Give it a grade: A+ or C.",
    "csharp": "Properties in C# and F#.",
    "net": "The .NET runtime has a garbage collector.",
    "fishing": "A net is used for fishing.",
    "ollama": "Set num_ctx, or node.js breaks off.",
    "convex": "Minimise f s.t. g is at most zero. U.S.A.",
    "de": "Die Straße wird nachts gesperrt.",
    "ja": "フィーチャーストアは機械学習の特徴量を管理します。",
    "zh": "向量数据库存储嵌入。",
    "ko": "데이터베이스는 매일 밤 백업됩니다.",
    "ru": "Резервная копия базы данных",
    "zh2": "夜里备份。",
    "th": "ฐานข้อมูลสำรองทุกคืน",
    "lo": "ຖານຂໍ້ມູນຖືກສຳຮອງທຸກຄືນ",
    "km": "មូលដ្ឋានទិន្នន័យត្រូវបានបម្រុងទុក",
    "my": "ဒေတာဘေ့စ်ကို ညတိုင်း အရန်သိမ်းသည်",
    "hi": "डेटाबेस का बैकअप हर रात होता है",
    "hi2": "डाटा बस हर दिन चलती है",
    "ar": "قاعدة البيانات تُحفظ كل ليلة",
}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CatalogWriter]:
    with CatalogWriter.open(tmp_path_factory.mktemp("data")) as writer:
        with writer.transaction():
            for name, text in TEXTS.items():
                document = Document(name, name, (), (), {})
                writer.put(document, [Chunk(name, name, "", (), text, 1, 1, False, ())], Reading("", 0, ""))
        yield writer


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What is C++?", ["cpp"]),
        ("C++17", ["cpp"]),
        ("c#", ["csharp"]),
        ("What is C?", ["c"]),
        ("What is .NET?", ["net"]),
        ("net", ["fishing", "net"]),
        ("num_ctx", ["ollama"]),
        ("node.js", ["ollama"]),
        ("s.t.", ["convex"]),
        ("U.S.A.", ["convex"]),
        ("Welche Strasse?", ["de"]),
        ("フィーチャーストアとは何ですか", ["ja"]),
        ("機械学習", ["ja"]),
        ("什么是向量数据库？", ["ja", "zh"]),  # 量 is a word of both
        ("데이터베이스란 무엇인가요?", ["ko"]),
        ("밤에?", ["ko"]),
        ("Базы данных?", ["ru"]),
        ("夜", ["zh2"]),
        ("ฐานข้อมูลคืออะไร", ["th"]),
        ("ຖານຂໍ້ມູນ", ["lo"]),
        ("តើទិន្នន័យជាអ្វី", ["km"]),
        ("ဒေတာဘေ့စ် ဆိုတာ ဘာလဲ", ["my"]),
        ("डेटाबेस क्या", ["hi"]),
        ("تحفظ البيانات", ["ar"]),
        ("qqqq", []),
    ],
)
def test_what_is_asked_finds_what_says_it_in_any_script(catalog: CatalogWriter, question: str, found: list[str]) -> None:
    hits = catalog.search_words(search_words(question), 10)
    assert sorted(hit.chunk_id for hit in hits) == found
    assert all(hit.score > 0 for hit in hits)


def test_words_that_stand_everywhere_do_not_count_beside_others(tmp_path: Path) -> None:
    with CatalogWriter.open(tmp_path) as writer:
        with writer.transaction():
            for number in range(10):
                text = "rare data" if number == 3 else "common data"
                document = Document(f"{number}", "", (), (), {})
                writer.put(document, [Chunk(f"{number}", f"{number}", "", (), text, 1, 1, False, ())], Reading("", 0, ""))
        assert [hit.chunk_id for hit in writer.search_words(["rare", "data"], 10)] == ["3"]
        assert len(writer.search_words(["data"], 20)) == 10
        assert [hit.chunk_id for hit in writer.search_words(["data"], 20, among={"3", "5"})] == ["3", "5"]
        assert writer.search_words(["rare"], 20, among=set()) == []


def test_ordinary_text_is_left_alone() -> None:
    for text in ("CI/CD: GitHub Actions", "# Heading #tag a+b C:\\x page#part x.5 ... 3.14 e-mail"):
        assert fold(text) == text


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("so\u00adft zero\u200bwidth \u202eturned", "soft zerowidth turned"),
        ("\ufb01ne \uff21\uff22", "fine AB"),
        ("e\u0301", "é"),
        ("機械学習 ML", " 機  械  学  習  ML"),
        ("ที่นี่", " ที่  นี่ "),
        ("C++17", "C\ue02b\ue02b 17"),
        ("notepad++", "notepad\ue02b\ue02b notepad "),
        ("(.NET)", "(\ue02eNET NET)"),
        ("i.e., s.t", "i\ue02ee, s\ue02et"),
    ],
)
def test_one_form_for_what_looks_the_same(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_terms_are_taken_literally() -> None:
    assert match_any(["a/b", 'say "x"', "a AND b"]) == '"a/b" OR "say ""x""" OR "a AND b"'
    assert match_any(["", "?", "--", "\0"]) == match_phrase("?") == ""


def test_runs_without_spaces_are_looked_for_in_pieces() -> None:
    assert match_any(["東京都は"]) == '"東  京" OR "京  都" OR "都  は" OR "東" OR "京"'  # 都 mostly says "all"
    assert match_any(["책이"]) == '"책  이" OR "책"'
    assert match_any(["RAGとは"]) == '"RAG" OR "と  は"'  # particles, only where there is nothing else
    assert match_any(["ทุกคืน"]) == '"ทุ  ก  คื" OR "ก  คื  น"'
    assert match_phrase("東京都") == '"東  京  都"'
    assert match_any(["".join(map(chr, range(0x4E00, 0x5E00)))]).count(" OR ") == MOST_TERMS - 1
