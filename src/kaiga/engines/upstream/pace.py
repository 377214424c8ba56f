"""When a task of the upstream is looked at next: often at first, then as its model needs."""

from math import floor, log2

import msgspec

_NEAR_THE_MEAN = 0.8
"""Before this part of the usual time, hardly any task has ended."""
_SHARE_OF_AGE = 0.1
"""A task that has taken ten minutes may be told of a minute late."""
_WEIGHT_OF_THE_NEWEST = 0.3


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds on the wait between two looks, in seconds."""

    shortest_seconds: float
    longest_seconds: float

    def find_wait(self, age_seconds: float, mean_seconds: float | None) -> float:
        """Give how long to wait from now on; `mean_seconds` is None for a model not known yet."""
        wait = age_seconds * _SHARE_OF_AGE
        if mean_seconds is not None:
            wait = max(
                min(wait, mean_seconds * _SHARE_OF_AGE), _NEAR_THE_MEAN * mean_seconds - age_seconds
            )
            if age_seconds > 2 * mean_seconds:
                wait = age_seconds * _SHARE_OF_AGE
        return min(max(wait, self.shortest_seconds), self.longest_seconds)

    def align(self, now: float, wait_seconds: float) -> float:
        """Give a time about so long from `now` at which other waits of that length end too.

        Lengths are halves of each other, so that those who wait for longer meet the others.
        """
        halvings = floor(log2(max(1.0, wait_seconds / self.shortest_seconds)))
        beat = self.shortest_seconds * 2.0**halvings
        return (floor(now / beat + 0.5) + 1) * beat


class MeanTimes:
    """How long the tasks of each model take, the newest counting most."""

    def __init__(self) -> None:
        self._means: dict[str, float] = {}

    def find(self, model: str) -> float | None:
        """Give the mean of a model in seconds, None where none of its tasks has ended yet."""
        return self._means.get(model)

    def note(self, model: str, seconds: float) -> None:
        """Take note of how long a task took."""
        before = self._means.get(model, seconds)
        self._means[model] = before + _WEIGHT_OF_THE_NEWEST * (seconds - before)
