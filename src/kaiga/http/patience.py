"""How long a connection may say nothing.

It is looked at now and then: one timer for each connection costs less than one for each request.
"""

LOOK_SECONDS = 5.0
_LOOKS_AT_A_REQUEST = 6
"""A request has 30 to 35 s to arrive, and so has the first one to begin."""
_LOOKS_BETWEEN_REQUESTS = 13
"""After an answer a connection is kept for 65 to 70 s. Clients and proxies give up connections
that they keep after 4 to 60 s, so none of them sends a request into one that is being closed."""
LONGEST_SILENCE_SECONDS = LOOK_SECONDS * (_LOOKS_BETWEEN_REQUESTS + 1)


class Patience:
    """Counts the looks at which a connection was silent; `has_heard` is set by what arrives."""

    __slots__ = ("_silent_looks", "has_heard")

    def __init__(self) -> None:
        self.has_heard = False
        self._silent_looks = 0

    def begin_request(self) -> None:
        """Give a request that begins to arrive its time."""
        self._silent_looks = 0

    def is_over(self, *, is_arriving: bool, is_new: bool, is_idle: bool) -> bool:
        """Look at a connection, and tell whether it has been silent for too long.

        A request that is arriving has no more time for arriving in small pieces. `is_new` says
        that there was none yet; `is_idle` that none is arriving and no answer is owed.
        """
        self._silent_looks += 1
        if not is_arriving and (self.has_heard or not is_idle):
            self._silent_looks = 0
        self.has_heard = not is_idle  # silence begins with an answer that is yet to come
        is_awaited = is_arriving or is_new
        return self._silent_looks >= (
            _LOOKS_AT_A_REQUEST if is_awaited else _LOOKS_BETWEEN_REQUESTS
        )
