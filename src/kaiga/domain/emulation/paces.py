"""How long tasks wait and run in the emulator, in seconds of their account's own calendar."""

import random
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

import msgspec

LONGEST_PACE_SECONDS = 31_536_000
"""A year: longer than anything lives, and far from any calendar's end."""
_WRITTEN = re.compile(r"(?:([0-9.]{1,12})\+)?([0-9.]{1,12})(?:~([0-9.]{1,6}))?", re.ASCII)

_Seconds = Annotated[float, msgspec.Meta(ge=0, le=LONGEST_PACE_SECONDS)]


class Pace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Seconds that a task is PENDING and then RUNNING; at once where both are 0.

    Each is longer or shorter by up to `jitter` of itself (0 to 1), drawn from the task's seed.
    """

    pending_seconds: _Seconds = 0.0
    running_seconds: _Seconds = 0.0
    jitter: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0

    def draw(self, seed: int) -> tuple[timedelta, timedelta]:
        """Give how long the task of that seed is PENDING and then RUNNING."""
        drawing = random.Random(seed)  # noqa: S311  a pace keeps no secret
        pending, running = (
            timedelta(seconds=seconds * (1 + self.jitter * drawing.uniform(-1, 1)))
            for seconds in (self.pending_seconds, self.running_seconds)
        )
        return pending, running


AT_ONCE = Pace()


class PaceTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account's paces: by the catalogue's names of models, and `default` for all others.

    Without a `default` the others go as the emulator's setting says.
    """

    default: Pace | None = None
    models: Mapping[str, Pace] = {}

    def find(self, model: str) -> Pace | None:
        """Give the pace of a model; None where the table says nothing of it."""
        return self.models.get(model, self.default)


def read_pace(text: str) -> Pace:
    """Read a pace as a setting has it: `[PENDING+]RUNNING[~JITTER]`, such as `2+8~0.25`.

    Raises:
        ValueError: it is none; the text says what is allowed.
    """
    written = _WRITTEN.fullmatch(text)
    parts = written.groups(default="0") if written else ("",)
    try:
        pace = dict(zip(Pace.__struct_fields__, map(float, parts), strict=True))
        return msgspec.convert(pace, Pace)
    except ValueError:
        raise ValueError(
            "seconds, such as 0, 8, 2+8 (PENDING and RUNNING) or 2+8~0.25 (by up to a quarter "
            "more or less)"
        ) from None
