"""Keeps out of every log line what no log may hold: keys, signatures, and the words of orders.

Messages of errors quote what they choke on, and libraries write what they like; so this is held
here, over all lines, and not at each place that logs.
"""

import json
import re
from collections.abc import MutableMapping, Sequence
from typing import Any, cast

UNSPEAKABLE = "unspeakable"
"""The member of a line's context that lists words which must not be in it."""
HIDDEN = "[hidden]"
_WORD_OF_A_KEY = re.compile(r"\b(?:sk|st|whsec)[-_][A-Za-z0-9_+/=.-]{6,}")
_BEARER = re.compile(r"(?i)\bbearer\s+[^\s\"',]+")
_QUERY_OF_A_URL = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s?\"'<>]+)\?[^\s\"'<>]+")
_SIGNATURE = re.compile(
    r"(?i)\b((?:x-[a-z]+-)?signature|sig|policy|token|x-amz-credential)=[^\s&\"'<>]+"
)
_SIGNED_NOTICE = re.compile(r"\bv1,[A-Za-z0-9+/=]{16,}")
"""The signature of a webhook's message, as Standard Webhooks writes it."""
_BASE64_DATA = re.compile(r"(\bdata:[a-z0-9.+/-]*;base64,)[A-Za-z0-9+/=]+")


def hide_secrets(
    logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace them in every text of a line; a processor of structlog."""
    del logger, method
    words = cast("Sequence[str]", event.pop(UNSPEAKABLE, ()))
    written = [form for word in words for form in _list_written_forms(word)]
    for name, value in event.items():
        event[name] = _hide_in(value, written)
    return event


def hide_in_text(text: str, words: Sequence[str] = ()) -> str:
    """Replace keys, signatures and `words` in a text."""
    for word in words:
        text = _replace_word(text, word)
    text = _QUERY_OF_A_URL.sub(rf"\1?{HIDDEN}", text)
    text = _SIGNATURE.sub(rf"\1={HIDDEN}", text)
    text = _SIGNED_NOTICE.sub(f"v1,{HIDDEN}", text)
    text = _BASE64_DATA.sub(rf"\1{HIDDEN}", text)
    text = _BEARER.sub(f"Bearer {HIDDEN}", text)
    return _WORD_OF_A_KEY.sub(HIDDEN, text)


def _hide_in(value: object, words: Sequence[str]) -> object:
    """Hide in texts; what is neither a text nor a number is written out first."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return hide_in_text(value if isinstance(value, str) else repr(value), words)


def _list_written_forms(word: str) -> Sequence[str]:
    """Give a word as it is, and as Python and JSON write it, the longest first."""
    forms = {word, word.strip(), repr(word)[1:-1], json.dumps(word)[1:-1]}
    return sorted(filter(None, forms), key=len, reverse=True)


def _replace_word(text: str, word: str) -> str:
    """Replace whole words alone: a prompt `cat` is not to be found in `catalogue`."""
    return re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", HIDDEN, text) if word in text else text
