"""Keys and values in the index of an MP4, where TC260-PG-20257A wants the AIGC label.

They lie in `udta.meta` as QuickTime has them: names in `keys`, and in `ilst` a value for each,
under the name's number, counted from 1. Source: QuickTime File Format, Metadata.
"""

import struct

from kaiga.provenance.boxes import Box, make_box, read_boxes

_UTF8 = 1
_HANDLER = b"mdta"
_FULL_BOX_BYTES = 4
"""Version and flags."""


def make_key(name: str) -> bytes:
    """Write the name of a key as it stands in a clip."""
    return make_box(_HANDLER, name.encode())


def add_key(user_data: bytes, name: str, value: str) -> bytes:
    """Give the boxes of `udta` with one key more: among those there are, or in a list of its own.

    Raises:
        MarkingFailed: the boxes can't be read.
    """
    boxes = list(read_boxes(user_data, 0, len(user_data)))
    for box in boxes:
        if box.kind == b"meta" and _has_keys(user_data, box):
            before, after = user_data[: box.start], user_data[box.end : boxes[-1].end]
            return before + _extend(user_data[box.body : box.end], name, value) + after
    end = boxes[-1].end if boxes else 0
    return user_data[:end] + _make_list(name, value)


def _has_keys(user_data: bytes, meta: Box) -> bool:
    handlers = [
        box
        for box in read_boxes(user_data, meta.body + _FULL_BOX_BYTES, meta.end)
        if box.kind == b"hdlr"
    ]
    return any(user_data.startswith(_HANDLER, box.body + 8) for box in handlers)


def _extend(meta: bytes, name: str, value: str) -> bytes:
    """Give a list of keys with one more, which gets the next number."""
    parts = [meta[:_FULL_BOX_BYTES]]
    inner = list(read_boxes(meta, _FULL_BOX_BYTES, len(meta)))
    number = 1 + sum(
        struct.unpack_from(">I", meta, box.body + _FULL_BOX_BYTES)[0]
        for box in inner
        if box.kind == b"keys"
    )
    for box in inner:
        match box.kind:
            case b"keys":
                names = meta[box.body + 8 : box.end]
                parts.append(_make_names(number, names + make_key(name)))
            case b"ilst":
                parts.append(make_box(b"ilst", meta[box.body : box.end], _make_item(number, value)))
            case _:
                parts.append(meta[box.start : box.end])
    return make_box(b"meta", *parts)


def _make_list(name: str, value: str) -> bytes:
    handler = make_box(b"hdlr", bytes(8), _HANDLER, bytes(13))
    items = make_box(b"ilst", _make_item(1, value))
    names = _make_names(1, make_key(name))
    return make_box(b"meta", bytes(_FULL_BOX_BYTES), handler, names, items)


def _make_names(count: int, names: bytes) -> bytes:
    return make_box(b"keys", struct.pack(">II", 0, count), names)


def _make_item(number: int, value: str) -> bytes:
    data = make_box(b"data", struct.pack(">II", _UTF8, 0), value.encode())
    return make_box(struct.pack(">I", number), data)
