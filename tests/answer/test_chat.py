"""One question, all the way: real notes, real index, real check, and a model that says what it is told to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from fakes import FakeChat
from linked_notes import PAGE, STORE, linked
from notebot.answer.chat import Parts, converse
from notebot.answer.codes import draw_codes
from notebot.errors import ModelFailed, ModelUnreachable
from notebot.events import Beyond, Checked, Done, Draft, Event, Found, Settled, Stage
from notebot.models.minilm import MiniLM
from notebot.models.ports import UNSAID
from notebot.retrieve.retriever import Retriever
from notebot.types import Answer, Status, Turn, Usage

Ask = Callable[..., list[Event]]


@pytest.fixture
def ask(retriever: Retriever, minilm: MiniLM) -> Ask:
    def run(question: str, model: FakeChat, history: Sequence[Turn] = ()) -> list[Event]:
        ticks = count()
        parts = Parts(retriever, minilm, lambda: model, lambda: float(next(ticks)), lambda: "k3x9", 6, 400)
        return list(converse(question, history, parts))

    return run


def end(events: Sequence[Event]) -> Answer:
    assert isinstance(events[-1], Done)
    assert not any(isinstance(event, Done) for event in events[:-1])
    return events[-1].answer


def test_a_true_answer_is_shown_with_its_places(ask: Ask, notes: Path) -> None:
    events = ask("What framework is Databricks built on?", FakeChat(["Databricks is built on Apache Spark."]))
    answer = end(events)
    assert (answer.status, answer.text, answer.model) == (Status.ANSWERED, "Databricks is built on Apache Spark.", "fake")
    assert answer.sentences[0].supported
    citation = answer.sentences[0].citations[-1]
    assert (citation.source, citation.heading, citation.first_line) == ("platforms.md", ("Databricks",), 5)
    lines = (notes / citation.source).read_text().split("\n")
    assert citation.quote in "\n".join(lines[citation.first_line - 1 : citation.last_line])


def test_the_events_come_in_order(ask: Ask) -> None:
    events = ask("What framework is Databricks built on?", FakeChat(["It is fast. Databricks is built on Apache Spark."]))
    assert [event.name for event in events if isinstance(event, Stage)] == ["searching", "reading", "writing", "checking"]
    kinds = [type(event) for event in events if not isinstance(event, Stage)]
    assert kinds[0] is Found
    assert kinds[-1] is Done
    assert (
        "".join(event.text for event in events if isinstance(event, Draft)) == "It is fast. Databricks is built on Apache Spark."
    )
    assert [event.sentence.supported for event in events if isinstance(event, Checked)] == [False, True]
    assert list(end(events).timings) == ["search", "read", "write", "settle", "total"]


def test_what_the_notes_do_not_carry_is_withheld_and_the_rest_is_kept(ask: Ask) -> None:
    reply = "Databricks is built on Apache Spark. Databricks was founded in 2013."
    answer = end(ask("What is Databricks built on?", FakeChat([reply])))
    assert (answer.status, answer.text) == (Status.PARTIAL, "Databricks is built on Apache Spark.")
    assert [(sentence.supported, bool(sentence.citations)) for sentence in answer.sentences] == [(True, True), (False, False)]
    assert "2013" in answer.sentences[1].reason


def test_when_nothing_the_model_said_holds_the_notes_are_quoted(ask: Ask, notes: Path) -> None:
    answer = end(
        ask("Are all pretrained models foundation models?", FakeChat(["Yes, all pretrained models are foundation models."]))
    )
    assert answer.status is Status.QUOTED
    assert "not all pretrained models are foundation models" in answer.text
    assert "Yes" not in answer.text
    for sentence in answer.sentences:
        (citation,) = sentence.citations
        assert citation.quote == sentence.text
        assert citation.quote in (notes / citation.source).read_text()


def test_a_model_that_declines_does_not_hide_what_the_notes_say(ask: Ask) -> None:
    answer = end(ask("How many hours of sun do tomatoes need?", FakeChat(["I don't know."])))
    assert answer.status is Status.QUOTED
    assert "six hours of sun" in answer.text


def test_a_true_sentence_that_was_not_asked_for_is_no_answer(ask: Ask) -> None:
    answer = end(ask("When was Databricks founded?", FakeChat(["Databricks is a cloud platform for data engineering."])))
    assert answer.status is Status.NOT_IN_NOTES
    assert not any(sentence.supported for sentence in answer.sentences)


def test_a_sentence_that_only_repeats_the_question_is_no_answer(ask: Ask) -> None:
    answer = end(
        ask("What framework is Databricks built on?", FakeChat(["The framework that Databricks is built on is Databricks."]))
    )
    assert answer.status is Status.QUOTED
    assert "Apache Spark" in answer.text
    yes = end(ask("Is Databricks built on Apache Spark?", FakeChat(["Yes, Databricks is built on Apache Spark."])))
    assert yes.status is Status.ANSWERED


@pytest.mark.parametrize("question", ["Who won the world cup in 1998?", "How do I bake sourdough bread?"])
def test_what_no_note_speaks_of_is_said_to_be_missing_without_asking_the_model(ask: Ask, question: str) -> None:
    model = FakeChat(["France."])
    answer = end(ask(question, model))
    assert (answer.status, answer.sentences, model.prompts) == (Status.NOT_IN_NOTES, (), [])
    assert answer.text.startswith("This is not in your notes.")


def test_an_empty_heading_is_told_from_a_missing_one(ask: Ask) -> None:
    model = FakeChat(["Kubernetes runs containers."])
    answer = end(ask("What is Kubernetes?", model))
    assert (answer.status, model.prompts) == (Status.STUB, [])
    assert "“Kubernetes” (platforms.md:9) with nothing under it" in answer.text
    assert answer.sentences[0].citations[0].quote == "Kubernetes"


def test_an_empty_heading_with_a_link_says_where_it_leads(ask: Ask) -> None:
    answer = end(ask("What is a feature store?", FakeChat([""])))
    assert answer.status is Status.STUB
    assert answer.text.endswith(
        "It may be on a linked page that could not be read: https://example.org/feature-store (not asked for yet)."
    )


def test_an_empty_heading_does_not_hide_what_another_note_says(ask: Ask) -> None:
    answer = end(ask("What is Apache Spark?", FakeChat(["Apache Spark is a distributed processing framework."])))
    assert (answer.status, answer.text) == (Status.ANSWERED, "Apache Spark is a distributed processing framework.")


def test_a_heading_that_is_the_content_answers(ask: Ask) -> None:
    answer = end(ask("Which monitoring tools are there?", FakeChat(["Prometheus, Grafana"])))
    assert (answer.status, answer.text) == (Status.ANSWERED, "Prometheus, Grafana")


def test_yes_is_checked_with_the_sentence_that_follows(ask: Ask) -> None:
    reply = "No. Not all pretrained models are foundation models."
    answer = end(ask("Are all pretrained models foundation models?", FakeChat([reply])))
    assert (answer.status, answer.text) == (Status.ANSWERED, reply)


def test_a_follow_up_is_searched_with_the_topic_it_leans_on(ask: Ask) -> None:
    history = [Turn("user", "What is Databricks?"), Turn("assistant", "A cloud platform.")]
    model = FakeChat(["Databricks is built on Apache Spark."])
    answer = end(ask("What is it built on?", model, history))
    assert (answer.status, answer.question) == (Status.ANSWERED, "What is it built on?")
    assert answer.asked == "What is Databricks built on?"
    assert [message.text for message in model.prompts[0].messages[1:3]] == ["What is Databricks?", "A cloud platform."]


def test_a_model_that_breaks_off_keeps_what_it_had_finished_and_marks_the_rest(ask: Ask) -> None:
    broken = ModelFailed("fake broke off: the server went away.")
    model = FakeChat([["Databricks is built on Apache Spark. ", "It also ", "has ", broken]])
    answer = end(ask("What is Databricks built on?", model))
    assert (answer.status, answer.text) == (Status.PARTIAL, "Databricks is built on Apache Spark.")
    assert answer.notice == "fake broke off: the server went away."
    assert (answer.sentences[-1].text, answer.sentences[-1].reason) == ("It also has", "the model broke off here")


@pytest.mark.parametrize("error", [ModelFailed("broke"), ModelUnreachable("no server")])
def test_a_model_that_never_said_anything_is_an_error(ask: Ask, error: Exception) -> None:
    with pytest.raises(type(error)):
        ask("What is Databricks built on?", FakeChat([error]))


def test_closing_the_stream_stops_the_model(retriever: Retriever, minilm: MiniLM) -> None:
    model = FakeChat(["word " * 300])
    parts = Parts(retriever, minilm, lambda: model, lambda: 0.0, lambda: "k3x9", 6, 400)
    events = converse("What is Databricks built on?", (), parts)
    for event in events:
        if isinstance(event, Draft):
            break
    assert model.stopped == 0
    events.close()
    assert model.stopped == 1


def test_codes_and_addresses_of_the_model_s_own_are_neither_shown_nor_checked(ask: Ask) -> None:
    code = draw_codes("k3x9", 6)[0]
    reply = f"Databricks is built on Apache Spark [{code}]. See https://evil.example/?q=spark for Databricks."
    events = ask("What is Databricks built on?", FakeChat([reply]))
    assert end(events).text == "Databricks is built on Apache Spark."
    shown = "".join(event.text for event in events if isinstance(event, Draft))
    assert shown == "Databricks is built on Apache Spark. See (address removed) for Databricks."


def test_what_stands_in_the_notes_and_is_left_out_is_shown_without_its_address(ask: Ask) -> None:
    reply = "Databricks is built on Apache Spark. Lions eat https://example.org/feature-store#:~:text=storage daily."
    answer = end(ask("What is Databricks built on, and the feature store?", FakeChat([reply])))
    assert not any("example.org" in sentence.text + sentence.reason for sentence in answer.sentences if not sentence.supported)


def test_a_thought_whose_beginning_was_not_marked_is_no_sentence(ask: Ask) -> None:
    reply = ["Databricks is a cloud platform for ML. ", "So I say that.", UNSAID, "Databricks is built on Apache Spark."]
    answer = end(ask("What framework is Databricks built on?", FakeChat([reply])))
    assert [sentence.text for sentence in answer.sentences] == ["Databricks is built on Apache Spark."]


@pytest.fixture
def ask_open(retriever: Retriever, minilm: MiniLM) -> Ask:
    def run(question: str, model: Callable[[], FakeChat]) -> list[Event]:
        return list(converse(question, (), Parts(retriever, minilm, model, lambda: 0.0, lambda: "k3x9", 6, 400, open=True)))

    return run


def test_with_open_the_model_adds_its_own_after_the_answer_stands_and_apart_from_it(ask_open: Ask) -> None:
    model = FakeChat(["Databricks is built on Apache Spark.", "It was founded in 2013 [1]. Your notes say more."])
    events = ask_open("What framework is Databricks built on?", lambda: model)
    kinds = [type(event) for event in events]
    settled = kinds.index(Settled)
    assert not set(kinds[settled:]) & {Draft, Checked}
    assert Beyond not in kinds[:settled]
    answer = end(events)
    assert (answer.beyond, answer.text) == ("It was founded in 2013.", "Databricks is built on Apache Spark.")
    assert "2013" not in " ".join(sentence.text for sentence in answer.sentences)
    stands = events[settled]
    assert isinstance(stands, Settled)
    assert answer.usage is not None
    assert stands.answer.usage is not None
    assert answer.usage.written > stands.answer.usage.written > 0  # both calls are in it
    assert replace(answer, beyond="", timings={}, usage=None) == replace(stands.answer, timings={}, usage=None)


def test_what_an_answer_cost_is_said_and_where_nobody_was_asked_nothing_is(ask: Ask) -> None:
    model = FakeChat(["Databricks is built on Apache Spark."], counts=True, host="gpu.example")
    usage = end(ask("What framework is Databricks built on?", model)).usage
    (prompt,) = model.prompts
    read = sum(len(message.text.split()) for message in prompt.messages)
    assert usage == Usage(read, 6, read + 6, 4096, host="gpu.example")
    silent = end(ask("Who won the world cup in 1998?", model))
    assert (silent.status, silent.usage) == (Status.NOT_IN_NOTES, None)


def test_with_open_what_is_not_in_the_notes_is_still_said_to_be_missing(ask_open: Ask) -> None:
    answer = end(ask_open("Who won the world cup in 1998?", lambda: FakeChat(["France won the world cup in 1998."])))
    assert (answer.status, answer.beyond, answer.sentences) == (Status.NOT_IN_NOTES, "France won the world cup in 1998.", ())
    assert answer.text.startswith("This is not in your notes.")


@pytest.mark.parametrize("error", [ModelFailed("fake broke off."), ModelUnreachable("fake is not there.")])
def test_what_goes_wrong_with_the_addition_leaves_the_answer_as_it_is(ask_open: Ask, error: Exception) -> None:
    model = FakeChat(["Databricks is built on Apache Spark.", error])
    answer = end(ask_open("What framework is Databricks built on?", lambda: model))
    assert (answer.status, answer.beyond) == (Status.ANSWERED, "")
    assert answer.notice == f"Nothing could be added to what your notes say: {error}"


def test_a_model_that_is_still_reading_can_be_stopped(retriever: Retriever, minilm: MiniLM) -> None:
    model = FakeChat([["", "", "", "Databricks is built on Apache Spark."]])
    parts = Parts(retriever, minilm, lambda: model, lambda: 0.0, lambda: "k3x9", 6, 400)
    events = converse("What is Databricks built on?", (), parts)
    assert next(event for event in events if isinstance(event, Draft)).text == ""
    events.close()
    assert model.stopped == 1


def test_a_model_that_repeats_itself_or_has_left_the_notes_is_stopped(ask: Ask) -> None:
    again = FakeChat(["Databricks is built on Apache Spark. " * 50])
    assert end(ask("What is Databricks built on?", again)).text == "Databricks is built on Apache Spark."
    lost = FakeChat([" ".join(f"Cats number {number} sleep on sofas." for number in range(40))])
    assert len(end(ask("What is Databricks built on?", lost)).sentences) <= 4
    assert (again.stopped, lost.stopped) == (1, 1)


def test_passages_that_do_not_fit_the_window_are_said_to_be_left_out(ask: Ask) -> None:
    model = FakeChat(["Databricks is built on Apache Spark."], context_tokens=640)
    answer = end(ask("What is Databricks built on?", model))
    assert "did not fit" in answer.notice
    assert len(answer.passages) < 5


@pytest.fixture(scope="module")
def ask_pages(tmp_path_factory: pytest.TempPathFactory, minilm: MiniLM) -> Iterator[Ask]:
    """Asks notes with linked pages: one is here, one could not be fetched, one was not asked for."""
    with linked(tmp_path_factory.mktemp("linked"), minilm) as retriever:

        def run(question: str, model: FakeChat, building: str = "") -> list[Event]:
            parts = Parts(retriever, minilm, lambda: model, lambda: 0.0, lambda: "k3x9", 6, 400, lambda: building)
            return list(converse(question, (), parts))

        yield run


def test_a_linked_page_answers_under_an_empty_heading_and_is_cited_down_to_the_words(ask_pages: Ask) -> None:
    reply = "A feature store keeps the inputs of models in one place."
    answer = end(ask_pages("What is a feature store?", FakeChat([reply])))
    assert (answer.status, answer.text) == (Status.ANSWERED, reply)
    citation = answer.sentences[0].citations[0]
    assert (citation.source, citation.unit, [(at.source, at.line) for at in citation.linked_from]) == (
        PAGE, "", [("mlops.md", 1)]
    )  # fmt: skip
    assert citation.url is not None
    assert citation.url.startswith(f"{STORE}#:~:text=")


def test_quotes_of_a_page_are_not_said_to_be_the_words_of_the_notes(ask_pages: Ask) -> None:
    answer = end(ask_pages("Where was the term coined?", FakeChat(["I don't know."])))
    assert answer.status is Status.QUOTED
    assert answer.text.startswith("In the words of a page that your notes link to:\n")
    assert "engineers at Uber" in answer.text


def test_what_may_be_on_a_page_that_could_not_be_fetched_is_a_silence_of_its_own(ask_pages: Ask) -> None:
    model = FakeChat(["CRDTs merge."])
    answer = end(ask_pages("What is a CRDT?", model))
    assert (answer.status, model.prompts) == (Status.STUB, [])
    where = "https://lost.example/crdt (the server says that there is no such page (404))"
    assert answer.text.endswith(f"It may be on a linked page that could not be read: {where}.")
    assert "https://unasked.example/tecton (not asked for yet)" in end(ask_pages("What is Tecton?", model)).text


def test_an_answer_given_while_the_index_is_being_built_says_so(ask_pages: Ask) -> None:
    model = FakeChat(["Training runs every night on four machines."])
    assert (
        end(ask_pages("How often does training run?", model, "The index is being built.")).notice == "The index is being built."
    )
    assert end(ask_pages("Who won the world cup?", model, "The index is being built.")).notice == "The index is being built."
    assert end(ask_pages("How often does training run?", model)).notice == ""


def test_what_was_mended_is_said_at_once_and_in_the_answer(ask: Ask) -> None:
    events = ask("what is databriks built on?", FakeChat(["Databricks is built on Apache Spark."]))
    assert isinstance(events[0], Stage)
    assert events[0].detail == "searching for “what is databricks built on?”"
    assert end(events).asked == "what is databricks built on?"
    assert end(ask("What is Databricks built on?", FakeChat(["Databricks is built on Apache Spark."]))).asked == ""


def test_how_to_answer_is_for_the_model_alone_and_a_greeting_for_nobody(ask: Ask) -> None:
    model = FakeChat(["Databricks is built on Apache Spark."])
    answer = end(ask("Hi! I was wondering what Databricks is built on. Answer in one sentence.", model))
    assert (answer.status, answer.asked) == (Status.ANSWERED, "what Databricks is built on.")
    said = model.prompts[0].messages[-1].text
    assert "what Databricks is built on. Answer in one sentence." in said
    assert "wondering" not in said


def test_a_request_for_a_topic_is_a_question_for_it(ask: Ask) -> None:
    answer = end(ask("Find my notes about Databricks", FakeChat(["I don't know."])))
    assert (answer.status, answer.asked) == (Status.QUOTED, "Databricks")


TWO = "What framework is Databricks built on, and how often are tomatoes watered?"


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("Databricks is built on Apache Spark. Water tomatoes every morning.", Status.ANSWERED),
        ("Databricks is built on Apache Spark.", Status.ANSWERED),
        ("Databricks is built on Hadoop. Water tomatoes every morning.", Status.PARTIAL),
        ("I don't know.", Status.QUOTED),
    ],
)
def test_of_two_questions_each_is_answered_in_the_model_s_words_or_in_those_of_the_notes(
    ask: Ask, written: str, status: Status
) -> None:
    answer = end(ask(TWO, FakeChat([written])))
    shown = " ".join(sentence.text for sentence in answer.sentences if sentence.supported)
    assert (answer.status, answer.notice) == (status, "")
    assert "Apache Spark" in shown
    assert "every morning" in shown.lower()
    assert all(sentence.citations for sentence in answer.sentences if sentence.supported)


def test_of_two_questions_the_one_without_an_answer_is_named(ask: Ask) -> None:
    answer = end(
        ask(
            "What framework is Databricks built on, and who won the world cup?",
            FakeChat(["Databricks is built on Apache Spark."]),
        )
    )
    assert (answer.status, answer.text) == (Status.PARTIAL, "Databricks is built on Apache Spark.")
    assert answer.notice == "Not in your notes: “who won the world cup?”"
    more = "Who won the world cup? What framework is Databricks built on, and how high is the moon?"
    answer = end(ask(more, FakeChat(["Databricks is built on Apache Spark."])))
    assert answer.notice == "Not in your notes: “Who won the world cup?” Not in your notes: “how high is the moon?”"
    answer = end(ask("Who won the world cup, and how high is the moon?", FakeChat([])))
    assert (answer.status, answer.notice) == (Status.NOT_IN_NOTES, "")
