"""The engine processes of a worker, and the turns of runs on them.

More runs may be there than processes, where these are quick: whoever waits for a process gets the
first one that is free, whichever it is, so that a slow batch holds up nobody else. Where they are
very quick, further ones wait in each process, and are taken back from one that turns out slow.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from heapq import heappop, heappush
from itertools import count

from kaiga.domain.engines import Health
from kaiga.domain.errors import EngineBusy
from kaiga.domain.tasks import Claim
from kaiga.ports.engine import Capabilities, EngineEvent, GenerationJob
from kaiga.worker.given_batch import BatchNotBegun, GivenBatch
from kaiga.worker.linked_engine_process import LinkedEngineProcess

_AHEAD_SECONDS = 0.05
"""As much work of each process may wait in memory. It is what a task of another account may have to
wait longer than if nothing were claimed ahead, and what hides the time that claims take."""
_MOST_AHEAD = 128
"""Per process."""
_AHEAD_FOR_ONE_BEHIND = 10
"""For each so many batches that are claimed ahead for a process, one waits in it. Of batches that
take longer than 5 ms, none does: the way there and back that it hides is a small part of them."""
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
        self._batch: GivenBatch | None = None
        self._waits_since = 0.0
        self._has_left = False

    async def wait_for_turn(self) -> None:
        """See the port."""
        await self._get_slot()

    async def generate(self, batch: Sequence[GenerationJob]) -> AsyncGenerator[EngineEvent]:
        """See the port; another run may have the process as soon as it is done with this batch."""
        has_begun = False
        while not has_begun:
            slot = await self._get_slot()
            given = self._batch = self._make_given(slot, batch)
            try:
                await slot.give(given)
                while (event := await slot.read_event(given)) is not None:
                    yield event
                has_begun = True
            except BatchNotBegun:
                self._slot = None
                self._slot = await self._slots.take(self._waits_since, instead_of=slot)
            finally:
                await slot.leave(given)

    def stop_batch(self) -> bool:
        """See the port."""
        if self._slot is None or self._batch is None:
            return False
        return self._slot.stop_given(self._batch)

    def leave(self) -> None:
        """Need no process any more; what was not used is given back."""
        if self._has_left:
            return
        self._has_left = True
        slot, self._slot = self._slot, None
        if slot is not None:
            self._slots.give(slot)
        self._slots.note_left()

    def _make_given(self, slot: LinkedEngineProcess, jobs: Sequence[GenerationJob]) -> GivenBatch:
        end = self._end_first_batch if slot.process_id is None else self._end_batch
        return GivenBatch(jobs[0].model, jobs, end)

    async def _get_slot(self) -> LinkedEngineProcess:
        if self._has_left:
            raise ValueError("a turn is for one batch")
        if self._slot is None:
            self._waits_since = self._waits_since or asyncio.get_running_loop().time()
            self._slot = await self._slots.take(self._waits_since)
        return self._slot

    def _end_batch(self) -> None:
        if self._batch is not None and self._batch.begun_at is not None:
            self._slots.note_batch(time.monotonic() - self._batch.begun_at)
        self.leave()

    def _end_first_batch(self) -> None:
        self.leave()  # the start of a process tells nothing of its pace


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
        self._taken = dict.fromkeys(processes, 0)
        """How many turns have a place at each process."""
        self._waiting: list[tuple[float, int, asyncio.Future[LinkedEngineProcess]]] = []
        """A heap: who has waited for longest is first."""
        self._numbers = count()
        self._timer: asyncio.TimerHandle | None = None
        self._behind_timer: asyncio.TimerHandle | None = None
        self._seconds: deque[float] = deque(maxlen=_BATCHES_REMEMBERED)
        self._ahead = 0
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

    async def take(
        self, since: float | None = None, instead_of: LinkedEngineProcess | None = None
    ) -> LinkedEngineProcess:
        """Give a place at a process, to who has waited for longest; `since` is when that began.

        It is at a process without work, or else at one that will soon be done with its batch.
        Whoever has one already gives it back only now that it waits, since it may be first.

        Raises:
            EngineBusy: there was none for a long time.
        """
        if instead_of is None and not self._is_waited_for():
            slot = self._find_place()
            if slot is not None:
                self._taken[slot] += 1
                return slot
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[LinkedEngineProcess] = loop.create_future()
        waits_since = loop.time() if since is None else since
        heappush(self._waiting, (waits_since, next(self._numbers), turn))
        if instead_of is not None:
            self.give(instead_of)
            if (other := self._find_place()) is not None:
                self._hand_out(other)
        if self._timer is None:
            self._timer = loop.call_later(_LONGEST_WAIT_SECONDS, self._turn_away)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.give(turn.result())
            raise

    def give(self, slot: LinkedEngineProcess) -> None:
        """Take back a place at a process, for who waits."""
        self._taken[slot] -= 1
        self._hand_out(slot)

    def add(self, process: LinkedEngineProcess) -> None:
        """See `GrowingPool`; who waits has it at once."""
        self._processes.append(process)
        self._taken[process] = 0
        self._hand_out(process)
        self._tell_left()

    def take_out(self, process: LinkedEngineProcess) -> bool:
        """See `GrowingPool`."""
        if not self.is_free(process):
            return False
        self._processes.remove(process)
        self._free.remove(process)
        del self._taken[process]
        return True

    def is_free(self, process: LinkedEngineProcess) -> bool:
        """See `GrowingPool`."""
        return process in self._free

    def note_batch(self, seconds: float) -> None:
        """Take note of how long a process was busy with a batch."""
        self._last_batch_at = time.monotonic()
        self._seconds.append(seconds)
        if len(self._seconds) >= _LEAST_BATCHES:
            mean = sum(self._seconds) / len(self._seconds)
            self._ahead = min(_MOST_AHEAD, int(_AHEAD_SECONDS / max(mean, 1e-6)))

    def note_left(self) -> None:
        """Take note that a run needs no process any more."""
        self._turns -= 1
        self._tell_left()

    def _hand_out(self, slot: LinkedEngineProcess) -> None:
        """Give what places there are at a process to who waits."""
        while self._is_waited_for() and self._has_place(slot):
            self._taken[slot] += 1
            heappop(self._waiting)[-1].set_result(slot)
        if not self._taken[slot]:
            self._free.append(slot)

    def _is_waited_for(self) -> bool:
        """Tell whether anybody waits for a place, and forget who has gone."""
        while self._waiting and self._waiting[0][-1].done():
            heappop(self._waiting)
        return bool(self._waiting)

    def _find_place(self) -> LinkedEngineProcess | None:
        """Give a process that has a place, of several the one with the fewest batches."""
        if self._free:
            return self._free.pop()
        if not self._count_behind():
            return None
        return min(
            filter(self._has_place, self._processes), key=self._taken.__getitem__, default=None
        )

    def _has_place(self, slot: LinkedEngineProcess) -> bool:
        """Tell whether a process has nothing to do, or is about to be done with what it has."""
        taken = self._taken[slot]
        if not taken:
            return True
        most = min(slot.most_batches, 1 + self._count_behind())
        if taken >= most or not slot.is_prompt(_AHEAD_SECONDS):
            return False
        if self._behind_timer is None:
            self._look_behind_later()
        return True

    def _count_behind(self) -> int:
        return self._count_ahead() // _AHEAD_FOR_ONE_BEHIND

    def _look_behind_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._behind_timer = loop.call_later(_AHEAD_SECONDS, self._look_behind)

    def _look_behind(self) -> None:
        """Take batches back from processes that are slow, for as long as any waits in one."""
        self._behind_timer = None
        for process in self._processes:
            process.take_back(_AHEAD_SECONDS)
        if any(taken > 1 for taken in self._taken.values()):
            self._look_behind_later()

    def _count_ahead(self) -> int:
        """Tell how many batches a process is done with in `_AHEAD_SECONDS`, by the latest ones."""
        is_at_work = time.monotonic() - self._last_batch_at <= _STANDSTILL_SECONDS
        return self._ahead if is_at_work else 0

    def _turn_away(self) -> None:
        """Have those give up who have waited for too long; the first has waited for longest."""
        now = asyncio.get_running_loop().time()
        while self._waiting and self._waiting[0][0] + _LONGEST_WAIT_SECONDS <= now:
            turn = heappop(self._waiting)[-1]
            if not turn.done():
                turn.set_exception(EngineBusy())
        self._timer = None
        if self._waiting:
            rest = self._waiting[0][0] + _LONGEST_WAIT_SECONDS - now
            self._timer = asyncio.get_running_loop().call_later(rest, self._turn_away)
