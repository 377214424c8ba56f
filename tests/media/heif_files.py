"""HEIF files for these tests, box by box (ISO 14496-12, ISO 23008-12)."""

import struct
from collections.abc import Sequence
from pathlib import Path

from media.clips import run_ffmpeg


def box(name: bytes, *content: bytes) -> bytes:
    joined = b"".join(content)
    return struct.pack(">I4s", len(joined) + 8, name) + joined


def full_box(name: bytes, version: int, *content: bytes) -> bytes:
    return box(name, struct.pack(">I", version << 24), *content)


FILE_TYPE = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
HANDLER = full_box(b"hdlr", 0, bytes(4), b"pict", bytes(13))


def size_box(width: int, height: int) -> bytes:
    return full_box(b"ispe", 0, struct.pack(">II", width, height))


def heic_header_of(width: int, height: int, turns: int = 0, before: bytes = b"") -> bytes:
    """Write a file without pixels: a thumbnail, and a picture with its size and quarter turns."""
    properties = box(
        b"ipco", size_box(16, 16), size_box(width, height), box(b"irot", bytes([turns]))
    )
    owned = struct.pack(">IHBBHBBB", 2, 1, 1, 0x81, 2, 2, 0x82, 0x83)
    meta = full_box(
        b"meta",
        0,
        HANDLER,
        full_box(b"pitm", 0, struct.pack(">H", 2)),
        box(b"iprp", properties, full_box(b"ipma", 0, owned)),
    )
    return FILE_TYPE + before + meta + box(b"mdat", bytes(64))


def write_heic(path: Path, source: str, size: tuple[int, int], turns: int = 0) -> Path:
    """Write one picture of ffmpeg's test source, turned to the left by quarters."""
    configuration, pixels = _encode(path, source)
    properties = box(b"ipco", configuration, size_box(*size), box(b"irot", bytes([turns])))
    owned = struct.pack(">IHB3B", 1, 1, 3, 0x81, 2, 0x83)
    return _write(path, [(b"hvc1", pixels)], 1, properties, owned)


def write_tiled_heic(path: Path, sources: Sequence[str], tile: int, size: tuple[int, int]) -> Path:
    """Write tiles beside each other as one picture, as telephones do."""
    encoded = [_encode(path, source) for source in sources]
    count = len(encoded)
    grid = struct.pack(">BBBBHH", 0, 0, 0, count - 1, *size)
    properties = box(b"ipco", encoded[0][0], size_box(tile, tile), size_box(*size))
    tiles = [struct.pack(">HB2B", number, 2, 0x81, 2) for number in range(1, count + 1)]
    whole = struct.pack(">HBB", count + 1, 1, 3)
    owned = struct.pack(">I", count + 1) + b"".join(tiles) + whole
    parts = [(b"hvc1", pixels) for _, pixels in encoded] + [(b"grid", grid)]
    numbers = struct.pack(f">HH{count}H", count + 1, count, *range(1, count + 1))
    belonging = full_box(b"iref", 0, box(b"dimg", numbers))
    return _write(path, parts, count + 1, properties, owned, belonging)


def _write(
    path: Path,
    parts: Sequence[tuple[bytes, bytes]],
    primary: int,
    properties: bytes,
    owned: bytes,
    belonging: bytes = b"",
) -> Path:
    start = len(FILE_TYPE) + len(_meta(parts, 0, primary, properties, owned, belonging)) + 8
    meta = _meta(parts, start, primary, properties, owned, belonging)
    path.write_bytes(FILE_TYPE + meta + box(b"mdat", *(content for _, content in parts)))
    return path


def _meta(
    parts: Sequence[tuple[bytes, bytes]],
    start: int,
    primary: int,
    properties: bytes,
    owned: bytes,
    belonging: bytes,
) -> bytes:
    places, entries = b"", b""
    for number, (kind, content) in enumerate(parts, start=1):
        places += struct.pack(">HHHII", number, 0, 1, start, len(content))
        entries += full_box(b"infe", 2, struct.pack(">HH4s", number, 0, kind), b"\0")
        start += len(content)
    return full_box(
        b"meta",
        0,
        HANDLER,
        full_box(b"pitm", 0, struct.pack(">H", primary)),
        full_box(b"iloc", 0, struct.pack(">BBH", 0x44, 0, len(parts)), places),
        full_box(b"iinf", 0, struct.pack(">H", len(parts)), entries),
        belonging,
        box(b"iprp", properties, full_box(b"ipma", 0, owned)),
    )


def _encode(path: Path, source: str) -> tuple[bytes, bytes]:
    """Give one frame in H.265: the box of its configuration, and its bytes."""
    coding = ("-c:v", "libx265", "-x265-params", "log-level=none:keyint=1", "-pix_fmt", "yuv420p")
    film = run_ffmpeg(
        *("-f", "lavfi", "-i", source, "-frames:v", "1", *coding, "-tag:v", "hvc1"),
        to=path.with_suffix(".mp4"),
    ).read_bytes()
    path.with_suffix(".mp4").unlink()
    return _cut_box(film, b"hvcC"), _cut_box(film, b"mdat")[8:]


def _cut_box(film: bytes, name: bytes) -> bytes:
    start = film.index(name) - 4
    return film[start : start + int.from_bytes(film[start : start + 4])]
