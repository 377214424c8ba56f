"""What ComfyUI keeps of a workflow that it has run, and what waits there.

Source: docs.comfy.org, Routes; ComfyUI's server.py and execution.py.
"""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import cast
from urllib.parse import quote

import msgspec

from kaiga.domain.errors import EngineCrashed
from kaiga.engines.remote.http_server import HttpServer
from kaiga.engines.remote.polling import poll
from kaiga.ports.engine import JsonValue

_LATE_LOOKS = 2
"""A workflow that has just ended is for a moment neither in the queue nor in the history."""


class StoredFile(msgspec.Struct, frozen=True):
    """A file at ComfyUI, as it names it."""

    filename: str
    subfolder: str = ""
    type: str = "output"


class _Status(msgspec.Struct, frozen=True):
    status_str: str = ""


class _Entry(msgspec.Struct, frozen=True):
    outputs: dict[str, JsonValue] = {}
    status: _Status = _Status()


class _Queue(msgspec.Struct, frozen=True):
    queue_running: list[list[JsonValue]] = []
    queue_pending: list[list[JsonValue]] = []


class History:
    """The queue and the history of one ComfyUI."""

    def __init__(self, http: HttpServer) -> None:
        self._http = http

    async def wait_for_file(self, prompt_id: str, output: str) -> StoredFile:
        """Give the file of a workflow's node, or the first that it has saved, once it has ended.

        Raises:
            EngineCrashed: it failed, left no file, or is not there any more.
        """
        entry = await self._find_entry(prompt_id) or await self._wait_for_entry(prompt_id)
        if entry.status.status_str == "error":
            raise EngineCrashed from RuntimeError("the workflow failed")
        outputs = {output: entry.outputs.get(output)} if output else entry.outputs
        files = [file for node in outputs.values() for file in _list_files(node)]
        saved = [file for file in files if file.type == "output"]
        if not saved and not files:
            raise EngineCrashed from ValueError("the workflow has ended and saved no file")
        return (saved or files)[0]

    async def leave(self, prompt_id: str) -> None:
        """Take a workflow out of the queue, or stop it where it runs.

        Older versions stop whatever runs, so that is looked at first.
        """
        queue = await self._http.find(_Queue, "queue")
        if queue is None or prompt_id in _ids(queue.queue_running):
            await self._http.clean_up("POST", "interrupt", {"prompt_id": prompt_id})
        elif prompt_id in _ids(queue.queue_pending):
            await self._http.clean_up("POST", "queue", {"delete": [prompt_id]})

    async def forget(self, prompt_id: str) -> None:
        """Have the history forget a workflow, and the client's words with it."""
        await self._http.clean_up("POST", "history", {"delete": [prompt_id]})

    async def _wait_for_entry(self, prompt_id: str) -> _Entry:
        missing = 0

        async def look() -> _Entry | None:
            nonlocal missing
            entry = await self._find_entry(prompt_id)
            if entry is None:
                queue = await self._http.ask_for(_Queue, "GET", "queue")
                waits = prompt_id in _ids([*queue.queue_running, *queue.queue_pending])
                missing = 0 if waits else missing + 1
            return entry

        async with aclosing(poll(look)) as seen:
            async for entry in seen:
                if entry is not None:
                    return entry
                if missing > _LATE_LOOKS:
                    break
        raise EngineCrashed from RuntimeError("ComfyUI knows no such workflow any more")

    async def _find_entry(self, prompt_id: str) -> _Entry | None:
        path = f"history/{quote(prompt_id, safe='')}"
        return (await self._http.ask_for(dict[str, _Entry], "GET", path)).get(prompt_id)


def _ids(items: Sequence[Sequence[JsonValue]]) -> Sequence[JsonValue]:
    """Give the ids of items of the queue: number, id, workflow, and so on."""
    return [item[1] for item in items if len(item) > 1]


def _list_files(node: JsonValue) -> Sequence[StoredFile]:
    """Give the files of a node's output, under whatever name: `images`, `gifs`, `video`."""
    if not isinstance(node, dict):
        return ()
    lists = cast("Mapping[str, JsonValue]", node).values()
    items = [
        item for each in lists if isinstance(each, list) for item in cast("list[object]", each)
    ]
    return [
        msgspec.convert(item, StoredFile)
        for item in items
        if isinstance(item, dict) and "filename" in item
    ]
