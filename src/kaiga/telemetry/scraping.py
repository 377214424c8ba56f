"""Everything that is measured, in Prometheus' text format."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kaiga.ports.task_store import ModelQueue

Counts = Mapping[tuple[str], float] | Mapping[tuple[str, str], float] | Mapping[tuple[()], float]
"""By the values of the labels."""


@dataclass(frozen=True, slots=True)
class NamedCounts:
    """A counter that is kept where things happen, as plain integers, as it was a moment ago."""

    name: str
    meaning: str
    labels: Sequence[str]
    counts: Counts


def write_metrics(
    registry: CollectorRegistry,
    counts: Sequence[NamedCounts],
    queue: Sequence[ModelQueue] | None,
    slots: int,
    now: datetime,
) -> bytes:
    """Write what `registry` holds, the counts, and the gauges of the queue as it is at `now`.

    `queue` is None where the store does not answer; nothing is said of it then.
    """
    moment = CollectorRegistry()
    moment.register(_Moment([*_list_counters(counts), *_list_gauges(queue, slots, now)]))
    return generate_latest(registry) + generate_latest(moment)


class _Moment(Collector):
    def __init__(self, metrics: Sequence[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        return iter(self._metrics)


def _list_counters(counts: Sequence[NamedCounts]) -> Iterator[Metric]:
    for each in counts:
        family = CounterMetricFamily(each.name, each.meaning, labels=each.labels)
        for labels, value in each.counts.items():
            family.add_metric(labels, value)
        yield family


def _list_gauges(queue: Sequence[ModelQueue] | None, slots: int, now: datetime) -> Iterator[Metric]:
    tasks = GaugeMetricFamily(
        "kaiga_tasks",
        "Tasks that wait (`PENDING`) and run (`RUNNING`) now.",
        labels=("model", "state"),
    )
    age = GaugeMetricFamily(
        "kaiga_queue_age_seconds",
        "Since the submission of the oldest task that waits, whether or not it has run meanwhile; "
        "no series where none does.",
        labels=("model",),
    )
    for each in queue or ():
        tasks.add_metric((each.model, "PENDING"), each.waiting)
        tasks.add_metric((each.model, "RUNNING"), each.running)
        if each.oldest_at is not None:
            age.add_metric((each.model,), max(0.0, (now - each.oldest_at).total_seconds()))
    yield tasks
    yield age
    yield GaugeMetricFamily(
        "kaiga_store_up",
        "1 while the task store answers, else 0; the metrics of the queue are missing then.",
        value=float(queue is not None),
    )
    yield GaugeMetricFamily(
        "kaiga_worker_slots",
        "Engine processes: tasks that may be made here at once.",
        value=slots,
    )
