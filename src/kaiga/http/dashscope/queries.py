"""Reads what stands after the `?` of a call."""

from urllib.parse import parse_qsl

from kaiga.domain.errors import ListQueryInvalid
from kaiga.http.asgi import Call

LARGEST_NUMBER_DIGITS = 9


def read_query(call: Call) -> dict[str, str]:
    """Read the query; empty values count as absent, and a stray `&` does no harm."""
    text = call.query.decode("latin-1")
    return {name: value for name, value in parse_qsl(text, errors="replace") if value}


def read_number(name: str, text: str | None, default: int) -> int:
    """Read a whole number from 1.

    Raises:
        ListQueryInvalid: it is none.
    """
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > LARGEST_NUMBER_DIGITS:
        raise ListQueryInvalid(f"{name} must be a whole number from 1.")
    if int(text) < 1:
        raise ListQueryInvalid(f"{name} must be a whole number from 1.")
    return int(text)
