"""How long tasks take, as measured: kept in memory alone, and learned anew after a start."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

from kaiga.domain.tasks import Task
from kaiga.ports.roster import MeasuredCost
from kaiga.service.recent import Recent

_SHAPES_REMEMBERED = 4096
_LEAST_MEASUREMENTS = 3
"""Fewer tell nothing: the first run of an engine also loads its model."""
_LONGEST_MEMORY = 20
"""A new measurement counts for at least one in so many, so that a change of engine is noticed."""

_TOLD = 32
"""How many are told to other nodes: every one of them reads those of all workers each 5 s."""

_OPTIONS_THAT_COST = ("resolution", "steps")
_Shape: TypeAlias = tuple[str | int | float | None, ...]


class _Estimate:
    """The moving mean of some measurements."""

    __slots__ = ("count", "mean_seconds")

    def __init__(self) -> None:
        self.count = 0
        self.mean_seconds = 0.0

    def add(self, seconds: float) -> None:
        self.count += 1
        self._move(seconds, 1 / min(self.count, _LONGEST_MEMORY))

    def join(self, other: MeasuredCost) -> None:
        """Take what another has measured; whoever has measured more counts for more."""
        count = min(other.count, _LONGEST_MEMORY)
        self.count += count
        self._move(other.seconds, count / self.count)

    def _move(self, seconds: float, weight: float) -> None:
        self.mean_seconds += (seconds - self.mean_seconds) * weight

    def find_seconds(self) -> float | None:
        return self.mean_seconds if self.count >= _LEAST_MEASUREMENTS else None


class RunCosts:
    """The seconds from claim to end of tasks that succeeded, per model and shape of the order.

    A shape is size, number, length and steps: what decides how long an engine computes. Of a shape
    that was not measured here, what others have measured is told.
    """

    def __init__(self) -> None:
        self._estimates: Recent[_Shape, _Estimate] = Recent(_SHAPES_REMEMBERED)
        self._elsewhere: Recent[_Shape, _Estimate] = Recent(_SHAPES_REMEMBERED)

    def record(self, task: Task, ended_at: datetime) -> None:
        """Take note of a task that has succeeded at `ended_at`, by its account's calendar."""
        if task.scheduled_at is None:
            return
        seconds = max(0.0, (ended_at - task.scheduled_at).total_seconds())
        for key in (_shape_of(task), (task.catalogue_model,)):
            estimate = self._estimates.find(key) or _Estimate()
            estimate.add(seconds)
            self._estimates.forget(key)  # what was measured last is told, and forgotten last
            self._estimates.put(key, estimate)

    def find_seconds(self, task: Task) -> float | None:
        """Give what a task like this one takes; None while too few were measured."""
        return self._find(_shape_of(task))

    def find_mean_seconds(self, catalogue_model: str) -> float | None:
        """Give what a task of a model takes, whatever its shape; None while too few were."""
        return self._find((catalogue_model,))

    def list_latest(self) -> tuple[MeasuredCost, ...]:
        """Give what was measured here last, the latest last."""
        latest = self._estimates.list_keys()[-_TOLD:]
        estimates = [(shape, self._estimates.find(shape)) for shape in latest]
        return tuple(
            MeasuredCost(shape, each.count, each.mean_seconds)
            for shape, each in estimates
            if each is not None
        )

    def hear(self, costs: Iterable[MeasuredCost]) -> None:
        """Take what all others have measured last; it stands until they tell otherwise."""
        heard: dict[_Shape, _Estimate] = {}
        for cost in costs:
            if cost.count > 0:
                heard.setdefault(cost.shape, _Estimate()).join(cost)
        for shape, estimate in heard.items():
            self._elsewhere.put(shape, estimate)

    def _find(self, key: _Shape) -> float | None:
        own = self._estimates.find(key)
        seconds = None if own is None else own.find_seconds()
        if seconds is not None:
            return seconds
        other = self._elsewhere.find(key)
        return None if other is None else other.find_seconds()


def _shape_of(task: Task) -> _Shape:
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
