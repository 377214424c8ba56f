"""What was asked and what was answered, as the files of a folder hold it."""

from typing import Any, Literal

import msgspec

Style = Literal["compact", "spaced", "compact ascii", "spaced ascii"]
"""How JSON is written on the wire: with or without spaces, with or without `\\u` escapes."""


class NoBody(msgspec.Struct, frozen=True, tag="none", tag_field="kind"):
    """Nothing."""


class JsonBody(msgspec.Struct, frozen=True, tag="json", tag_field="kind"):
    """A JSON value, and how it was written."""

    value: Any
    style: Style = "compact"


class TextBody(msgspec.Struct, frozen=True, tag="text", tag_field="kind"):
    """Text by its lines; a line may keep a carriage return at its end."""

    lines: list[str]


class FileBody(msgspec.Struct, frozen=True, tag="file", tag_field="kind"):
    """Bytes that lie in a file of their own beside; `sha256` is in hexadecimal."""

    sha256: str
    file: str = ""


class FormBody(msgspec.Struct, frozen=True, tag="form", tag_field="kind"):
    """A form with one file: its fields by their names in lower case, and the file as above."""

    fields: dict[str, str]
    sha256: str
    file: str = ""


QuestionBody = NoBody | JsonBody | TextBody | FileBody | FormBody
AnswerBody = NoBody | JsonBody | TextBody | FileBody


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A request: all that tells which answer belongs to it, with nothing secret in it.

    `path` is as it stands in the request, percent-encoded, without the query. `key` tells which
    key was shown: `none`, `taken`, or `refused` with the first digits of its SHA-256.
    """

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    key: str
    body: QuestionBody


class RecordedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as the recorder's client got it, but for `Date` and `Connection`."""

    status: int
    headers: list[tuple[str, str]]
    body: AnswerBody


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One request and its answer.

    `name` is that of its file without the extension, `recorded_at` RFC 3339, `seconds` how long
    the answer took, and `upstream` the host that gave it.
    """

    name: str
    recorded_at: str
    seconds: float
    upstream: str
    request: Question
    answer: RecordedAnswer
