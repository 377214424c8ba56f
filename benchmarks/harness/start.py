"""Measures how fast `kaiga serve` is ready and what it takes when nothing is asked of it."""

import time
from pathlib import Path

import msgspec

from harness.kaiga_server import kaiga_server, make_command
from harness.memory import MemoryUnreadable, measure_tree

IDLE_SECONDS = 3.0
"""How long the server is left alone before its memory is read."""


class StartMeasurement(msgspec.Struct, frozen=True, kw_only=True):
    """One start with `stored` tasks; the memory is None where the system does not tell it."""

    stored: int
    ready_seconds: float
    processes: int | None
    pss_bytes: int | None
    rss_bytes: int | None
    memory_problem: str | None


def measure_start(python: str, *, stored: int, data: Path | None) -> StartMeasurement:
    """Start Kaiga once with its default settings; without `data`, on an empty folder.

    With `data` it has no workers: they would begin to paint what waits there.
    """
    workers = None if data is None else 0
    with kaiga_server("Kaiga", workers=workers, command=make_command(python), data=data) as server:
        time.sleep(IDLE_SECONDS)
        return _measure(server.server.process_id, server.ready_seconds, stored)


def _measure(process_id: int, ready_seconds: float, stored: int) -> StartMeasurement:
    try:
        memory = measure_tree(process_id)
    except MemoryUnreadable as problem:
        return StartMeasurement(
            stored=stored,
            ready_seconds=ready_seconds,
            processes=None,
            pss_bytes=None,
            rss_bytes=None,
            memory_problem=str(problem),
        )
    return StartMeasurement(
        stored=stored,
        ready_seconds=ready_seconds,
        processes=memory.processes,
        pss_bytes=memory.pss_bytes,
        rss_bytes=memory.rss_bytes,
        memory_problem=None,
    )
