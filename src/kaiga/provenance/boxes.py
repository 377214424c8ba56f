"""The boxes of MP4 files. Source: ISO/IEC 14496-12, 4.2."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from kaiga.domain.errors import MarkingFailed

_LONG, _TO_THE_END = 1, 0


class Box(NamedTuple):
    """Where a box lies, and where its data begins."""

    kind: bytes
    start: int
    body: int
    end: int


def read_boxes(content: bytes | bytearray, start: int, end: int) -> Iterator[Box]:
    """Give the boxes between two places; a list may end with four zero bytes, as QuickTime's do.

    Raises:
        MarkingFailed: a box reaches beyond the end.
    """
    at = start
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", content, at)
        body = at + 8
        if size == _LONG and body + 8 <= end:
            (size,) = struct.unpack_from(">Q", content, body)
            body += 8
        stop = end if size == _TO_THE_END else at + size
        if not body <= stop <= end:
            raise MarkingFailed("a box of the MP4 is not whole")
        yield Box(kind, at, body, stop)
        at = stop


def make_box(kind: bytes, *parts: bytes) -> bytes:
    """Write a box around its data."""
    data = b"".join(parts)
    return struct.pack(">I4s", len(data) + 8, kind) + data
