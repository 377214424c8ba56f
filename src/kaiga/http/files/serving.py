"""`GET|HEAD /1d/...`: opens a signed link and sends the file, whole or in part."""

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
from kaiga.http.asgi import Answer, AnswerCut, Call, Send, send_answer
from kaiga.http.files.parts import ChosenPart, choose_part
from kaiga.http.files.refusals import make_expiry_refusal, make_refusal
from kaiga.http.presence import get_while_client_stays
from kaiga.ports.object_store import ObjectStore
from kaiga.service.links.result_links import ResultLinks

_CHUNK_BYTES = 1024 * 1024


class FileRoute:
    """Serves results to whoever holds their link."""

    def __init__(self, *, links: ResultLinks, objects: ObjectStore) -> None:
        self._links = links
        self._objects = objects

    async def __call__(self, call: Call, send: Send) -> None:
        """Answer with the file, or with the XML that storage answers (contract/core.md, 7.3).

        Raises:
            AnswerCut: the file could not be sent to its end.
            ClientGone: nobody is there any more when the file is; it may have had to be drawn.
        """
        try:
            result = await get_while_client_stays(call, self._open(call))
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
        chosen = choose_part(call, result)
        wanted = chosen.span
        if wanted is None:
            await _start(send, call, chosen)
            await send({"type": "http.response.body", "body": b""})
            return
        first = await self._read(result, wanted.start, min(_CHUNK_BYTES, wanted.length))
        await _start(send, call, chosen)
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


def _make_refusal(call: Call, error: KaigaError) -> Answer:
    return (
        make_expiry_refusal(call, error)
        if isinstance(error, LinkExpired)
        else make_refusal(call, error)
    )


async def _start(send: Send, call: Call, chosen: ChosenPart) -> None:
    shown = [*chosen.headers, (b"x-request-id", call.request_id.encode())]
    await send({"type": "http.response.start", "status": chosen.status, "headers": shown})
