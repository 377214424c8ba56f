"""What failed of late."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from kaiga.domain.ids import AccountId, TaskId


class FailedTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task that failed, without what it was about."""

    task_id: TaskId
    account: AccountId
    model: str
    code: str
    ended_at: datetime | None


class RecentFailures(Protocol):
    """Looks at the newest tasks alone, so that asking costs the same however many there are."""

    async def find_among(self, newest: int) -> Sequence[FailedTask]:
        """Give those of the `newest` tasks that failed, the newest first.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        ...
