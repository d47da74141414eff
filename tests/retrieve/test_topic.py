"""A request for all about something is a question for it; a question of its own stays as it is."""

from __future__ import annotations

import pytest

from notebot.retrieve.topic import after_request


@pytest.mark.parametrize(
    "request_",
    [
        "find my notes about",
        "search for",
        "look up",
        "Recap",
        "tl;dr",
        "key points on",
        "facts about",
        "refresher on",
        "which note talks about",
        "which of my notes mentions",
        "in which file did I write about",
        "what did I learn about",
        "what's the deal with",
        "let's talk about",
        "I'd like to learn about",
        "please introduce me to",
        "could you brief me on",
        "read me my notes on",
        "tell me everything you know about",
    ],
)
def test_what_is_asked_is_the_topic(request_: str) -> None:
    text = f"{request_} red kites"
    assert text[after_request(text) :] == "red kites"


@pytest.mark.parametrize(
    "text",
    [
        "What is the meaning of RAID?",  # none of its words is looked for anyway
        "all there is about red kites",
        "How do I open the shed?",
        "open the gate",
        "key for the shed",
        "report on the roof",
        "Where do I find the wifi password?",
        "Which file format does Delta Lake use?",
        "How do I search for leaks?",
        "What covers the bench?",
        "Look after roses",
        "give me the phone number of the dentist",
        "search for what makes the roof leak when it rains",
        "search for the way that we have always cut the oldest roses",
        "find it",
        "recap",
    ],
)
def test_a_question_of_its_own_stays_whole(text: str) -> None:
    assert after_request(text) == 0
