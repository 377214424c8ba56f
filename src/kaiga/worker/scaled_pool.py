"""A pool whose processes are started by need, and ended when nothing needs them.

What the pool behind it has is running: a task is claimed only once the process that makes it is
there, however long that took to find a place.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import msgspec
import structlog

from kaiga.domain.engines import EngineState, Health
from kaiga.domain.errors import EngineAway, EngineCrashed, StoreUnavailable
from kaiga.domain.scaling import Load, Scale, choose_count
from kaiga.domain.tasks import Claim
from kaiga.ports.clock import Calendar
from kaiga.ports.engine import Capabilities
from kaiga.ports.engine_pool import Turn
from kaiga.ports.task_store import ModelQueue
from kaiga.worker.growing_pool import GrowingPool
from kaiga.worker.linked_engine_process import LinkedEngineProcess
from kaiga.worker.repeating import repeat_for_ever

_log = structlog.get_logger(__name__)
_LOOK_SECONDS = 1.0
_PAUSE_AFTER_TROUBLE_SECONDS = 2.0
"""Before a process that could not be started is tried again."""


def _tell_nobody() -> None:
    """Stand for no listener."""


@dataclass(slots=True, eq=False)
class _Member:
    """A process that runs, and since when it has had nothing to do."""

    process: LinkedEngineProcess
    batches: int = 0
    idle_since: float = field(default_factory=time.monotonic)

    def count_idle_seconds(self, now: float, *, is_free: bool) -> float:
        """Tell for how long it has had nothing to do; a batch since the last look counts."""
        if not is_free or self.batches != self.process.batches:
            self.batches, self.idle_since = self.process.batches, now
        return now - self.idle_since


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What tells how much there is to do: the queues, whose of them are the engine's, and when.

    `check` says what is wrong with the place that processes are started at, empty if nothing is.
    """

    count_queues: Callable[[], Awaitable[Sequence[ModelQueue]]]
    list_models: Callable[[], frozenset[str]]
    calendar: Calendar
    check: Callable[[], Awaitable[str]]


class ScaledPool:
    """Implements `EnginePool` by another pool, whose processes it has come and go.

    `build` gives a process that is not started yet. Scaling begins once somebody listens to what
    has left, and ends with `stop`.
    """

    def __init__(
        self,
        pool: GrowingPool,
        build: Callable[[], LinkedEngineProcess],
        scale: Scale,
        demand: Demand,
    ) -> None:
        self._pool = pool
        self._build = build
        self._scale = scale
        self._demand = demand
        self._members: list[_Member] = []
        self._starts: list[asyncio.Task[None]] = []
        """Of processes on their way, the oldest first."""
        self._lost: list[LinkedEngineProcess] = []
        """Processes that have ended by themselves, whose links are still to be closed."""
        self._trouble = ""
        self._scaling: asyncio.Task[None] | None = None
        self._tell_left: Callable[[], None] = _tell_nobody

    @property
    def capabilities(self) -> Capabilities:
        """See the port."""
        return self._pool.capabilities

    @property
    def has_idle(self) -> bool:
        """See the port."""
        return self._pool.has_idle

    def count_room(self) -> int:
        """See the port."""
        return self._pool.count_room()

    def count_most_turns(self) -> int:
        """See the port; of the processes that are there now."""
        return self._pool.count_most_turns()

    def on_left(self, call: Callable[[], None]) -> None:
        """See the port and the class."""
        self._tell_left = call
        self._pool.on_left(self._note_left)
        if self._scaling is None and self._scale.most:
            loop = asyncio.get_running_loop()
            self._scaling = loop.create_task(repeat_for_ever("scaling", self._look_and_wait))

    async def choose_models(self, models: frozenset[str]) -> frozenset[str]:
        """See the port."""
        return await self._pool.choose_models(models)

    def begin_turn(self, claim: Claim) -> Turn:
        """See the port."""
        return self._pool.begin_turn(claim)

    async def check_health(self) -> Health:
        """See the port; it is away where no process can be started at all."""
        health = await self._pool.check_health()
        if trouble := await self._demand.check():
            return msgspec.structs.replace(health, state=EngineState.AWAY, message=trouble)
        told = [health.message, self._trouble]
        if self._starts and not self._trouble:
            told.append(f"processes on their way: {len(self._starts)}")
        return msgspec.structs.replace(health, message="; ".join(filter(None, told)))

    async def stop(self) -> None:
        """See the port."""
        scaling, self._scaling = self._scaling, None
        ending = [*self._starts, *([scaling] if scaling else [])]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await self._close_lost()
        await self._pool.stop()

    async def _look_and_wait(self) -> None:
        await self._scale_now()
        await asyncio.sleep(_LOOK_SECONDS)

    async def _scale_now(self) -> None:
        self._drop_lost()
        await self._close_lost()
        rested = self._list_rested()
        wanted = choose_count(self._scale, await self._measure(len(rested)))
        present = len(self._members)
        for start in self._starts[max(0, wanted - present) :]:
            start.cancel()
        for _ in range(wanted - present - len(self._starts)):
            self._begin_start()
        for member in rested[: max(0, present - wanted)]:
            if self._pool.take_out(member.process):
                self._members.remove(member)
                await member.process.stop()

    async def _measure(self, rested: int) -> Load:
        idle = sum(self._pool.is_free(each.process) for each in self._members)
        queues = await self._list_queues()
        oldest = [each.oldest_at for each in queues if each.oldest_at]
        age = (self._demand.calendar.real_now() - min(oldest)).total_seconds() if oldest else 0.0
        return Load(
            waiting=sum(each.waiting for each in queues),
            oldest_seconds=age,
            starting=len(self._starts),
            busy=len(self._members) - idle,
            idle=idle,
            rested=rested,
        )

    async def _list_queues(self) -> Sequence[ModelQueue]:
        models = self._demand.list_models()
        try:
            queues = await self._demand.count_queues()
        except StoreUnavailable:
            return ()
        return [each for each in queues if each.model in models]

    def _list_rested(self) -> list[_Member]:
        now = time.monotonic()
        return [
            each
            for each in self._members
            if each.count_idle_seconds(now, is_free=self._pool.is_free(each.process))
            >= self._scale.idle_seconds
        ]

    def _begin_start(self) -> None:
        start = asyncio.get_running_loop().create_task(self._start(self._build()))
        self._starts.append(start)
        start.add_done_callback(self._starts.remove)

    async def _start(self, process: LinkedEngineProcess) -> None:
        try:
            await process.start()
        except (EngineCrashed, EngineAway) as error:
            self._trouble = f"a process can't be started: {error.__cause__ or error}"
            _log.warning("an engine's process can't be started", reason=self._trouble)
            await asyncio.sleep(_PAUSE_AFTER_TROUBLE_SECONDS)
            return
        self._trouble = ""
        self._members.append(_Member(process))
        self._pool.add(process)

    def _drop_lost(self) -> None:
        """Use processes no more that have ended; one with work is dropped when that has left."""
        for member in list(self._members):
            if member.process.process_id is None and self._pool.take_out(member.process):
                self._members.remove(member)
                self._lost.append(member.process)

    async def _close_lost(self) -> None:
        while self._lost:
            await self._lost.pop().stop(grace_seconds=0)

    def _note_left(self) -> None:
        self._drop_lost()
        self._tell_left()
