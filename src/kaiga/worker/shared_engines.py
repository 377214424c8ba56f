"""A few engine children for any number of runs, most of which need none."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from kaiga.ports.engine import EngineEvent, GenerationJob
from kaiga.worker.child_engine_process import ChildEngineProcess


class SharedEngines:
    """Children that are lent for one batch; the one that was used last is lent first."""

    def __init__(self, children: Sequence[ChildEngineProcess]) -> None:
        self._children = children
        self._free: asyncio.LifoQueue[ChildEngineProcess] = asyncio.LifoQueue()
        for child in children:
            self._free.put_nowait(child)

    def begin(self) -> "SharedEngine":
        """Give what one run may make batches with, one after the other."""
        return SharedEngine(self._free)

    async def stop(self) -> None:
        """End every child."""
        for child in self._children:
            await child.stop()


class SharedEngine:
    """Implements `EngineProcess` by a child that is borrowed while a batch is made."""

    def __init__(self, free: asyncio.LifoQueue[ChildEngineProcess]) -> None:
        self._free = free
        self._borrowed: ChildEngineProcess | None = None

    async def wait_for_turn(self) -> None:
        """See the port; a run needs a child for batches alone, and most have none."""

    async def generate(self, batch: Sequence[GenerationJob]) -> AsyncGenerator[EngineEvent]:
        """See the port; it waits until a child is free."""
        child = self._borrowed = await self._free.get()
        try:
            async with aclosing(child.generate(batch)) as events:
                async for event in events:
                    yield event
        finally:
            self._borrowed = None
            self._free.put_nowait(child)

    def stop_batch(self) -> bool:
        """See the port."""
        return self._borrowed is not None and self._borrowed.stop_batch()
