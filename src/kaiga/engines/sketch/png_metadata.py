"""Writes what a picture is into its PNG file, as text chunks (PNG specification, 11.3.3)."""

import struct
import zlib
from collections.abc import Iterable

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER_CHUNK_BYTES = 25
"""Length, type, 13 bytes of data and checksum of IHDR, which must come first."""


def with_texts(png: bytes, texts: Iterable[tuple[str, str]]) -> bytes:
    """Insert (keyword, text) pairs after the header.

    Keywords are Latin-1 of 1 to 79 characters. A text beyond Latin-1 is written as UTF-8 in an
    iTXt chunk; NUL can't stand in either and becomes a space, a lone surrogate a question mark.

    Raises:
        ValueError: `png` is no PNG.
    """
    if not png.startswith(SIGNATURE):
        raise ValueError("the bytes are no PNG")
    split = len(SIGNATURE) + _HEADER_CHUNK_BYTES
    chunks = b"".join(_text_chunk(keyword, text) for keyword, text in texts)
    return png[:split] + chunks + png[split:]


def _text_chunk(keyword: str, text: str) -> bytes:
    clean = text.replace("\0", " ")
    name = keyword.encode("latin-1")
    if clean.isascii():
        return _chunk(b"tEXt", name + b"\0" + clean.encode("ascii"))
    return _chunk(b"iTXt", name + b"\0\0\0\0\0" + clean.encode("utf-8", "replace"))


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
