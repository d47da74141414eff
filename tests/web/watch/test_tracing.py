"""Traces: what a question leaves behind, and what it does not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from notebot.errors import ModelFailed
from notebot.events import Stage
from notebot.web.desk import Asking, Desk
from notebot.web.watch.tracing import Tracing, open_tracing

Traced = Callable[..., dict[str, ReadableSpan]]


@pytest.fixture
def traced() -> Traced:
    """Asks a bot and gives the spans that came of it, by name."""

    def ask(bot: Any, *, content: bool = False, stop_after: int = 0, fails: bool = False) -> dict[str, ReadableSpan]:
        memory = InMemorySpanExporter()
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(memory))
        tracing = Tracing(provider, content=content)
        desk = Desk(bot)
        desk.observers = (tracing.traced,)
        events = desk.ask(Asking("What is data mining?"))
        try:
            for number, _ in enumerate(events, 1):
                if number == stop_after:
                    events.close()
        except ModelFailed:
            assert fails
        spans = memory.get_finished_spans()
        tracing.close()
        names = [span.name for span in spans]
        assert len(names) == len(set(names))
        return {span.name: span for span in spans}

    return ask


def test_a_question_is_a_span_with_one_below_for_each_stage(traced: Traced, scripted: ModuleType) -> None:
    spans = traced(scripted.ScriptedBot(scripted.story(pause=0.02)))
    assert set(spans) == {"question", "searching", "reading", "writing", "checking"}
    root = spans["question"]
    assert root.attributes is not None
    assert root.attributes["openinference.span.kind"] == "CHAIN"
    assert root.attributes["notebot.status"] == "partial"
    assert (root.attributes["notebot.sentences.checked"], root.attributes["notebot.sentences.supported"]) == (3, 2)
    kinds = {name: (span.attributes or {})["openinference.span.kind"] for name, span in spans.items()}
    assert (kinds["searching"], kinds["writing"]) == ("RETRIEVER", "LLM")
    assert (spans["writing"].attributes or {})["llm.model_name"] == "scripted (test)"
    assert (spans["searching"].attributes or {})["retrieval.documents.0.document.id"] == "c1"
    for name in ("searching", "reading", "writing", "checking"):
        span = spans[name]
        assert span.parent
        assert root.context
        assert span.parent.span_id == root.context.span_id
        assert (root.start_time or 0) <= (span.start_time or 0) <= (span.end_time or 0) <= (root.end_time or 0)
    assert (spans["searching"].end_time or 0) <= (spans["reading"].start_time or 0)
    assert (spans["writing"].end_time or 0) - (spans["writing"].start_time or 0) > 40_000_000


def test_words_of_people_and_notes_are_left_out_unless_they_are_asked_for(traced: Traced, scripted: ModuleType) -> None:
    def text(*, content: bool) -> str:
        return "".join(span.to_json() for span in traced(scripted.ScriptedBot(scripted.story()), content=content).values())

    words = ("What is data mining", "patterns", "notes.md", "Data mining")
    assert not [word for word in words if word in text(content=False)]
    assert all(word in text(content=True) for word in words)
    assert '"input.value": "What is data mining?"' in text(content=True)


def test_what_a_failure_says_is_content(traced: Traced, scripted: ModuleType) -> None:
    for content in (False, True):
        root = traced(scripted.ScriptedBot([Stage("searching", ""), ModelFailed("SECRET")]), content=content, fails=True)[
            "question"
        ]
        assert (root.attributes or {})["error.type"] == "ModelFailed"
        assert not root.status.is_ok
        assert ("SECRET" in root.to_json()) == content


def test_a_stopped_question_leaves_a_trace_as_well(traced: Traced, scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot(scripted.story())
    spans = traced(bot, stop_after=2)
    assert {"question", "searching"} <= set(spans)
    assert "notebot.status" not in (spans["question"].attributes or {})
    assert bot.running == 0


OFF = """
import sys
import notebot.web.host, notebot.web.watch.tracing
print([name for name in sys.modules if name.startswith("opentelemetry")])
"""


def test_off_is_not_even_imported() -> None:
    done = subprocess.run([sys.executable, "-c", OFF], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_traces_go_where_the_standard_variable_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    tracing = open_tracing(content=True)
    processor = tracing._provider._active_span_processor._span_processors[0]
    assert processor.span_exporter._endpoint == "127.0.0.1:9"  # type: ignore[attr-defined]  # the exporter has no public name for it
    tracing.close()


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What arrives at an OTLP collector on this machine: requests as they came over the wire."""
    grpc = pytest.importorskip("grpc", reason="the extra `tracing` is not installed")
    service = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc")
    messages = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
    came: list[Any] = []

    class Collector(service.TraceServiceServicer):  # type: ignore[misc, name-defined]  # found at run time
        def Export(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's own name
            came.append(request)
            return messages.ExportTraceServiceResponse()

    server = grpc.server(ThreadPoolExecutor(2))
    service.add_TraceServiceServicer_to_server(Collector(), server)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
    server.start()
    yield came
    server.stop(None)


@pytest.mark.parametrize("content", [False, True])
def test_a_collector_gets_the_spans_and_no_word_unless_it_is_asked_for(
    collector: list[Any], scripted: ModuleType, content: bool
) -> None:
    desk = Desk(scripted.ScriptedBot(scripted.story()))
    tracing = open_tracing(content=content)
    desk.observers = (tracing.traced,)
    list(desk.ask(Asking("What is data mining?")))
    tracing.close()
    spans = [span for one in collector for whole in one.resource_spans for scope in whole.scope_spans for span in scope.spans]
    assert sorted(span.name for span in spans) == ["checking", "question", "reading", "searching", "writing"]
    root = next(span for span in spans if span.name == "question")
    assert {span.parent_span_id for span in spans if span.name != "question"} == {root.span_id}
    told = {each.key: each.value for span in spans for each in span.attributes}
    assert (told["llm.token_count.prompt"].int_value, told["llm.token_count.completion"].int_value) == (1180, 240)
    (named,) = {
        each.value.string_value
        for one in collector
        for whole in one.resource_spans
        for each in whole.resource.attributes
        if each.key == "service.name"
    }
    assert named == "notebot"
    wire = b"".join(one.SerializeToString() for one in collector)
    assert [word in wire for word in (b"What is data mining", b"patterns", b"notes.md", b"Data mining")] == [content] * 4
