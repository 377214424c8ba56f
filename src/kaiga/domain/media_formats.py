"""Kinds of files that clients give, told by their own first bytes.

Names and extensions never count. What is published is told in `domain/media.py`.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

import msgspec


class MediaKind(StrEnum):
    """What a field of a request takes."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"


class FileFormat(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of file: the name that the catalogue uses, its kind and its MIME type."""

    name: str
    kind: MediaKind
    media_type: str


_BY_KIND: Mapping[MediaKind, Mapping[str, str]] = {
    MediaKind.IMAGE: {
        "jpeg": "image/jpeg",
        "png": "image/png",
        "bmp": "image/bmp",
        "tiff": "image/tiff",
        "webp": "image/webp",
        "gif": "image/gif",
        "pnm": "image/x-portable-anymap",
        "heic": "image/heic",
        "avif": "image/avif",
    },
    MediaKind.VIDEO: {
        "mp4": "video/mp4",
        "mov": "video/quicktime",
        "3gp": "video/3gpp",
        "avi": "video/x-msvideo",
        "mkv": "video/x-matroska",
        "webm": "video/webm",
        "flv": "video/x-flv",
        "ts": "video/mp2t",
        "mpg": "video/mpeg",
        "mxf": "application/mxf",
    },
    MediaKind.AUDIO: {
        "wav": "audio/wav",
        "mp3": "audio/mpeg",
        "aac": "audio/aac",
        "m4a": "audio/mp4",
        "ogg": "audio/ogg",
        "flac": "audio/flac",
    },
    MediaKind.DOCUMENT: {
        "pdf": "application/pdf",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "doc": "application/msword",
        "xls": "application/vnd.ms-excel",
        "ppt": "application/vnd.ms-powerpoint",
        "key": "application/vnd.apple.keynote",
        "pages": "application/vnd.apple.pages",
        "numbers": "application/vnd.apple.numbers",
        "txt": "text/plain",
        "md": "text/markdown",
    },
}

FORMATS: Mapping[str, FileFormat] = {
    name: FileFormat(name=name, kind=kind, media_type=media_type)
    for kind, names in _BY_KIND.items()
    for name, media_type in names.items()
}
"""Every format that is told apart, by its name."""

_OTHER_NAMES = {
    "jpg": "jpeg",
    "tif": "tiff",
    "heif": "heic",
    "ppm": "pnm",
    "pgm": "pnm",
    "pbm": "pnm",
    "mpeg": "mpg",
}

SIGNATURE_BYTES = 512
"""How much of a file's beginning tells its format: an MPEG transport stream shows itself at the
third packet of 188 bytes."""

ZIP_SIGNATURE = b"PK\x03\x04"
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What older office documents begin with."""
_PDF_SIGNATURE = b"%PDF-"


def canonical_format(name: str) -> str:
    """Give the one name under which a format is told, for `JPG` as for `jpeg`."""
    lower = name.lower()
    return _OTHER_NAMES.get(lower, lower)


def recognise_format(head: bytes) -> FileFormat | None:
    """Tell a picture, a clip, a sound or a PDF from the first `SIGNATURE_BYTES` of its file.

    None where it is none of these, or where more than the beginning has to be read: documents
    inside zip and OLE files, and plain text.
    """
    head = head[:SIGNATURE_BYTES]
    name = next((found for find in _FINDERS if (found := find(head))), None)
    return None if name is None else FORMATS[name]


def has_signature_of(kind: MediaKind, head: bytes) -> bool:
    """Tell whether a file that begins so can be of `kind`."""
    found = recognise_format(head)
    if kind is MediaKind.DOCUMENT:
        return head.startswith((_PDF_SIGNATURE, ZIP_SIGNATURE, OLE_SIGNATURE))
    return found is not None and found.kind is kind


def _starting(name: str, *beginnings: bytes) -> Callable[[bytes], str | None]:
    return lambda head: name if head.startswith(beginnings) else None


_RIFF = {b"WEBP": "webp", b"AVI ": "avi", b"WAVE": "wav"}


def _find_riff(head: bytes) -> str | None:
    return _RIFF.get(head[8:12]) if head.startswith((b"RIFF", b"RF64")) else None


_BRANDS = {
    b"qt  ": "mov",
    b"M4A ": "m4a",
    b"M4B ": "m4a",
    b"avif": "avif",
    b"avis": "avif",
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "heic"),
    **dict.fromkeys((b"mif1", b"msf1"), "heic"),
}
_OLD_QUICKTIME = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})

