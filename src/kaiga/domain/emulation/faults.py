"""Faults that the emulator plays on demand: what one says, and at which calls it acts. Pure.

What kinds there are and what each takes is told by `fault_kinds`.
"""

import random
from enum import StrEnum
from typing import Annotated

import msgspec

from kaiga.domain.catalogue.model import name_of_operation

_LONGEST_TEXT = 1024
_LONGEST_PAUSE_SECONDS = 600.0
"""As long as the real service lets a call wait (contract/core.md, 9.4)."""
LONGEST_LIFE_SECONDS = 86_400.0
USUAL_LIFE_SECONDS = 600.0
"""A forgotten fault heals itself: no test-suite should meet that of yesterday."""

_Name = Annotated[str, msgspec.Meta(max_length=256)]
_Text = Annotated[str, msgspec.Meta(max_length=_LONGEST_TEXT)]
_Code = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
_Ordinal = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=_LONGEST_PAUSE_SECONDS)]


class FaultPoint(StrEnum):
    """Where a fault acts: at a kind of call, when a task is made, or when a notice is sent."""

    CREATE = "create"
    QUERY = "query"
    LIST = "list"
    CANCEL = "cancel"
    UPLOAD = "upload"
    FORM = "form"
    FILE = "file"
    TASK = "task"
    NOTICE = "notice"


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fault as it is set: its kind, its scope, when it acts, and its kind's own values.

    The scope is `on` (empty for the kind's usual point), `model` as clients write it, and
    `operation`, each empty for any. Calls in the scope are counted from 1: with `nth` it acts at
    that one alone, with `every` at each so-manieth (from the `nth` on with both), and of those
    with a `probability` that `seed` decides: the same seed makes the same draws. After `times` it
    acts no more. It heals `expires_after_seconds` after it was set; 0 is never, None the usual.

    Of the other members each kind takes those that `fault_kinds` tells.
    """

    kind: str
    on: FaultPoint | tuple[FaultPoint, ...] = ()
    model: _Name = ""
    operation: _Name = ""
    nth: _Ordinal | None = None
    every: _Ordinal | None = None
    probability: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    seed: int = 0
    times: _Ordinal | None = None
    expires_after_seconds: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_LIFE_SECONDS)] | None = (
        None
    )
    status: Annotated[int, msgspec.Meta(ge=400, le=599)] | None = None
    code: _Code | None = None
    message: _Text | None = None
    retry_after_seconds: Annotated[int, msgspec.Meta(ge=0, le=3600)] | None = None
    seconds: _Seconds | None = None
    bytes: Annotated[int, msgspec.Meta(ge=0)] | None = None
    result: Annotated[int, msgspec.Meta(ge=0, le=99)] | None = None
    content_type: Annotated[str, msgspec.Meta(max_length=128, pattern=r"^[!-~ ]+\Z")] | None = None

    @property
    def points(self) -> tuple[FaultPoint, ...]:
        """The points at which it acts."""
        return (self.on,) if isinstance(self.on, FaultPoint) else self.on

    def covers(self, occasion: "Occasion") -> bool:
        """Tell whether something is in the scope."""
        return (
            occasion.point in self.points
            and self.model in {"", occasion.model}
            and name_of_operation(self.operation) in {"", name_of_operation(occasion.operation)}
        )

    def acts_at(self, number: int) -> bool:
        """Tell whether it acts at call `number` of its scope, counted from 1."""
        first = self.nth or self.every or 1
        if number < first:
            return False
        if self.every is None:
            is_turn = self.nth is None or number == self.nth
        else:
            is_turn = (number - first) % self.every == 0
        return is_turn and self._draw(number) < self.probability

    def _draw(self, number: int) -> float:
        """Draw from 0 to below 1; what is drawn for a call rests on seed and number alone."""
        return random.Random(f"{self.seed}/{number}").random()  # noqa: S311  reproducible, guards nothing


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """Something that faults may act at; `model` and `operation` are empty where none is known."""

    point: FaultPoint
    model: str = ""
    operation: str = ""


class FaultPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Faults that are set together; `says` tells what for."""

    says: _Text = ""
    faults: Annotated[tuple[Fault, ...], msgspec.Meta(min_length=1)]
