"""Lists an account's tasks of at most a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kaiga.domain.errors import ListQueryInvalid
from kaiga.domain.instants import FIRST_INSTANT, LAST_INSTANT
from kaiga.domain.keys import Caller
from kaiga.domain.tasks import TaskStatus
from kaiga.ports.clock import Calendar
from kaiga.ports.task_store import TaskFilter, TaskPage, TaskStore

LONGEST_SPAN = timedelta(hours=24)
"""Source: contract/core.md, 3.1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """What a caller asked to see; None asks nothing. `page` counts from 1."""

    task_id: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    model: str | None = None
    status: TaskStatus | None = None
    key_id: str | None = None
    page: int = 1
    page_size: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTasks:
    """The use case."""

    store: TaskStore
    calendar: Calendar

    async def __call__(self, caller: Caller, query: ListQuery) -> TaskPage:
        """Give one page, newest first.

        Raises:
            ListQueryInvalid: the span is over 24 hours, or ends before it starts.
            StoreUnavailable: the store did not answer.
        """
        now = self.calendar.now(caller.principal.account)
        start, end = _decide_span(query.start, query.end, now)
        if query.status is TaskStatus.UNKNOWN:
            return TaskPage(tasks=(), total=0)
        wanted = TaskFilter(
            account=caller.principal.account,
            region=caller.region,
            submitted_from=start,
            submitted_before=end,
            now=now,
            task_id=query.task_id,
            model=query.model,
            status=query.status,
            key_id=query.key_id,
        )
        return await self.store.list_page(wanted, query.page, query.page_size)


def _decide_span(
    start: datetime | None, end: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """Fill in what is missing of a span (contract/core.md, 3.1: the 24 hours before or after)."""
    just_after_now = now + timedelta(milliseconds=1)
    if start is None and end is None:
        return just_after_now - LONGEST_SPAN, just_after_now
    if start is None and end is not None:
        return _shift(end, -LONGEST_SPAN), end
    if end is None and start is not None:
        return start, _shift(start, LONGEST_SPAN)
    if start is None or end is None:
        raise AssertionError("both ends are known here")
    if end < start:
        raise ListQueryInvalid("end_time must not be before start_time.")
    if end - start > LONGEST_SPAN:
        raise ListQueryInvalid("The span from start_time to end_time must be at most 24 hours.")
    return start, end


def _shift(at: datetime, by: timedelta) -> datetime:
    """Move an instant, at most to the first or last that there is."""
    try:
        return at + by
    except OverflowError:
        return FIRST_INSTANT if by < timedelta(0) else LAST_INSTANT
