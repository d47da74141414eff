"""What requests are held against, and that what is sent is what the document says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from types import ModuleType
from typing import Any

import pytest
from pydantic import ValidationError

from notebot import render
from notebot.errors import UsageError
from notebot.types import Filters, Status
from notebot.web.doors import schemas


@pytest.mark.parametrize("status", list(Status))
def test_every_answer_fits_its_schema(scripted: ModuleType, status: Status) -> None:
    filters = Filters(("a",), ("b",), ("c.example",), date(2024, 1, 1), date(2025, 1, 1), False, ("x y",), ("z",))
    answer = replace(scripted.page_story()[-1].answer, status=status, beyond="More.", filters=filters, asked="What?")
    for one in (answer, replace(answer, beyond="", filters=Filters(notes_only=True), sentences=(scripted.SECOND,))):
        schemas.AnswerOut.model_validate_json(json.dumps(render.answer_json(one)))


def test_a_field_too_many_or_too_few_does_not_fit(scripted: ModuleType) -> None:
    whole: dict[str, Any] = render.answer_json(scripted.story()[-1].answer)
    for broken in ({**whole, "more": 1}, {key: value for key, value in whole.items() if key != "notice"}):
        with pytest.raises(ValidationError):
            schemas.AnswerOut.model_validate(broken)


def test_filters_are_those_of_the_command_line() -> None:
    query = schemas.Search(q="x", path=["a"], tag=["#b"], site=["https://c.example/x"], after="2024-03", before="2025")
    assert query.filters() == Filters(("a",), ("b",), ("c.example",), date(2024, 3, 1), date(2025, 1, 1))
    assert schemas.Search().filters() == Filters()
    assert schemas.Where(notes_only=True, phrases=["a b"], without=["c"]).filters() == Filters(
        notes_only=True, phrases=("a b",), without=("c",)
    )
    for wrong in ({"sites": ["x"]}, {"after": "soon"}, {"notes_only": True, "sites": ["c.example"]}, {"tags": ["#"]}):
        with pytest.raises(UsageError):
            schemas.Where(**wrong).filters()  # type: ignore[arg-type]
