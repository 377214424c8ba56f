"""Settings of rewriting and judging: what is needed together, and what a start refuses."""

from pathlib import Path

import pytest

from kaiga.compose.judging import build_check, build_rewriter
from kaiga.domain.errors import SettingInvalid
from kaiga.settings import read_settings

URL = "http://127.0.0.1:11434/v1"
CHAT = {
    "KAIGA_REWRITER": "chat",
    "KAIGA_REWRITER_URL": URL,
    "KAIGA_REWRITER_MODEL": "qwen3:8b",
}
KEY = "sk-ofthelanguagemodel"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"KAIGA_REWRITER": "chat"}, "KAIGA_REWRITER=chat needs KAIGA_REWRITER_URL."),
        (
            {"KAIGA_REWRITER": "chat", "KAIGA_REWRITER_URL": URL},
            "KAIGA_REWRITER=chat needs KAIGA_REWRITER_MODEL.",
        ),
        (
            {"KAIGA_CONTENT_CHECK": "words"},
            "KAIGA_CONTENT_CHECK=words needs KAIGA_CONTENT_CHECK_WORDS.",
        ),
        (
            {"KAIGA_CONTENT_CHECK": "moderation"},
            "KAIGA_CONTENT_CHECK=moderation needs KAIGA_CONTENT_CHECK_URL.",
        ),
        (
            {**CHAT, "KAIGA_REWRITER_KEY": KEY, "KAIGA_REWRITER_KEY_FILE": "key"},
            "KAIGA_REWRITER_KEY and KAIGA_REWRITER_KEY_FILE exclude each other.",
        ),
    ],
)
def test_what_is_missing_or_too_much_is_named(settings: dict[str, str], told: str):
    with pytest.raises(SettingInvalid) as refused:
        read_settings(settings)

    assert str(refused.value) == told


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"two\nlines", "ключ".encode()])
def test_a_file_that_holds_no_key_is_refused_without_a_word_of_it(
    tmp_path: Path, content: bytes | None
):
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SettingInvalid) as refused:
        build_rewriter(read_settings({**CHAT, "KAIGA_REWRITER_KEY_FILE": str(file)}))

    assert "KAIGA_REWRITER_KEY_FILE" in str(refused.value)
    assert "lines" not in str(refused.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_words_that_cannot_be_read_are_refused(tmp_path: Path, content: bytes | None):
    file = tmp_path / "words.txt"
    if content is not None:
        file.write_bytes(content)
    settings = {"KAIGA_CONTENT_CHECK": "words", "KAIGA_CONTENT_CHECK_WORDS": str(file)}

    with pytest.raises(SettingInvalid, match="KAIGA_CONTENT_CHECK_WORDS"):
        build_check(read_settings(settings))


async def test_a_rewriter_that_is_off_leaves_every_prompt_as_it_is():
    assert await build_rewriter(read_settings({"KAIGA_REWRITER": "off"})).rewrite("a cat", 1) == (
        "a cat"
    )


def test_nothing_is_judged_unless_that_is_set():
    assert build_check(read_settings({})) is None
