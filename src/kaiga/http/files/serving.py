"""`GET|HEAD /1d/...`: opens a signed link and sends the file, whole or in part."""

import hashlib
from urllib.parse import parse_qs

from kaiga.domain.errors import (
    KaigaError,
    LinkExpired,
    LinkRefused,
    MethodRefused,
    ObjectMissing,
    ResultGone,
    TryLater,
)
from kaiga.domain.tasks import StoredResult
from kaiga.http.asgi import Answer, AnswerCut, Call, Header, Send, send_answer
from kaiga.http.files.ranges import ByteRange, RangeNotSatisfiable, find_range
from kaiga.http.files.refusals import SAFE, make_expiry_refusal, make_refusal
from kaiga.ports.object_store import ObjectStore
from kaiga.service.result_links import ResultLinks

_CHUNK_BYTES = 1024 * 1024


class FileRoute:
    """Serves results to whoever holds their link."""

    def __init__(self, *, links: ResultLinks, objects: ObjectStore) -> None:
        self._links = links
        self._objects = objects

    async def __call__(self, call: Call, send: Send) -> None:
        """Answer with the file, or with the XML that storage answers (contract/core.md, 7.3)."""
        try:
            result = await self._open(call)
            await self._send_file(call, send, result)
        except (LinkRefused, MethodRefused, TryLater) as error:
            await send_answer(send, call, _make_refusal(call, error))

    async def _open(self, call: Call) -> StoredResult:
        if call.method not in {"GET", "HEAD"}:
            raise MethodRefused(call.method)
        query = parse_qs(call.query.decode("latin-1"))
        expires, key_id, signature = (
            query.get(name, [""])[0] for name in ("Expires", "OSSAccessKeyId", "Signature")
        )
        return await self._links.open(call.path, expires, key_id, signature)

    async def _send_file(self, call: Call, send: Send, result: StoredResult) -> None:
        etag = f'"{hashlib.sha256(result.object_key.encode()).hexdigest()[:32]}"'
        headers: tuple[Header, ...] = (
            (b"content-type", result.media_type.encode()),
            (b"accept-ranges", b"bytes"),
            (b"etag", etag.encode()),
            *SAFE,
        )
        if _names_etag(call.header(b"if-none-match"), etag):
            await _start(send, call, 304, headers)
            await send({"type": "http.response.body", "body": b""})
            return
        try:
            part = find_range(_range_of(call, etag), result.size_bytes)
        except RangeNotSatisfiable:
            unsatisfied = (b"content-range", f"bytes */{result.size_bytes}".encode())
            answer = Answer(status=416, headers=(*headers, unsatisfied), body=b"")
            await send_answer(send, call, answer)
            return
        await self._send_part(call, send, result, part, headers)

    async def _send_part(
        self,
        call: Call,
        send: Send,
        result: StoredResult,
        part: ByteRange | None,
        headers: tuple[Header, ...],
    ) -> None:
        wanted = part or ByteRange(start=0, length=result.size_bytes)
        if part is not None:
            last = part.start + part.length - 1
            shown = f"bytes {part.start}-{last}/{result.size_bytes}"
            headers = (*headers, (b"content-range", shown.encode()))
        headers = (*headers, (b"content-length", str(wanted.length).encode()))
        status = 200 if part is None else 206
        first = await self._read(result, wanted.start, min(_CHUNK_BYTES, wanted.length))
        await _start(send, call, status, headers)
        if call.method == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        sent = len(first)
        await send({"type": "http.response.body", "body": first, "more_body": sent < wanted.length})
        while sent < wanted.length:
            length = min(_CHUNK_BYTES, wanted.length - sent)
            chunk = await self._read_more(result, wanted.start + sent, length)
            sent += len(chunk)
            more = sent < wanted.length
            await send({"type": "http.response.body", "body": chunk, "more_body": more})

    async def _read(self, result: StoredResult, start: int, length: int) -> bytes:
        try:
            return await self._objects.read_range(result.object_key, start, length)
        except ObjectMissing:
            raise ResultGone from None

    async def _read_more(self, result: StoredResult, start: int, length: int) -> bytes:
        """Read on; with the head sent, all that trouble can do is cut the answer short."""
        try:
            chunk = await self._objects.read_range(result.object_key, start, length)
        except (ObjectMissing, TryLater) as error:
            raise AnswerCut from error
        if not chunk:
            raise AnswerCut
        return chunk


def _names_etag(header: str, etag: str) -> bool:
    """Tell whether `If-None-Match` names the entity (RFC 9110, 13.1.2: compared weakly)."""
    named = [part.strip().removeprefix("W/") for part in header.split(",")]
    return etag in named or named == ["*"]


def _range_of(call: Call, etag: str) -> str:
    """Give the range asked for; none where `If-Range` names another entity (RFC 9110, 13.1.5)."""
    condition = call.header(b"if-range").strip()
    return call.header(b"range") if condition in {"", etag} else ""


def _make_refusal(call: Call, error: KaigaError) -> Answer:
    return (
        make_expiry_refusal(call, error)
        if isinstance(error, LinkExpired)
        else make_refusal(call, error)
    )


async def _start(send: Send, call: Call, status: int, headers: tuple[Header, ...]) -> None:
    shown = [*headers, (b"x-request-id", call.request_id.encode())]
    await send({"type": "http.response.start", "status": status, "headers": shown})
