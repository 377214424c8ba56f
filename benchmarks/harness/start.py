"""Measures how fast `kaiga serve` is ready and what it takes when nothing is asked of it."""

import time
from collections.abc import Callable, Sequence

import msgspec

from harness.kaiga_server import kaiga_server
from harness.memory import MemoryUnreadable, measure_tree

IDLE_SECONDS = 3.0
"""How long the server is left alone before its memory is read."""


class StartMeasurement(msgspec.Struct, frozen=True, kw_only=True):
    """One start; the memory is None where the system does not tell it."""

    ready_seconds: float
    processes: int | None
    pss_bytes: int | None
    rss_bytes: int | None
    memory_problem: str | None


def measure_starts(
    count: int, *, command: Sequence[str], on_step: Callable[[], None]
) -> list[StartMeasurement]:
    """Start Kaiga `count` times with its default settings, each time with an empty data folder."""
    measurements: list[StartMeasurement] = []
    for _ in range(count):
        with kaiga_server("Kaiga", workers=None, command=command) as server:
            time.sleep(IDLE_SECONDS)
            measurements.append(_measure(server.server.process_id, server.ready_seconds))
        on_step()
    return measurements


def _measure(process_id: int, ready_seconds: float) -> StartMeasurement:
    try:
        memory = measure_tree(process_id)
    except MemoryUnreadable as problem:
        return StartMeasurement(
            ready_seconds=ready_seconds,
            processes=None,
            pss_bytes=None,
            rss_bytes=None,
            memory_problem=str(problem),
        )
    return StartMeasurement(
        ready_seconds=ready_seconds,
        processes=memory.processes,
        pss_bytes=memory.pss_bytes,
        rss_bytes=memory.rss_bytes,
        memory_problem=None,
    )
