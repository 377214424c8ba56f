"""The files of a video: its clip, whole or in part, and a small picture of it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from kaiga.domain.errors import (
    ObjectMissing,
    ParameterRefused,
    ResultGone,
    ThumbnailUnknown,
    TryLater,
    VideoNotReady,
)
from kaiga.domain.tasks import StoredResult, Task, TaskStatus
from kaiga.http.asgi import Answer, AnswerCut, Call, Header, StreamedAnswer
from kaiga.http.dashscope.queries import read_query
from kaiga.http.files.parts import choose_part
from kaiga.http.openai.ordering import name_task
from kaiga.http.openai.video_shapes import name_state
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.thumbnail_maker import THUMBNAIL_TYPE
from kaiga.service.links.drawn_results import HaveDrawn
from kaiga.service.reading.find_result import FoundResult
from kaiga.service.reading.show_thumbnail import ShowThumbnail

_VARIANTS = ("video", "thumbnail")
_CHUNK_BYTES = 1024 * 1024
_SLOWEST_READER_SECONDS = 600.0
"""As long as programs pause that take a clip bit by bit; nothing but one chunk is held for them."""
_PRIVATE: Header = (b"cache-control", b"private, no-cache")


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFiles:
    """Sends files to the owners of their tasks; who it is was asked before."""

    have_drawn: HaveDrawn
    objects: ObjectStore
    show_thumbnail: ShowThumbnail

    async def send(self, call: Call, task: Task) -> Answer | StreamedAnswer:
        """Send the variant that a call asks for.

        Raises:
            ParameterRefused: there is no such variant.
            VideoNotReady: the task has not SUCCEEDED.
            ResultGone, ThumbnailUnknown: the file is no longer kept, or can't be shown so.
            TryLater: a store did not answer.
        """
        variant = read_query(call).get("variant", _VARIANTS[0])
        if variant not in _VARIANTS:
            raise ParameterRefused(
                "variant", f"variant must be {' or '.join(_VARIANTS)} here. Got '{variant}'."
            )
        found = _find_clip(task)
        if variant == _VARIANTS[0]:
            return await self._send_clip(call, task, await self.have_drawn(task, found.result))
        headers = (
            (b"content-type", THUMBNAIL_TYPE.encode()),
            (b"x-content-type-options", b"nosniff"),
            _PRIVATE,
            name_task(task),
        )
        return Answer(headers=headers, body=await self.show_thumbnail(found))

    async def _send_clip(self, call: Call, task: Task, result: StoredResult) -> StreamedAnswer:
        chosen = choose_part(call, result)
        start, length = (chosen.span.start, chosen.span.length) if chosen.span else (0, 0)
        first = await self._read_first(result, start, min(_CHUNK_BYTES, length))
        return StreamedAnswer(
            status=chosen.status,
            headers=(*chosen.headers, _PRIVATE, name_task(task)),
            parts=self._read_on(result, first, start, length),
            part_seconds=_SLOWEST_READER_SECONDS,
        )

    async def _read_first(self, result: StoredResult, start: int, length: int) -> bytes:
        """Read a chunk before anything is sent, so that a file that is gone is told as an error."""
        if not length:
            return b""
        try:
            return await self.objects.read_range(result.object_key, start, length)
        except ObjectMissing:
            raise ResultGone from None

    async def _read_on(
        self, result: StoredResult, chunk: bytes, start: int, length: int
    ) -> AsyncGenerator[bytes]:
        sent = 0
        while sent < length:
            if not chunk:
                raise AnswerCut
            yield chunk
            sent += len(chunk)
            if sent < length:
                chunk = await self._read_more(result, start + sent, length - sent)

    async def _read_more(self, result: StoredResult, start: int, left: int) -> bytes:
        """Read on; with the head sent, all that trouble can do is cut the answer short."""
        try:
            return await self.objects.read_range(result.object_key, start, min(_CHUNK_BYTES, left))
        except (ObjectMissing, TryLater) as error:
            raise AnswerCut from error


def _find_clip(task: Task) -> FoundResult:
    if task.status is not TaskStatus.SUCCEEDED:
        state = name_state(task)
        told = (
            "It ended without one, and GET /v1/videos/{id} tells why."
            if task.status.is_final
            else "GET /v1/videos/{id} tells when it is completed."
        )
        raise VideoNotReady(f"The video has no file: its status is {state}. {told}")
    for position, result in enumerate(task.results):
        if isinstance(result, StoredResult) and not result.part:
            return FoundResult(task=task, position=position, result=result)
    raise ThumbnailUnknown
