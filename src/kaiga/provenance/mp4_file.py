"""Labels in MP4 files: XMP in a box at their end, and the AIGC label among the clip's keys.

Where the index grows before the samples, its offsets grow with it; no sample is touched.
Source of the box: XMP part 3, 1.3.
"""

import struct
from uuid import UUID

from kaiga.domain.errors import MarkingFailed
from kaiga.provenance.boxes import Box, make_box, read_boxes
from kaiga.provenance.clip_keys import add_key, make_key
from kaiga.provenance.label import AIGC_KEY, Label, is_label

_XMP = UUID("be7acfcb-97a9-42e8-9c71-999491e3afac").bytes
_C2PA = UUID("d8fec3d6-1b0e-483c-9297-5828877ec481").bytes
_PATH_TO_OFFSETS = {b"moov": b"trak", b"trak": b"mdia", b"mdia": b"minf", b"minf": b"stbl"}


class Mp4File:
    """One MP4 file.

    Raises:
        MarkingFailed: its boxes can't be read.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._boxes = list(read_boxes(content, 0, len(content)))
        index = next((box for box in self._boxes if box.kind == b"moov"), None)
        if index is None or self._boxes[-1].end != len(content):
            raise MarkingFailed("the MP4 has no index, or ends within a box")
        self._index = index
        self._packet = self._find_uuid(_XMP)

    @property
    def is_labelled(self) -> bool:
        """Tell whether it came with a label or a manifest."""
        key = make_key(AIGC_KEY)
        has_key = self._content.find(key, self._index.body, self._index.end) >= 0
        return has_key or is_label(self._read_packet()) or self._find_uuid(_C2PA) is not None

    def with_label(self, label: Label) -> bytes:
        """Give the file with both labels; a clip in fragments has all of it in XMP.

        Fragments count their offsets in ways of their own, so their index had better stay.
        """
        if struct.unpack_from(">I", self._content, self._boxes[-1].start) == (0,):
            raise MarkingFailed("the last box of the MP4 has no end")
        is_in_fragments = any(box.kind == b"moof" for box in self._boxes)
        packet = label.write_packet(self._read_packet(), with_aigc=is_in_fragments)
        content = self._without_packet()
        if label.aigc and not is_in_fragments:
            content = _with_key(content, self._index, label.aigc)
        return b"".join((content, make_box(b"uuid", _XMP, packet)))

    def _find_uuid(self, uuid: bytes) -> Box | None:
        return next(
            (
                box
                for box in self._boxes
                if box.kind == b"uuid" and self._content.startswith(uuid, box.body)
            ),
            None,
        )

    def _read_packet(self) -> bytes:
        box = self._packet
        return b"" if box is None else self._content[box.body + len(_XMP) : box.end]

    def _without_packet(self) -> bytes:
        """Turn the box of an older packet into free space, so that nothing moves."""
        if self._packet is None:
            return self._content
        kind_at = self._packet.start + 4
        return b"".join((self._content[:kind_at], b"free", self._content[kind_at + 4 :]))


def _with_key(content: bytes, index: Box, value: str) -> bytes:
    """Put the AIGC label into the index, and move the offsets of what lies behind it."""
    inner = content[index.body : index.end]
    udta = next((box for box in read_boxes(inner, 0, len(inner)) if box.kind == b"udta"), None)
    start, body, end = (udta.start, udta.body, udta.end) if udta else (len(inner),) * 3
    user_data = make_box(b"udta", add_key(inner[body:end], AIGC_KEY, value))
    grown = bytearray(make_box(b"moov", inner[:start], user_data, inner[end:]))
    growth = len(grown) - (index.end - index.start)
    _shift_offsets(grown, Box(b"moov", 0, 8, len(grown)), index.start, growth)
    view = memoryview(content)
    return b"".join((view[: index.start], grown, view[index.end :]))


def _shift_offsets(boxes: bytearray, parent: Box, moved_from: int, by: int) -> None:
    """Add to each offset of a chunk that lies behind `moved_from`, in every track."""
    for box in read_boxes(boxes, parent.body, parent.end):
        if box.kind == _PATH_TO_OFFSETS.get(parent.kind):
            _shift_offsets(boxes, box, moved_from, by)
        elif box.kind in {b"stco", b"co64"}:
            _shift_table(boxes, box, moved_from, by)


def _shift_table(boxes: bytearray, box: Box, moved_from: int, by: int) -> None:
    (count,) = struct.unpack_from(">I", boxes, box.body + 4)
    form = f">{count}{'I' if box.kind == b'stco' else 'Q'}"
    offsets = struct.unpack_from(form, boxes, box.body + 8)
    moved = [each + by if each > moved_from else each for each in offsets]
    struct.pack_into(form, boxes, box.body + 8, *moved)
