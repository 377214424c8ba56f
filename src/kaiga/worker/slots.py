"""The engine processes of a worker, and the turns of runs on them.

More runs may be there than processes, where these are quick: whoever waits for a process gets the
first one that is free, whichever it is, so that a slow batch holds up nobody else.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from functools import partial

from kaiga.domain.engines import Health
from kaiga.domain.errors import EngineBusy
from kaiga.domain.tasks import Claim
from kaiga.ports.engine import Capabilities, EngineEvent, GenerationJob
from kaiga.worker.linked_engine_process import LinkedEngineProcess

_AHEAD_SECONDS = 0.05
"""As much work of each process may wait in memory. It is what a task of another account may have to
wait longer than if nothing were claimed ahead, and what hides the time that claims take."""
_MOST_AHEAD = 128
"""Per process."""
_BATCHES_REMEMBERED = 32
_LEAST_BATCHES = 8
"""Fewer tell nothing."""
_STANDSTILL_SECONDS = 0.25
"""Where no batch has ended for so long, the processes are not quick now, whatever they were."""
_LONGEST_WAIT_SECONDS = 1.0
"""After so long, a run gives its turn up: another worker may have a process for it."""


def _tell_nobody() -> None:
    """Stand for no listener."""


class Turn:
    """Implements the port's `Turn`."""

    def __init__(self, slots: "Slots") -> None:
        self._slots = slots
        self._slot: LinkedEngineProcess | None = None
        self._has_left = False

    async def wait_for_turn(self) -> None:
        """See the port."""
        await self._get_slot()

    async def generate(self, batch: Sequence[GenerationJob]) -> AsyncGenerator[EngineEvent]:
        """See the port; another run may have the process as soon as it is done with this batch."""
        slot = await self._get_slot()
        begun_at = None if slot.process_id is None else time.monotonic()
        events = slot.generate(batch, partial(self._end_batch, begun_at))
        async with aclosing(events):
            async for event in events:
                yield event

    def stop_batch(self) -> bool:
        """See the port."""
        return self._slot is not None and self._slot.stop_batch()

    def leave(self) -> None:
        """Need no process any more; what was not used is given back."""
        if self._has_left:
            return
        self._has_left = True
        slot, self._slot = self._slot, None
        if slot is not None:
            self._slots.give(slot)
        self._slots.note_left()

    async def _get_slot(self) -> LinkedEngineProcess:
        if self._has_left:
            raise ValueError("a turn is for one batch")
        if self._slot is None:
            self._slot = await self._slots.take()
        return self._slot

    def _end_batch(self, begun_at: float | None) -> None:
        if begun_at is not None:  # the start of a process tells nothing of its pace
            self._slots.note_batch(time.monotonic() - begun_at)
        self.leave()


class Slots:
    """Implements `EnginePool` and `GrowingPool` by processes, and turns that wait for them."""

    def __init__(
        self,
        processes: Sequence[LinkedEngineProcess],
        capabilities: Capabilities = Capabilities(),  # noqa: B008  it is frozen
    ) -> None:
        self.capabilities = capabilities
        """See the port."""
        self._processes = list(processes)
        self._tell_left: Callable[[], None] = _tell_nobody
        self._free = list(processes)
        self._waiting: deque[tuple[float, asyncio.Future[LinkedEngineProcess]]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._seconds: deque[float] = deque(maxlen=_BATCHES_REMEMBERED)
        self._last_batch_at = 0.0
        self._turns = 0

    @property
    def has_idle(self) -> bool:
        """Tell whether a process has nothing to do, nor will have."""
        return self._turns < len(self._processes)

    def on_left(self, call: Callable[[], None]) -> None:
        """See the port."""
        self._tell_left = call

    async def choose_models(self, models: frozenset[str]) -> frozenset[str]:
        """See the port; every process is ready for every model, or will soon be."""
        return models

    async def check_health(self) -> Health:
        """See the port; a process that has died is started again, so there is nothing to ask."""
        return Health()

    def begin_turn(self, claim: Claim) -> Turn:  # noqa: ARG002  every run is treated alike
        """See the port; the run waits for a process."""
        self._turns += 1
        return Turn(self)

    def count_room(self) -> int:
        """Tell how many more runs may begin their turns."""
        return max(0, self.count_most_turns() - self._turns)

    def count_most_turns(self) -> int:
        """Tell how many turns may be there: one per process, and what these are soon done with."""
        return len(self._processes) * (1 + self._count_ahead())

    async def stop(self) -> None:
        """End every process."""
        for process in self._processes:
            await process.stop()

    async def take(self) -> LinkedEngineProcess:
        """Give a process that is free, to who has waited for longest.

        Raises:
            EngineBusy: none was for a long time.
        """
        if self._free:
            return self._free.pop()
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[LinkedEngineProcess] = loop.create_future()
        self._waiting.append((loop.time(), turn))
        if self._timer is None:
            self._timer = loop.call_later(_LONGEST_WAIT_SECONDS, self._turn_away)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.give(turn.result())
            raise

    def give(self, slot: LinkedEngineProcess) -> None:
        """Hand a process to who waits, or keep it."""
        while self._waiting:
            _, turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(slot)
                return
        self._free.append(slot)

    def add(self, process: LinkedEngineProcess) -> None:
        """See `GrowingPool`; who waits has it at once."""
        self._processes.append(process)
        self.give(process)
        self._tell_left()

    def take_out(self, process: LinkedEngineProcess) -> bool:
        """See `GrowingPool`."""
        if not self.is_free(process):
            return False
        self._processes.remove(process)
        self._free.remove(process)
        return True

    def is_free(self, process: LinkedEngineProcess) -> bool:
        """See `GrowingPool`."""
        return process in self._free

    def note_batch(self, seconds: float) -> None:
        """Take note of how long a process was busy with a batch."""
        self._last_batch_at = time.monotonic()
        self._seconds.append(seconds)

    def note_left(self) -> None:
        """Take note that a run needs no process any more."""
        self._turns -= 1
        self._tell_left()

    def _count_ahead(self) -> int:
        """Tell how many batches a process is done with in `_AHEAD_SECONDS`, by the latest ones."""
        if len(self._seconds) < _LEAST_BATCHES:
            return 0
        if time.monotonic() - self._last_batch_at > _STANDSTILL_SECONDS:
            return 0
        mean = sum(self._seconds) / len(self._seconds)
        return min(_MOST_AHEAD, int(_AHEAD_SECONDS / max(mean, 1e-6)))

    def _turn_away(self) -> None:
        """Have those give up who have waited for too long; the first has waited for longest."""
        now = asyncio.get_running_loop().time()
        while self._waiting and self._waiting[0][0] + _LONGEST_WAIT_SECONDS <= now:
            _, turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(EngineBusy())
        self._timer = None
        if self._waiting:
            rest = self._waiting[0][0] + _LONGEST_WAIT_SECONDS - now
            self._timer = asyncio.get_running_loop().call_later(rest, self._turn_away)
