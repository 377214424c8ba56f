"""The turns of runs at a server: so many jobs at a time, each bounded in time."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

import msgspec

from kaiga.domain.engines import EngineState, Health
from kaiga.domain.errors import (
    EngineAway,
    EngineCrashed,
    EngineHung,
    EngineStopped,
    EngineUnfit,
)
from kaiga.domain.tasks import Claim
from kaiga.engines.remote.complaints import JobRefused
from kaiga.engines.remote.measuring import MeasureFile
from kaiga.engines.remote.remote_server import RemoteServer
from kaiga.ports.engine import (
    Capabilities,
    EngineEvent,
    GenerationJob,
    JobFailed,
    PhaseBegan,
    ResultMade,
)

_LOOK_SECONDS = 4.0
_LEAVING_SECONDS = 10.0
"""How long a job that is left may take to tell its server so."""
Tell = Callable[[EngineEvent], None]


def _tell_nobody() -> None:
    """Stand for no listener."""


class RemoteTurn:
    """Implements the port's `Turn`."""

    def __init__(self, pool: "RemotePool") -> None:
        self._pool = pool
        self._making: asyncio.Task[None] | None = None
        self._has_left = False

    async def wait_for_turn(self) -> None:
        """See the port; there are no more turns than the server takes jobs."""

    async def generate(self, batch: Sequence[GenerationJob]) -> AsyncGenerator[EngineEvent]:
        """See the port; the jobs are made side by side, as far as the server takes them."""
        events: asyncio.Queue[EngineEvent | None] = asyncio.Queue()
        making = asyncio.create_task(self._pool.make(batch, events.put_nowait))
        making.add_done_callback(lambda _: events.put_nowait(None))
        self._making = making
        try:
            while (event := await events.get()) is not None:
                yield event
            if making.cancelled():
                raise EngineStopped
            making.result()
        finally:
            await _leave(making)
            self.leave()

    def stop_batch(self) -> bool:
        """See the port; what the server has begun it is told to leave."""
        if self._making is None or self._making.done():
            return False
        self._making.cancel()
        return True

    def leave(self) -> None:
        """See the port."""
        if not self._has_left:
            self._has_left = True
            self._pool.note_left()


class RemotePool:
    """Implements `EnginePool` for one server; `clips` are the models whose results are clips."""

    def __init__(
        self,
        server: RemoteServer,
        *,
        concurrency: int,
        timeout_seconds: float,
        clips: frozenset[str],
        measure: MeasureFile,
    ) -> None:
        self._server = server
        self._concurrency = concurrency
        self._timeout_seconds = timeout_seconds
        self._clips = clips
        self._measure = measure
        self._permits = asyncio.Semaphore(concurrency)
        self._turns = 0
        self._jobs = 0
        """That are at the server now."""
        self._tell_left: Callable[[], None] = _tell_nobody

    @property
    def capabilities(self) -> Capabilities:
        """See the port."""
        return self._server.capabilities

    @property
    def has_idle(self) -> bool:
        """See the port."""
        return self._turns < self._concurrency

    def count_room(self) -> int:
        """See the port."""
        return max(0, self._concurrency - self._turns)

    def count_most_turns(self) -> int:
        """See the port."""
        return self._concurrency

    def on_left(self, call: Callable[[], None]) -> None:
        """See the port."""
        self._tell_left = call

    async def choose_models(self, models: frozenset[str]) -> frozenset[str]:
        """See the port; what has to be loaded is the server's own matter."""
        return models

    def begin_turn(self, claim: Claim) -> RemoteTurn:  # noqa: ARG002  every run is treated alike
        """See the port."""
        self._turns += 1
        return RemoteTurn(self)

    def note_left(self) -> None:
        """Take note that a run needs the server no more."""
        self._turns -= 1
        self._tell_left()

    async def check_health(self) -> Health:
        """See the port; a server that is at work for us may be slow to answer."""
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                await self._server.look()
        except TimeoutError:
            if self._jobs:
                return Health()
            return _away(f"It did not answer within {_LOOK_SECONDS:g} s.")
        except (EngineAway, EngineUnfit, JobRefused) as error:
            return _away(str(error))
        except (EngineCrashed, EngineHung) as error:
            return _away(str(error.__cause__ or error))
        return Health()

    async def stop(self) -> None:
        """See the port."""
        await self._server.close()

    async def make(self, batch: Sequence[GenerationJob], tell: Tell) -> None:
        """Make every job of a batch; see `EngineProcess` for what is raised."""
        failed: Exception | None = None
        try:
            async with asyncio.TaskGroup() as group:
                for index, job in enumerate(batch):
                    group.create_task(self._make_job(index, job, tell))
        except ExceptionGroup as errors:
            failed = errors.exceptions[0]
        if failed is not None:  # outside of the handler, so that it keeps its own cause
            raise failed

    async def _make_job(self, index: int, job: GenerationJob, tell: Tell) -> None:
        async with self._permits:
            tell(PhaseBegan(phase="generate"))
            self._jobs += 1
            try:
                async with (
                    asyncio.timeout(self._timeout_seconds),
                    aclosing(self._server.make(index, job)) as events,
                ):
                    async for event in events:
                        tell(await self._finish(event, job))
            except JobRefused as refused:
                tell(JobFailed(index=index, code=refused.code, message=refused.message))
            except TimeoutError as error:
                raise EngineHung from error
            finally:
                self._jobs -= 1

    async def _finish(self, event: EngineEvent, job: GenerationJob) -> EngineEvent:
        if not isinstance(event, ResultMade):
            return event
        is_clip = job.model in self._clips
        files = [
            await self._measure(file.content, is_clip=is_clip, mark=job.watermark)
            for file in event.files
        ]
        return msgspec.structs.replace(event, files=tuple(files))


async def _leave(making: asyncio.Task[None]) -> None:
    """End what makes a batch, and wait until the server was told."""
    making.cancel()
    await asyncio.wait([making], timeout=_LEAVING_SECONDS)
    if making.done() and not making.cancelled():
        making.exception()  # it was told where there was anyone to listen


def _away(message: str) -> Health:
    return Health(state=EngineState.AWAY, message=message)
