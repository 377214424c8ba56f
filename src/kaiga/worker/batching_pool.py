"""A pool that has runs of one kind made together, where that was measured to be quicker.

It stands before any other pool. A run waits until that one has room; whoever waits with jobs of
the same kind is then made in the same batch. More runs are claimed for this than the engine could
begin with, but only while it can begin at all.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Hashable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from kaiga.domain.batch_profiles import BatchProfile, count_joined, find_profile
from kaiga.domain.engines import Health
from kaiga.domain.errors import EngineBusy, EngineCrashed, EngineHung
from kaiga.domain.tasks import Claim
from kaiga.ports.engine import Capabilities, EngineEvent, GenerationJob
from kaiga.ports.engine_pool import EnginePool
from kaiga.worker.job_shapes import kind_of, shape_of
from kaiga.worker.joint_batch import JointBatch, Part

_GATHERING_SECONDS = 0.25
"""How long an engine waits for runs that were claimed and still fetch their inputs: little beside
the seconds that such batches take, and enough for what is at hand."""
_LONGEST_WAIT_SECONDS = 1.0
"""After so long a run goes back to the queue, where its place and its wish to be canceled count;
it is claimed again once the engine has room."""
_ALONE_SECONDS = 600.0
"""How long after a crash runs that are tried again are made alone. It can't be seen whose job
broke the engine, and nobody is to lose a second attempt by it."""


def _tell_nobody() -> None:
    """Stand for no listener."""


class BatchingTurn:
    """Implements the port's `Turn` by a part of a joint batch."""

    def __init__(self, pool: "BatchingPool", claim: Claim) -> None:
        self.claim = claim
        self._pool = pool
        self._part: Part | None = None

    async def wait_for_turn(self) -> None:
        """See the port; what can be made together is known with the jobs, so `generate` waits."""

    async def generate(self, batch: Sequence[GenerationJob]) -> AsyncGenerator[EngineEvent]:
        """See the port."""
        self._part = await self._pool.join(self, batch)
        async with aclosing(self._part.read()) as events:
            async for event in events:
                yield event

    def stop_batch(self) -> bool:
        """See the port."""
        return self._part is not None and self._part.stop()

    def leave(self) -> None:
        """See the port."""
        if self._part is not None:
            self._part.drop()
        self._pool.forget(self)


@dataclass(slots=True, eq=False, kw_only=True)
class _Waiting:
    """A run whose jobs wait for the engine."""

    turn: BatchingTurn
    jobs: Sequence[GenerationJob]
    kind: Hashable
    placed: asyncio.Future[Part]
    since: float


