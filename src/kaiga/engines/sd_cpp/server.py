"""A server of stable-diffusion.cpp, asked in its own API: jobs that are polled and can be stopped.

Its OpenAI-shaped paths have no seed but as a command inside the prompt, which a client's text
could hold as well; the native ones read the prompt as a prompt.

Source: github.com/leejet/stable-diffusion.cpp, examples/server/api.md.
"""

import asyncio
import base64
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from urllib.parse import quote

import msgspec

from kaiga.domain.errors import EngineCrashed
from kaiga.engines.remote.complaints import JobRefused, read_complaint
from kaiga.engines.remote.http_server import HttpServer, decode_base64
from kaiga.engines.remote.placing import place
from kaiga.engines.remote.polling import poll
from kaiga.engines.sd_cpp.options import SdCppModel
from kaiga.ports.engine import (
    CancelLevel,
    Capabilities,
    EngineEvent,
    GenerationJob,
    JobMedia,
    JsonValue,
    MadeFile,
    ResultMade,
)

_CAPABILITIES = Capabilities(cancel=CancelLevel.STEP, deterministic=True)
_API = "sdcpp/v1"


class _Image(msgspec.Struct, frozen=True):
    b64_json: str = ""


class _Made(msgspec.Struct, frozen=True):
    images: list[_Image] = []
    b64_json: str = ""


class _Job(msgspec.Struct, frozen=True):
    id: str
    status: str
    result: _Made | None = None
    error: JsonValue = None


class SdCppServer:
    """Implements `RemoteServer`; `clips` are those of the models whose results are clips."""

    capabilities = _CAPABILITIES

    def __init__(
        self, http: HttpServer, models: Mapping[str, SdCppModel], clips: frozenset[str]
    ) -> None:
        self._http = http
        self._models = models
        self._clips = clips

    async def make(self, index: int, job: GenerationJob) -> AsyncGenerator[EngineEvent]:
        """See `RemoteServer`; it tells of no steps."""
        kind = "vid_gen" if job.model in self._clips else "img_gen"
        order = await asyncio.to_thread(self._make_order, job)
        begun = await place(
            self._http.ask_for(_Job, "POST", f"{_API}/{kind}", body=order), self._leave
        )
        has_ended = False
        try:
            made = await self._wait_for(_path_of(begun))
            has_ended = True
            text = made.images[0].b64_json if made.images else made.b64_json
            content = await asyncio.to_thread(decode_base64, text)
            yield ResultMade(index=index, files=(MadeFile(content=content),))
        finally:
            if not has_ended:
                await self._leave(begun)

    async def look(self) -> None:
        """See `RemoteServer`."""
        await self._http.look(f"{_API}/capabilities")

    async def close(self) -> None:
        """See `RemoteServer`."""
        await self._http.close()

    async def _leave(self, job: _Job) -> None:
        await self._http.clean_up("POST", f"{_path_of(job)}/cancel")

    async def _wait_for(self, path: str) -> _Made:
        async def look() -> _Job:
            return await self._http.ask_for(_Job, "GET", path)

        async with aclosing(poll(look)) as seen:
            async for job in seen:
                if job.status == "completed" and job.result is not None:
                    return job.result
                if job.status not in {"queued", "generating"}:
                    said = read_complaint(msgspec.json.encode({"error": job.error}))
                    raise EngineCrashed from RuntimeError(f"its job ended as {job.status}: {said}")
        raise EngineCrashed

    def _make_order(self, job: GenerationJob) -> Mapping[str, JsonValue]:
        model = self._models[job.model]
        shared: dict[str, JsonValue] = {
            "prompt": job.prompt,
            "negative_prompt": job.negative_prompt,
            "seed": job.seed,
        }
        if job.width_pixels and job.height_pixels:
            shared |= {"width": job.width_pixels, "height": job.height_pixels}
        own = (
            _clip_members(job, model) if job.model in self._clips else _picture_members(job, model)
        )
        return {**shared, **own, **model.extra}


def _path_of(job: _Job) -> str:
    return f"{_API}/jobs/{quote(job.id, safe='')}"


def _picture_members(job: GenerationJob, model: SdCppModel) -> Mapping[str, JsonValue]:
    """Leave out what the server would write into the file: its settings and the client's words."""
    pictures = [each for each in job.media if each.role != "mask"]
    members: dict[str, JsonValue] = {
        "batch_count": 1,
        "output_format": "png",
        "embed_image_metadata": False,
    }
    if model.images == "ref_images" and pictures:
        members["ref_images"] = [_encode(each) for each in pictures]
    elif model.images == "init_image":
        members |= _file_member(pictures, "init_image")
    return members | _file_member(job.media_of("mask"), "mask_image")


def _clip_members(job: GenerationJob, model: SdCppModel) -> Mapping[str, JsonValue]:
    """Ask for the container that every build of the server can write."""
    members: dict[str, JsonValue] = {"output_format": "avi"}
    rate = model.frames_per_second or job.frames_per_second
    if rate:
        members["fps"] = round(rate)
    if rate and job.duration_seconds:
        members["video_frames"] = round(rate * job.duration_seconds) + 1
    last = job.media_of("last_frame")
    first = [each for each in job.media if each not in last]
    return members | _file_member(first, "init_image") | _file_member(last, "end_image")


def _file_member(files: Sequence[JobMedia], name: str) -> dict[str, JsonValue]:
    """Make a member of the only file.

    Raises:
        JobRefused: there are more, or it is no picture.
    """
    if not files:
        return {}
    if len(files) > 1 or not files[0].media_type.startswith("image/"):
        raise JobRefused("InvalidParameter", "This model takes one picture here for each purpose.")
    return {name: _encode(files[0])}


def _encode(media: JobMedia) -> str:
    return base64.b64encode(Path(media.path).read_bytes()).decode("ascii")
