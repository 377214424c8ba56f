"""How long things live and how often they are tried: pure, so that tables can test it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from kaiga.domain.errors import ContentCheckAway
from kaiga.domain.tasks import AttemptCause, Failure

LINK_LIFETIME = timedelta(hours=24)
"""Source: contract/core.md, 7.2."""

UPLOAD_LIFETIME = timedelta(hours=48)
"""Source: contract/core.md, 8.3."""

POLICY_LIFETIME = timedelta(minutes=23)
"""How long an upload policy is good for; recorded, and longer than what is told (core.md, 8.1)."""

POLICY_LIFETIME_TOLD = timedelta(seconds=300)
"""Source: contract/core.md, 8.1."""

NOTICE_LIFETIME = timedelta(hours=24)
"""How long a notice is tried again, counted from its first try."""

LONGEST_NOTICE_WAIT = timedelta(hours=1)
"""Between two tries of a notice, before chance changes it."""

_NOTICE_WAIT_SPREAD = 0.2

DELIVERY_RETENTION = timedelta(days=7)
"""How long a delivery is kept in the log, counted from when nothing more is done about it."""

USUAL_RETRIES = 2
"""How often a task is tried again after each of the causes that may be its own fault."""

_OUTAGE_TRIES = 20
"""A full disk and a server that is away are not the task's fault, and take somebody a while to
mend."""

_FAILURES: Mapping[AttemptCause, Failure] = {
    AttemptCause.ENGINE_CRASHED: Failure(
        code="InternalError.Algo", message="inference internal error."
    ),
    AttemptCause.ENGINE_HUNG: Failure(
        code="InternalError.Algo", message="inference internal error."
    ),
    AttemptCause.ENGINE_AWAY: Failure(
        code="InternalError.Algo", message="inference internal error."
    ),
    AttemptCause.ENGINE_UNFIT: Failure(
        code="InternalError.Algo",
        message="inference internal error: the model can't be loaded by this server.",
    ),
    AttemptCause.ENGINE_OUT_OF_MEMORY: Failure(
        code="InternalError.Algo",
        message=(
            "inference internal error: this server has too little memory for a result of this size."
        ),
    ),
    AttemptCause.OBJECTS_UNAVAILABLE: Failure(
        code="InternalError.FileUpload", message="oss upload error."
    ),
    AttemptCause.CONTENT_CHECK_AWAY: Failure(
        code="InternalError", message=ContentCheckAway.message
    ),
}
_FAILURE = Failure(
    code="InternalError",
    message="An internal error has occured, please try again later or contact service support.",
)

RAN_TOO_LONG = Failure(
    code="InternalError.Timeout",
    message=(
        "An internal timeout error has occured during execution, "
        "please try again later or contact service support."
    ),
)

WAITED_TOO_LONG_IN_QUEUE = Failure(
    code="InternalError.Timeout",
    message=(
        "The task has waited in the queue for longer than this service allows, "
        "please try again later."
    ),
)
"""What a client is told of a task whose turn did not come in time; the words are ours."""


def failure_after(cause: AttemptCause) -> Failure:
    """Give what a client is told when the last try ended with `cause` (contract/core.md, 5.7)."""
    return _FAILURES.get(cause, _FAILURE)


def count_tries(cause: AttemptCause, retries: int) -> int | None:
    """Give how many attempts of a task may end with `cause`; None for any number.

    `retries` is how often a task is tried again after an engine that crashed or hung on it, and
    after a lost worker. A worker that was stopped on purpose never counts.
    """
    match cause:
        case (
            AttemptCause.ENGINE_CRASHED
            | AttemptCause.ENGINE_HUNG
            | AttemptCause.ENGINE_UNFIT
            | AttemptCause.ENGINE_OUT_OF_MEMORY
            | AttemptCause.WORKER_LOST
        ):
            return retries + 1
        case (
            AttemptCause.OBJECTS_UNAVAILABLE
            | AttemptCause.ENGINE_AWAY
            | AttemptCause.CONTENT_CHECK_AWAY
        ):
            return _OUTAGE_TRIES
        case AttemptCause.WORKER_STOPPED:
            return None


def has_tries_left(cause: AttemptCause, times: int, retries: int) -> bool:
    """Tell whether a task may be tried again after `cause` ended `times` of its attempts."""
    tries = count_tries(cause, retries)
    return tries is None or times < tries


def expiry_of_task(ended_at: datetime, retention: timedelta) -> datetime:
    """Give the instant from which an ended task is UNKNOWN; retention counts from its end."""
    return ended_at + retention


def expiry_of_link(ended_at: datetime, now: datetime) -> datetime:
    """Give the instant from which a link asked for at `now` no longer opens.

    24 hours from the end of the task. Where records are kept longer, a later query gets a link
    for the running window of 24 hours, so that every link given out is good.
    """
    windows = max(0, (now - ended_at) // LINK_LIFETIME)
    return ended_at + LINK_LIFETIME * (windows + 1)


def find_next_notice_try(
    tries: int, first_tried_at: datetime, now: datetime, first_wait: timedelta, chance: float
) -> datetime | None:
    """Give when a notice is tried again after `tries` that failed; None where it is given up.

    The wait doubles with each try up to `LONGEST_NOTICE_WAIT`. `chance`, from 0 to 1, makes it
    shorter or longer by a fifth, so that what failed together is not tried together.
    """
    doubled = first_wait * 2 ** min(tries - 1, _MOST_DOUBLINGS)
    spread = 1 + _NOTICE_WAIT_SPREAD * (2 * chance - 1)
    again = now + min(doubled, LONGEST_NOTICE_WAIT) * spread
    return again if again <= first_tried_at + NOTICE_LIFETIME else None


def horizon_of_notices(now: datetime) -> datetime:
    """Give the instant after which no try can be due, unless the clock was set back since."""
    return now + LONGEST_NOTICE_WAIT * (1 + _NOTICE_WAIT_SPREAD)


_MOST_DOUBLINGS = 20
"""Beyond it every wait is the longest one, and the numbers need not grow."""
