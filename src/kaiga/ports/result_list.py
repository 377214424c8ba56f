"""What an account has to look at: tasks whose results are still there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from kaiga.domain.ids import AccountId, TaskId
from kaiga.domain.tasks import Task

ResultKind = Literal["image", "video"]


class ResultFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Whose results are shown: all conditions hold, None asks nothing.

    Only tasks submitted earlier than the task `before` are, whether that one is still there or not.
    """

    account: AccountId
    region: str
    now: datetime
    before: TaskId | None = None
    model: str | None = None
    kind: ResultKind | None = None


class ResultList(Protocol):
    """Reads what has been made; both methods raise `StoreUnavailable`."""

    async def list_with_results(self, wanted: ResultFilter, limit: int) -> Sequence[Task]:
        """Give up to `limit` tasks with at least one file of that kind, newest first.

        One that has expired at `wanted.now` has none.
        """
        ...

    async def list_models(self, wanted: ResultFilter) -> Sequence[str]:
        """Give the models, as clients wrote them, of the newest 5,000 tasks with results.

        Model, kind and `before` of the filter do not count here.
        """
        ...
