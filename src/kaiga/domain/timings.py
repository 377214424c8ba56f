"""When a task and its attempts began and ended, and nothing of what they are about."""

from datetime import datetime

import msgspec

from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import TaskStatus


class AttemptTimes(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt; `ended_at` is None while it runs, `cause` empty where it ended its task."""

    engine: str
    claimed_at: datetime
    ended_at: datetime | None
    cause: str = ""


class TaskTimes(msgspec.Struct, frozen=True, kw_only=True):
    """One task by the catalogue's name of its model, with its attempts in their order."""

    id: TaskId
    model: str
    status: TaskStatus
    submitted_at: datetime
    attempts: tuple[AttemptTimes, ...]
