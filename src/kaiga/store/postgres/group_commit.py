"""Many writers, one transaction: waiting writes share one sync of the database's log.

While one batch is being committed, the next is collected; answers go out only after the commit, so
nothing is ever acknowledged that a power cut could undo, but for kinds of which a power cut may
undo the latest (`sync_later`): these wait for no disk.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import structlog

from kaiga.domain.errors import KaigaError, StoreUnavailable
from kaiga.domain.outages import Outage
from kaiga.store.postgres.committing import BEGIN, BEGIN_UNSYNCED, CommittingConnection
from kaiga.store.postgres.connecting import (
    AGAIN_ERRORS,
    UNAVAILABLE_ERRORS,
    UNFIT_TEXT_ERRORS,
    Connection,
    Line,
    refuse_text,
)
from kaiga.store.postgres.hints import Hint, Hints
from kaiga.store.waiting_writes import Answers, OnWritten, WaitingWrite, make_unavailable, settle

_log = structlog.get_logger(__name__)

A = TypeVar("A")
R = TypeVar("R")


class Write:
    """One transaction, as the kinds of write see it: a connection, and what is told of it."""

    __slots__ = ("connection", "hint")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.hint = Hint()


WriteKind = Callable[[Write, Sequence[A]], Awaitable[Sequence[R | KaigaError]]]
"""Runs every write of one kind that a batch holds; gives one answer per argument, in order.
An error given as an answer goes to its caller alone; one that is raised undoes the batch."""

_LARGEST_BATCH = 512
_TRIES = 3
_AT_ONCE = 2
"""Transactions of the usual writes: while one is on its way to the database and back, or waits for
the disk, another is worked on. More would make the batches smaller, and gain nothing."""


class GroupCommit:
    """The only way to write to the database; made and used on one event loop."""

    def __init__(self, connect: Callable[[], Awaitable[Line]], hints: Hints) -> None:
        usual = [CommittingConnection(connect, BEGIN) for _ in range(_AT_ONCE)]
        self._usual = _Committer(usual, hints)
        self._apart = _Committer([CommittingConnection(connect, BEGIN)], hints)
        self._unsynced = _Committer([CommittingConnection(connect, BEGIN_UNSYNCED)], hints)
        self._all = (self._usual, self._apart, self._unsynced)
        self._committers: dict[WriteKind[Any, Any], _Committer] = {}

    @property
    def commits(self) -> int:
        """How many transactions were committed."""
        return sum(each.commits for each in self._all)

    @property
    def writes(self) -> int:
        """How many writes they held."""
        return sum(each.writes for each in self._all)

    def write(self, kind: WriteKind[A, R], argument: A) -> asyncio.Future[R]:
        """Have `kind` run with `argument`; the future is done once that is durable.

        Raises (through the future):
            StoreUnavailable: the database did not take it (`CommittingConnection.run`).
        """
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self.begin(kind, argument, partial(settle, future))
        return future

    def begin(self, kind: WriteKind[A, R], argument: A, on_written: OnWritten[R]) -> None:
        """Have `kind` run with `argument`; `on_written` is told once that is durable, or why not.

        It is told later than this returns, exactly once, and without a turn of the loop between
        the answers of one batch.
        """
        self._committers.get(kind, self._usual).add(WaitingWrite(kind, argument, on_written))

    def keep_apart(self, kind: WriteKind[Any, Any]) -> None:
        """Have writes of such a kind wait for none of the others: they take turns with nodes."""
        self._committers[kind] = self._apart

    def sync_later(self, kind: WriteKind[Any, Any]) -> None:
        """Have writes of such a kind wait for no disk; a power cut may undo the latest of them."""
        self._committers[kind] = self._unsynced

    def on_commit(self, listener: Callable[[int, float], None]) -> None:
        """Have `listener` called with each commit's writes and seconds."""
        for each in self._all:
            each.listeners.append(listener)

    async def close(self) -> None:
        """Finish what waits, then stop; a later write is refused."""
        await asyncio.gather(*(each.close() for each in self._all))


