"""Records a new task: what is too large for a row becomes an object, the rest is one write."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec

from kaiga.domain.tasks import NewTask, Task, request_object_key
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.task_store import TaskStore
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.submitting.store_inline_media import StoreInlineMedia

_LARGEST_REQUEST_IN_A_ROW_BYTES = 32 * 1024
"""However it is written, such a request orders nothing that is too large to be remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTask:
    """The last step of a submission; a task is remembered only once it is durable."""

    store: TaskStore
    hot: HotTasks
    objects: ObjectStore
    inline_media: StoreInlineMedia

    async def __call__(self, new: NewTask) -> Task:
        """Record the task; on return it is durable.

        Raises:
            QueueFull, SubmittedBefore: see `TaskStore.add`.
            StoreUnavailable, ObjectsUnavailable: nothing was recorded.
        """
        if _needs_objects(new):
            new = await self._move_to_objects(new)
        token = self.hot.expect(new.task.id)
        try:
            await self.store.add(new)
        except BaseException:
            self.hot.give_up(new.task.id, token)
            raise
        return self._remember(new, token)

    def begin(
        self, new: NewTask, on_done: Callable[[Task | Exception], None]
    ) -> Awaitable[Task] | None:
        """Record the task with nobody awaiting it, where only the store is to be waited for.

        None says so: then `on_done` is called once, later than this returns, with the task when
        it is durable, or with what a call would have raised. Everything else is given back to be
        awaited, and `on_done` is never called.
        """
        if _needs_objects(new):
            return self(new)
        token = self.hot.expect(new.task.id)

        def conclude(error: Exception | None) -> None:
            if error is None:
                on_done(self._remember(new, token))
            else:
                self.hot.give_up(new.task.id, token)
                on_done(error)

        self.store.begin_add(new, conclude)
        return None

    def _remember(self, new: NewTask, token: object) -> Task:
        self.hot.keep(new.task, token, is_small=new.request is not None)
        return new.task

    async def _move_to_objects(self, new: NewTask) -> NewTask:
        """Make objects of the media in a request, and of the request itself where it is large."""
        task, request = new.task, new.request
        if request is None:
            return new
        if task.generation is not None and task.generation.media:
            stored = await self.inline_media(task.account, task.id, task.generation, request)
            request = stored.request
            task = msgspec.structs.replace(task, generation=stored.generation)
            new = msgspec.structs.replace(new, task=task, request=request, inputs=stored.inputs)
        if _is_large(request):
            key = request_object_key(task.account, task.id)
            await self.objects.put(key, request)
            new = msgspec.structs.replace(new, request=None, request_object=key)
        return new


def _needs_objects(new: NewTask) -> bool:
    generation = new.task.generation
    has_media = generation is not None and bool(generation.media)
    return has_media or (new.request is not None and _is_large(new.request))


def _is_large(request: bytes) -> bool:
    return len(request) > _LARGEST_REQUEST_IN_A_ROW_BYTES
