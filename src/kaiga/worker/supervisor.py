"""Claims tasks for engine processes, runs them, and keeps their leases alive.

Nothing is claimed that can't start at once, or in some milliseconds (`Slots`). The leases are
renewed here and not by the process that computes, so that a long step can't lose one; a stuck
engine is ended by the limit on its silence, and by the longest run that a task may have.
"""

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog

from kaiga.domain.ids import WorkerId
from kaiga.domain.tasks import Claim, Lease
from kaiga.ports.clock import Calendar, LeaseClock
from kaiga.ports.engine_pool import EnginePool, Turn
from kaiga.ports.engine_process import EngineProcess
from kaiga.ports.task_store import TaskStore
from kaiga.service.running.recover_tasks import RecoverTasks
from kaiga.worker.repeating import repeat_for_ever

_log = structlog.get_logger(__name__)
_SAFETY_NET_SECONDS = 1.0
"""How often waiting tasks are looked for where no wake-up came; wake-ups are hints."""
LOOKS_PER_LEASE = 3
"""How often, while a lease lasts, it is renewed and lapsed ones are looked for."""
_GIVING_BACK_SECONDS = 5.0
_WORTH_A_CLAIM = 0.25
"""The part of all turns that has to be free for a claim while every process has work: one claim
of ten tasks costs little more than one of one."""
_RUNS_PER_TURN = 2
"""One that has its turn or waits for it, and one that is being published, with its files in memory:
a slow disk must not have more and more of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorPolicy:
    """How long a lease lasts, and how long running work may go on once it is time to stop."""

    lease_seconds: float
    grace_seconds: float


class Supervisor:
    """Runs on one engine the tasks of the models that are its own at the moment."""

    def __init__(
        self,
        *,
        store: TaskStore,
        run_task: Callable[[Claim, EngineProcess], Awaitable[None]],
        recover_tasks: RecoverTasks,
        pool: EnginePool,
        list_models: Callable[[], frozenset[str]],
        engine: str,
        calendar: Calendar,
        lease_clock: LeaseClock,
        policy: SupervisorPolicy,
    ) -> None:
        self.worker_id = WorkerId(f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}")
        self._store = store
        self._run_task = run_task
        self._recover_tasks = recover_tasks
        self._freed = asyncio.Event()
        self._pool = pool
        pool.on_left(self._note_left)
        self._list_models = list_models
        self._engine = engine
        self._calendar = calendar
        self._lease_clock = lease_clock
        self._policy = policy
        self._running: dict[asyncio.Task[None], Claim] = {}
        self._wake = asyncio.Event()
        self._claiming = asyncio.Lock()
        self._stopping = False
        store.on_waiting(self._wake.set)
        store.on_adding(self._note_adding)

    @property
    def running(self) -> int:
        """How many tasks run here now."""
        return len(self._running)

    async def take_over(self) -> None:
        """Take back what ran here before, or what lapsed where other nodes have the store as well.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        await self._recover_tasks.take_over()

    async def run(self) -> None:
        """Work until cancelled; `stop` ends it with grace."""
        async with asyncio.TaskGroup() as group:
            group.create_task(repeat_for_ever("claiming", lambda: self._claim_or_wait(group)))
            group.create_task(repeat_for_ever("leases", self._renew_and_recover))

    async def stop(self) -> None:
        """Claim nothing more; let running work finish within the grace, give back the rest."""
        self._stopping = True
        async with self._claiming:  # a claim on its way in is running before we count
            pass
        if self._running:
            await asyncio.wait(self._running, timeout=self._policy.grace_seconds)
        for running in list(self._running):
            running.cancel()
        if self._running:  # a store that does not answer must not keep us: recovery will take over
            await asyncio.wait(self._running, timeout=_GIVING_BACK_SECONDS)
        await self._pool.stop()

    async def _claim_or_wait(self, group: asyncio.TaskGroup) -> None:
        while not self._is_worth_a_claim():
            self._freed.clear()
            await self._freed.wait()
        self._wake.clear()
        async with self._claiming:
            may_be_more = await self._claim(group)
        if not may_be_more:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SAFETY_NET_SECONDS):
                    await self._wake.wait()

    def _is_worth_a_claim(self) -> bool:
        """Tell whether a process is idle, or enough of what was claimed ahead is done."""
        room = self._count_room()
        return room > 0 and (
            self._pool.has_idle or room >= _WORTH_A_CLAIM * self._pool.count_most_turns()
        )

    def _count_room(self) -> int:
        most = self._pool.count_most_turns()
        return min(self._pool.count_room(), _RUNS_PER_TURN * most - len(self._running))

    async def _claim(self, group: asyncio.TaskGroup) -> bool:
        """Claim what there is room for, and run it; tells whether more may wait."""
        room = self._count_room()
        if self._stopping or room <= 0:
            return False
        models = await self._pool.choose_models(self._list_models())
        if not models:
            return False
        claims = await self._store.claim(
            models, self._make_lease(), room, self._engine, self._calendar.now
        )
        for claim in claims:
            turn = self._pool.begin_turn(claim)
            running = group.create_task(self._run(claim, turn))
            self._running[running] = claim
            running.add_done_callback(partial(self._end_run, turn))
        if claims:
            await asyncio.sleep(0)  # they begin before more is asked for
        return len(claims) >= room

    async def _run(self, claim: Claim, turn: Turn) -> None:
        try:
            await self._run_task(claim, turn)
        except Exception:  # noqa: BLE001  one task's bug must not end the work on all others
            _log.exception("a task could not be given back", task_id=claim.task.id)

    def _end_run(self, turn: Turn, running: asyncio.Task[None]) -> None:
        turn.leave()
        del self._running[running]
        self._freed.set()

    async def _renew_and_recover(self) -> None:
        await asyncio.sleep(self._policy.lease_seconds / LOOKS_PER_LEASE)
        await self._renew()
        await self._recover_tasks()

    async def _renew(self) -> None:
        if not self._running:
            return
        claims = dict(self._running)
        held = await self._store.renew(claims.values(), self._make_lease())
        for running, claim in claims.items():
            if (claim.task.id, claim.task.attempt) not in held:
                running.cancel()  # somebody else runs it now, or it has just ended here

    def wake(self) -> None:
        """Look for tasks at once: other models may be this engine's than before."""
        self._wake.set()

    def _note_adding(self, model: str) -> None:
        """Claim a task in the commit that records it, where a process is idle."""
        if self._pool.has_idle and model in self._list_models():
            self._wake.set()

    def _note_left(self) -> None:
        self._freed.set()
        self._wake.set()

    def _make_lease(self) -> Lease:
        deadline = self._lease_clock.now() + self._policy.lease_seconds
        return Lease(worker=self.worker_id, deadline=deadline)
