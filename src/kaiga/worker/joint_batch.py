"""One batch of an engine with the jobs of several runs, each of which sees only its own."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import msgspec

from kaiga.domain.errors import EngineStopped
from kaiga.ports.engine import (
    EngineEvent,
    GenerationJob,
    JobFailed,
    PreviewMade,
    ResultMade,
    StepDone,
)
from kaiga.ports.engine_pool import Turn

_MOST_UNREAD = 16
"""Events of one run: beyond it the batch has to wait, so that files do not pile up in memory."""


class Part:
    """What one run has of a joint batch; made by `JointBatch`."""

    def __init__(self, batch: "JointBatch", jobs: Sequence[GenerationJob]) -> None:
        self.jobs = jobs
        self.missing = len(jobs)
        """Jobs that have neither a result nor an error."""
        self._batch = batch
        self._is_given_up = False
        self._news: asyncio.Queue[EngineEvent | Exception | None] = asyncio.Queue(_MOST_UNREAD)

    @property
    def is_wanted(self) -> bool:
        """Tell whether somebody waits for more of it."""
        return self.missing > 0 and not self._is_given_up

    async def read(self) -> AsyncGenerator[EngineEvent]:
        """Give the events of the run's own jobs, numbered as it has them.

        It ends with the last job, whatever the others' do. Closing it early gives the part up.

        Raises:
            EngineBusy, EngineCrashed, EngineHung, EngineAway, EngineUnfit: see `EngineProcess`.
            EngineStopped: it was stopped.
        """
        try:
            while (news := await self._news.get()) is not None:
                if isinstance(news, Exception):
                    raise news
                yield news
        finally:
            self.drop()

    def stop(self) -> bool:
        """See `EngineProcess.stop_batch`; the engine is stopped only where nobody else needs it."""
        return self._batch.stop(self)

    def drop(self) -> None:
        """Need nothing more of it; the batch of which nothing is needed is ended at once."""
        if self.is_wanted:
            self.give_up()
            self._batch.end_if_unwanted()

    def give_up(self) -> None:
        """Take nothing more, and let go who waits for that."""
        self._is_given_up = True
        while not self._news.empty():
            self._news.get_nowait()

    def tell_stopped(self) -> None:
        """Have the reader told that it was stopped, instead of all that it has not read."""
        self.give_up()
        self._news.put_nowait(EngineStopped())

    async def take(self, event: EngineEvent) -> None:
        """Hand an event to the reader, and the end after the last job."""
        if not self.is_wanted:
            return
        if isinstance(event, ResultMade | JobFailed):
            self.missing -= 1
        await self._news.put(event)
        if not self.missing:
            await self._news.put(None)

    async def fail(self, error: Exception) -> None:
        """Hand the end of the batch to the reader."""
        if self.is_wanted:
            self.missing = 0
            await self._news.put(error)


class JointBatch:
    """A batch on one turn of an engine; `run` has it made."""

    def __init__(self, turn: Turn, orders: Sequence[Sequence[GenerationJob]]) -> None:
        self.parts = [Part(self, jobs) for jobs in orders]
        """In the order of the runs."""
        self.error: Exception | None = None
        """How it ended, where that was not by a result for every job."""
        self._turn = turn
        self._places = [(part, index) for part in self.parts for index in range(len(part.jobs))]
        self._is_leaving = False
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> asyncio.Task[None]:
        """Have it made in a task of its own; when that is done, the turn was left."""
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(lambda _: self._turn.leave())  # even if it never ran
        return self._task

    def stop(self, part: Part) -> bool:
        """Leave what belongs to one part; the others' jobs go on."""
        if not part.is_wanted:
            return False
        if not any(each.is_wanted for each in self.parts if each is not part):
            return self._turn.stop_batch()
        part.tell_stopped()
        return True

    def end_if_unwanted(self) -> None:
        """End the engine's work at once where nobody waits for any of it."""
        if self._task is not None and not self._is_wanted:
            self._task.cancel()

    @property
    def _is_wanted(self) -> bool:
        return any(part.is_wanted for part in self.parts)

    async def _run(self) -> None:
        jobs = [job for part in self.parts for job in part.jobs]
        try:
            async with aclosing(self._turn.generate(jobs)) as events:
                async for event in events:
                    await self._hand_out(event)
                    self._leave_what_was_stopped()
        except Exception as error:  # noqa: BLE001  it belongs to the runs, which tell them apart
            self.error = error
            for part in self.parts:
                await part.fail(error)

    async def _hand_out(self, event: EngineEvent) -> None:
        if not isinstance(event, StepDone | PreviewMade | ResultMade | JobFailed):
            for part in self.parts:  # it is of the whole batch
                await part.take(event)
        elif 0 <= event.index < len(self._places):
            part, index = self._places[event.index]
            await part.take(msgspec.structs.replace(event, index=index))

    def _leave_what_was_stopped(self) -> None:
        """Ask the engine to leave jobs of stopped runs once all others are done."""
        if self._is_wanted or self._is_leaving or not any(part.missing for part in self.parts):
            return
        self._is_leaving = True
        self._turn.stop_batch()
