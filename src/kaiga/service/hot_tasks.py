"""Tasks answered from memory: a bounded cache in front of the store, never a truth of its own."""

from collections.abc import Callable, Sequence

import msgspec

from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import Task
from kaiga.ports.task_store import TaskStore
from kaiga.service.recent import Recent

_CAPACITY = 16_384
_LARGEST_ORDER_BYTES = 64 * 1024
"""A prompt is some kilobytes; with all entries of this size, memory is 1 GiB at most."""

_encode = msgspec.msgpack.Encoder().encode


class HotTasks:
    """Recent tasks as the store last showed them.

    A change told by the store drops its entry at once, and also keeps a read that was under way
    from being remembered: what comes back late may be what was there before the change.
    """

    def __init__(self, store: TaskStore) -> None:
        self._store = store
        self._tasks: Recent[TaskId, Task] = Recent(_CAPACITY)
        self._under_way: dict[TaskId, object] = {}
        self._is_told = True
        self._listeners: list[Callable[[TaskId], None]] = []
        self.find = self._tasks.find
        self.reads = 0
        """How often the store had to be asked."""
        store.on_change(self._forget)

    def expect(self, task_id: TaskId) -> object:
        """Begin to read or write a task; gives the token that `keep` asks for."""
        token = object()
        self._under_way[task_id] = token
        return token

    def keep(self, task: Task, token: object, *, is_small: bool = False) -> None:
        """Remember a task, unless it has changed since `expect` gave `token`, or is very large.

        `is_small` tells that its order is known to be none of the large ones, which spares
        measuring it.
        """
        if self._under_way.get(task.id) is token:
            del self._under_way[task.id]
            if not self._is_told:
                return
            if is_small or _is_small(task):
                self._tasks.put(task.id, task)

    def give_up(self, task_id: TaskId, token: object) -> None:
        """End what `expect` began, with nothing to remember."""
        if self._under_way.get(task_id) is token:
            del self._under_way[task_id]

    async def get(self, task_id: TaskId) -> Task | None:
        """Give a task from memory, or from the store where it is not there.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        return self.find(task_id) or await self.load(task_id)

    async def load(self, task_id: TaskId) -> Task | None:
        """Read a task from the store and remember it.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        self.reads += 1
        token = self.expect(task_id)
        task: Task | None = None
        try:
            task = await self._store.find(task_id)
        finally:
            if task is None:
                self.give_up(task_id, token)
        if task is not None:
            self.keep(task, token)
        return task

    def on_change(self, listener: Callable[[TaskId], None]) -> None:
        """Have `listener` called for each task that is no more what it was when it was kept.

        Whoever remembers something of a kept task then has only this to listen to.
        """
        self._listeners.append(listener)

    def trust(self, *, is_told: bool) -> None:
        """Forget everything; remember again only where changes by other nodes are told."""
        self._is_told = is_told
        self._forget(self._tasks.list_keys())
        self._under_way.clear()

    def _forget(self, task_ids: Sequence[TaskId]) -> None:
        for task_id in task_ids:
            self._tasks.forget(task_id)
            self._under_way.pop(task_id, None)
            for listener in self._listeners:
                listener(task_id)


def _is_small(task: Task) -> bool:
    return task.generation is None or len(_encode(task.generation)) <= _LARGEST_ORDER_BYTES
