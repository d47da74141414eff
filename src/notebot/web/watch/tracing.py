"""Traces for OpenTelemetry, one for each question, with OpenInference's names. Off unless a setting turns it on."""

from __future__ import annotations

import json
import time
from collections.abc import Generator
from typing import TYPE_CHECKING

from notebot import __version__
from notebot.errors import NotebotError, UsageError
from notebot.events import Checked, Done, Event, Found, Stage
from notebot.types import Answer, Passage
from notebot.web.desk import Asking

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

KIND = "openinference.span.kind"
KINDS = {"searching": "RETRIEVER", "writing": "LLM", "checking": "EVALUATOR"}
FLUSH_MS = 2_000  # for what is left when the server ends


class Tracing:
    """Makes traces of what passes by. Without `content` they hold no word of questions, answers and notes, nor their names."""

    def __init__(self, provider: TracerProvider, *, content: bool = False) -> None:
        self._provider = provider
        self._content = content
        self._tracer = provider.get_tracer("notebot", __version__)

    def traced(self, asking: Asking, events: Generator[Event, None, None]) -> Generator[Event, None, None]:
        """The events as they are; when they end, their trace is handed on."""
        trace = _Trace(self._tracer, asking, content=self._content)
        try:
            for event in events:
                trace.saw(event)
                yield event
        except Exception as error:
            trace.failed(error)
            raise
        finally:
            events.close()
            trace.end()

    def close(self) -> None:
        """Send what is left, for two seconds at most."""
        self._provider.force_flush(FLUSH_MS)
        self._provider.shutdown()


def open_tracing(*, content: bool = False) -> Tracing:
    """Traces over OTLP, to where the standard OTEL_* variables say. Raises UsageError without the extra `tracing`."""
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise UsageError("Traces need more packages. Run: pip install 'notebot[tracing]', or leave `tracing` out.") from error
    provider = TracerProvider(resource=Resource.create({"service.name": "notebot"}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Tracing(provider, content=content)


class _Trace:
    """One question: a span over all of it, and one for each stage, which is ended with the trace, at its own time."""

    def __init__(self, tracer: Tracer, asking: Asking, *, content: bool) -> None:
        from opentelemetry.trace import set_span_in_context

        self._tracer = tracer
        self._content = content
        self._root = tracer.start_span("question", attributes={KIND: "CHAIN", "notebot.history.turns": len(asking.history)})
        self._context = set_span_in_context(self._root)
        self._stages: dict[str, tuple[Span, int]] = {}  # when it ended, in ns; 0 while it is at work
        self._checked = 0
        self._supported = 0
        if content:
            self._root.set_attribute("input.value", asking.question)

    def saw(self, event: Event) -> None:
        match event:
            case Stage(name=name) if self._stages.get(name, (None, 1))[1]:
                self._close_stage()
                if name not in self._stages:
                    span = self._tracer.start_span(name, context=self._context, attributes={KIND: KINDS.get(name, "CHAIN")})
                    self._stages[name] = span, 0
            case Found(passages=passages):
                self._found(passages)
            case Checked(sentence=sentence):
                self._checked += 1
                self._supported += sentence.supported
            case Done(answer=answer):
                self._done(answer)
            case _:
                pass

    def failed(self, error: Exception) -> None:
        """Mark the trace. What the error says is content: it may name a note."""
        from opentelemetry.trace import StatusCode

        self._root.set_attribute("error.type", type(error).__name__ if isinstance(error, NotebotError) else "internal")
        self._root.set_status(StatusCode.ERROR, str(error) if self._content else None)

    def end(self) -> None:
        self._close_stage()
        for span, ended in self._stages.values():
            span.end(ended)
        self._root.set_attributes({"notebot.sentences.checked": self._checked, "notebot.sentences.supported": self._supported})
        self._root.end()

    def _close_stage(self) -> None:
        self._stages = {name: (span, ended or time.time_ns()) for name, (span, ended) in self._stages.items()}

    def _found(self, passages: tuple[Passage, ...]) -> None:
        span = self._stages["searching"][0] if "searching" in self._stages else self._root
        span.set_attribute("notebot.passages", len(passages))
        for number, passage in enumerate(passages):
            name = f"retrieval.documents.{number}.document"
            span.set_attributes({f"{name}.id": passage.chunk.id, f"{name}.score": passage.score})
            if self._content:
                span.set_attributes(
                    {f"{name}.content": passage.chunk.text, f"{name}.metadata": json.dumps({"source": passage.chunk.source})}
                )

    def _done(self, answer: Answer) -> None:
        self._root.set_attribute("notebot.status", str(answer.status))
        if "writing" in self._stages:
            span = self._stages["writing"][0]
            span.set_attribute("llm.model_name", answer.model)
            if answer.usage:
                counts = {"prompt": answer.usage.read, "completion": answer.usage.written}
                span.set_attributes({f"llm.token_count.{name}": count for name, count in counts.items()})
        if self._content:
            self._root.set_attribute("output.value", answer.text)
