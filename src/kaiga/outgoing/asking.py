"""One request over the checked transport, and what kept it from an answer in words."""

import ssl

import httpx

from kaiga.domain.media_wordings import MediaProblem
from kaiga.outgoing.checked_transport import (
    CONNECT_SECONDS,
    AddressRefused,
    CheckedTransport,
    NameUnknown,
)


class Unanswered(Exception):
    """A host gave no answer; the message is public, a clause without a full stop."""

    def __init__(self, problem: MediaProblem, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem


async def ask(
    transport: CheckedTransport, request: httpx.Request, after: str = ""
) -> httpx.Response:
    """Send a request; the answer's body is still to be read. `after` tells what led to the host.

    Raises:
        Unanswered: no answer came, or the host may not be asked.
    """
    try:
        return await transport.handle_async_request(request)
    except AddressRefused:
        raise Unanswered(
            MediaProblem.ADDRESS_REFUSED,
            f"the host{after} has no public address; KAIGA_FETCH_ALLOW names further ones",
        ) from None
    except NameUnknown:
        raise Unanswered(
            MediaProblem.NAME_UNKNOWN, f"the name of the host{after} can't be resolved"
        ) from None
    except httpx.ConnectTimeout:
        raise Unanswered(
            MediaProblem.TIMED_OUT, f"the host{after} did not answer within {CONNECT_SECONDS:g} s"
        ) from None
    except httpx.ConnectError as error:
        raise _explain_refusal(error, after) from None
    except httpx.TransportError:
        raise Unanswered(
            MediaProblem.DOWNLOAD_FAILED, f"the host{after} gave no answer that is HTTP"
        ) from None


def is_refused_by_tls(error: BaseException) -> bool:
    """Tell whether a connection failed at its certificate or its encryption."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _explain_refusal(error: httpx.ConnectError, after: str) -> Unanswered:
    if is_refused_by_tls(error):
        return Unanswered(
            MediaProblem.DOWNLOAD_FAILED,
            f"the certificate or the encryption of the host{after} is not accepted",
        )
    return Unanswered(MediaProblem.CONNECTION_REFUSED, f"the host{after} takes no connection")
