"""`GET /kaiga/v1/tasks`: tasks of any time, found by state, model, time or text of their id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from kaiga.domain.errors import ListQueryInvalid
from kaiga.domain.ids import is_task_id
from kaiga.domain.tasks import Task, TaskStatus
from kaiga.http.asgi import Answer, Call
from kaiga.http.callers import Callers
from kaiga.http.dashscope.queries import read_number, read_query
from kaiga.http.operations.routing import Route
from kaiga.service.reading.search_tasks import SearchTasks, TaskWishes

USUAL_LIMIT, LARGEST_LIMIT = 50, 200
_LONGEST_PROMPT = 160
"""In characters: a row is to be recognised, the request tells the rest."""

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSearchRoutes:
    """Answers searches; every key may search its account's tasks in its region."""

    callers: Callers
    search_tasks: SearchTasks

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (Route("GET", "/kaiga/v1/tasks", self._search),)

    async def _search(self, call: Call) -> Answer:
        caller = await self.callers.identify(call)
        asked = read_query(call)
        limit = min(LARGEST_LIMIT, read_number("limit", asked.get("limit"), USUAL_LIMIT))
        found = await self.search_tasks(caller, _read_wishes(asked), limit)
        told = {
            "request_id": call.request_id,
            "tasks": [_make_row(task) for task in found.tasks],
            "older": found.older,
            "newer": found.newer,
        }
        return Answer(body=_encode(told))


def _read_wishes(asked: Mapping[str, str]) -> TaskWishes:
    return TaskWishes(
        id_part=asked["id"].strip().lower() if "id" in asked else None,
        model=asked.get("model"),
        status=_read_status(asked.get("status")),
        submitted_from=_read_instant("submitted_from", asked.get("submitted_from")),
        submitted_before=_read_instant("submitted_before", asked.get("submitted_before")),
        older_than=_read_id("older_than", asked.get("older_than")),
        newer_than=_read_id("newer_than", asked.get("newer_than")),
    )


def _read_status(text: str | None) -> TaskStatus | None:
    if text is None:
        return None
    try:
        return TaskStatus(text.upper())
    except ValueError:
        allowed = ", ".join(TaskStatus)
        raise ListQueryInvalid(f"status must be one of {allowed}.") from None


def _read_id(name: str, text: str | None) -> str | None:
    if text is not None and not is_task_id(text):
        raise ListQueryInvalid(f"{name} must be the id of a task.")
    return text


def _read_instant(name: str, text: str | None) -> datetime | None:
    """Read a time of ISO 8601 that says its offset from UTC.

    Raises:
        ListQueryInvalid: it is none.
    """
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ListQueryInvalid(f"{name} must be a time such as 2026-05-02T10:00:00Z.")
    return at


def _make_row(task: Task) -> dict[str, object]:
    return {
        "task_id": task.id,
        "status": task.status,
        "is_canceling": task.is_canceling,
        "model": task.model,
        "prompt": task.generation.prompt[:_LONGEST_PROMPT] if task.generation else None,
        "engine": task.engine or None,
        "submitted_at": task.submitted_at,
        "scheduled_at": task.scheduled_at,
        "ended_at": task.ended_at,
        "code": task.failure and task.failure.code,
    }
