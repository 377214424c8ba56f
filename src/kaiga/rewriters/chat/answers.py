"""Reads the answer of a chat completion: the text alone, without thoughts, fences and quotes."""

import re

import msgspec

from kaiga.domain.errors import RewriteFailed

_END_OF_THOUGHTS = "</think>"
"""Models that think aloud do so before it; where the template began with the opening mark, only
this one is in the answer."""
_THOUGHTS = "<think>"
_FENCED = re.compile(r"```[a-zA-Z]*\n(.*?)\n?```", re.DOTALL)
_QUOTES = ('""', "''", "“”", "‘’", "「」", "『』", "«»")
_CUT_OFF = "length"
"""Source: the API reference of OpenAI, `finish_reason`."""


class _Message(msgspec.Struct, frozen=True):
    content: str | None = None


class _Choice(msgspec.Struct, frozen=True):
    message: _Message
    finish_reason: str | None = None


class _Completion(msgspec.Struct, frozen=True):
    choices: tuple[_Choice, ...]


_decode = msgspec.json.Decoder(_Completion).decode


def read_rewritten(answer: bytes) -> str:
    """Give the rewritten prompt that is in the body of an answer.

    Raises:
        RewriteFailed: it is no chat completion, is cut off, or says nothing.
    """
    try:
        choices = _decode(answer).choices
    except msgspec.DecodeError:  # a text of another form is one too
        raise RewriteFailed("its answer is no chat completion") from None
    if not choices:
        raise RewriteFailed("its answer has no choice")
    if choices[0].finish_reason == _CUT_OFF:
        raise RewriteFailed("its answer is cut off")
    text = _clean(choices[0].message.content or "")
    if not text:
        raise RewriteFailed("its answer is empty")
    return text


def _clean(content: str) -> str:
    _, end, spoken = content.rpartition(_END_OF_THOUGHTS)
    text = spoken if end else content.partition(_THOUGHTS)[0]
    fenced = _FENCED.fullmatch(text.strip())
    return _strip_quotes((fenced[1] if fenced else text).strip())


def _strip_quotes(text: str) -> str:
    """Take off quotation marks that are around all of it, and leave those that are inside."""
    for opening, closing in _QUOTES:
        if len(text) > 1 and text[0] == opening and text[-1] == closing:
            inner = text[1:-1]
            if opening not in inner and closing not in inner:
                return inner.strip()
    return text
