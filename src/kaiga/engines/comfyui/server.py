"""A ComfyUI: a workflow for each job, watched on a socket of its own."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path

import msgspec

from kaiga.domain.errors import EngineUnfit
from kaiga.engines.comfyui.history import History
from kaiga.engines.comfyui.listening import listen, open_socket
from kaiga.engines.comfyui.refusals import explain_refusal
from kaiga.engines.comfyui.workflow import Nodes, Workflow
from kaiga.engines.remote.complaints import JobRefused
from kaiga.engines.remote.http_server import HttpServer
from kaiga.engines.remote.placing import place
from kaiga.ports.engine import (
    CancelLevel,
    Capabilities,
    EngineEvent,
    GenerationJob,
    JobMedia,
    MadeFile,
    ResultMade,
)

_CAPABILITIES = Capabilities(
    reports_steps=True, cancel=CancelLevel.STEP, previews=True, deterministic=True
)
_EXTENSIONS = {"image/jpeg": "jpg", "video/quicktime": "mov", "audio/mpeg": "mp3"}


class _Uploaded(msgspec.Struct, frozen=True):
    name: str
    subfolder: str = ""


class _Queued(msgspec.Struct, frozen=True):
    prompt_id: str


class ComfyuiServer:
    """Implements `RemoteServer` by the workflow of each model."""

    capabilities = _CAPABILITIES

    def __init__(self, http: HttpServer, workflows: Mapping[str, Workflow]) -> None:
        self._http = http
        self._history = History(http)
        self._workflows = workflows

    async def make(self, index: int, job: GenerationJob) -> AsyncGenerator[EngineEvent]:
        """See `RemoteServer`."""
        workflow = self._workflows[job.model]
        nodes = workflow.fill(job, await self._upload_all(job.media))
        client_id = secrets.token_hex(16)
        async with open_socket(self._http.url, self._http.headers, client_id) as socket:
            prompt_id = await place(self._queue(nodes, client_id), self._history.leave)
            has_ended = False
            try:
                async with aclosing(listen(socket, index, prompt_id)) as events:
                    async for event in events:
                        yield event
                stored = await self._history.wait_for_file(prompt_id, workflow.output)
                has_ended = True
                content = await self._http.ask("GET", "view", query=msgspec.to_builtins(stored))
                yield ResultMade(index=index, files=(MadeFile(content=content),))
            finally:
                if not has_ended:
                    await self._history.leave(prompt_id)
                await self._history.forget(prompt_id)

    async def look(self) -> None:
        """See `RemoteServer`."""
        await self._http.look("system_stats")

    async def close(self) -> None:
        """See `RemoteServer`."""
        await self._http.close()

    async def _queue(self, nodes: Nodes, client_id: str) -> str:
        order = {"prompt": nodes, "client_id": client_id}
        try:
            return (await self._http.ask_for(_Queued, "POST", "prompt", body=order)).prompt_id
        except JobRefused as refused:  # a node or a file that ComfyUI has not, most of the time
            raise EngineUnfit(explain_refusal(refused.answer)) from refused

    async def _upload_all(self, media: Sequence[JobMedia]) -> Mapping[str, Sequence[str]]:
        names: dict[str, list[str]] = {}
        for each in media:
            names.setdefault(each.role, []).append(await self._upload(each))
        return names

    async def _upload(self, media: JobMedia) -> str:
        """Put an input file where workflows read files; one that is there is not kept twice.

        ComfyUI has no way to remove it again.
        """
        content = await asyncio.to_thread(Path(media.path).read_bytes)
        digest = hashlib.sha256(content).hexdigest()[:32]
        kind = media.media_type
        name = f"kaiga-{digest}.{_EXTENSIONS.get(kind, kind.rpartition('/')[2])}"
        uploaded = await self._http.ask_for(
            _Uploaded,
            "POST",
            "upload/image",
            form=[("image", (name, content, kind)), ("overwrite", (None, "true"))],
        )
        return f"{uploaded.subfolder}/{uploaded.name}" if uploaded.subfolder else uploaded.name
