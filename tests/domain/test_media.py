"""Files are told by their own bytes, never by what somebody called them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiga.domain.media import JPEG, MP4, PNG, WEBP, MediaType, extension_of, recognise_media

SAMPLES = [
    (PNG, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    (JPEG, b"\xff\xd8\xff\xe0\0\x10JFIF"),
    (WEBP, b"RIFF\x10\0\0\0WEBPVP8 "),
    (MP4, b"\0\0\0\x20ftypisom\0\0\x02\0"),
]


@pytest.mark.parametrize(("media", "content"), SAMPLES)
def test_a_published_kind_is_told_by_its_first_bytes(media: MediaType, content: bytes):
    assert recognise_media(content) == media
    assert recognise_media(content + b"\0" * 100) == media


@pytest.mark.parametrize(("_media", "content"), SAMPLES)
def test_a_cut_or_shifted_signature_is_nothing(_media: MediaType, content: bytes):
    assert recognise_media(content[:2]) is None
    assert recognise_media(b"x" + content) is None


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"RIFF\x10\0\0\0WAVEfmt ", b"<svg/>", b"<html>", b"\x89PNG\n"]
)
def test_what_is_not_published_is_nothing(content: bytes):
    assert recognise_media(content) is None


@given(content=st.binary(max_size=40))
def test_any_bytes_are_answered(content: bytes):
    media = recognise_media(content)

    assert media is None or extension_of(media.name) == media.extension


@pytest.mark.parametrize(
    ("name", "extension"),
    [("image/png", "png"), ("image/jpeg", "jpg"), ("image/webp", "webp"), ("video/mp4", "mp4")],
)
def test_a_published_kind_has_its_extension(name: str, extension: str):
    assert extension_of(name) == extension
