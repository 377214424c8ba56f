"""Gives back the request that a task came from: as it was recorded, or ready to be sent again."""

import base64
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from kaiga.domain.errors import ObjectMissing, TaskUnknown
from kaiga.domain.keys import Caller
from kaiga.domain.tasks import StoredInput, StoredRequest, Task
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.task_store import TaskStore
from kaiga.service.inspect_task import InspectTask
from kaiga.service.store_inline_media import OF_NO_KNOWN_TYPE, name_object

_Members = dict[str, msgspec.Raw]
_decode_members: Callable[[bytes | msgspec.Raw], _Members] = msgspec.json.Decoder(_Members).decode
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """The use case."""

    inspect_task: InspectTask
    store: TaskStore
    objects: ObjectStore

    async def __call__(self, caller: Caller, task_id: str) -> bytes:
        """Give the JSON body as it was recorded: media that came inside it are named only.

        Raises:
            TaskUnknown: it is not there for this caller, or is being forgotten.
            StoreUnavailable, ObjectsUnavailable: a store did not answer.
        """
        _, request = await self._find(caller, task_id)
        return await self._read_body(request)

    async def restore(
        self, caller: Caller, task_id: str, *, with_new_seed: bool
    ) -> tuple[Task, bytes]:
        """Give a task and a body that orders the same again, with its media inside it.

        The seed is the one that was drawn for the task, or left out so that another is drawn.

        Raises:
            TaskUnknown, StoreUnavailable, ObjectsUnavailable: see above.
        """
        task, request = await self._find(caller, task_id)
        body = await self._read_body(request)
        for each in request.inputs:
            body = body.replace(name_object(each.object_key), await self._read_medium(each))
        seed = task.generation.seed if task.generation else None
        return task, _set_seed(body, None if with_new_seed else seed, keep=seed is None)

    async def _find(self, caller: Caller, task_id: str) -> tuple[Task, StoredRequest]:
        task = await self.inspect_task(caller, task_id)
        request = await self.store.find_request(task.id)
        if request is None:
            raise TaskUnknown
        return task, request

    async def _read_body(self, request: StoredRequest) -> bytes:
        if request.body is not None:
            return request.body
        if request.object_key is None:
            raise TaskUnknown
        try:
            return await self.objects.read(request.object_key)
        except ObjectMissing:
            raise TaskUnknown from None

    async def _read_medium(self, stored: StoredInput) -> bytes:
        """Write a medium as the string that it came as."""
        try:
            content = await self.objects.read(stored.object_key)
        except ObjectMissing:
            raise TaskUnknown from None
        is_bare = stored.media_type == OF_NO_KNOWN_TYPE
        prefix = "" if is_bare else f"data:{stored.media_type};base64,"
        return b'"%b%b"' % (prefix.encode(), base64.b64encode(content))


def _set_seed(body: bytes, seed: int | None, *, keep: bool) -> bytes:
    """Write the seed into `parameters`, or take it out; with `keep`, everything stays."""
    if keep:
        return body
    order = _decode_members(body)
    parameters = order.get("parameters")
    is_object = parameters is not None and bytes(memoryview(parameters)[:1]) == b"{"
    members = _decode_members(parameters) if parameters is not None and is_object else {}
    members.pop("seed", None)
    if seed is not None:
        members["seed"] = msgspec.Raw(_encode(seed))
    order["parameters"] = msgspec.Raw(_encode(members))
    return _encode(order)