class BatchingPool:
    """Implements `EnginePool` before `pool`.

    `profiles` are of this engine on this device, and `steps` those that the operator has set, by
    model. Runs that are on their way are waited for, for `gathering_seconds`.
    """

    def __init__(
        self,
        pool: EnginePool,
        profiles: Sequence[BatchProfile],
        steps: Mapping[str, int],
        gathering_seconds: float = _GATHERING_SECONDS,
    ) -> None:
        self._pool = pool
        self._engine = profiles[0].engine
        self._profiles = profiles
        self._steps = steps
        self._gathering_seconds = gathering_seconds
        self._largest = max(each.best_size for each in profiles)
        self._forming: set[BatchingTurn] = set()
        """Runs that have begun and are in no batch yet."""
        self._waiting: list[_Waiting] = []
        self._batches: set[asyncio.Task[None]] = set()
        self._gathering: asyncio.TimerHandle | None = None
        self._crashed_at = -_ALONE_SECONDS
        self._tell_left: Callable[[], None] = _tell_nobody
        pool.on_left(self._note_left)

    @property
    def capabilities(self) -> Capabilities:
        """See the port."""
        return self._pool.capabilities

    @property
    def has_idle(self) -> bool:
        """See the port."""
        return self._pool.has_idle

    def count_room(self) -> int:
        """See the port: the largest batch for each that the engine could begin with."""
        return max(0, self._pool.count_room() * self._largest - len(self._forming))

    def count_most_turns(self) -> int:
        """See the port."""
        return self._pool.count_most_turns() * self._largest

    def on_left(self, call: Callable[[], None]) -> None:
        """See the port."""
        self._tell_left = call

    async def choose_models(self, models: frozenset[str]) -> frozenset[str]:
        """See the port."""
        return await self._pool.choose_models(models)

    def begin_turn(self, claim: Claim) -> BatchingTurn:
        """See the port."""
        turn = BatchingTurn(self, claim)
        self._forming.add(turn)
        return turn

    async def check_health(self) -> Health:
        """See the port."""
        return await self._pool.check_health()

    async def stop(self) -> None:
        """See the port."""
        for batch in self._batches:
            if not batch.cancelling():  # a second one would leave its process half ended
                batch.cancel()
        await asyncio.gather(*self._batches, return_exceptions=True)
        await self._pool.stop()

    async def join(self, turn: BatchingTurn, jobs: Sequence[GenerationJob]) -> Part:
        """Give the run's part of a batch, once that begins.

        Raises:
            EngineBusy: the engine had no room for a long time.
        """
        loop = asyncio.get_running_loop()
        placed: asyncio.Future[Part] = loop.create_future()
        waiting = _Waiting(
            turn=turn, jobs=jobs, kind=kind_of(jobs[0]), placed=placed, since=time.monotonic()
        )
        self._waiting.append(waiting)
        self._begin_batches()
        try:
            async with asyncio.timeout(_LONGEST_WAIT_SECONDS):
                return await placed
        except BaseException as error:
            if placed.done() and not placed.cancelled():  # it was placed as it went
                placed.result().drop()
            if isinstance(error, TimeoutError):
                raise EngineBusy from None
            raise
        finally:
            if waiting in self._waiting:
                self._waiting.remove(waiting)

    def forget(self, turn: BatchingTurn) -> None:
        """Take note that a run needs the engine no more."""
        if turn in self._forming:
            self._forming.remove(turn)
            self._note_left()

    def _note_left(self) -> None:
        self._begin_batches()
        self._tell_left()

    def _begin_batches(self) -> None:
        """Begin what the engine has room for, who has waited longest first."""
        room = self._pool.count_room()
        waiting = [each for each in self._waiting if not each.placed.done()]
        while waiting and room > 0:
            room -= 1
            group, joined = self._choose(waiting)
            if self._is_to_gather(group):
                waiting = [each for each in waiting if each not in group]
            else:
                self._begin(group[:joined])
                waiting = [each for each in waiting if each not in group[:joined]]

    def _choose(self, waiting: Sequence[_Waiting]) -> tuple[Sequence[_Waiting], int]:
        """Give who is like the first, it being one of them, and how many are worth joining."""
        first = waiting[0]
        if self._is_alone(first):
            return [first], 1
        group = [each for each in waiting if each.kind == first.kind and not self._is_alone(each)]
        return group, count_joined(self._find_profile(first), [len(each.jobs) for each in group])

    def _is_alone(self, waiting: _Waiting) -> bool:
        is_again = waiting.turn.claim.task.attempt > 1
        return is_again and time.monotonic() - self._crashed_at < _ALONE_SECONDS

    def _is_to_gather(self, group: Sequence[_Waiting]) -> bool:
        """Tell whether others may soon join; looks again once they would be too late."""
        first, profile = group[0], self._find_profile(group[0])
        jobs = sum(len(each.jobs) for each in group)
        if profile is None or jobs >= profile.best_size or self._is_alone(first):
            return False
        model = first.turn.claim.task.catalogue_model
        coming = self._forming - {each.turn for each in self._waiting}
        rest = first.since + self._gathering_seconds - time.monotonic()
        if rest <= 0 or not any(each.claim.task.catalogue_model == model for each in coming):
            return False
        if self._gathering is None:
            self._gathering = asyncio.get_running_loop().call_later(rest, self._end_gathering)
        return True

    def _end_gathering(self) -> None:
        self._gathering = None
        self._begin_batches()

    def _begin(self, group: Sequence[_Waiting]) -> None:
        turn = self._pool.begin_turn(group[0].turn.claim)
        batch = JointBatch(turn, [each.jobs for each in group])
        for waiting, part in zip(group, batch.parts, strict=True):
            self._waiting.remove(waiting)
            self._forming.discard(waiting.turn)
            waiting.placed.set_result(part)
        task = batch.begin()
        self._batches.add(task)
        task.add_done_callback(lambda _: self._end(batch, task))

    def _end(self, batch: JointBatch, task: asyncio.Task[None]) -> None:
        self._batches.discard(task)
        if isinstance(batch.error, EngineCrashed | EngineHung):
            self._crashed_at = time.monotonic()
        self._note_left()

    def _find_profile(self, waiting: _Waiting) -> BatchProfile | None:
        return find_profile(self._profiles, self._engine, shape_of(waiting.jobs[0], self._steps))
