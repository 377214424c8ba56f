"""Which kinds of file the studio publishes, told by their own first bytes."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaType:
    """A kind of file: its MIME type and the extension that its links end in."""

    name: str
    extension: str


PNG = MediaType(name="image/png", extension="png")
JPEG = MediaType(name="image/jpeg", extension="jpg")
WEBP = MediaType(name="image/webp", extension="webp")
MP4 = MediaType(name="video/mp4", extension="mp4")
SVG = MediaType(name="image/svg+xml", extension="svg")
"""Served with a policy under which no script runs; ours begin with their root element."""

_SIGNATURES: tuple[tuple[Callable[[bytes], bool], MediaType], ...] = (
    (lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"), PNG),
    (lambda head: head.startswith(b"\xff\xd8\xff"), JPEG),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", WEBP),
    (lambda head: head[4:8] == b"ftyp", MP4),
    (lambda head: head.startswith(b"<svg "), SVG),
)
_EXTENSIONS = {media.name: media.extension for _, media in _SIGNATURES}


def recognise_media(content: bytes) -> MediaType | None:
    """Tell what `content` is from its first bytes; None where it is nothing we publish."""
    head = content[:16]
    return next((media for matches, media in _SIGNATURES if matches(head)), None)


def extension_of(media_type: str) -> str:
    """Give the file extension of a published MIME type."""
    return _EXTENSIONS[media_type]
