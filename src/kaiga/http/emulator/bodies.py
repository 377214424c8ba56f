"""Bodies of control calls, which are read, and of calls that were noted, which are shown."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from kaiga.domain.errors import BodyMalformed, FieldInvalid
from kaiga.http.asgi import Call
from kaiga.http.bodies import BodyReader

T = TypeVar("T")


async def read_control(call: Call, bodies: BodyReader, decode: Callable[[bytes], T]) -> T:
    """Read and decode a body.

    Raises:
        BodyMalformed: it is no JSON.
        FieldInvalid: it is of another form; the message names the member.
        BodyTooLarge, BodyTooSlow, Overloaded: see `Reservation.read`.
    """
    with bodies.reserve(call) as reservation:
        body = await reservation.read(call)
    try:
        return decode(body)
    except msgspec.ValidationError as error:
        raise FieldInvalid(f"{error}.") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BodyMalformed from error


def show_body(body: bytes) -> object:
    """Show what was noted: JSON as JSON, all else as text; None for no body."""
    if not body:
        return None
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return body.decode("utf-8", "replace")


def show_fault(fault_id: str | None, kind: str | None) -> object:
    """Show which fault acted; None for none."""
    return None if fault_id is None else {"id": fault_id, "kind": kind}
