"""Which polls are held, and for how long: as a header of the call says, or a setting for all."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

from kaiga.domain.tasks import Task
from kaiga.http.asgi import Call, Header
from kaiga.http.presence import wait_while_client_stays
from kaiga.service.reading.hold_polls import HoldPolls

LONGEST_HOLD_SECONDS = 25
"""Below the 30 seconds after which impatient clients and proxies give up."""
PREFER = b"prefer"
_WAIT = re.compile(r'[ \t]*wait[ \t]*=[ \t]*"?([0-9]{1,9})"?[ \t]*(?:;.*)?', re.IGNORECASE)


class PollHolder:
    """Holds polls of unfinished tasks; `usual_seconds` is for calls that say nothing of it.

    Those are held for tasks alone of which `is_near_end` holds.
    """

    def __init__(
        self,
        hold_polls: HoldPolls,
        usual_seconds: float,
        is_near_end: Callable[[Task], bool] = lambda _: True,
    ) -> None:
        self._hold_polls = hold_polls
        self._usual_seconds = usual_seconds
        self._is_near_end = is_near_end
        self.is_usual = usual_seconds > 0
        """Whether polls are held that say nothing of it."""

    async def hold(self, call: Call, task: Task) -> Sequence[Header]:
        """Wait for a task's end, where that is wanted; gives the headers to tell of it.

        With no place left, or once the server stops, it returns at once.

        Raises:
            ClientGone: there is nobody left to answer.
        """
        preferred = read_wait(call)
        seconds = self._find_usual_seconds(task) if preferred is None else preferred
        held = self._hold_polls.begin(task, timedelta(seconds=seconds)) if seconds else None
        if held is None:
            return ()
        await wait_while_client_stays(call, held)
        return () if preferred is None else ((b"preference-applied", b"wait=%d" % preferred),)

    def _find_usual_seconds(self, task: Task) -> float:
        return self._usual_seconds if self._is_near_end(task) else 0.0


def read_wait(call: Call) -> int | None:
    """Give for how many seconds a call prefers to wait (RFC 7240, 4.3), no more than may be.

    None where it says nothing of that, or nothing that can be understood; the first counts.
    """
    for preference in call.header(PREFER).split(","):
        wait = _WAIT.fullmatch(preference)
        if wait:
            return min(int(wait[1]), LONGEST_HOLD_SECONDS)
    return None
