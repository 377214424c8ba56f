"""`GET /tasks`: the tasks of at most a day, flat as the contract has it."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from math import ceil

import msgspec

from kaiga.domain.errors import ListQueryInvalid, MethodRefused
from kaiga.domain.instants import milliseconds_since_epoch
from kaiga.domain.tasks import Task, TaskStatus
from kaiga.http.asgi import JSON_UTF8, NO_STORE, Answer, Call
from kaiga.http.callers import Callers
from kaiga.http.dashscope.queries import read_number, read_query
from kaiga.http.dashscope.times import find_time, show_time
from kaiga.service.reading.list_tasks import ListQuery, ListTasks

_LARGEST_PAGE = 100

_encode = msgspec.json.Encoder().encode


class ListRoute:
    """Answers lists of tasks."""

    def __init__(self, *, list_tasks: ListTasks, callers: Callers, zone: tzinfo) -> None:
        self._list_tasks = list_tasks
        self._callers = callers
        self._zone = zone

    async def __call__(self, call: Call) -> Answer:
        """Give one page, newest first; both as `data` and, with times as text, as `tasks`.

        Raises:
            ListQueryInvalid: a number or state that can't be, or a span over 24 hours.
            KeyMissing, KeyInvalid: the caller is not known.
            StoreUnavailable: the store did not answer.
        """
        if call.method not in {"GET", "HEAD"}:
            raise MethodRefused(call.method)
        caller = await self._callers.identify(call)
        asked = read_query(call)
        region = asked.get("region")
        query = self._make_query(asked)
        page = await self._list_tasks(caller, query)
        is_elsewhere = region is not None and region != caller.region
        tasks, total = ((), 0) if is_elsewhere else (page.tasks, page.total)
        body = _encode(
            {
                "request_id": call.request_id,
                "data": [_make_row(task, caller.region) for task in tasks],
                "tasks": [self._make_text_row(task, caller.region) for task in tasks],
                "total": total,
                "total_page": ceil(total / query.page_size),
                "page_no": query.page,
                "page_size": query.page_size,
            }
        )
        return Answer(body=body, headers=(JSON_UTF8, NO_STORE))

    def _make_query(self, asked: Mapping[str, str]) -> ListQuery:
        return ListQuery(
            task_id=asked.get("task_id"),
            start=find_time(asked.get("start_time", ""), self._zone),
            end=find_time(asked.get("end_time", ""), self._zone),
            model=asked.get("model_name"),
            status=_read_status(asked.get("status")),
            key_id=asked.get("api_key_id"),
            page=read_number("page_no", asked.get("page_no"), 1),
            page_size=min(_LARGEST_PAGE, read_number("page_size", asked.get("page_size"), 10)),
        )

    def _make_text_row(self, task: Task, region: str) -> dict[str, object]:
        """Make the row that the SDK's new client reads: the same, with times as text."""
        times = {name: show_time(at, self._zone) for name, at in _times_of(task).items()}
        return {**_make_row(task, region), **times, "task_status": task.status.value}


def _make_row(task: Task, region: str) -> dict[str, object]:
    """Make a row as documented: times are integers in milliseconds (contract/core.md, 3.1)."""
    row: dict[str, object] = {
        "task_id": task.id,
        "status": task.status.value,
        "request_id": task.request_id,
        "region": region,
        "api_key_id": task.key_id,
        "caller_uid": task.account,
        "caller_parent_id": task.account,
        "user_api_unique_key": f"apikey:v1:{task.operation}:{task.model}",
        "model_name": task.model,
    }
    for name, at in _times_of(task).items():
        row[name] = milliseconds_since_epoch(at)
    return row


def _times_of(task: Task) -> dict[str, datetime]:
    times = {
        "gmt_create": task.submitted_at,
        "start_time": None if task.status is TaskStatus.PENDING else task.scheduled_at,
        "end_time": task.ended_at,
    }
    return {name: at for name, at in times.items() if at is not None}


def _read_status(text: str | None) -> TaskStatus | None:
    """Read a state's name in any case: clients spell it in their own (contract/clients.md, 26)."""
    if text is None:
        return None
    try:
        return TaskStatus(text.upper())
    except ValueError:
        allowed = ", ".join(TaskStatus)
        raise ListQueryInvalid(f"status must be one of {allowed}.") from None
