"""Counting the queue costs little, however often and by however many it is asked for."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, cast

from kaiga.ports.task_store import ModelQueue, TaskStore
from kaiga.service.tending.watch_queue import WatchQueue


class Counting:
    """Stands for a store that counts as long as a gate is closed."""

    def __init__(self, cost_seconds: float = 0.0) -> None:
        self.times = 0
        self.gate = asyncio.Event()
        self._cost_seconds = cost_seconds

    async def measure_models(self) -> Sequence[ModelQueue]:
        self.times += 1
        await self.gate.wait()
        time.sleep(self._cost_seconds)  # noqa: ASYNC251  stands for a count that takes long
        return [ModelQueue(model="m", waiting=self.times)]

    def as_store(self) -> TaskStore:
        return cast("Any", self)


async def test_those_who_ask_at_once_share_one_count():
    counting = Counting()
    watch = WatchQueue(counting.as_store())
    asked = [asyncio.ensure_future(watch()) for _ in range(5)]
    await asyncio.sleep(0)
    counting.gate.set()

    answers = await asyncio.gather(*asked)

    assert counting.times == 1
    assert {each[0].waiting for each in answers} == {1}


async def test_one_who_stops_asking_spoils_nothing_for_the_others():
    counting = Counting()
    watch = WatchQueue(counting.as_store())
    first, second = asyncio.ensure_future(watch()), asyncio.ensure_future(watch())
    await asyncio.sleep(0)
    first.cancel()
    counting.gate.set()

    assert (await second)[0].waiting == 1


async def test_a_cheap_count_is_made_anew_and_a_dear_one_remembered():
    cheap, dear = Counting(), Counting(cost_seconds=0.06)
    for counting in (cheap, dear):
        counting.gate.set()
        watch = WatchQueue(counting.as_store())
        await watch()
        await watch()

    assert (cheap.times, dear.times) == (2, 1)
