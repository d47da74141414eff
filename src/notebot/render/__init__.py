"""Answers, passages, states and errors as JSON, plain text and Markdown. Shared by every front end.

Text from notes, pages and models is data: control characters and escape sequences never reach a terminal, and Markdown or
HTML in it is shown as it is written, not carried out.
"""

from notebot.render.answers import (
    Footnote,
    answer_markdown,
    answer_text,
    beyond_text,
    body_text,
    footnote_line,
    footnotes,
    passages_text,
    quoted,
    remarks,
    sentence_text,
)
from notebot.render.escapes import clean, escaped, one_line
from notebot.render.objects import (
    SCHEMA,
    answer_json,
    checks_json,
    dumps,
    error_json,
    passage_json,
    passages_json,
    state_json,
    summary_json,
)
from notebot.render.places import age_text, chunk_text, counted, leads_text, page_text, place_text
from notebot.render.status import check_text, state_text, summary_text

__all__ = [
    "SCHEMA",
    "Footnote",
    "age_text",
    "answer_json",
    "answer_markdown",
    "answer_text",
    "beyond_text",
    "body_text",
    "check_text",
    "checks_json",
    "chunk_text",
    "clean",
    "counted",
    "dumps",
    "error_json",
    "escaped",
    "footnote_line",
    "footnotes",
    "leads_text",
    "one_line",
    "page_text",
    "passage_json",
    "passages_json",
    "passages_text",
    "place_text",
    "quoted",
    "remarks",
    "sentence_text",
    "state_json",
    "state_text",
    "summary_json",
    "summary_text",
]
