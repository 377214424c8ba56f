"""How results are shown to people: their shape before they are loaded, and files' names."""

import re
from collections.abc import Iterator
from datetime import tzinfo

from kaiga.domain.media import extension_of
from kaiga.domain.tasks import StoredResult, Task

_SIDES = re.compile(r"([1-9][0-9]{0,5})[*x:]([1-9][0-9]{0,5})", re.ASCII)
_NO_NAME = re.compile(r"[\W_]+")
_LONGEST_NAME = 40
_ID_DIGITS = 6
"""Of the random end of a task's id: enough to tell tasks of one second and one prompt apart."""


def is_shown(result: object) -> bool:
    """Tell whether a result is a picture or a clip, and no file beside one."""
    return isinstance(result, StoredResult) and not result.part


def find_sides(task: Task) -> tuple[int, int] | None:
    """Give width and height of a task's results, or what they are in proportion to.

    They are the order's, else what usage tells; None where only the files know.
    """
    order = task.generation
    if order is not None and order.width_pixels and order.height_pixels:
        return order.width_pixels, order.height_pixels
    return next(_list_told_sides(task), None)


def _list_told_sides(task: Task) -> Iterator[tuple[int, int]]:
    usage = task.usage or {}
    for prefix in ("", "output_"):
        width, height = usage.get(f"{prefix}width"), usage.get(f"{prefix}height")
        if isinstance(width, int) and isinstance(height, int) and width and height:
            yield width, height
    for value in usage.values():
        sides = _SIDES.fullmatch(value) if isinstance(value, str) else None
        if sides is not None:
            yield int(sides[1]), int(sides[2])


def make_file_name(task: Task, position: int, result: StoredResult, zone: tzinfo) -> str:
    """Make a name such as `20260502-101500-a-fox-in-snow-3f9c21-1.png`; numbers count from 1.

    It holds letters and digits of any script and `-` alone, so it is good on every file system.
    """
    ended_at = task.ended_at or task.submitted_at
    prompt = task.generation.prompt if task.generation is not None else ""
    words = _NO_NAME.sub("-", prompt)[:_LONGEST_NAME].strip("-") or task.operation.split(":")[-1]
    stamp = ended_at.astimezone(zone).strftime("%Y%m%d-%H%M%S")
    ending = f"{task.id[-_ID_DIGITS:]}-{position + 1}.{extension_of(result.media_type)}"
    return f"{stamp}-{words}-{ending}"
