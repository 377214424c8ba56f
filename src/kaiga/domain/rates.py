"""How often something may happen: the generic cell rate algorithm, in whole numbers.

A rate of n in a period lets n through at once, and then one more for each n-th of the period; over
a long time it is n in a period, exactly (ITU-T I.371, annex A). Of each thing counted, one number
is kept: when it would be as if nothing had happened.
"""

import math
from collections.abc import Hashable, Sequence
from typing import NamedTuple

_NANOSECONDS = 1_000_000_000
_LEAST_TO_TIDY = 1024


class Rate(NamedTuple):
    """So many times, from 1, in a period."""

    times: int
    period_seconds: int


class Counted(NamedTuple):
    """What is counted, by whatever tells it from others, and how often it may happen."""

    subject: Hashable
    rate: Rate


class Rates:
    """What has happened lately. What is as if nothing had happened is forgotten."""

    def __init__(self) -> None:
        # By what is counted: when it is free again, in nanoseconds multiplied by the rate's times.
        # So everything is a whole number, and one more time costs one period.
        self._free_at: dict[Counted, int] = {}
        self._tidy_at = _LEAST_TO_TIDY

    def __len__(self) -> int:
        """Tell how many things are remembered."""
        return len(self._free_at)

    def take(self, wanted: Sequence[Counted], now: float) -> float:
        """Let something happen that counts as all of `wanted`; gives 0.

        Where one of them does not let it, nothing is counted, and the seconds are given after
        which it may happen. `now` is a lease clock's, in seconds.
        """
        moment = round(now * _NANOSECONDS)
        wait = max((self._wait_for(each, moment) for each in wanted), default=0.0)
        if wait > 0:
            return wait
        for each in wanted:
            times, period = each.rate
            free_at = max(self._free_at.get(each, 0), moment * times)
            self._free_at[each] = free_at + period * _NANOSECONDS
        if len(self._free_at) >= self._tidy_at:
            self._tidy(moment)
        return 0.0

    def put_ahead(self, counted: Counted, seconds: float, now: float) -> None:
        """Take note that it will be so long until it is as if nothing had happened.

        Where it takes longer by what is counted here, nothing is changed.
        """
        free_at = round((now + seconds) * _NANOSECONDS) * counted.rate.times
        self._free_at[counted] = max(self._free_at.get(counted, 0), free_at)

    def _wait_for(self, counted: Counted, moment: int) -> float:
        times, period = counted.rate
        ahead = self._free_at.get(counted, 0) - moment * times
        too_far = ahead - (times - 1) * period * _NANOSECONDS
        return too_far / (times * _NANOSECONDS) if too_far > 0 else 0.0

    def _tidy(self, moment: int) -> None:
        """Forget what is free; seldom enough to cost nothing on the average."""
        self._free_at = {
            each: free_at
            for each, free_at in self._free_at.items()
            if free_at > moment * each.rate.times
        }
        self._tidy_at = max(_LEAST_TO_TIDY, 2 * len(self._free_at))


def whole_seconds(wait: float) -> int:
    """Give a wait in whole seconds, never less than it and at least 1, as headers tell it."""
    return max(1, math.ceil(wait))
