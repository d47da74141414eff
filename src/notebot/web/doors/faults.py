"""What went wrong, as the doors for programs say it: a status and one JSON object, in the shape of the door. Never a trace."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from notebot import render
from notebot.errors import Busy, IndexBroken, IndexMissing, Locked, ModelError, NotebotError, NotesError, NotThere, UsageError

log = logging.getLogger(__name__)

RETRY_SECONDS = 5
MOST_NAMED = 5  # faults of one request that are named
LONGEST_NAME = 60  # characters of a field's name that are repeated
FIELD = {
    "extra_forbidden": "there is no such field",
    "missing": "this field is required",
    "string_unicode": "half of a character (a lone surrogate) stands in it",
}
WHOLE = {
    "missing": "The body is missing: send a JSON object.",
    "model_attributes_type": "The body has to be a JSON object.",
    "model_type": "The body has to be a JSON object.",
}
UNEXPECTED = "Something went wrong inside notebot. Ask again. If it stays, run: notebot doctor"
NOTHING_HERE = "There is nothing here."
WANTS_JSON = "Send the request as JSON, with the header Content-Type: application/json."
STATUSES = ((NotThere, 404), (Busy, 429), ((IndexMissing, IndexBroken, NotesError, ModelError, Locked), 503))


def fault(error: Exception, *, openai: bool = False) -> JSONResponse:
    """The response for what was raised: in OpenAI's shape, or as `--json` has it. What is not known is logged, and not shown."""
    told = _told(error)
    status = _status(error, told, openai=openai)
    headers = {"Retry-After": str(RETRY_SECONDS)} if status == 429 else None
    if isinstance(error, HTTPException) and error.headers:
        headers = dict(error.headers)
    return JSONResponse(_in_shape(told, status, openai=openai), status, headers)


def fault_json(error: Exception, *, openai: bool = False) -> Mapping[str, Any]:
    """The same as an object, for where a status has been sent already."""
    told = _told(error)
    return _in_shape(told, _status(error, told, openai=openai), openai=openai)


class Unusable(UsageError):
    """A request to the OpenAI door that cannot be answered as it is: `param` names the part, `code` is OpenAI's word for it."""

    def __init__(self, message: str, param: str | None = None, code: str = "") -> None:
        super().__init__(message)
        self.param = param
        self.code = code


def _in_shape(told: Exception, status: int, *, openai: bool) -> Mapping[str, Any]:
    whole: Mapping[str, Any] = render.error_json(told)
    if not openai:
        return whole
    kind = {429: "rate_limit_error"}.get(status, "server_error" if status >= 500 else "invalid_request_error")
    param, code = (told.param, told.code) if isinstance(told, Unusable) else (None, "")
    return {"error": {"message": str(told), "type": kind, "param": param, "code": code or whole["error"]["kind"]}}


def _told(error: Exception) -> Exception:
    match error:
        case NotebotError():
            return error
        case RequestValidationError():
            return UsageError(named_faults(error.errors(), within=1))
        case HTTPException(status_code=404):
            return NotThere(str(error.detail))
        case HTTPException(status_code=400):
            return UsageError("The body cannot be read as JSON: it is broken, nested too deeply, or has a number without end.")
        case HTTPException():
            return UsageError(str(error.detail))
    log.error("A request could not be answered", exc_info=error)
    return RuntimeError(UNEXPECTED)


def _status(error: Exception, told: Exception, *, openai: bool) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, RequestValidationError) and any(one["type"] == "json_invalid" for one in error.errors()):
        return 400
    if isinstance(told, Unusable) and told.code == "model_not_found":
        return 404
    if isinstance(told, UsageError):
        return 400 if openai else 422
    return next((status for kind, status in STATUSES if isinstance(told, kind)), 500)


def named_faults(errors: Iterable[Mapping[str, Any]], *, within: int = 0) -> str:
    """The faults that pydantic found, each with its field. The first `within` steps of a place are not the field's."""
    said = list(dict.fromkeys(_fault(one, one["loc"][within:]) for one in errors))
    more = [f"And {len(said) - MOST_NAMED} more."] if len(said) > MOST_NAMED else []
    return " ".join([*said[:MOST_NAMED], *more])


def _fault(one: Mapping[str, Any], place: Sequence[str | int]) -> str:
    name = render.one_line(".".join(map(str, place)))[:LONGEST_NAME]
    if one["type"] == "json_invalid":
        return f"The body is not JSON: {one['ctx']['error']}, at character {one['loc'][-1]}."
    if not name:
        return WHOLE.get(one["type"], f"{one['msg']}.")
    said = FIELD.get(one["type"], str(one["msg"]).removeprefix("Value error, "))
    return f"{name}: {said}."
