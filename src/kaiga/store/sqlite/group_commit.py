"""Many writers, one transaction: waiting writes share one fsync.

One thread owns the writing connection. It takes whatever waits, runs it in one transaction and
answers only after the commit, so nothing is ever acknowledged that a power cut could undo.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any, TypeVar, cast

import apsw

from kaiga.domain.errors import KaigaError, StoreUnavailable
from kaiga.store.sqlite.connecting import UNAVAILABLE_ERRORS

A = TypeVar("A")
R = TypeVar("R")

WriteKind = Callable[[apsw.Connection, Sequence[A]], Sequence[R | KaigaError]]
"""Runs every write of one kind that a batch holds; gives one answer per argument, in order.
An error given as an answer goes to its caller alone; one that is raised undoes the batch."""

_LARGEST_BATCH = 512


class _Waiting:
    __slots__ = ("argument", "future", "kind")

    def __init__(
        self, kind: WriteKind[Any, Any], argument: object, future: asyncio.Future[Any]
    ) -> None:
        self.kind = kind
        self.argument = argument
        self.future = future


_Answers = list[tuple[asyncio.Future[Any], object]]


class GroupCommit:
    """The only way to write to the database."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="kaiga-writer", daemon=True)
        self._thread.start()
        self.commits = 0
        self.writes = 0

    def write(self, kind: WriteKind[A, R], argument: A) -> asyncio.Future[R]:
        """Have `kind` run with `argument`; the future is done once that is durable.

        Raises (through the future):
            StoreUnavailable: the database did not take it; nothing was changed.
        """
        future: asyncio.Future[R] = self._loop.create_future()
        self._queue.put(_Waiting(kind, argument, future))
        return future

    def close(self) -> None:
        """Finish what waits, then stop."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_for_more = True
        while open_for_more:
            batch: list[_Waiting] = []
            waiting = self._queue.get()
            while waiting is not None:
                batch.append(waiting)
                if len(batch) >= _LARGEST_BATCH or self._queue.empty():
                    break
                waiting = self._queue.get()
            open_for_more = waiting is not None
            if batch:
                answers: _Answers = []
                self._commit(batch, answers)
                self._answer(answers)

    def _commit(self, batch: list[_Waiting], answers: _Answers) -> None:
        """Commit a batch; a batch that fails is split, so that only the bad write fails."""
        try:
            answers.extend(self._commit_together(batch))
        except UNAVAILABLE_ERRORS as error:
            unavailable = StoreUnavailable()
            unavailable.__cause__ = error
            answers.extend((waiting.future, unavailable) for waiting in batch)
        except Exception as error:  # noqa: BLE001  whatever it is, it belongs to one caller
            if len(batch) == 1:
                answers.append((batch[0].future, error))
                return
            middle = len(batch) // 2
            self._commit(batch[:middle], answers)
            self._commit(batch[middle:], answers)

    def _commit_together(self, batch: list[_Waiting]) -> _Answers:
        kinds: dict[WriteKind[Any, Any], list[_Waiting]] = {}
        for waiting in batch:
            kinds.setdefault(waiting.kind, []).append(waiting)
        answers: _Answers = []
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for kind, group in kinds.items():
                given = kind(self._connection, [waiting.argument for waiting in group])
                answers.extend(
                    (waiting.future, answer) for waiting, answer in zip(group, given, strict=True)
                )
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        self.commits += 1
        self.writes += len(batch)
        return answers

    def _answer(self, answers: _Answers) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(_deliver, answers)


def _deliver(answers: _Answers) -> None:
    for future, answer in answers:
        if future.done():  # its caller has gone; what it wrote stays written
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(cast("Any", answer))
