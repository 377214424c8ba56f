"""Measures HEIF pictures by the boxes of their header (ISO 23008-12), and makes PNG of them."""

import asyncio
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from kaiga.domain.media_faults import MediaProblem, MediaTrouble
from kaiga.domain.media_formats import FORMATS, FileFormat
from kaiga.domain.media_limits import InspectedMedia
from kaiga.media.inspecting.ffmpeg import MOST_PIXELS, FfmpegReader
from kaiga.media.inspecting.pictures import inspect_picture, too_many_pixels

_AS_PNG = ("-frames:v", "1", "-c:v", "png", "-pix_fmt", "rgb24", "-f", "image2pipe")

_HEADER_BYTES = 1024 * 1024
"""A header has some kilobytes."""
_MOST_OUTER_BOXES = 64
_MOST_BOXES = 4096
_HALF_TURNS = 2
_INDEX_OF_SMALL, _INDEX_OF_LARGE = 0x7F, 0x7FFF

_Box = tuple[bytes, bytes]
"""A name and what is in it."""


def inspect_heif(path: Path, found: FileFormat, size_bytes: int) -> InspectedMedia | MediaTrouble:
    """Measure the primary picture of a HEIF file."""
    try:
        with path.open("rb") as file:
            width, height = _measure(_read_header(file, size_bytes))
    except (struct.error, LookupError, ValueError):
        return MediaTrouble(
            problem=MediaProblem.UNREADABLE,
            detail="it begins like HEIC, and its header can't be read",
        )
    if width * height > MOST_PIXELS:
        return too_many_pixels()
    return InspectedMedia(
        format=found.name, size_bytes=size_bytes, width_pixels=width, height_pixels=height
    )


async def convert_heif(
    reader: FfmpegReader, path: Path, inspected: InspectedMedia
) -> InspectedMedia | MediaTrouble:
    """Put a PNG, upright and without transparency, into the place of a HEIF file.

    Pillow reads no HEIF without a library under the LGPL, so the separate ffmpeg does. What it
    makes must have the size that was measured: an old one gives a single tile of many.

    Raises:
        TryLater: ffmpeg can't be started.
    """
    made = path.with_name(f"{path.name}.png")
    try:
        said = await reader.read(path, "mov", _AS_PNG, to=made)
        measured = await asyncio.to_thread(_measure_png, made) if said.is_whole else None
        size = (inspected.width_pixels, inspected.height_pixels)
        if measured is None or (measured.width_pixels, measured.height_pixels) != size:
            return MediaTrouble(
                problem=MediaProblem.UNREADABLE, detail="the picture in it can't be decoded"
            )
        await asyncio.to_thread(made.replace, path)
        return measured
    finally:
        made.unlink(missing_ok=True)


def _measure_png(path: Path) -> InspectedMedia | None:
    found = inspect_picture(path, FORMATS["png"], path.stat().st_size)
    return found if isinstance(found, InspectedMedia) else None


def _read_header(file: BinaryIO, size_bytes: int) -> bytes:
    """Find the box `meta`, wherever it lies among the first boxes of the file."""
    for _ in range(_MOST_OUTER_BOXES):
        start = file.tell()
        length, name, long_length = struct.unpack(">I4sQ", file.read(16))
        if name == b"meta":
            file.seek(start + 8)
            return file.read(min(length - 8, _HEADER_BYTES))[4:]
        end = start + max(long_length if length == 1 else length, 8)
        if end > size_bytes:
            break
        file.seek(end)
    raise ValueError("there is no header")


def _measure(header: bytes) -> tuple[int, int]:
    meta = dict(_read_boxes(header))
    properties = dict(_read_boxes(meta[b"iprp"]))
    boxes = list(_read_boxes(properties[b"ipco"]))
    primary = _read_primary(meta[b"pitm"])
    own = [boxes[index - 1] for index in _read_associations(properties[b"ipma"])[primary] if index]
    named = dict(own)
    width, height = struct.unpack(">II", named[b"ispe"][4:12])
    is_turned = b"irot" in named and named[b"irot"][0] % _HALF_TURNS == 1
    return (height, width) if is_turned else (width, height)


def _read_boxes(content: bytes) -> Iterator[_Box]:
    place = 0
    for _ in range(_MOST_BOXES):
        if len(content) - place < 8:  # noqa: PLR2004  a length and a name
            return
        length, name = struct.unpack_from(">I4s", content, place)
        start = place + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", content, start)
            start += 8
        end = len(content) if length == 0 else place + length
        if end < start:
            raise ValueError("a box is shorter than its header")
        yield name, content[start:end]
        place = end


def _read_primary(pitm: bytes) -> int:
    return int(struct.unpack_from(">H" if pitm[0] == 0 else ">I", pitm, 4)[0])


def _read_associations(ipma: bytes) -> Mapping[int, Sequence[int]]:
    """Give which properties, counted from 1, each picture of the file has."""
    is_long_id, is_long_index = ipma[0] > 0, bool(ipma[3] & 1)
    (entries,) = struct.unpack_from(">I", ipma, 4)
    place, found = 8, dict[int, Sequence[int]]()
    for _ in range(min(entries, _MOST_BOXES)):
        picture, count = struct.unpack_from(">IB" if is_long_id else ">HB", ipma, place)
        place += 5 if is_long_id else 3
        form, mask = ("H", _INDEX_OF_LARGE) if is_long_index else ("B", _INDEX_OF_SMALL)
        indexes = struct.unpack_from(f">{count}{form}", ipma, place)
        place += struct.calcsize(f">{count}{form}")
        found[picture] = [index & mask for index in indexes]
    return found
