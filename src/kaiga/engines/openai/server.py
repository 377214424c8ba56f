"""A server of the OpenAI shape: pictures in one call, clips as jobs that are polled.

Kaiga asks for each picture in a call of its own: these servers take one seed, and each picture of
a task has its own.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from urllib.parse import quote

import msgspec

from kaiga.domain.errors import EngineCrashed
from kaiga.engines.openai.options import OpenaiModel, OpenaiOptions
from kaiga.engines.openai.orders import (
    MASK,
    find_reference,
    list_pictures,
    make_clip_order,
    make_form,
    make_picture_order,
    read_part,
    rename,
)
from kaiga.engines.remote.complaints import JobRefused, is_about_content, read_complaint
from kaiga.engines.remote.http_server import FormPart, HttpServer, decode_base64
from kaiga.engines.remote.placing import place
from kaiga.engines.remote.polling import poll
from kaiga.ports.engine import (
    CancelLevel,
    Capabilities,
    EngineEvent,
    GenerationJob,
    JobMedia,
    JsonValue,
    MadeFile,
    ResultMade,
    StepDone,
)

_CAPABILITIES = Capabilities(
    largest_batch=1, reports_steps=True, cancel=CancelLevel.STEP, deterministic=True
)
_REFUSED_OUTPUT = "Output data may contain inappropriate content."
_WHOLE = 100
"""The progress of a clip is told in hundredths."""


class _Picture(msgspec.Struct, frozen=True):
    b64_json: str | None = None
    url: str | None = None


class _Pictures(msgspec.Struct, frozen=True):
    data: list[_Picture]


class _Clip(msgspec.Struct, frozen=True):
    id: str
    status: str
    progress: float | None = None
    error: JsonValue = None


class OpenaiServer:
    """Implements `RemoteServer`; `clips` are those of the models whose results are clips."""

    capabilities = _CAPABILITIES

    def __init__(
        self,
        http: HttpServer,
        options: OpenaiOptions,
        models: Mapping[str, OpenaiModel],
        clips: frozenset[str],
    ) -> None:
        self._http = http
        self._options = options
        self._models = models
        self._clips = clips

    async def make(self, index: int, job: GenerationJob) -> AsyncGenerator[EngineEvent]:
        """See `RemoteServer`."""
        if job.model not in self._clips:
            content = await self._make_picture(job)
            yield ResultMade(index=index, files=(MadeFile(content=content),))
            return
        async with aclosing(self._make_clip(index, job)) as events:
            async for event in events:
                yield event

    async def look(self) -> None:
        """See `RemoteServer`."""
        await self._http.look(self._options.health)

    async def close(self) -> None:
        """See `RemoteServer`."""
        await self._http.close()

    async def _make_picture(self, job: GenerationJob) -> bytes:
        order = rename(make_picture_order(job, self._models[job.model]), self._options.rename)
        files = await self._read_files(self._name_pictures(job))
        if files:
            made = await self._http.ask_for(
                _Pictures, "POST", "images/edits", form=make_form(order, files)
            )
        else:
            made = await self._http.ask_for(_Pictures, "POST", "images/generations", body=order)
        for picture in made.data:
            if picture.b64_json:
                return await asyncio.to_thread(decode_base64, picture.b64_json)
            if picture.url:
                return await self._http.fetch(picture.url)
        raise EngineCrashed from ValueError("it answered without a picture")

    def _name_pictures(self, job: GenerationJob) -> Sequence[tuple[str, JobMedia]]:
        """Name the files of an edit: OpenAI has `image` for one, and `image[]` for several."""
        pictures = list_pictures(job)
        name = "image" if len(pictures) == 1 else "image[]"
        return [(name, each) for each in pictures] + [(MASK, each) for each in job.media_of(MASK)]

    async def _make_clip(self, index: int, job: GenerationJob) -> AsyncGenerator[EngineEvent]:
        clip = await place(self._order_clip(job), self._remove)
        path = _path_of(clip)
        try:
            if clip.status != "completed":
                async with aclosing(self._wait_for(path)) as seen:
                    async for state in seen:
                        if state.progress is not None:
                            yield _step(index, state.progress)
            content = await self._http.fetch(f"{path}/content")
            yield ResultMade(index=index, files=(MadeFile(content=content),))
        finally:  # also what was made: nothing is left at the server
            await self._remove(clip)

    async def _remove(self, clip: _Clip) -> None:
        await self._http.clean_up("DELETE", _path_of(clip))

    async def _order_clip(self, job: GenerationJob) -> _Clip:
        order = rename(make_clip_order(job, self._models[job.model]), self._options.rename)
        reference = find_reference(job)
        if reference is None and self._options.clip_body == "json":
            return await self._http.ask_for(_Clip, "POST", "videos", body=order)
        files = await self._read_files([("input_reference", reference)] if reference else [])
        return await self._http.ask_for(_Clip, "POST", "videos", form=make_form(order, files))

    async def _wait_for(self, path: str) -> AsyncGenerator[_Clip]:
        """Give what a clip's job tells until it is done.

        Raises:
            EngineCrashed: it has failed, or is not there any more.
            JobRefused: its content was refused.
        """

        async def look() -> _Clip:
            return await self._http.ask_for(_Clip, "GET", path)

        async with aclosing(poll(look)) as seen:
            async for clip in seen:
                match clip.status:
                    case "completed":
                        return
                    case "queued" | "in_progress":
                        yield clip
                    case _:
                        raise _explain(clip)

    async def _read_files(self, named: Sequence[tuple[str, JobMedia]]) -> Sequence[FormPart]:
        names = [(self._options.rename.get(name, name), media) for name, media in named]
        return [await asyncio.to_thread(read_part, name, media) for name, media in names if name]


def _path_of(clip: _Clip) -> str:
    return f"videos/{quote(clip.id, safe='')}"


def _step(index: int, progress: float) -> StepDone:
    return StepDone(index=index, step=max(0, min(_WHOLE, round(progress))), steps=_WHOLE)


def _explain(clip: _Clip) -> Exception:
    told = {"error": clip.error}
    if is_about_content(told):
        return JobRefused("DataInspectionFailed", _REFUSED_OUTPUT)
    said = read_complaint(msgspec.json.encode(told))
    error = EngineCrashed()
    error.__cause__ = RuntimeError(f"its job ended as {clip.status}: {said}")
    return error
