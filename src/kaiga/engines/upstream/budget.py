"""How many queries the upstream is asked: so many a second in all, and none while it wants none."""

import asyncio

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0


class Backoff:
    """Pauses that double while the upstream goes on refusing; what it names itself counts more."""

    def __init__(self) -> None:
        self._next_seconds = _FIRST_PAUSE_SECONDS

    def take_pause(self, named_seconds: float | None = None) -> float:
        """Give how long to wait now."""
        pause, self._next_seconds = (
            self._next_seconds,
            min(2 * self._next_seconds, _LONGEST_PAUSE_SECONDS),
        )
        return pause if named_seconds is None else named_seconds

    def reset(self) -> None:
        """Begin anew: a call was taken."""
        self._next_seconds = _FIRST_PAUSE_SECONDS


class QueryBudget:
    """Gives leave to ask, one after the other, in the order in which leave was wanted."""

    def __init__(self, per_second: float) -> None:
        self._gap_seconds = 1 / per_second
        self._free_at = 0.0
        self._turn = asyncio.Lock()
        self._backoff = Backoff()

    async def take(self) -> None:
        """Return once the next query may be sent."""
        now = asyncio.get_running_loop().time
        async with self._turn:
            while (wait := self._free_at - now()) > 0:  # noqa: ASYNC110  a wait for a time alone
                await asyncio.sleep(wait)
            self._free_at = now() + self._gap_seconds

    def hold(self, named_seconds: float | None) -> None:
        """Send nothing for a while: the upstream has refused a query as one too many."""
        until = asyncio.get_running_loop().time() + self._backoff.take_pause(named_seconds)
        self._free_at = max(self._free_at, until)

    def note_answer(self) -> None:
        """Take note that a query was answered."""
        self._backoff.reset()