_SMALLEST_LETTERS = 0x20202020
"""Four letters, read as a box's length, are at least this: `The free` begins a text."""


def _find_boxes(head: bytes) -> str | None:
    """Tell MP4 and its kin by the brand, and QuickTime files from before there were brands."""
    if head[4:8] in _OLD_QUICKTIME and int.from_bytes(head[:4]) < _SMALLEST_LETTERS:
        return "mov"
    brand = head[8:12]
    if head[4:8] != b"ftyp" or not brand:
        return None
    if brand == b"mif1" and b"avif" in head[16 : int.from_bytes(head[:4])]:
        return "avif"
    return "3gp" if brand.startswith((b"3gp", b"3g2")) else _BRANDS.get(brand, "mp4")


def _find_matroska(head: bytes) -> str | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    return "webm" if b"\x42\x82\x84webm" in head[:64] else "mkv"


_SYNC = 0x47
_SYNCS = 3
"""A text that begins with G may well have a second one 188 letters on."""
_PACKET_BYTES = (188, 192)
"""Plain packets, and the ones with a time in front that cameras write."""


def _find_transport_stream(head: bytes) -> str | None:
    for packet in _PACKET_BYTES:
        first = packet - _PACKET_BYTES[0]
        places = [first + packet * count for count in range(_SYNCS)]
        if all(len(head) > place and head[place] == _SYNC for place in places):
            return "ts"
    return None


_MPEG_LAYER_3 = 0b01
_NO_VALUE = {"version": 0b01, "bit rate": 0b1111, "sample rate": 0b11}


def _find_mpeg_sound(head: bytes) -> str | None:
    """Tell MP3 and ADTS by the header of their first frame (ISO 11172-3, 2.4.1; 13818-7, 6.2)."""
    if head.startswith(b"ID3"):
        return "mp3"
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004  eleven bits of sync
        return None
    if head[1] & 0xF6 == 0xF0:  # noqa: PLR2004  twelve bits of sync, and no layer
        return "aac"
    is_frame = (
        head[1] >> 1 & 0b11 == _MPEG_LAYER_3
        and head[1] >> 3 & 0b11 != _NO_VALUE["version"]
        and head[2] >> 4 != _NO_VALUE["bit rate"]
        and head[2] >> 2 & 0b11 != _NO_VALUE["sample rate"]
    )
    return "mp3" if is_frame else None


_BITMAP_HEADER_BYTES = frozenset({12, 16, 40, 52, 56, 64, 108, 124})


def _find_bitmap(head: bytes) -> str | None:
    """Two letters alone would take many a text for a bitmap: the header's length must be one."""
    is_bitmap = head.startswith(b"BM") and (
        int.from_bytes(head[14:18], "little") in _BITMAP_HEADER_BYTES
    )
    return "bmp" if is_bitmap else None


_ANYMAP = re.compile(rb"P[1-6](?:\s|#[^\n]*\n)+[0-9]")


def _find_anymap(head: bytes) -> str | None:
    return "pnm" if _ANYMAP.match(head) else None


_FINDERS: tuple[Callable[[bytes], str | None], ...] = (
    _starting("png", b"\x89PNG\r\n\x1a\n"),
    _starting("jpeg", b"\xff\xd8\xff"),
    _starting("gif", b"GIF87a", b"GIF89a"),
    _starting("tiff", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    _starting("flv", b"FLV\x01"),
    _starting("mpg", b"\0\0\x01\xba", b"\0\0\x01\xb3"),
    _starting("mxf", b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02"),
    _starting("ogg", b"OggS"),
    _starting("flac", b"fLaC"),
    _starting("pdf", _PDF_SIGNATURE),
    _find_riff,
    _find_boxes,
    _find_matroska,
    _find_bitmap,
    _find_anymap,
    _find_mpeg_sound,
    _find_transport_stream,
)
