"""Measures how long an engine takes for batches of several sizes."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing

import msgspec

from kaiga.ports.engine import GenerationJob, JobFailed
from kaiga.ports.engine_process import EngineProcess


class BatchFailed(Exception):
    """The engine refused a job of a measurement; the message is its own."""


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured of one size, in seconds: the median, the shortest and the longest."""

    median: float
    shortest: float
    longest: float


async def measure_batches(
    begin: Callable[[], EngineProcess],
    make_batch: Callable[[int], Sequence[GenerationJob]],
    sizes: Sequence[int],
    rounds: int,
    on_batch: Callable[[int], None],
) -> Mapping[int, Timing]:
    """Have each size made `rounds` times, and once before that to load and warm the engine.

    Sizes take turns, so that what changes meanwhile, such as a device that gets hot, is shared.
    `begin` gives a process for one batch; `on_batch` is told the size of each that is done.

    Raises:
        BatchFailed: a job was refused.
        EngineCrashed, EngineHung, EngineAway, EngineUnfit: see `EngineProcess`.
    """
    taken: dict[int, list[float]] = {size: [] for size in sizes}
    for number in range(rounds + 1):
        for size in sizes:
            seconds = await _time_batch(begin(), make_batch(size))
            if number:
                taken[size].append(seconds)
            on_batch(size)
    return {
        size: Timing(median=statistics.median(each), shortest=min(each), longest=max(each))
        for size, each in taken.items()
    }


async def _time_batch(process: EngineProcess, jobs: Sequence[GenerationJob]) -> float:
    await process.wait_for_turn()
    begun_at = time.perf_counter()
    async with aclosing(process.generate(jobs)) as events:
        async for event in events:
            if isinstance(event, JobFailed):
                raise BatchFailed(event.message)
    return time.perf_counter() - begun_at
