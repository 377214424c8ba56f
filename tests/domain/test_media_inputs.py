"""A string of a request is told as one of five forms, whatever is in it."""

import base64
import io
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kaiga.domain.media_formats import MediaKind
from kaiga.domain.media_inputs import (
    LONGEST_URL,
    InlineMedia,
    Junk,
    RemoteUrl,
    UploadedObject,
    decode_pieces,
    find_own_link,
    read_media_reference,
)

TASK = "0190f3a2-7c11-7abc-8def-0123456789ab"
QUERY = "Expires=1795312800&OSSAccessKeyId=KAIGA12&Signature=a%2Bb%2F%3D"
PATH = f"/1d/3f/20261122/9c0ffee1/{TASK}-1.png"


def picture() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (9, 9), "coral").save(stream, "PNG")
    return stream.getvalue()


BARE = base64.b64encode(picture()).decode()


def decode(text: str) -> bytes:
    reference = read_media_reference(text, MediaKind.IMAGE)
    assert isinstance(reference, InlineMedia)
    return b"".join(decode_pieces(reference))


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://example.com/a.png?x=1&y=%20", "https://example.com/a.png?x=1&y=%20"),
        ("HTTP://Example.com", "http://Example.com"),
        ("  http://example.com/a\n", "http://example.com/a"),
        ("http://127.0.0.1:9000/a", "http://127.0.0.1:9000/a"),
        ("http://[2001:db8::1]:80/a", "http://[2001:db8::1]:80/a"),
        ("http://minio_1:9000/a%20b", "http://minio_1:9000/a%20b"),
        ("http://example.com:/a", "http://example.com/a"),
    ],
)
def test_an_address_is_a_url_as_it_stands(text: str, url: str):
    assert read_media_reference(text, MediaKind.IMAGE) == RemoteUrl(url=url)


def test_raw_chinese_characters_in_a_url_are_percent_encoded_and_remembered():
    reference = read_media_reference("https://example.com/图/片.png?名=值", MediaKind.IMAGE)

    assert reference == RemoteUrl(
        url="https://example.com/%E5%9B%BE/%E7%89%87.png?%E5%90%8D=%E5%80%BC",
        has_raw_characters=True,
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is no http://, https:// or oss:// address, no data: URI and no Base64"),
        ("cat.png", "it is no http://, https:// or oss:// address, no data: URI and no Base64"),
        ("ftp://example.com/a", "it is no http://, https:// or oss:// address"),
        ("file:///etc/passwd", "a file of the client's own machine"),
        ("http://", "its host is missing or malformed"),
        ("http:/example.com", "its host is missing or malformed"),
        ("http:///a.png", "its host is missing or malformed"),
        ("http://user:word@example.com/", "a user is named before it"),
        ("http://127.0.0.1@example.com/", "a user is named before it"),
        ("http://example.com\\@127.0.0.1/", "white space, control characters or backslashes"),
        ("http://example.com/a b", "white space, control characters or backslashes"),
        ("http://example.com/\x00", "white space, control characters or backslashes"),
        ("http://example.com:70000/", "port 70000 does not exist"),
        ("http://example.com:0/", "port 0 does not exist"),
        ("http://[fe80::1%25eth0]/", "its host is missing or malformed"),
        ("http://example.com/\ud800", "half a character"),
        ("http://example.com/" + "a" * LONGEST_URL, f"more than {LONGEST_URL} characters"),
        ("oss://", "its key is missing"),
        ("oss://a\x00b", "control characters"),
        ("data:image/png;base64", "data:{MIME type};base64,{Base64}"),
        ("data:image/png,abc", "data:{MIME type};base64,{Base64}"),
        ("data:nonsense;base64,AAAA", "names no MIME type"),
        (BARE[4:], "no Base64"),
    ],
)
def test_junk_is_told_with_its_reason(text: str, reason: str):
    reference = read_media_reference(text, MediaKind.IMAGE)

    assert isinstance(reference, Junk)
    assert reason in reference.trouble.detail


def test_the_key_of_an_uploaded_object_stays_as_it_is():
    key = "dashscope-instant/0f3a/2026-11-22/ab/my cat 猫%20.png"

    assert read_media_reference(f"oss://{key}", MediaKind.IMAGE) == UploadedObject(key=key)


@pytest.mark.parametrize(
    ("header", "media_type"),
    [
        ("data:image/png;base64,", "image/png"),
        ("DATA:Image/PNG;BASE64,", "image/png"),
        ("data:image/svg+xml;charset=utf-8;base64,", "image/svg+xml"),
        ("data:;base64,", None),
    ],
)
def test_a_data_uri_is_base64_with_the_type_that_it_claims(header: str, media_type: str | None):
    reference = read_media_reference(header + BARE, MediaKind.IMAGE)

    assert isinstance(reference, InlineMedia)
    assert reference.media_type == media_type
    assert b"".join(decode_pieces(reference)) == picture()


