"""XMP in JPEG files: an APP1 segment of its own (XMP part 3, 1.1.3)."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from kaiga.domain.errors import MarkingFailed
from kaiga.provenance.label import Label, is_label

_PREFIX = 0xFF
_APP0, _APP1, _APP11, _START_OF_SCAN = 0xE0, 0xE1, 0xEB, 0xDA
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXIF = b"Exif\0"
_MANIFEST = b"JP"
"""What segments of JUMBF begin with, which is what C2PA manifests are in."""
_LARGEST_SEGMENT_BYTES = 0xFFFF


class _Segment(NamedTuple):
    """Where a segment lies, and where its data begins."""

    marker: int
    start: int
    body: int
    end: int


class JpegFile:
    """One JPEG file; its scans are never touched.

    Raises:
        MarkingFailed: its segments can't be read.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._segments = list(_read_segments(content))
        self._packet = next((each for each in self._segments if self._begins(each, _XMP)), None)

    @property
    def is_labelled(self) -> bool:
        """Tell whether it came with a label or a manifest."""
        return is_label(self._read_packet()) or any(
            each.marker == _APP11 and self._content.startswith(_MANIFEST, each.body)
            for each in self._segments
        )

    def with_label(self, label: Label) -> bytes:
        """Give the file with the label's packet after JFIF and EXIF, or in the place of its own."""
        data = _XMP + label.write_packet(self._read_packet())
        if len(data) + 2 > _LARGEST_SEGMENT_BYTES:
            raise MarkingFailed("the label does not fit into a segment of a JPEG")
        segment = struct.pack(">BBH", _PREFIX, _APP1, len(data) + 2) + data
        start = end = self._find_place()
        if self._packet:
            start, end = self._packet.start, self._packet.end
        view = memoryview(self._content)
        return b"".join((view[:start], segment, view[end:]))

    def _begins(self, segment: _Segment, name: bytes) -> bool:
        return segment.marker == _APP1 and self._content.startswith(name, segment.body)

    def _find_place(self) -> int:
        """Give where the first segment begins that is neither JFIF nor EXIF."""
        place = 2
        for each in self._segments:
            if each.marker != _APP0 and not self._begins(each, _EXIF):
                break
            place = each.end
        return place

    def _read_packet(self) -> bytes:
        if self._packet is None:
            return b""
        return self._content[self._packet.body + len(_XMP) : self._packet.end]


def _read_segments(content: bytes) -> Iterator[_Segment]:
    """Give the segments before the first scan."""
    at = 2
    while at + 4 <= len(content):
        prefix, marker, length = struct.unpack_from(">BBH", content, at)
        if prefix == marker == _PREFIX:  # the first of them only fills
            at += 1
            continue
        if prefix != _PREFIX or at + 2 + length > len(content):
            break
        if marker == _START_OF_SCAN:
            return
        yield _Segment(marker, at, at + 4, at + 2 + length)
        at += 2 + length
    raise MarkingFailed("the JPEG has no scan")
