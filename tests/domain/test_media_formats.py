"""Files are told apart by their first bytes, and texts that only look alike are not taken."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kaiga.domain.media_formats import (
    FORMATS,
    SIGNATURE_BYTES,
    MediaKind,
    canonical_format,
    has_signature_of,
    recognise_format,
)


def picture(pillow_format: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (20, 10), "teal").save(stream, pillow_format)
    return stream.getvalue()


def boxes(brand: bytes, compatible: bytes = b"") -> bytes:
    content = b"ftyp" + brand + b"\0\0\0\0" + compatible
    return (len(content) + 4).to_bytes(4) + content + b"\0\0\0\x08free"


HEADS = [
    ("jpeg", picture("JPEG")),
    ("png", picture("PNG")),
    ("bmp", picture("BMP")),
    ("tiff", picture("TIFF")),
    ("webp", picture("WEBP")),
    ("gif", picture("GIF")),
    ("pnm", picture("PPM")),
    ("pnm", b"P5 # a remark\n12 12\n255\n"),
    ("avif", picture("AVIF")),
    ("heic", boxes(b"heic", b"mif1")),
    ("heic", boxes(b"mif1", b"heic")),
    ("avif", boxes(b"mif1", b"avif")),
    ("mp4", boxes(b"isom", b"iso2avc1mp41")),
    ("mp4", boxes(b"M4V ")),
    ("mov", boxes(b"qt  ")),
    ("mov", b"\0\0\0\x08wide\0\0\x10\0mdat"),
    ("m4a", boxes(b"M4A ")),
    ("3gp", boxes(b"3gp5")),
    ("avi", b"RIFF\x10\0\0\0AVI LIST"),
    ("wav", b"RIFF\x10\0\0\0WAVEfmt "),
    ("wav", b"RF64\xff\xff\xff\xffWAVEds64"),
    ("mkv", b"\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\x82\x88matroska"),
    ("webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm"),
    ("flv", b"FLV\x01\x05"),
    ("ts", (b"\x47" + b"\0" * 187) * 3),
    ("ts", (b"\0" * 4 + b"\x47" + b"\0" * 187) * 3),
    ("mpg", b"\0\0\x01\xba\x44\0"),
    ("mxf", b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01"),
    ("mp3", b"ID3\x04\0\0\0\0\0\x22"),
    ("mp3", b"\xff\xfb\x90\x64"),
    ("aac", b"\xff\xf1\x50\x80"),
    ("ogg", b"OggS\0\x02"),
    ("flac", b"fLaC\0\0\0\x22"),
    ("pdf", b"%PDF-1.7\n"),
]


@pytest.mark.parametrize(("name", "head"), HEADS)
def test_a_format_is_told_by_its_first_bytes(name: str, head: bytes):
    found = recognise_format(head)

    assert found == FORMATS[name]
    assert has_signature_of(found.kind, head)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"BM is how this sentence begins, and it is no bitmap",
        b"P6 is a road in Norway",
        b"\xff\xfe<\0s\0v\0g\0",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!DOCTYPE html>",
        b"#EXTM3U\n#EXTINF:1\nfile:///secret",
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"RIFF\x10\0\0\0ACON",
        b"The free encyclopedia",
        (b"G" + b"o" * 187) * 2 + b"o" * 200,
        b"\x47 one byte of sync makes no stream" + b"\0" * 400,
        b"GIF88a",
    ],
)
def test_what_only_looks_alike_is_nothing(head: bytes):
    assert recognise_format(head) is None


@given(head=st.binary(max_size=SIGNATURE_BYTES + 10))
def test_any_bytes_are_answered(head: bytes):
    found = recognise_format(head)

    assert found is None or FORMATS[found.name] is found
    assert sum(has_signature_of(kind, head) for kind in MediaKind) <= 1


@pytest.mark.parametrize(
    ("written", "canonical"),
    [("JPG", "jpeg"), ("jpeg", "jpeg"), ("tif", "tiff"), ("heif", "heic"), ("ppm", "pnm")],
)
def test_other_names_of_a_format_are_one(written: str, canonical: str):
    assert canonical_format(written) == canonical
    assert canonical in FORMATS