def test_bare_base64_of_another_kind_is_junk():
    assert isinstance(read_media_reference(BARE, MediaKind.IMAGE), InlineMedia)
    assert isinstance(read_media_reference(BARE, MediaKind.VIDEO), Junk)
    assert isinstance(read_media_reference(BARE, MediaKind.DOCUMENT), Junk)


def test_bare_base64_of_a_document_is_told_by_the_signatures_of_documents():
    text = base64.b64encode(b"%PDF-1.7\n" + b"0" * 60).decode()

    assert isinstance(read_media_reference(text, MediaKind.DOCUMENT), InlineMedia)


@given(
    content=st.binary(max_size=3000),
    every=st.integers(min_value=1, max_value=100),
    ending=st.sampled_from(["", "\n", "\r\n", " "]),
)
def test_whatever_was_encoded_comes_back(content: bytes, every: int, ending: str):
    letters = base64.b64encode(picture() + content).decode()
    lines = ending.join(letters[at : at + every] for at in range(0, len(letters), every))

    assert decode(lines) == picture() + content
    assert decode(lines.rstrip("= \r\n")) == picture() + content
    assert decode(lines.replace("+", "-").replace("/", "_")) == picture() + content


def test_pieces_meet_without_a_seam_in_a_text_of_many():
    content = picture() + bytes(range(256)) * 8000
    letters = base64.encodebytes(content).decode()

    pieces = list(decode_pieces(InlineMedia(text=letters, start=0)))

    assert len(pieces) > 4
    assert b"".join(pieces) == content


@pytest.mark.parametrize("text", ["AAAA====A", "AA=A", "A", "AAAA*AAA", "图片图片", "AAAA\x00AAA"])
def test_what_is_no_base64_is_not_decoded(text: str):
    with pytest.raises(ValueError):  # noqa: PT011  the kinds of it are binascii's and codecs'
        list(decode_pieces(InlineMedia(text=text, start=0)))


BEGINNINGS = ["", "http://", "https://", "oss://", "data:", "data:image/png;base64,", "file:", BARE]
ANY_TEXT = st.text(alphabet=st.characters(categories=None))


@given(beginning=st.sampled_from(BEGINNINGS), rest=ANY_TEXT, kind=st.sampled_from(MediaKind))
def test_any_text_is_answered(beginning: str, rest: str, kind: MediaKind):
    reference = read_media_reference(beginning + rest, kind)

    assert isinstance(reference, RemoteUrl | UploadedObject | InlineMedia | Junk)
    if isinstance(reference, RemoteUrl):
        parts = urlsplit(reference.url)
        assert parts.scheme in {"http", "https"}
        assert "@" not in parts.netloc
        assert reference.url.partition(parts.netloc)[2].isascii()
        assert read_media_reference(reference.url, kind) == RemoteUrl(
            url=reference.url, has_raw_characters=not parts.netloc.isascii()
        )


@given(text=ANY_TEXT, has_link_query=st.booleans())
def test_any_text_is_some_own_link_or_none(text: str, has_link_query: bool):
    url = f"http://{text}?{QUERY}" if has_link_query else text

    assert find_own_link(url) is None or TASK in url


@pytest.mark.parametrize("host", ["http://127.0.0.1:8600", "https://kaiga.example.com"])
def test_a_result_link_is_known_again_whatever_its_host(host: str):
    link = find_own_link(f"{host}{PATH}?{QUERY}")

    assert link is not None
    assert (link.path, link.expires) == (PATH, "1795312800")
    assert (link.key_id, link.signature) == ("KAIGA12", "a+b/=")


@pytest.mark.parametrize(
    "url",
    [
        f"http://h{PATH}",
        f"http://h{PATH}?{QUERY}&x-oss-process=image",
        f"http://h/other.png?{QUERY}",
        f"http://h{PATH}?Expires=1&Signature=2",
        "http://[half",
    ],
)
def test_a_url_that_is_not_whole_as_we_sign_it_is_no_own_link(url: str):
    assert find_own_link(url) is None


def quickest(action: Callable[[], object]) -> float:
    """The least of five times, which other processes disturb least."""
    times: list[float] = []
    for _ in range(5):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


@pytest.mark.parametrize("header", ["data:image/png;base64,", ""])
def test_telling_forty_megabytes_of_base64_costs_less_than_copying_them(header: str):
    text = header + BARE[:88] + "A" * 40_000_000

    reading = quickest(lambda: read_media_reference(text, MediaKind.IMAGE))

    assert reading < quickest(text.encode)


def test_decoding_four_times_as_much_takes_about_four_times_as_long():
    def decode_all(characters: int) -> None:
        for _ in decode_pieces(InlineMedia(text="A" * characters, start=0)):
            pass

    once = quickest(lambda: decode_all(4_000_000))
    four_times = quickest(lambda: decode_all(16_000_000))

    assert four_times < 12 * once
