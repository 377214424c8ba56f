"""Which calls to another server were made for tasks of ours, so that none is made twice."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from kaiga.domain.ids import TaskId


class UpstreamCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call of an engine for a task.

    `model` is the name at the other server. `upstream_id` is the other server's id of the task,
    and empty for as long as it is not known whether the call was taken.
    """

    task_id: TaskId
    engine: str
    attempt: int
    model: str
    intended_at: datetime
    upstream_id: str = ""

    @property
    def is_open(self) -> bool:
        """Tell whether it is not known what came of the call."""
        return not self.upstream_id


class UpstreamCalls(Protocol):
    """The calls of every engine; a task has at most one of each, and they are forgotten with it.

    Every method may raise `StoreUnavailable`; then nothing was changed.
    """

    async def find_call(self, task_id: TaskId, engine: str) -> UpstreamCall | None:
        """Give the call of an engine for a task."""
        ...

    async def intend(self, call: UpstreamCall) -> None:
        """Take note that a call is about to be sent; on return that is durable."""
        ...

    async def note_taken(self, call: UpstreamCall, upstream_id: str) -> None:
        """Take note of the id that the other server gave."""
        ...

    async def withdraw(self, call: UpstreamCall) -> None:
        """Forget a call that has certainly not been taken."""
        ...

    async def list_open(self, engine: str, model: str) -> Sequence[UpstreamCall]:
        """Give the calls of which it is not known whether they were taken."""
        ...

    async def find_named(self, engine: str, upstream_ids: Collection[str]) -> frozenset[str]:
        """Give those of `upstream_ids` that belong to some task of ours."""
        ...
