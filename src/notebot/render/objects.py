"""Answers, passages, states and errors as objects for programs: what `--json` prints."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from notebot.errors import NotebotError
from notebot.states import IndexState, SourceState, Summary
from notebot.types import NO_FILTERS, Answer, Filters, NoteLine, Passage, Sentence

if TYPE_CHECKING:
    from notebot.doctor import Check

SCHEMA = 1  # bump when a key changes its meaning or goes away; a new key needs no bump


def dumps(value: object) -> str:
    """JSON text in ASCII, so that no terminal, pipe or code page can garble it or be steered by it."""
    return json.dumps(value, ensure_ascii=True, indent=2)


def answer_json(answer: Answer) -> dict[str, object]:
    """`ask --json`."""
    return {
        "schema": SCHEMA,
        "question": answer.question,
        "asked": answer.asked or answer.question,
        "filters": _filters_json(answer.filters),
        "status": str(answer.status),
        "text": answer.text,
        "model": answer.model,
        "sentences": [sentence_json(sentence) for sentence in answer.sentences],
        "passages": [passage_json(passage) for passage in answer.passages],
        "timings": {stage: round(seconds, 4) for stage, seconds in answer.timings.items()},
        "usage": asdict(answer.usage) if answer.usage else None,
        "notice": answer.notice,
        "beyond": {"text": answer.beyond, "from_notes": False, "checked": False} if answer.beyond else None,
    }


def passages_json(
    question: str, passages: Sequence[Passage], *, asked: str = "", filters: Filters = NO_FILTERS
) -> dict[str, object]:
    """`search --json`. `asked` is what was searched for, if that is not the question as it was typed."""
    found = [passage_json(passage) for passage in passages]
    return {
        "schema": SCHEMA,
        "question": question,
        "asked": asked or question,
        "filters": _filters_json(filters),
        "passages": found,
    }


def state_json(state: IndexState) -> dict[str, object]:
    """`status --json`. `indexed` and `failed` count notes; `notes` and `pages` count each kind by state."""
    notes = [source for source in state.sources if source.kind == "note"]
    pages = [source for source in state.sources if source.kind == "page"]
    return {
        "schema": SCHEMA,
        "sources": [asdict(source) for source in state.sources],
        "indexed": sum(source.state == "indexed" for source in notes),
        "failed": sum(source.state == "failed" for source in notes),
        "notes": _counts(notes),
        "pages": _counts(pages),
        "chunks": state.chunks,
        "unembedded": state.unembedded,
        "stubs": list(state.stubs),
        "links": state.links,
        "embedder": state.embedder,
        "generation": state.generation,
        "ingested_at": state.ingested_at,
    }


def summary_json(summary: Summary) -> dict[str, object]:
    """`ingest --json`."""
    return {"schema": SCHEMA, **asdict(summary), "seconds": round(summary.seconds, 3)}


def checks_json(checks: Sequence[Check]) -> dict[str, object]:
    """`doctor --json`."""
    return {"schema": SCHEMA, "checks": [asdict(check) for check in checks]}


def error_json(error: BaseException) -> dict[str, object]:
    """What stands on standard output in place of a result. `kind` is the error's name: `index_missing`, `usage`."""
    name = type(error).__name__.removesuffix("Error") if isinstance(error, NotebotError) else "internal"
    kind = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    return {"schema": SCHEMA, "error": {"kind": kind, "message": str(error)}}


def sentence_json(sentence: Sentence) -> dict[str, object]:
    """A sentence of an answer, with the places that it rests on."""
    return {
        "text": sentence.text,
        "supported": sentence.supported,
        "score": round(sentence.score, 4),
        "reason": sentence.reason,
        "citations": [
            {
                "passage": citation.passage_id,
                "source": citation.source,
                "heading": list(citation.heading),
                "lines": [citation.first_line, citation.last_line],
                "unit": citation.unit,
                "quote": citation.quote,
                "url": citation.url,
                "linked_from": _lines_json(citation.linked_from),
            }
            for citation in sentence.citations
        ],
    }


def passage_json(passage: Passage) -> dict[str, object]:
    """A passage as it was found. `page` is there where it stands on a web page."""
    chunk, page = passage.chunk, passage.chunk.page
    return {
        "id": chunk.id,
        "source": chunk.source,
        "title": chunk.title,
        "heading": list(chunk.heading),
        "lines": [chunk.first_line, chunk.last_line],
        "unit": chunk.unit,
        "text": chunk.text,
        "score": round(passage.score, 4),
        "similarity": round(passage.similarity, 4),
        "stub": chunk.stub,
        "page": page and {**asdict(page), "linked_from": _lines_json(page.linked_from)},
    }


def _filters_json(filters: Filters) -> dict[str, object]:
    """The filters that were on, those that were not left out: an empty object if there were none."""
    return {key: str(value) if isinstance(value, date) else value for key, value in asdict(filters).items() if value}


def _lines_json(lines: Iterable[NoteLine]) -> list[dict[str, object]]:
    return [{"source": at.source, "line": at.line} for at in lines]


def _counts(sources: Iterable[SourceState]) -> dict[str, int]:
    return dict(Counter(source.state for source in sources))
