"""Reads the body that a task came from, wherever it was recorded."""

from dataclasses import dataclass

from kaiga.domain.errors import ObjectMissing, TaskUnknown
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import StoredRequest
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.task_store import TaskStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRecorded:
    """A part of use cases that have found the task already."""

    store: TaskStore
    objects: ObjectStore

    async def __call__(self, task_id: TaskId) -> tuple[StoredRequest, bytes]:
        """Give the record and the JSON body; media that came inside it are named only.

        Raises:
            TaskUnknown: the task is being forgotten.
            StoreUnavailable, ObjectsUnavailable: a store did not answer.
        """
        request = await self.store.find_request(task_id)
        if request is None:
            raise TaskUnknown
        if request.body is not None:
            return request, request.body
        if request.object_key is None:
            raise TaskUnknown
        try:
            return request, await self.objects.read(request.object_key)
        except ObjectMissing:
            raise TaskUnknown from None
