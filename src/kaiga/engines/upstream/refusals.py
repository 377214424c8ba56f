"""What can come of a call to the upstream instead of its answer, and what that means for a task."""

from kaiga.domain.errors import EngineAway, EngineUnfit, KaigaError

_THROTTLED = 429
_NO_RIGHT = frozenset({401, 402, 403, 404})
_INTERNAL, _UNAVAILABLE = 500, 503
_OF_THE_ACCOUNT = frozenset(
    {"Arrearage", "CommodityNotPurchased", "PrepaidBillOverdue", "PostpaidBillOverdue"}
)
"""Source: contract/core.md, 5.2; waiting mends none of these."""
_OF_THE_BINDING = ("Model not exist", "url error")
"""How the texts begin that tell of a wrong name or path with `InvalidParameter` (core.md, 5.3)."""


class NotSent(Exception):
    """The upstream was not reached, so the call has done nothing; the message is for operators."""


class Unanswered(Exception):
    """The call was sent, and no answer came that can be read; the message is for operators."""


class Refused(Exception):
    """The upstream has answered with an error, so the call has done nothing.

    `retry_after_seconds` is None where the answer names no time.
    """

    def __init__(
        self, status: int, code: str, message: str, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_seconds = retry_after_seconds

    @property
    def is_throttling(self) -> bool:
        """Tell whether the same call may be taken a little later."""
        return self.status == _THROTTLED and self.code not in _OF_THE_ACCOUNT

    def as_error(self, *, has_waited: bool = False) -> Exception:
        """Give what a create call that was refused so means for its task.

        `has_waited` tells that the call was to bring the results itself: then an internal error may
        come after the work was done and billed, and is the end of the order.
        """
        if (
            self.status in _NO_RIGHT
            or self.code in _OF_THE_ACCOUNT
            or self.message.startswith(_OF_THE_BINDING)
        ):
            return EngineUnfit(f"The upstream refused the call with {self}")
        if self.status >= (_UNAVAILABLE if has_waited else _INTERNAL):
            return EngineAway(f"The upstream answered with {self}")
        return OrderFailed(self.code, self.message)


class OrderFailed(Exception):
    """The whole order can't be made; code and message are shown to the client."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Undecided(OrderFailed):
    """Nobody can tell whether the upstream has the task."""

    def __init__(self) -> None:
        super().__init__(
            KaigaError.code,
            "The connection to the upstream service was lost while the task was handed over, and "
            "its list does not tell whether it has the task. It was not sent again, so that it is "
            "not made and billed twice; please submit it again if it is still wanted.",
        )
