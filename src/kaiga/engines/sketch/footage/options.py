"""Reads a job's options as the types that makers want; what is absent is the given default."""

from collections.abc import Sequence
from typing import cast

from kaiga.ports.engine import GenerationJob


def read_number(job: GenerationJob, name: str, default: float) -> float:
    """Give a number; anything else than a number counts as absent."""
    value = job.options.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    return float(value)


def read_text(job: GenerationJob, name: str, default: str = "") -> str:
    """Give a text; an empty one counts as absent."""
    value = job.options.get(name)
    return value if isinstance(value, str) and value else default


def is_on(job: GenerationJob, name: str, *, default: bool) -> bool:
    """Give a switch."""
    value = job.options.get(name)
    return value if isinstance(value, bool) else default


def list_values(job: GenerationJob, name: str) -> Sequence[object]:
    """Give a list, empty where there is none."""
    value = job.options.get(name)
    return cast("Sequence[object]", value) if isinstance(value, list | tuple) else ()
