"""Bodies as values: JSON and text that become the very same bytes again."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any, NoReturn

from kaiga.recording.exchanges import JsonBody, Style, TextBody

_STYLES: Mapping[Style, Mapping[str, Any]] = {
    "compact": {"separators": (",", ":"), "ensure_ascii": False},
    "spaced": {"ensure_ascii": False},
    "compact ascii": {"separators": (",", ":")},
    "spaced ascii": {},
}


def find_json(content: bytes) -> JsonBody | None:
    """Read JSON and how it is written; None where it is none.

    What is written in no known way is taken as compact: it keeps its meaning, not its bytes.
    """
    try:
        value: object = json.loads(
            content.decode("utf-8"), parse_constant=_refuse, parse_float=_read_number
        )
    except (ValueError, RecursionError):
        return None
    for style in _STYLES:
        if write_json(JsonBody(value, style)) == content:
            return JsonBody(value, style)
    return JsonBody(value)


def write_json(body: JsonBody) -> bytes:
    """Write a value as it was written once."""
    return json.dumps(body.value, **_STYLES[body.style]).encode("utf-8", "surrogatepass")


def read_text(content: bytes) -> TextBody:
    """Read text; bytes that are no UTF-8 survive as surrogates."""
    return TextBody(content.decode("utf-8", "surrogateescape").split("\n"))


def write_text(body: TextBody) -> bytes:
    """Write text back."""
    return "\n".join(body.lines).encode("utf-8", "surrogateescape")


def _read_number(text: str) -> float:
    number = float(text)
    return number if isfinite(number) else _refuse(text)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
