"""Texts lose what is secret, and nothing else; what was written becomes the same bytes again."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiga.recording.naming import choose_extension, name_route
from kaiga.recording.scrubbing import scrub_text, scrub_value
from kaiga.recording.writing import find_json, read_text, write_json, write_text

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://a/b.png?Expires=1&Signature=xyz", "https://a/b.png?Expires=1&Signature=scrubbed"),
        ("https://a/b?x-oss-credential=LTAI/1", "https://a/b?x-oss-credential=scrubbed"),
        ("https://me:pass@a/b", "https://scrubbed@a/b"),
        ("the key sk-0123456789abcdef0123 is wrong", "the key scrubbed is wrong"),
        (
            "<SignatureProvided>abc</SignatureProvided>",
            "<SignatureProvided>scrubbed</SignatureProvided>",
        ),
        ("https://a/b?page=2&size=1024*1024", "https://a/b?page=2&size=1024*1024"),
        ("a risk-free signature dish", "a risk-free signature dish"),
        ("st-recorded-token-1", "st-recorded-token-1"),
    ],
)
def test_a_text_loses_its_secrets_alone(text: str, kept: str):
    assert scrub_text(text) == kept


@settings(max_examples=50)
@given(JSON)
def test_what_was_scrubbed_is_scrubbed_the_same_again(value: object):
    once = scrub_value(value)

    assert scrub_value(once) == once


@given(
    JSON.filter(lambda value: "\\ud" not in json.dumps(value)),
    st.sampled_from([None, (",", ":")]),
    st.booleans(),
)
def test_json_becomes_the_same_bytes_again(
    value: object, separators: tuple[str, str] | None, ascii_only: bool
):
    content = json.dumps(value, separators=separators, ensure_ascii=ascii_only).encode()

    found = find_json(content)

    assert found is not None
    assert write_json(found) == content


@pytest.mark.parametrize("content", [b"NaN", b"[1e400]", b"-Infinity", b"\xff", b"[" * 100_000])
def test_what_json_can_not_hold_is_no_json(content: bytes):
    assert find_json(content) is None


@given(st.binary())
def test_text_becomes_the_same_bytes_again(content: bytes):
    assert write_text(read_text(content)) == content


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        (
            "POST",
            "/api/v1/services/aigc/video-generation/video-synthesis",
            "create-video-synthesis",
        ),
        ("GET", "/api/v1/tasks/0198f0a0-0000-7000-8000-000000000000/", "query-task"),
        ("GET", "/api/v1/tasks/", "list-tasks"),
        ("GET", "/kaiga/v1/recorded/https/bucket/a.png", "download"),
        ("POST", "/kaiga/v1/recorded/https/bucket", "upload"),
        ("GET", "/compatible-mode/v1/Models%20..%2F", "get-models-20-2f"),
        ("GET", "/", "get"),
    ],
)
def test_a_recording_is_named_after_its_route(method: str, path: str, name: str):
    assert name_route(method, path) == name


@pytest.mark.parametrize(
    ("head", "content_type", "name", "extension"),
    [
        (b"\x89PNG\r\n\x1a\n", "application/octet-stream", "a.jpg", ".png"),
        (b"", "image/jpeg; charset=x", "a", ".jpg"),
        (b"RIFF", "", "sounds/a.WAV?x=1", ".wav"),
        (b"?", "", "../../etc/passwd", ".bin"),
    ],
)
def test_a_file_has_its_true_extension(head: bytes, content_type: str, name: str, extension: str):
    assert choose_extension(head, content_type, name) == extension
