"""Reads request bodies: bounded each, bounded together, and decoded off the loop when large."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Self, TypeVar, cast

from kaiga.domain.errors import (
    BodyTooLarge,
    BodyTooSlow,
    DataUriTooLarge,
    Overloaded,
    StringTooLong,
)
from kaiga.http.asgi import Call

LARGEST_DATA_URI_BYTES = 20_971_520
"""Source: contract/core.md, 11."""
LARGEST_STRING_CHARACTERS = 28_000_000
"""Source: contract/core.md, 11."""

_LARGEST_ON_THE_LOOP_BYTES = 256 * 1024
_SLOWEST_PART_SECONDS = 30.0

T = TypeVar("T")


class ClientGone(Exception):
    """The client closed its connection before its request was whole."""


class BodyReader:
    """Reads bodies within one budget of bytes in flight over all requests."""

    def __init__(self, *, largest_bytes: int, largest_in_flight_bytes: int) -> None:
        self._largest_bytes = largest_bytes
        self._largest_in_flight_bytes = largest_in_flight_bytes
        self.in_flight_bytes = 0

    def reserve(self, call: Call, largest_bytes: int | None = None) -> "Reservation":
        """Begin a call's share of the budget; as a context, it is given back at the end.

        Bytes count once they have arrived: an announcement alone takes nothing from others.
        `largest_bytes` stands in place of the limit that one request has elsewhere.

        Raises:
            BodyTooLarge: the announced length is over the limit of this request.
        """
        largest = self._largest_bytes if largest_bytes is None else largest_bytes
        announced = call.headers.get(b"content-length", b"")
        if announced.isdigit() and int(announced[:20]) > largest:
            raise BodyTooLarge(largest)
        return Reservation(self, largest)

    def hold(self, size_bytes: int) -> "Reservation":
        """Reserve room for a body that is here already.

        Raises:
            BodyTooLarge, Overloaded: see `Reservation.grow_to`.
        """
        reservation = Reservation(self, self._largest_bytes)
        reservation.grow_to(size_bytes)
        return reservation

    def take(self, more_bytes: int) -> None:
        """Add to the bytes in flight.

        Raises:
            Overloaded: the budget is spent at the moment.
        """
        if self.in_flight_bytes + more_bytes > self._largest_in_flight_bytes:
            raise Overloaded
        self.in_flight_bytes += more_bytes


class Reservation:
    """One request's part of the bytes in flight."""

    __slots__ = ("_largest_bytes", "_reader", "size_bytes")

    def __init__(self, reader: BodyReader, largest_bytes: int) -> None:
        self._reader = reader
        self._largest_bytes = largest_bytes
        self.size_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Give it back; for who can't hold it as a context."""
        self._reader.in_flight_bytes -= self.size_bytes
        self.size_bytes = 0

    def grow_to(self, size_bytes: int) -> None:
        """Make room for a body of `size_bytes` in all.

        Raises:
            BodyTooLarge: the body is over its limit.
            Overloaded: see `BodyReader.take`.
        """
        if size_bytes > self.size_bytes:
            self._check(size_bytes)
            self._reader.take(size_bytes - self.size_bytes)
            self.size_bytes = size_bytes

    async def read(self, call: Call) -> bytes:
        """Read the whole body.

        Raises:
            BodyTooLarge, Overloaded: see `grow_to`.
            BodyTooSlow: nothing came for too long.
            ClientGone: the connection closed.
        """
        if call.body is not None:
            self.grow_to(len(call.body))
            return call.body
        body = bytearray()
        while True:
            part, has_more = await _receive_part(call)
            if not has_more and not body:
                self.grow_to(len(part))
                return part
            body += part
            self.grow_to(len(body))
            if not has_more:
                return bytes(body)

    async def read_parts(self, call: Call) -> AsyncGenerator[bytes]:
        """Give the body part by part; only the part that is being used counts as in flight.

        Raises:
            BodyTooLarge, Overloaded, BodyTooSlow, ClientGone: see `read`.
        """
        total_bytes, has_more = 0, True
        while has_more:
            part, has_more = await _receive_part(call)
            total_bytes += len(part)
            self._check(total_bytes)
            self._reader.take(len(part))
            self.size_bytes += len(part)
            yield part
            self._reader.in_flight_bytes -= len(part)
            self.size_bytes -= len(part)

    def _check(self, total_bytes: int) -> None:
        if total_bytes > self._largest_bytes:
            raise BodyTooLarge(self._largest_bytes)


async def _receive_part(call: Call) -> tuple[bytes, bool]:
    try:
        async with asyncio.timeout(_SLOWEST_PART_SECONDS):
            message = await call.connection.receive()
    except TimeoutError:
        raise BodyTooSlow from None
    if message["type"] != "http.request":
        raise ClientGone
    return cast("bytes", message.get("body", b"")), bool(message.get("more_body"))


async def decode_body(body: bytes, decode: Callable[[bytes], T]) -> T:
    """Check the limits of single values, then decode; large bodies off the event loop.

    Raises:
        DataUriTooLarge, StringTooLong: a value is over its limit.
        BodyMalformed: `decode` raises it.
    """
    if len(body) <= _LARGEST_ON_THE_LOOP_BYTES:
        return decode(body)
    check_long_strings(body)
    return await asyncio.to_thread(decode, body)


def check_long_strings(body: bytes) -> None:
    """Look for JSON strings over the limits, without decoding anything.

    A stretch of that length without a quotation mark has to cover one of a few fixed places, so
    only the stretches around those are measured. An escaped quotation mark ends a stretch too:
    a text that holds some may pass, base64 never does.

    Raises:
        DataUriTooLarge, StringTooLong: a value is over its limit.
    """
    for place in range(LARGEST_DATA_URI_BYTES // 2, len(body), LARGEST_DATA_URI_BYTES // 2):
        start = body.rfind(b'"', 0, place) + 1
        end = body.find(b'"', place)
        length = (end if end >= 0 else len(body)) - start
        if length > LARGEST_DATA_URI_BYTES and body.startswith(b"data:", start):
            raise DataUriTooLarge(LARGEST_DATA_URI_BYTES)
        if length > LARGEST_STRING_CHARACTERS:
            characters = len(body[start : start + length].decode("utf-8", "replace"))
            if characters > LARGEST_STRING_CHARACTERS:
                raise StringTooLong(characters, LARGEST_STRING_CHARACTERS)
