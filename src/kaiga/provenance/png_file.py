"""XMP in PNG files: an uncompressed iTXt chunk (PNG specification, 11.3.3; XMP part 3, 1.1.5)."""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from kaiga.domain.errors import MarkingFailed
from kaiga.provenance.label import AIGC_KEY, Label, is_label

_SIGNATURE_BYTES = 8
_KEYWORD = b"XML:com.adobe.xmp\0"
_PLAIN = b"\0\0\0\0"
"""No compression and its method, no language, no translated keyword."""
_C2PA = b"caBX"
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})


class _Chunk(NamedTuple):
    """Where a chunk lies; `body` and `stop` bound its data, `end` is after the checksum."""

    kind: bytes
    start: int
    body: int
    stop: int
    end: int


class PngFile:
    """One PNG file; its pictures' chunks are never touched.

    Raises:
        MarkingFailed: its chunks can't be read.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._chunks = list(_read_chunks(content))
        self._packet_chunk = next((each for each in self._chunks if self._has_packet(each)), None)

    @property
    def is_labelled(self) -> bool:
        """Tell whether it came with a label or a manifest."""
        aigc = AIGC_KEY.encode() + b"\0"
        return is_label(self._read_packet()) or any(
            chunk.kind == _C2PA
            or (chunk.kind in _TEXTS and self._content.startswith(aigc, chunk.body))
            for chunk in self._chunks
        )

    def with_label(self, label: Label) -> bytes:
        """Give the file with the label's packet after the header, or in the place of its own."""
        packet = label.write_packet(self._read_packet())
        header, old = self._chunks[0], self._packet_chunk
        start, end = (old.start, old.end) if old else (header.end, header.end)
        view = memoryview(self._content)
        return b"".join((view[:start], _make_chunk(packet), view[end:]))

    def _has_packet(self, chunk: _Chunk) -> bool:
        return chunk.kind == b"iTXt" and self._content.startswith(_KEYWORD, chunk.body)

    def _read_packet(self) -> bytes:
        chunk = self._packet_chunk
        if chunk is None:
            return b""
        rest = self._content[chunk.body + len(_KEYWORD) : chunk.stop]
        try:
            _language, _keyword, text = rest[2:].split(b"\0", 2)
            return zlib.decompress(text) if rest[0] else text
        except (ValueError, zlib.error) as error:
            raise MarkingFailed("the XMP packet of the PNG can't be read") from error


def _read_chunks(content: bytes) -> Iterator[_Chunk]:
    at = _SIGNATURE_BYTES
    while at < len(content):
        if at + 12 > len(content):
            raise MarkingFailed("the PNG ends within a chunk")
        length, kind = struct.unpack_from(">I4s", content, at)
        body = at + 8
        yield _Chunk(kind, at, body, body + length, body + length + 4)
        at = body + length + 4
    if at != len(content) or at == _SIGNATURE_BYTES:
        raise MarkingFailed("the PNG ends within a chunk")


def _make_chunk(packet: bytes) -> bytes:
    data = b"iTXt" + _KEYWORD + _PLAIN + packet
    return struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
