"""Lists what an account has made and still has, for looking through it."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from kaiga.domain.ids import TaskId
from kaiga.domain.keys import Caller
from kaiga.domain.tasks import Task
from kaiga.ports.clock import Calendar
from kaiga.ports.result_list import ResultFilter, ResultKind, ResultList


class ResultsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some tasks with results, newest first, and after which one to go on; None at the end.

    `models` are all that may be asked for; None where that was told with the first page.
    """

    tasks: Sequence[Task]
    next_before: TaskId | None
    models: Sequence[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListResults:
    """The use case."""

    results: ResultList
    calendar: Calendar

    async def __call__(
        self,
        caller: Caller,
        *,
        limit: int,
        before: TaskId | None = None,
        model: str | None = None,
        kind: ResultKind | None = None,
    ) -> ResultsPage:
        """Give up to `limit` tasks that were submitted earlier than `before`.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        account = caller.principal.account
        wanted = ResultFilter(
            account=account,
            region=caller.region,
            now=self.calendar.now(account),
            before=before,
            model=model,
            kind=kind,
        )
        found = await self.results.list_with_results(wanted, limit + 1)
        has_more = len(found) > limit
        return ResultsPage(
            tasks=found[:limit],
            next_before=found[limit - 1].id if has_more else None,
            models=None if before else await self.results.list_models(wanted),
        )
