"""Sentences: whole, and as the text streams in."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from notebot.answer.sentences import SentenceStream, sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def test_full_stops_inside_abbreviations_numbers_and_initials_end_nothing() -> None:
    text = 'It is cheap, e.g. for ML, and costs 1.5 dollars (approx. 2). Ask J. Smith vs. "Bob." Then go.'
    assert split(text) == [
        "It is cheap, e.g. for ML, and costs 1.5 dollars (approx. 2).",
        'Ask J. Smith vs. "Bob."',
        "Then go.",
    ]


def test_list_items_and_headings_end_with_their_line_and_lose_their_mark() -> None:
    text = "# Tools: a, b\n* Delta Lake\n1. First\n- Second one. And more\n> quoted\n\nData lakehouse"
    assert split(text) == ["Tools: a, b", "Delta Lake", "First", "Second one.", "And more", "quoted", "Data lakehouse"]


def test_a_paragraph_broken_by_hand_is_read_as_one_text() -> None:
    text = "Pretext tasks train the model to learn meaningful\nrepresentations of unstructured data. Done"
    assert split(text) == ["Pretext tasks train the model to learn meaningful\nrepresentations of unstructured data.", "Done"]


def test_short_lines_are_lines_of_their_own() -> None:
    assert split("Berlin\nParis\nRome") == ["Berlin", "Paris", "Rome"]


def test_table_rows_are_sentences() -> None:
    assert split("| tool | use |\n| Grafana | charts |") == ["| tool | use |", "| Grafana | charts |"]


def test_cjk_full_stops_need_no_space() -> None:
    assert split("这是笔记。第二句。") == ["这是笔记。", "第二句。"]


def test_marks_alone_are_no_sentence() -> None:
    assert split("---\n\n* \n...") == []


def test_a_stream_gives_a_sentence_once_the_next_one_begins() -> None:
    stream = SentenceStream()
    assert stream.feed("Spark is fast") == []
    assert stream.feed(". It") == ["Spark is fast."]
    assert stream.feed(" scales.\n\n") == ["It scales."]
    assert stream.feed("Last") == []
    assert stream.finish() == ["Last"]
    assert stream.finish() == []


TEXTS = st.lists(
    st.sampled_from(["Spark", " is", " fast", ".", "!", "\n", "\n\n", "* ", "1. ", " e.g.", " 1.5", "# ", " (so)", " long" * 14]),
    max_size=40,
).map("".join)


@given(TEXTS)
def test_spans_are_in_order_inside_the_text_and_lose_no_word(text: str) -> None:
    spans = sentence_spans(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    covered = "".join(text[start:end] for start, end in spans)
    assert covered.count("Spark") == text.count("Spark")
    assert covered.count("fast") == text.count("fast")


@given(TEXTS, st.integers(1, 5))
def test_streaming_loses_and_doubles_no_word(text: str, size: int) -> None:
    stream = SentenceStream()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    said = [sentence for piece in pieces for sentence in stream.feed(piece)] + stream.finish()
    assert sum(sentence.count("Spark") for sentence in said) == text.count("Spark")
    assert sum(sentence.count("fast") for sentence in said) == text.count("fast")
