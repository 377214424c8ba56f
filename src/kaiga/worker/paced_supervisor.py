"""Runs the emulator's tasks when they are due, and keeps their leases alive.

Most of them wait for an instant and need no engine, so any number of them may run at once.
"""

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import Awaitable, Callable

import structlog

from kaiga.domain.ids import WorkerId
from kaiga.domain.tasks import Claim, Lease
from kaiga.ports.clock import LeaseClock
from kaiga.ports.engine_process import EngineProcess
from kaiga.ports.task_store import TaskStore
from kaiga.service.emulation.paced_tasks import PacedTasks
from kaiga.service.running.recover_tasks import RecoverTasks
from kaiga.worker.repeating import repeat_for_ever
from kaiga.worker.shared_engines import SharedEngines

_log = structlog.get_logger(__name__)
_SAFETY_NET_SECONDS = 1.0
"""How often due tasks are looked for where no wake-up came; wake-ups are hints."""
_RENEWALS_PER_LEASE = 3
_GIVING_BACK_SECONDS = 5.0
_LARGEST_CLAIM = 256
MOST_RUNNING = 4096
"""More wait until some of these have ended: each of them holds its order in memory."""


class PacedSupervisor:
    """Stands in for `Supervisor`; a stop lets nothing run on, whatever it waits for."""

    def __init__(
        self,
        *,
        tasks: PacedTasks,
        store: TaskStore,
        run_task: Callable[[Claim, EngineProcess], Awaitable[None]],
        recover_tasks: RecoverTasks,
        engines: SharedEngines,
        lease_clock: LeaseClock,
        lease_seconds: float,
        most_running: int = MOST_RUNNING,
    ) -> None:
        self.worker_id = WorkerId(f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}")
        self._tasks = tasks
        self._store = store
        self._run_task = run_task
        self._recover_tasks = recover_tasks
        self._engines = engines
        self._lease_clock = lease_clock
        self._lease_seconds = lease_seconds
        self._most_running = most_running
        self._running: dict[asyncio.Task[None], Claim] = {}
        self._wake = asyncio.Event()
        self._claiming = asyncio.Lock()
        self._stopping = False
        tasks.on_due(self._wake.set)

    @property
    def running(self) -> int:
        """How many tasks run here now."""
        return len(self._running)

    async def take_over(self) -> None:
        """Take back what ran here before, and schedule all that waits.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        await self._recover_tasks.take_over()
        await self._tasks.look_after_waiting()

    async def run(self) -> None:
        """Work until cancelled; `stop` ends it."""
        async with asyncio.TaskGroup() as group:
            group.create_task(repeat_for_ever("claiming", lambda: self._claim_or_wait(group)))
            group.create_task(repeat_for_ever("leases", self._renew_and_recover))

    async def stop(self) -> None:
        """Claim nothing more, and give back what runs: it goes on after the next start."""
        self._stopping = True
        async with self._claiming:  # a claim on its way in is running before we count
            pass
        for running in list(self._running):
            running.cancel()
        if self._running:  # a store that does not answer must not keep us: recovery will take over
            await asyncio.wait(self._running, timeout=_GIVING_BACK_SECONDS)
        await self._engines.stop()

    async def _claim_or_wait(self, group: asyncio.TaskGroup) -> None:
        self._wake.clear()
        async with self._claiming:
            claimed = await self._claim(group)
        if not claimed:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SAFETY_NET_SECONDS):
                    await self._wake.wait()

    async def _claim(self, group: asyncio.TaskGroup) -> int:
        room = min(_LARGEST_CLAIM, self._most_running - len(self._running))
        if self._stopping or room <= 0:
            return 0
        claims = await self._tasks.claim_due(self._make_lease(), room)
        for claim in claims:
            running = group.create_task(self._run(claim))
            self._running[running] = claim
            running.add_done_callback(self._end_run)
        return len(claims)

    async def _run(self, claim: Claim) -> None:
        try:
            await self._run_task(claim, self._engines.begin())
        except Exception:  # noqa: BLE001  one task's bug must not end the work on all others
            _log.exception("a task could not be given back", task_id=claim.task.id)

    def _end_run(self, running: asyncio.Task[None]) -> None:
        del self._running[running]
        if len(self._running) == self._most_running - 1:
            self._wake.set()

    async def _renew_and_recover(self) -> None:
        await asyncio.sleep(self._lease_seconds / _RENEWALS_PER_LEASE)
        await self._renew()
        await self._recover_tasks()
        await self._tasks.look_after_waiting()

    async def _renew(self) -> None:
        if not self._running:
            return
        claims = dict(self._running)
        held = await self._store.renew(claims.values(), self._make_lease())
        for running, claim in claims.items():
            if (claim.task.id, claim.task.attempt) not in held:
                running.cancel()  # somebody else runs it now, or it has just ended here

    def _make_lease(self) -> Lease:
        deadline = self._lease_clock.now() + self._lease_seconds
        return Lease(worker=self.worker_id, deadline=deadline)
