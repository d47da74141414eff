"""What is said around a question comes off, what belongs to it stays, and together they are the text."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from notebot.retrieve.asides import AMONG, POLITE, TALKING, sentence_asked, split
from notebot.retrieve.vocabulary import STOP_WORDS, content

FORMS = yaml.safe_load((Path(__file__).parents[2] / "eval/asides.yaml").read_text(encoding="utf-8"))
# These stay whole: as far as words tell, they may be what is asked.
WHOLE = 15


def test_nearly_all_forms_come_off() -> None:
    missed = []
    for form in (form for name, part in FORMS.items() if name != "topics" for form in part["forms"]):
        text = form.format(direct="What is deep learning?", indirect="what deep learning is")
        core = sentence_asked(split(text)[1]).rstrip("?.")
        if core.lower() not in ("what is deep learning", "what deep learning is"):
            missed.append(form)
    assert len(missed) <= WHOLE, missed


def test_of_all_requests_for_a_topic_the_topic_is_left() -> None:
    for form in FORMS["topics"]["forms"]:
        said = split(form.format(indirect="red kites"))[1]
        assert set(content(said)) == set(content("red kites")), form


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("Hi! What is X?", "What is X?"),
        ("Thanks, that helps. What is X?", "What is X?"),
        ("Good morning notebot, what is X?", "what is X?"),
        ("@notebot what is X?", "what is X?"),
        ("Let's talk about something else: what is X?", "what is X?"),
        ("Quick question: why?", "why?"),
        ("Okay so what is X?", "what is X?"),
        ("hmm what's X again?", "what's X again?"),
        ("Where did I write down what X is?", "what X is?"),
        ("Where do my notes say who services X?", "who services X?"),
        ("New topic: potatoes", "potatoes"),
        ("This may be a stupid question, but what is X?", "what is X?"),
        ("From what I wrote down, what is X?", "what is X?"),
        ("I was wondering how big X is.", "how big X is."),
        ("Do you know if X is scalable?", "if X is scalable?"),
        ("Is it written down anywhere when X is due?", "when X is due?"),
        ("My boss wants to know what X is", "what X is"),
        ("Tell me what X is and what Y is", "what X is and what Y is"),
        ("What is X, please?", "What is X"),
        ("What is X please", "What is X"),
        ("what is X?  Thanks a lot!! Be brief.", "what is X?"),
        ("what is X, I forgot. remind me please", "what is X"),
        ("What is X? Answer in one sentence.", "What is X?"),
        ("What is X? Keep your answer under 50 words.", "What is X?"),
        ("explain X step by step, please", "explain X"),
    ],
)
def test_what_is_said_around_a_question_comes_off(text: str, core: str) -> None:
    assert split(text)[1] == core


@pytest.mark.parametrize(
    "text",
    [
        "What is X?",
        "What do I need to know",
        "Which tasks do I know?",
        "How do I say thank you?",
        "Why do I forget what I read?",
        "Who asked whether the ash was safe?",
        "Can I plant beans when it freezes?",
        "Should I check if the valve is open?",
        "Do I have to check whether the gate is locked?",
        "Can Prometheus tell me when a disk is full?",
        "Does it say how to prune?",
        "Has Bram said when he comes?",
        "Where do I check if the valve is open?",
        "Where did I put the keys?",
        "Okay",
        "In winter, what do I water?",
        "In the morning, what should I water?",
        "Today, what do I do?",
        "First, what do I cut?",
        "After that, what happens?",
        "Data mining: which techniques does it use?",
        "ok, and in staging?",
        "Is the answer short, or long?",
        "Who came first, me or you?",
        "Hello world in Rust?",
        "Hi!",
        "Thanks a lot.",
        "I forgot.",
        "Actually",
    ],
)
def test_what_may_be_asked_stays(text: str) -> None:
    assert split(text) == ("", text, "")


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("You are an expert. What is X?", "What is X?"),
        ("What is X? It's urgent, my train leaves soon.", "What is X?"),
        ("The boiler makes a noise. What does the code mean?", "What does the code mean?"),
        ("The boiler makes a noise. How often is it serviced?", "The boiler makes a noise. How often is it serviced?"),
        ("I'm going to Berlin. What should I pack?", "I'm going to Berlin. What should I pack?"),
        ("It has 10 degrees. What should I wear?", "It has 10 degrees. What should I wear?"),
        ("What is X? And what is Y?", "What is X? And what is Y?"),
        ("The boiler. The rent.", "The boiler. The rent."),
    ],
)
def test_of_several_sentences_those_that_ask_are_asked(text: str, core: str) -> None:
    assert sentence_asked(text) == core


WORDS = st.sampled_from(sorted(TALKING | POLITE | AMONG | STOP_WORDS | {"boiler", "Spark", "?", "!", ",", ":", ".", "-", "…"}))


@given(st.lists(WORDS, max_size=30).map(" ".join) | st.text(max_size=80))
def test_nothing_is_lost_and_a_word_is_left(text: str) -> None:
    before, core, after = split(text)
    assert before + core + after == text
    assert core.strip() or not text.strip()
    assert sentence_asked(core) in core


@pytest.mark.parametrize(
    "unit", ["a?", "?", " ,", "hi ", "hello, ", "thanks. ", "please ", "x, be brief", "x? ok thanks ", "hi! hi? ", "a. "]
)
def test_the_longest_question_is_read_at_once(unit: str) -> None:
    text = "what " + unit * (8000 // len(unit))
    began = time.process_time()
    sentence_asked(split(text)[1])
    assert time.process_time() - began < 2
