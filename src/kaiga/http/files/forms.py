"""Cuts multipart forms: into fields and one file, as it arrives, or into all parts at once."""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Mapping

import msgspec
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from kaiga.domain.errors import FileCountWrong, FormFieldsTooLarge, FormMalformed

_FILE = "file"
_MOST_FIELDS = 64
_LARGEST_FIELDS_BYTES = 64 * 1024
"""A form of this API has nine fields, and the largest, the policy, has hundreds of bytes."""
_MOST_PARTS = 256
"""Of a form that is read whole; none of this API's has a tenth of them."""
_NOT_LAST = "The file must be the last part of the form, and nothing may come after it."


class _PartBegan(msgspec.Struct, frozen=True):
    name: str


class _PartEnded(msgspec.Struct, frozen=True):
    pass


class _FormEnded(msgspec.Struct, frozen=True):
    pass


_Event = _PartBegan | bytes | _PartEnded | _FormEnded


class MultipartForm:
    """One form: first `read_fields`, then `read_file`; nothing is read ahead of what is asked."""

    def __init__(self, body: AsyncIterator[bytes], content_type: str) -> None:
        """Begin a form.

        Raises:
            FormMalformed: the type is not that of a form, or names no boundary.
        """
        self._body = body
        self._events: deque[_Event] = deque()
        self._parser = _make_parser(content_type, _PartReader(self._events))

    async def read_fields(self) -> Mapping[str, str]:
        """Give the fields before the file, by their names in lower case.

        Raises:
            FormMalformed: it is no form, or ends early.
            FileCountWrong: there is no file.
            FormFieldsTooLarge: the fields are more than a form needs.
        """
        fields: dict[str, str] = {}
        size_bytes = 0
        while True:
            event = await self._next()
            if not isinstance(event, _PartBegan):
                raise FileCountWrong
            if event.name == _FILE:
                return fields
            value = await self._read_value(_LARGEST_FIELDS_BYTES - size_bytes)
            size_bytes += len(value)
            fields[event.name] = _decode(value)
            if len(fields) > _MOST_FIELDS:
                raise FormFieldsTooLarge

    async def read_file(self) -> AsyncGenerator[bytes]:
        """Give the file part by part; at its end, the form has to end as well.

        Raises:
            FormMalformed: it is no form, ends early, or has something after the file.
            FileCountWrong: there is another file.
        """
        while isinstance(event := await self._next(), bytes):
            yield event
        event = await self._next()
        if isinstance(event, _PartBegan):
            raise FileCountWrong if event.name == _FILE else FormMalformed(_NOT_LAST)

    async def _read_value(self, most_bytes: int) -> bytes:
        value = bytearray()
        while isinstance(event := await self._next(), bytes):
            value += event
            if len(value) > most_bytes:
                raise FormFieldsTooLarge
        return bytes(value)

    async def _next(self) -> _Event:
        while not self._events:
            try:
                self._parser.write(await anext(self._body))
            except (StopAsyncIteration, FormParserError):
                raise FormMalformed from None
        return self._events.popleft()


def split_form(body: bytes, content_type: str) -> list[tuple[str, bytes]]:
    """Give every part of a form that is here whole: its name in lower case, and its content.

    Raises:
        FormMalformed: it is no form, ends early, or has more parts than any form needs.
    """
    events: deque[_Event] = deque()
    parser = _make_parser(content_type, _PartReader(events))
    if body.count(b"\r\n--") > _MOST_PARTS:
        raise FormMalformed
    try:
        parser.write(body)
    except FormParserError:
        raise FormMalformed from None
    parts: list[tuple[str, bytes]] = []
    pieces: list[bytes] = []
    name = ""
    for event in events:
        match event:
            case _PartBegan():
                name, pieces = event.name, []
            case bytes():
                pieces.append(event)
            case _PartEnded():
                parts.append((name, b"".join(pieces)))
            case _FormEnded():
                return parts
    raise FormMalformed


class _PartReader:
    """Turns what the parser calls out into events."""

    def __init__(self, events: deque[_Event]) -> None:
        self._events = events
        self._header = bytearray()
        self._value = bytearray()
        self._disposition = b""

    def on_part_begin(self) -> None:
        self._disposition = b""

    def on_header_field(self, content: bytes, start: int, end: int) -> None:
        self._header += content[start:end]

    def on_header_value(self, content: bytes, start: int, end: int) -> None:
        self._value += content[start:end]

    def on_header_end(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def on_headers_finished(self) -> None:
        kind, options = parse_options_header(self._disposition.decode("latin-1"))
        name = options.get(b"name")
        if kind != b"form-data" or not name:
            raise FormMalformed
        self._events.append(_PartBegan(_decode(name).lower()))

    def on_part_data(self, content: bytes, start: int, end: int) -> None:
        self._events.append(content[start:end])

    def on_part_end(self) -> None:
        self._events.append(_PartEnded())

    def on_end(self) -> None:
        self._events.append(_FormEnded())


def _make_parser(content_type: str, reader: _PartReader) -> MultipartParser:
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise FormMalformed
    try:
        return MultipartParser(
            boundary,
            {
                "on_part_begin": reader.on_part_begin,
                "on_header_field": reader.on_header_field,
                "on_header_value": reader.on_header_value,
                "on_header_end": reader.on_header_end,
                "on_headers_finished": reader.on_headers_finished,
                "on_part_data": reader.on_part_data,
                "on_part_end": reader.on_part_end,
                "on_end": reader.on_end,
            },
        )
    except FormParserError as error:
        raise FormMalformed from error


def _decode(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormMalformed("The fields of the form must be UTF-8.") from error
