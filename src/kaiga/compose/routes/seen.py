"""Builds the routes by which the service is watched, from what is counted all over it."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from kaiga import __version__
from kaiga.compose.parts import Parts
from kaiga.compose.watching import Watching
from kaiga.domain.errors import StoreUnavailable
from kaiga.http.dashscope.creating import CreateRoute
from kaiga.http.dashscope.querying import QueryRoute
from kaiga.http.operations.metrics import MetricsRoutes
from kaiga.http.operations.status import StatusRoutes
from kaiga.ports.task_store import ModelQueue
from kaiga.telemetry import NamedCounts, write_metrics

_FINAL = ("SUCCEEDED", "FAILED", "CANCELED")
_CREATED = NamedCounts(
    "kaiga_tasks_created",
    "Tasks created; a repeat of a create counts for nothing.",
    ("model",),
    {},
)
_ENDED = NamedCounts(
    "kaiga_tasks_ended", "Tasks that have ended, by final state.", ("model", "state"), {}
)
_QUERIES = NamedCounts("kaiga_queries", "Task queries answered.", (), {})
_LOOKUPS = NamedCounts(
    "kaiga_store_lookups",
    "Tasks that had to be read from the store: queries and links that memory did not answer.",
    (),
    {},
)
COUNTED = (_CREATED, _ENDED, _QUERIES, _LOOKUPS)
"""What is counted where it happens, without the counts."""


def build_seen_routes(
    parts: Parts, create: CreateRoute, query: QueryRoute
) -> tuple[MetricsRoutes, StatusRoutes]:
    """Build `/metrics` and `/kaiga/v1/status`."""
    watching, slots = parts.watching, parts.settings.workers

    def count_ends() -> Mapping[tuple[str, str], int]:
        """Count the tasks that have ended, those that were created so among them."""
        ends = dict(watching.measure_tasks.ended)
        for end, number in create.created.items():
            if end[1] in _FINAL:
                ends[end] = ends.get(end, 0) + number
        return ends

    async def scrape() -> bytes:
        queue = await _find_queue(watching, (model for model, _ in create.created))
        counts = list(_list_counts(parts, create, query, count_ends()))
        now = parts.calendar.real_now()
        return await asyncio.to_thread(
            write_metrics, watching.meter.registry, counts, queue, slots, now
        )

    async def count() -> Mapping[str, int]:
        await watching.measure_tasks.settle()
        ends = count_ends()
        by_state = {
            state.lower(): sum(number for (_, ended), number in ends.items() if ended == state)
            for state in _FINAL
        }
        return {"created": sum(create.created.values()), **by_state, "queries": query.answered}

    metrics = MetricsRoutes(key_ring=parts.key_ring, scrape=scrape)
    status = StatusRoutes(
        key_ring=parts.key_ring,
        calendar=parts.calendar,
        queue=watching.queue,
        under_way=watching.under_way,
        progress=parts.progress,
        counts=count,
        slots=slots,
        board=parts.board,
        roster=parts.roster,
        version=__version__,
        began_at=time.monotonic(),
    )
    return metrics, status


async def _find_queue(watching: Watching, models: Iterable[str]) -> Sequence[ModelQueue] | None:
    """Give the queue, with empty ones of `models`; None where the store does not answer.

    A series that ends where nothing waits would look like no answer. What is counted elsewhere
    can be told without the store, and is wanted most when that is away.
    """
    try:
        queue = await watching.queue()
        await watching.measure_tasks.settle()
    except StoreUnavailable:
        return None
    missing = set(models) - {each.model for each in queue}
    return [*queue, *(ModelQueue(model=model) for model in sorted(missing))]


def _list_counts(
    parts: Parts, create: CreateRoute, query: QueryRoute, ends: Mapping[tuple[str, str], int]
) -> Iterator[NamedCounts]:
    created: dict[tuple[str], int] = {}
    for (model, _), number in create.created.items():
        created[model,] = created.get((model,), 0) + number
    yield replace(_CREATED, counts=created)
    yield replace(_ENDED, counts=ends)
    yield replace(_QUERIES, counts={(): query.answered})
    yield replace(_LOOKUPS, counts={(): parts.hot.reads})
