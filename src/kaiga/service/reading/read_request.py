"""Gives back the request that a task came from: as it was recorded, or ready to be sent again."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from kaiga.domain.errors import ObjectMissing, TaskUnknown
from kaiga.domain.keys import Caller
from kaiga.domain.tasks import StoredInput, StoredRequest, Task
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.task_store import TaskStore
from kaiga.service.reading.inspect_task import InspectTask
from kaiga.service.reading.read_recorded import ReadRecorded
from kaiga.service.submitting.store_inline_media import OF_NO_KNOWN_TYPE, name_object

_Members = dict[str, msgspec.Raw]
_decode_members: Callable[[bytes | msgspec.Raw], _Members] = msgspec.json.Decoder(_Members).decode
_encode = msgspec.json.Encoder().encode
_NO_CHANGES: Mapping[str, msgspec.Raw] = {}


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
        _, _, body = await self._find(caller, task_id)
        return body

    async def restore(
        self,
        caller: Caller,
        task_id: str,
        *,
        with_new_seed: bool,
        changes: Mapping[str, msgspec.Raw] = _NO_CHANGES,
    ) -> tuple[Task, bytes]:
        """Give a task and a body that orders the same again, with its media inside it.

        The seed is the one that was drawn for the task, or left out so that another is drawn.
        `changes` are members to set: in `input` where the request has them there, else in
        `parameters`.

        Raises:
            TaskUnknown, StoreUnavailable, ObjectsUnavailable: see above.
        """
        task, request, body = await self._find(caller, task_id)
        for each in request.inputs:
            body = body.replace(name_object(each.object_key), await self._read_medium(each))
        seed = task.generation.seed if task.generation else None
        body = _set_seed(body, None if with_new_seed else seed, keep=seed is None)
        return task, _set_members(body, changes) if changes else body

    async def _find(self, caller: Caller, task_id: str) -> tuple[Task, StoredRequest, bytes]:
        task = await self.inspect_task(caller, task_id)
        read = ReadRecorded(store=self.store, objects=self.objects)
        return task, *await read(task.id)

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
    parameters = _read_object(order.get("parameters"))
    parameters.pop("seed", None)
    if seed is not None:
        parameters["seed"] = msgspec.Raw(_encode(seed))
    order["parameters"] = msgspec.Raw(_encode(parameters))
    return _encode(order)


def _set_members(body: bytes, changes: Mapping[str, msgspec.Raw]) -> bytes:
    order = _decode_members(body)
    inputs, parameters = _read_object(order.get("input")), _read_object(order.get("parameters"))
    for name, value in changes.items():
        (inputs if name in inputs else parameters)[name] = value
    if inputs:
        order["input"] = msgspec.Raw(_encode(inputs))
    order["parameters"] = msgspec.Raw(_encode(parameters))
    return _encode(order)


def _read_object(value: msgspec.Raw | None) -> _Members:
    """Read the members of an object; what is none has none."""
    is_object = value is not None and bytes(memoryview(value)[:1]) == b"{"
    return _decode_members(value) if value is not None and is_object else {}
