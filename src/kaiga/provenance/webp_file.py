"""XMP in WebP files: a chunk at their end, which the extended header announces.

Source: RFC 9649, 2.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from kaiga.domain.errors import MarkingFailed
from kaiga.provenance.label import Label, is_label

_HEADER_BYTES = 12
_XMP, _EXTENDED, _LOSSY, _LOSSLESS, _C2PA = b"XMP ", b"VP8X", b"VP8 ", b"VP8L", b"C2PA"
_HAS_XMP, _HAS_ALPHA = 0x04, 0x10
_SIDE_MASK = 0x3FFF
"""Both kinds of bit stream write a side with 14 bits."""


class _Chunk(NamedTuple):
    kind: bytes
    data: memoryview


class WebpFile:
    """One WebP file; its bit streams are never touched.

    Raises:
        MarkingFailed: its chunks can't be read.
    """

    def __init__(self, content: bytes) -> None:
        self._chunks = list(_read_chunks(content))

    @property
    def is_labelled(self) -> bool:
        """Tell whether it came with a label or a manifest."""
        return is_label(self._read_packet()) or any(each.kind == _C2PA for each in self._chunks)

    def with_label(self, label: Label) -> bytes:
        """Give the file with the label's packet at its end, and with an extended header."""
        packet = label.write_packet(self._read_packet())
        pictures = [each for each in self._chunks if each.kind not in {_XMP, _EXTENDED}]
        header = _Chunk(_EXTENDED, memoryview(self._make_header()))
        chunks = [header, *pictures, _Chunk(_XMP, memoryview(packet))]
        body = b"".join(part for chunk in chunks for part in _write_chunk(chunk))
        return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body

    def _read_packet(self) -> bytes:
        return next((bytes(each.data) for each in self._chunks if each.kind == _XMP), b"")

    def _make_header(self) -> bytes:
        first = self._chunks[0]
        if first.kind == _EXTENDED:
            return bytes([first.data[0] | _HAS_XMP]) + bytes(first.data[1:])
        width, height, flags = _measure(first)
        sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        return bytes([flags | _HAS_XMP, 0, 0, 0]) + sides


def _measure(chunk: _Chunk) -> tuple[int, int, int]:
    """Give width, height and flags of a picture that has no extended header."""
    if chunk.kind == _LOSSY:
        width, height = struct.unpack_from("<HH", chunk.data, 6)
        return width & _SIDE_MASK, height & _SIDE_MASK, 0
    if chunk.kind == _LOSSLESS:
        (bits,) = struct.unpack_from("<I", chunk.data, 1)
        flags = _HAS_ALPHA if bits >> 28 & 1 else 0
        return (bits & _SIDE_MASK) + 1, (bits >> 14 & _SIDE_MASK) + 1, flags
    raise MarkingFailed("the WebP begins with no picture")


def _read_chunks(content: bytes) -> Iterator[_Chunk]:
    view, at = memoryview(content), _HEADER_BYTES
    while at + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        if at + 8 + length > len(content):
            break
        yield _Chunk(kind, view[at + 8 : at + 8 + length])
        at += 8 + length + length % 2
    if at < len(content) or at == _HEADER_BYTES:
        raise MarkingFailed("the WebP ends within a chunk")


def _write_chunk(chunk: _Chunk) -> tuple[bytes | memoryview, ...]:
    fill = b"\0" if len(chunk.data) % 2 else b""
    return chunk.kind + struct.pack("<I", len(chunk.data)), chunk.data, fill
