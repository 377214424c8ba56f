"""Byte ranges (RFC 9110, 14)."""

import re
from dataclasses import dataclass

_SINGLE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteRange:
    """`length` bytes from `start`."""

    start: int
    length: int


class RangeNotSatisfiable(Exception):
    """No byte of the file lies in the range."""


def find_range(header: str, size_bytes: int) -> ByteRange | None:
    """Read a single range of a file of `size_bytes`; None means the whole file.

    A form that is not understood, several ranges among them, is ignored as the RFC allows.

    Raises:
        RangeNotSatisfiable: the range lies past the end.
    """
    written = _SINGLE.fullmatch(header.strip().lower())
    if written is None or written[1] == written[2] == "":
        return None
    if written[1] == "":
        length = min(int(written[2]), size_bytes)
        if length == 0:
            raise RangeNotSatisfiable
        return ByteRange(start=size_bytes - length, length=length)
    start = int(written[1])
    last = min(int(written[2] or size_bytes), size_bytes - 1)
    if written[2] and int(written[2]) < start:
        return None
    if start >= size_bytes:
        raise RangeNotSatisfiable
    return ByteRange(start=start, length=last - start + 1)
