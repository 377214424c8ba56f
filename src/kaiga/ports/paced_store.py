"""The task store as an emulator needs it: it says itself which tasks begin, and when they did."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from kaiga.domain.ids import ObjectKey, TaskId
from kaiga.domain.tasks import Claim, Lease, StoredResult
from kaiga.ports.task_store import TaskStore


class PacedStore(TaskStore, Protocol):
    """As `TaskStore`, and as atomic and durable."""

    async def claim_these(
        self, scheduled_at: Mapping[TaskId, datetime], lease: Lease, engine: str
    ) -> Sequence[Claim]:
        """Give those of some tasks that wait to the lease's worker, each with its `scheduled_at`.

        Otherwise as `claim`, but for the order and the limits, which the caller decides.

        Raises:
            StoreUnavailable: nothing was claimed.
        """
        ...

    async def list_pending(self) -> Sequence[TaskId]:
        """Give every task that waits, of any account, in no order.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        ...

    async def replace_result(
        self, task_id: TaskId, postponed: ObjectKey, drawn: StoredResult
    ) -> bool:
        """Put `drawn` in the place of the result that lies at `postponed`; False if there is none.

        No listener is told: whoever remembers the task has what it was before.

        Raises:
            StoreUnavailable: nothing was changed.
        """
        ...
