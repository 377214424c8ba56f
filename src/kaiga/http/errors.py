"""The one table from errors to HTTP; nothing else in the program knows a status."""

from collections.abc import Mapping

import msgspec

from kaiga.domain.errors import (
    AccountsFull,
    BodyTooSlow,
    KaigaError,
    LinkRefused,
    ModelNotOffered,
    ModelUnbound,
    NotAllowed,
    NotAuthenticated,
    NotThere,
    Overloaded,
    PolicyBroken,
    PolicyExpired,
    QueueFull,
    RateExceeded,
    RepeatDiffers,
    RequestRefused,
    ResultGone,
    TaskFailed,
    TaskNotCancellable,
    TooLarge,
    TryLater,
    UploadExists,
    UploadRefused,
    UpstreamTimedOut,
    UpstreamUnanswered,
    WaitedTooLong,
    WebhookExists,
)
from kaiga.http.asgi import JSON, NO_STORE, Answer, Header

STATUS_OF: Mapping[type[KaigaError], int] = {
    NotAuthenticated: 401,
    NotAllowed: 403,
    RequestRefused: 400,
    ModelNotOffered: 404,
    ModelUnbound: 404,
    BodyTooSlow: 408,
    TooLarge: 400,
    NotThere: 404,
    TaskNotCancellable: 400,
    RepeatDiffers: 409,
    WebhookExists: 409,
    TaskFailed: 400,
    WaitedTooLong: 500,
    TryLater: 503,
    Overloaded: 429,
    QueueFull: 429,
    RateExceeded: 429,
    AccountsFull: 429,
    LinkRefused: 403,
    ResultGone: 404,
    UploadRefused: 400,
    PolicyExpired: 403,
    PolicyBroken: 403,
    UploadExists: 409,
    UpstreamUnanswered: 502,
    UpstreamTimedOut: 504,
}
"""By class or nearest base class. 400 for too large a body: contract/core.md, 5.4."""

_INTERNAL_STATUS = 500

_encode = msgspec.json.Encoder().encode


def status_of(error: KaigaError) -> int:
    """Give the HTTP status of an error; 500 where it was never meant for a caller."""
    if isinstance(error, TaskFailed) and error.lies_with_the_service:
        return _INTERNAL_STATUS
    return next(
        (STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF), _INTERNAL_STATUS
    )


def is_told(error: KaigaError) -> bool:
    """Tell whether code and message of an error are meant for a caller."""
    return any(kind in STATUS_OF for kind in type(error).__mro__)


def make_error_answer(error: KaigaError, request_id: str) -> Answer:
    """Make the flat error answer of the contract (contract/core.md, 5.1)."""
    status = status_of(error)
    known = error if is_told(error) else KaigaError()
    body = _encode({"code": known.code, "message": str(known), "request_id": request_id})
    return Answer(status=status, headers=(JSON, NO_STORE, *retry_headers(error)), body=body)


def retry_headers(error: KaigaError) -> tuple[Header, ...]:
    """Say whether to try again: the SDK's new client would repeat a create after any 5xx."""
    if status_of(error) == _INTERNAL_STATUS or isinstance(
        error, RepeatDiffers | UpstreamUnanswered
    ):
        return ((b"x-should-retry", b"false"),)
    if not isinstance(error, TryLater):
        return ()
    seconds = str(error.retry_after_seconds).encode()
    return ((b"retry-after", seconds), (b"x-should-retry", b"true"))
