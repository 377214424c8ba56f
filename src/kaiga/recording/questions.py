"""Reads requests as questions, the same way where they are recorded and where they are replayed."""

import hashlib
from collections.abc import AsyncGenerator
from urllib.parse import parse_qsl

import msgspec

from kaiga.domain.errors import NotAuthenticated, UploadRefused
from kaiga.http.asgi import Call
from kaiga.http.bodies import BodyReader
from kaiga.http.files.forms import MultipartForm
from kaiga.http.identity import read_key
from kaiga.recording.exchanges import FileBody, FormBody, JsonBody, NoBody, Question, QuestionBody
from kaiga.recording.scrubbing import scrub_named, scrub_value
from kaiga.recording.writing import find_json

NO_KEY = "none"
KEY_TAKEN = "taken"
MEANINGFUL_HEADERS = (
    "x-dashscope-async",
    "x-dashscope-sse",
    "x-dashscope-ossresourceresolve",
    "range",
)
"""Headers that change what an answer is; all others are neither recorded nor compared."""
_LARGEST_BODY_BYTES = 1024**3
"""As much as the largest upload. Source: contract/core.md, 8.1."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request as a question, its body as it came, and the file in it, if there is one."""

    question: Question
    body: bytes
    file: bytes = b""


class QuestionReader:
    """Reads the requests of one server."""

    def __init__(self) -> None:
        self._bodies = BodyReader(
            largest_bytes=_LARGEST_BODY_BYTES, largest_in_flight_bytes=2 * _LARGEST_BODY_BYTES
        )

    async def read(self, call: Call) -> Asked:
        """Receive a request.

        Raises:
            BodyTooLarge, Overloaded, BodyTooSlow, ClientGone: see `Reservation.read`.
        """
        with self._bodies.reserve(call) as reservation:
            content = await reservation.read(call)
        key = find_key(call)
        body, file = await _read_body(call, content, key)
        query = call.query.decode("latin-1")
        question = Question(
            method=call.method,
            path=raw_path(call),
            query=[
                (name, scrub_named(name, value, key))
                for name, value in parse_qsl(query, keep_blank_values=True, errors="replace")
            ],
            headers={
                name: value
                for name in MEANINGFUL_HEADERS
                if (value := call.header(name.encode()).strip().lower())
            },
            key=KEY_TAKEN if key else NO_KEY,
            body=body,
        )
        return Asked(question=question, body=content, file=file)


def raw_path(call: Call) -> str:
    """Give the path as it stands in the request, percent-encoded."""
    return (call.raw_path or call.path.encode()).partition(b"?")[0].decode("latin-1")


def find_key(call: Call) -> str:
    """Give the key that a call shows, empty where it shows none."""
    try:
        return read_key(call)
    except NotAuthenticated:
        return ""


def name_refused_key(key: str) -> str:
    """Make what a refused key is known by in files."""
    digits = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
    return f"refused {digits[:12]}" if key else NO_KEY


async def _read_body(call: Call, content: bytes, key: str) -> tuple[QuestionBody, bytes]:
    if not content:
        return NoBody(), b""
    found = find_json(content)
    if found is not None:
        return JsonBody(scrub_value(found.value, key), found.style), b""
    form = await _find_form(call, content, key)
    if form is not None:
        return form
    return FileBody(sha256=hashlib.sha256(content).hexdigest()), content


async def _find_form(call: Call, content: bytes, key: str) -> tuple[FormBody, bytes] | None:
    try:
        form = MultipartForm(_at_once(content), call.header(b"content-type"))
        fields = await form.read_fields()
        file = b"".join([part async for part in form.read_file()])
    except UploadRefused:
        return None
    scrubbed = {name: scrub_named(name, value, key) for name, value in fields.items()}
    return FormBody(fields=scrubbed, sha256=hashlib.sha256(file).hexdigest()), file


async def _at_once(content: bytes) -> AsyncGenerator[bytes]:
    yield content
