"""How long an attempt was at each of its phases."""

from collections.abc import Callable, Mapping


class PhaseTimes:
    """Adds up phases as they follow each other; one that comes again goes on where it was.

    `clock` gives seconds of which only differences mean anything.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seconds: dict[str, float] = {}
        self._phase = ""
        self._since = 0.0

    def begin(self, phase: str) -> None:
        """Enter a phase, and so leave the one before; an empty one only leaves."""
        if phase == self._phase:
            return
        now = self._clock()
        if self._phase:
            spent = self._seconds.get(self._phase, 0.0) + now - self._since
            self._seconds[self._phase] = spent
        self._phase, self._since = phase, now

    def list_milliseconds(self) -> Mapping[str, int]:
        """Give what has been left so far, in the order in which it was first entered."""
        return {phase: round(seconds * 1000) for phase, seconds in self._seconds.items()}
