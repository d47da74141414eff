"""JSON schemas: of a question set, for editors that check while one writes, and of a report, for programs that read one."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from notebot.evals.cases import CaseSet
from notebot.evals.figures import FIGURES
from notebot.evals.report_data import SCHEMA

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def set_schema() -> dict[str, Any]:
    """Of a question set in YAML. What needs more than one field to be seen, like a repeated id, only the program sees."""
    schema = TypeAdapter(CaseSet).json_schema(mode="validation")
    case = schema["$defs"]["Case"]
    case["properties"]["answerable"] = {"type": "boolean", "description": "Short for every status that answers, or keeps silent."}
    case["required"] = ["id", "question"]
    case["oneOf"] = [{"required": ["expect"]}, {"required": ["answerable"]}]
    place = schema["$defs"]["Place"]["properties"]["heading"]
    place.clear()
    place["oneOf"] = [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
    schema["properties"]["thresholds"]["propertyNames"] = {"enum": list(FIGURES)}
    return {"$schema": DIALECT, "title": "A question set for notebot eval", **schema}


def report_schema() -> dict[str, Any]:
    """Of what `--json` prints. New keys may come without a new number."""
    number: dict[str, Any]
    text: dict[str, Any]
    flag: dict[str, Any]
    number, text, flag = {"type": ["number", "null"]}, {"type": ["string", "null"]}, {"type": ["boolean", "null"]}
    figure = _record({"name": {"enum": list(FIGURES)}, "value": number, "n": {"type": "integer"}, "low": number, "high": number})
    counts = _record({name: {"type": "integer"} for name in ("answered", "quoted", "silent", "failed")})
    case = dict.fromkeys(("asked", "failure", "guess", "error", "draft"), text)
    case |= {name: {"type": "string"} for name in ("id", "question", "cluster", "split")}
    case |= dict.fromkeys(("confidence", "facts", "first_word_seconds", "seconds"), number)
    case |= {"repeat": {"type": "integer"}, "answerable": {"type": "boolean"}, "crashed": {"type": "boolean"}}
    case |= {"cached": {"type": "boolean"}, "correct": flag, "answer": {"type": ["object", "null"]}}
    case |= {"tags": _list({"type": "string"}), "expected": _list({"type": "string"}), "quotes_exist": _list(flag)}
    case |= {"gold_ranks": {"type": ["array", "null"], "items": {"type": ["integer", "null"]}}}
    point = _record({name: {"type": "number"} for name in ("coverage", "risk", "confidence")})
    limit = _record({"figure": {"enum": list(FIGURES)}, "at_least": number, "at_most": number, "kept": flag})
    whole = _record(
        {
            "schema": {"const": SCHEMA},
            "name": {"type": "string"},
            "version": {"type": "integer"},
            "model": text,
            "embedder": {"type": "string"},
            "passed": {"type": "boolean"},
            "figures": _list(figure),
            "meanings": {"type": "object"},
            "tags": {"type": "object", "additionalProperties": _list(figure)},
            "thresholds": _list(limit),
            "confusion": _record({"answerable": counts, "unanswerable": counts}),
            "guesses": {"type": "object", "additionalProperties": {"type": "integer"}},
            "risk_coverage": _list(point),
            "peak_memory_mb": number,
            "manifest": {"type": ["object", "null"]},
            "cases": _list(_record(case)),
        }
    )
    return {"$schema": DIALECT, "title": "A report of notebot eval", **whole}


def _record(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}
