"""Writes that wait for a commit, and how their callers hear of it: the same on both databases."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from kaiga.domain.errors import StoreUnavailable

R = TypeVar("R")

OnWritten = Callable[[R | Exception], None]
"""Is told the answer to one write, on the event loop."""

Answers = list[tuple[OnWritten[Any], object]]
"""What a batch came to: whom to tell, and what."""


class WaitingWrite:
    """One write of a batch: its kind, which the database's own module types, and its argument."""

    __slots__ = ("argument", "kind", "on_written")

    def __init__(self, kind: Any, argument: object, on_written: OnWritten[Any]) -> None:
        self.kind = kind
        self.argument = argument
        self.on_written = on_written


def settle(future: asyncio.Future[Any], answer: object) -> None:
    """Give an answer, or the error that stands for one, to whoever awaits `future`."""
    if future.done():  # its caller has gone; what it wrote stays written
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)


def make_unavailable(cause: BaseException) -> StoreUnavailable:
    """Make an error of its own for each caller: raising one adds to its traceback."""
    unavailable = StoreUnavailable()
    unavailable.__cause__ = cause
    return unavailable
