"""What servers say when they refuse, as text that clients may see."""

import re
from collections.abc import Mapping
from typing import cast

import msgspec

from kaiga.ports.engine import JsonValue

_MOST_LETTERS = 200
_PLACES = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://\S+)|(?:(?<![\w.])(?:/|[A-Za-z]:\\)[\w.-]+[\w./\\-]*)"
)
"""Addresses, and paths of the server's own disk."""
_WHITE = re.compile(r"\s+")
_ABOUT_CONTENT = frozenset({"content_policy_violation", "content_filter", "moderation_blocked"})
"""Codes by which a server says that it is the content that it refuses. Source: OpenAI's errors."""
_REFUSED_INPUT = "Input data may contain inappropriate content."
_NO_REASON = "it gives no reason"


class JobRefused(Exception):
    """The server will not make this job, whoever asks again; code and message are the contract's.

    `answer` is all that the server said. Source of the codes: contract/core.md, 5.7.
    """

    def __init__(self, code: str, message: str, answer: bytes = b"") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.answer = answer


def make_refusal(body: bytes) -> JobRefused:
    """Make a refusal of what a server answered with a status of 400 or the like."""
    told = _decode(body)
    if is_about_content(told):
        return JobRefused("DataInspectionFailed", _REFUSED_INPUT)
    said = clean(_find(told))
    return JobRefused("InvalidParameter", f"The engine refuses the request: {said}.", body)


def read_complaint(body: bytes) -> str:
    """Give what a server said was wrong, for people who run Kaiga."""
    return clean(_find(_decode(body)))


def is_about_content(told: JsonValue) -> bool:
    """Tell whether an error, or the answer with one, says that the content was refused."""
    error = _member(told, "error") or told
    return any(_member(error, name) in _ABOUT_CONTENT for name in ("code", "type"))


def clean(text: str) -> str:
    """Leave out addresses and paths, and what is not printed; one short line without a stop."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    line = _WHITE.sub(" ", _PLACES.sub("…", plain)).strip().rstrip(".")
    return (line[: _MOST_LETTERS - 3] + "..." if len(line) > _MOST_LETTERS else line) or (
        _NO_REASON
    )


def _decode(body: bytes) -> JsonValue:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _find(told: JsonValue) -> str:
    """Look where OpenAI (`error.message`), FastAPI (`detail`) and sd.cpp (`error`) say it."""
    for name in ("error", "detail", "message", "msg", "type"):
        found = _member(told, name)
        if isinstance(found, str):
            return found
        if isinstance(found, list) and found:
            return _find(cast("list[JsonValue]", found)[0])
        if isinstance(found, dict):
            return _find(cast("JsonValue", found))
    return ""


def _member(told: JsonValue, name: str) -> JsonValue:
    return cast("Mapping[str, JsonValue]", told).get(name) if isinstance(told, dict) else None
