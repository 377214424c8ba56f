"""Reads request bodies: bounded each, bounded together, and decoded off the loop when large."""

import asyncio
from typing import Self, cast

import msgspec

from kaiga.domain.errors import (
    BodyMalformed,
    BodyTooLarge,
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
_SLOWEST_BODY_SECONDS = 300.0

_decode = msgspec.json.Decoder().decode


class ClientGone(Exception):
    """The client closed its connection before its request was whole."""


class BodyReader:
    """Reads bodies within one budget of bytes in flight over all requests."""

    def __init__(self, *, largest_bytes: int, largest_in_flight_bytes: int) -> None:
        self._largest_bytes = largest_bytes
        self._largest_in_flight_bytes = largest_in_flight_bytes
        self.in_flight_bytes = 0

    def reserve(self, call: Call) -> "Reservation":
        """Begin a call's share of the budget; as a context, it is given back at the end.

        Raises:
            BodyTooLarge: the announced length is over the limit of one request.
            Overloaded: the budget is spent at the moment.
        """
        reservation = Reservation(self)
        announced = call.headers.get(b"content-length", b"")
        if announced.isdigit():
            reservation.grow_to(int(announced[:20]))
        return reservation

    def take(self, more_bytes: int, total_bytes: int) -> None:
        """Add to the bytes in flight; the two errors of `reserve` are raised here."""
        if total_bytes > self._largest_bytes:
            raise BodyTooLarge(self._largest_bytes)
        if self.in_flight_bytes + more_bytes > self._largest_in_flight_bytes:
            raise Overloaded
        self.in_flight_bytes += more_bytes


class Reservation:
    """One request's part of the bytes in flight."""

    __slots__ = ("_reader", "size_bytes")

    def __init__(self, reader: BodyReader) -> None:
        self._reader = reader
        self.size_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.in_flight_bytes -= self.size_bytes

    def grow_to(self, size_bytes: int) -> None:
        """Make room for a body of `size_bytes` in all."""
        if size_bytes > self.size_bytes:
            self._reader.take(size_bytes - self.size_bytes, size_bytes)
            self.size_bytes = size_bytes

    async def read(self, call: Call) -> bytes:
        """Read the whole body.

        Raises:
            BodyTooLarge, Overloaded: see `BodyReader.reserve`; also while reading.
            ClientGone: the connection closed, or stood still for too long.
        """
        message = await call.receive()
        if message["type"] == "http.request" and not message.get("more_body"):
            body = cast("bytes", message.get("body", b""))
            self.grow_to(len(body))
            return body
        try:
            async with asyncio.timeout(_SLOWEST_BODY_SECONDS):
                return await self._read_parts(call, message)
        except TimeoutError:
            raise ClientGone from None

    async def _read_parts(self, call: Call, message: object) -> bytes:
        body = bytearray()
        while True:
            part = cast("dict[str, object]", message)
            if part["type"] != "http.request":
                raise ClientGone
            body += cast("bytes", part.get("body", b""))
            self.grow_to(len(body))
            if not part.get("more_body"):
                return bytes(body)
            message = await call.receive()


async def decode_body(body: bytes) -> object:
    """Decode a JSON body and check the limits of single values.

    Raises:
        BodyMalformed: it is no JSON.
        DataUriTooLarge, StringTooLong: a value is over its limit.
    """
    if len(body) <= _LARGEST_ON_THE_LOOP_BYTES:
        return _decode_checked(body)
    return await asyncio.to_thread(_decode_checked, body)


def _decode_checked(body: bytes) -> object:
    try:
        decoded: object = _decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BodyMalformed from error
    if len(body) > min(LARGEST_DATA_URI_BYTES, LARGEST_STRING_CHARACTERS):
        _check_strings(decoded)
    return decoded


def _check_strings(decoded: object) -> None:
    waiting: list[object] = [decoded]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            _check_string(value)
        elif isinstance(value, dict):
            waiting.extend(cast("dict[str, object]", value).values())
        elif isinstance(value, list):
            waiting.extend(cast("list[object]", value))


def _check_string(value: str) -> None:
    if value.startswith("data:") and len(value) > LARGEST_DATA_URI_BYTES:
        raise DataUriTooLarge(LARGEST_DATA_URI_BYTES)
    if len(value) > LARGEST_STRING_CHARACTERS:
        raise StringTooLong(len(value), LARGEST_STRING_CHARACTERS)
