"""Reads a job's options, whose types the service has checked, as the types that makers need."""

from collections.abc import Mapping, Sequence
from typing import cast

from kaiga.ports.engine import GenerationJob, JsonValue


def text_option(job: GenerationJob, name: str, default: str = "") -> str:
    """Give a text; `default` where it is absent or empty."""
    value = job.options.get(name)
    return str(value) if value else default


def number_option(job: GenerationJob, name: str, default: float) -> float:
    """Give a number, also where it came as a text of digits."""
    value = job.options.get(name)
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    return value if isinstance(value, int | float) else default


def flag_option(job: GenerationJob, name: str, *, default: bool) -> bool:
    """Give a switch."""
    value = job.options.get(name)
    return value if isinstance(value, bool) else default


def object_option(job: GenerationJob, name: str) -> Mapping[str, JsonValue]:
    """Give an object's members; none where it is absent."""
    return as_object(job.options.get(name))


def as_object(value: JsonValue) -> Mapping[str, JsonValue]:
    """Give a value's members where it is an object."""
    return cast("Mapping[str, JsonValue]", value) if isinstance(value, Mapping) else {}


def as_list(value: JsonValue) -> Sequence[JsonValue]:
    """Give a value's items where it is a list."""
    return cast("Sequence[JsonValue]", value) if isinstance(value, list | tuple) else ()
