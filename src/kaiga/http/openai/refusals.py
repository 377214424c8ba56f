"""Errors in the shape that OpenAI's clients read: one object `error`, with the usual statuses."""

import re

import msgspec

from kaiga.domain.errors import (
    KaigaError,
    ModelNameUnknown,
    ModelNotOffered,
    ModelUnbound,
    ModelUnknown,
    NotAuthenticated,
    NotThere,
    Overloaded,
    ParameterRefused,
    QueueFull,
    RateExceeded,
    TaskFailed,
)
from kaiga.http.asgi import JSON, NO_STORE, Answer, Header
from kaiga.http.errors import is_told, retry_headers, status_of

OPENAI_PREFIX = "/v1/"
OPENAI_GROUPS = frozenset({"images", "videos", "models"})
"""What follows the prefix in the paths that there are."""

_TOO_MUCH, _SERVICE_AT_FAULT = 429, 500
_CODES: tuple[tuple[type[KaigaError], str], ...] = (
    (NotAuthenticated, "invalid_api_key"),
    (ModelNameUnknown, "model_not_found"),
    (ModelUnknown, "model_not_found"),
    (ModelNotOffered, "model_not_found"),
    (ModelUnbound, "model_not_found"),
    (NotThere, "not_found"),
    (ParameterRefused, "invalid_value"),
    (RateExceeded, "rate_limit_exceeded"),
    (QueueFull, "rate_limit_exceeded"),
    (Overloaded, "rate_limit_exceeded"),
)
"""What OpenAI calls an error; the others keep the code that they have everywhere here."""
_OF_CONTENT = "DataInspection"
"""Stands in every code of the contract that says that a content was refused."""
_CONTENT_REFUSED = "content_policy_violation"
_MEMBER = re.compile(r"\b(?:input|parameters)\.([a-z_]+)")
"""How the rules on orders name a member, in their texts."""

_encode = msgspec.json.Encoder().encode


def make_openai_refusal(error: KaigaError, headers: tuple[Header, ...] = ()) -> Answer:
    """Make the answer that tells of an error, with `headers` of its own besides."""
    return Answer(
        status=status_of(error),
        headers=(JSON, NO_STORE, *headers, *retry_headers(error)),
        body=_encode(describe_error(error)),
    )


def describe_error(error: KaigaError) -> dict[str, object]:
    """Make the body of an error, which is also the data of one in a stream."""
    known = error if is_told(error) else KaigaError()
    return {
        "error": {
            "message": str(known),
            "type": _find_type(known),
            "param": _find_parameter(known),
            "code": name_code(known),
        }
    }


def name_code(error: KaigaError) -> str:
    """Give OpenAI's word for an error, or the code that it has everywhere here."""
    if isinstance(error, TaskFailed):
        return name_failure(error.code)
    return next((code for kind, code in _CODES if isinstance(error, kind)), error.code)


def name_failure(code: str) -> str:
    """Give OpenAI's word for the code of a failed task."""
    return _CONTENT_REFUSED if _OF_CONTENT in code else code


def _find_type(error: KaigaError) -> str:
    status = status_of(error)
    if status == _TOO_MUCH:
        return "rate_limit_error"
    return "server_error" if status >= _SERVICE_AT_FAULT else "invalid_request_error"


def _find_parameter(error: KaigaError) -> str | None:
    match error:
        case ParameterRefused():
            return error.parameter
        case ModelNameUnknown() | ModelUnknown() | ModelNotOffered() | ModelUnbound():
            return "model"
        case _:
            named = _MEMBER.search(str(error))
            return named[1] if named else None
