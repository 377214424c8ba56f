"""Events that say how a task stands."""

from collections.abc import Iterator

from kaiga.domain.tasks import Task
from kaiga.service.events.event_log import TaskEvent
from kaiga.service.standing.task_standing import Standing


def list_state(task: Task, standing: Standing) -> Iterator[TaskEvent]:
    """List what tells somebody new how a task stands; of one that has ended, that it has."""
    if task.status.is_final:
        yield make_end(task)
        return
    yield make_phase(task, standing)
    if standing.steps:
        yield make_step(task, standing)


def make_end(task: Task) -> TaskEvent:
    """Say that a task has ended; how is for the query to tell."""
    return TaskEvent(kind="end", task_id=task.id, region=task.region)


def make_phase(task: Task, standing: Standing) -> TaskEvent:
    """Say in which phase a task is; a running one that has told none has none."""
    members: dict[str, object] = {"task_status": task.status.value, "attempt": task.attempt}
    if standing.phase:
        members["phase"] = standing.phase
    return _make("phase", task, members | _place_members(standing) | _eta_members(standing))


def make_step(task: Task, standing: Standing) -> TaskEvent:
    """Say at which of its steps a task is."""
    steps = {"attempt": task.attempt, "step": standing.step, "steps": standing.steps}
    return _make("step", task, steps | _eta_members(standing))


def make_place(task: Task, standing: Standing) -> TaskEvent:
    """Say where a task is in its lane."""
    return _make("queue", task, _place_members(standing) | _eta_members(standing))


def _make(kind: str, task: Task, members: dict[str, object]) -> TaskEvent:
    return TaskEvent(kind=kind, task_id=task.id, region=task.region, members=members)


def _place_members(standing: Standing) -> dict[str, object]:
    return {} if standing.position is None else {"queue_position": standing.position}


def _eta_members(standing: Standing) -> dict[str, object]:
    return {} if standing.eta_seconds is None else {"eta_seconds": standing.eta_seconds}
