"""How long tasks take here, as measured: kept in memory alone, and learned anew after a start."""

from datetime import datetime

from kaiga.domain.tasks import Task
from kaiga.service.recent import Recent

_SHAPES_REMEMBERED = 4096
_LEAST_MEASUREMENTS = 3
"""Fewer tell nothing: the first run of an engine also loads its model."""
_LONGEST_MEMORY = 20
"""A new measurement counts for at least one in so many, so that a change of engine is noticed."""

_OPTIONS_THAT_COST = ("resolution", "steps")


class _Estimate:
    """The moving mean of some measurements."""

    __slots__ = ("_count", "_mean_seconds")

    def __init__(self) -> None:
        self._count = 0
        self._mean_seconds = 0.0

    def add(self, seconds: float) -> None:
        self._count += 1
        self._mean_seconds += (seconds - self._mean_seconds) / min(self._count, _LONGEST_MEMORY)

    def find_seconds(self) -> float | None:
        return self._mean_seconds if self._count >= _LEAST_MEASUREMENTS else None


class RunCosts:
    """The seconds from claim to end of tasks that succeeded, per model and shape of the order.

    A shape is size, number, length and steps: what decides how long an engine computes.
    """

    def __init__(self) -> None:
        self._estimates: Recent[tuple[object, ...], _Estimate] = Recent(_SHAPES_REMEMBERED)

    def record(self, task: Task, ended_at: datetime) -> None:
        """Take note of a task that has succeeded at `ended_at`, by its account's calendar."""
        if task.scheduled_at is None:
            return
        seconds = max(0.0, (ended_at - task.scheduled_at).total_seconds())
        for key in (_shape_of(task), (task.catalogue_model,)):
            estimate = self._estimates.find(key)
            if estimate is None:
                estimate = _Estimate()
                self._estimates.put(key, estimate)
            estimate.add(seconds)

    def find_seconds(self, task: Task) -> float | None:
        """Give what a task like this one takes; None while too few were measured."""
        return self._find(_shape_of(task))

    def find_mean_seconds(self, catalogue_model: str) -> float | None:
        """Give what a task of a model takes, whatever its shape; None while too few were."""
        return self._find((catalogue_model,))

    def _find(self, key: tuple[object, ...]) -> float | None:
        estimate = self._estimates.find(key)
        return None if estimate is None else estimate.find_seconds()


def _shape_of(task: Task) -> tuple[object, ...]:
    order = task.generation
    if order is None:
        return (task.catalogue_model, None)
    return (
        task.catalogue_model,
        order.width_pixels,
        order.height_pixels,
        order.count,
        order.duration_seconds,
        *(str(order.options.get(name, "")) for name in _OPTIONS_THAT_COST),
    )