class _Committer:
    """Commits batches, one after the other over each of its connections."""

    def __init__(self, connections: Sequence[CommittingConnection], hints: Hints) -> None:
        self._connections = connections
        self._idle = list(connections)
        self._hints = hints
        self._collected: list[WaitingWrite] = []
        self._running: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self._outage = Outage()
        self.listeners: list[Callable[[int, float], None]] = []
        self.commits = 0
        self.writes = 0

    def add(self, waiting: WaitingWrite) -> None:
        loop = asyncio.get_running_loop()
        if self._is_closed:
            loop.call_soon(waiting.on_written, StoreUnavailable())
            return
        self._collected.append(waiting)
        if self._idle:
            running = loop.create_task(self._run(self._idle.pop()))
            self._running.add(running)
            running.add_done_callback(self._running.discard)

    async def close(self) -> None:
        self._is_closed = True
        await asyncio.gather(*self._running)
        await asyncio.gather(*(each.close() for each in self._connections))

    async def _run(self, connection: CommittingConnection) -> None:
        while self._collected:
            batch = self._collected[:_LARGEST_BATCH]
            del self._collected[:_LARGEST_BATCH]
            answers: Answers = []
            await self._commit(connection, batch, answers)
            for on_written, answer in answers:
                try:
                    on_written(answer)
                except Exception:  # noqa: BLE001  that caller's bug; the others are told all the same
                    _log.exception("a bug in what waited for a write")
        self._idle.append(connection)

    async def _commit(
        self, connection: CommittingConnection, batch: list[WaitingWrite], answers: Answers
    ) -> None:
        """Commit a batch; a batch that fails is split, so that only the bad write fails."""
        try:
            answers.extend(await self._commit_with_tries(connection, batch))
            if self._outage.note_success():
                _log.info("the database takes writes again")
        except UNAVAILABLE_ERRORS as error:
            if self._outage.note_failure(time.monotonic()):
                _log.warning("the database takes no writes", reason=str(error))
            answers.extend((waiting.on_written, make_unavailable(error)) for waiting in batch)
        except Exception as error:  # noqa: BLE001  whatever it is, it belongs to one caller
            if len(batch) == 1:
                unfit = isinstance(error, UNFIT_TEXT_ERRORS)
                answers.append((batch[0].on_written, refuse_text() if unfit else error))
                return
            middle = len(batch) // 2
            await self._commit(connection, batch[:middle], answers)
            await self._commit(connection, batch[middle:], answers)

    async def _commit_with_tries(
        self, connection: CommittingConnection, batch: list[WaitingWrite]
    ) -> Answers:
        """Try again what the database has undone for reasons of its own."""
        for _ in range(_TRIES - 1):
            try:
                return await self._commit_together(connection, batch)
            except AGAIN_ERRORS:
                continue
        return await self._commit_together(connection, batch)

    async def _commit_together(
        self, committing: CommittingConnection, batch: list[WaitingWrite]
    ) -> Answers:
        kinds: dict[WriteKind[Any, Any], list[WaitingWrite]] = {}
        for waiting in batch:
            kinds.setdefault(waiting.kind, []).append(waiting)

        async def run(connection: Connection) -> tuple[tuple[Answers, Hint], Sequence[str]]:
            write = Write(connection)
            answers = await _run_kinds(write, kinds)
            payloads = () if write.hint.is_empty else list(self._hints.make_payloads(write.hint))
            return (answers, write.hint), payloads

        started = time.perf_counter()
        answers, hint = await committing.run(run)
        self.commits += 1
        self.writes += len(batch)
        for listener in self.listeners:
            listener(len(batch), time.perf_counter() - started)
        self._hints.tell(hint)
        return answers


async def _run_kinds(write: Write, kinds: dict[WriteKind[Any, Any], list[WaitingWrite]]) -> Answers:
    answers: Answers = []
    for kind, group in kinds.items():
        given = await kind(write, [waiting.argument for waiting in group])
        answers.extend(
            (waiting.on_written, answer) for waiting, answer in zip(group, given, strict=True)
        )
    return answers
