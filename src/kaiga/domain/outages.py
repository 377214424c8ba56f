"""When an outage is worth a line in the log: once when it begins, once when it is over."""

_QUIET_SECONDS = 10.0
"""A store that comes and goes, as on a disk that is all but full, is told of once in that time."""


class Outage:
    """What is known of something outside that may be away; used by one thread."""

    def __init__(self) -> None:
        self._is_told = False
        self._told_at: float | None = None

    @property
    def is_on(self) -> bool:
        """Tell whether it was away when last heard of, and that was told."""
        return self._is_told

    def note_failure(self, now: float) -> bool:
        """Take note that it did not answer at `now`, in seconds that never go backwards.

        Tells whether that is news.
        """
        is_quiet = self._told_at is not None and now - self._told_at < _QUIET_SECONDS
        if self._is_told or is_quiet:
            return False
        self._is_told, self._told_at = True, now
        return True

    def note_success(self) -> bool:
        """Take note that it did answer; tells whether that ends an outage that was told of."""
        was_told, self._is_told = self._is_told, False
        return was_told
