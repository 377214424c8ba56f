"""Many writers, one transaction: waiting writes share one fsync.

One thread owns the writing connection. While it commits one batch, the event loop collects the
next; answers go out only after the commit, so nothing is ever acknowledged that a power cut could
undo, but for kinds of which a power cut may undo the latest (`sync_later`). Each batch changes
threads twice, however large it is: two threads of one interpreter that hand over more often spend
their time on handing over (docs/adr/0002). Where nothing but plain creates comes, they go to a
process of their own instead of the thread (docs/adr/0034).
"""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar, runtime_checkable

import apsw
import structlog

from kaiga.domain.errors import KaigaError, StoreUnavailable
from kaiga.domain.outages import Outage
from kaiga.store.rows import Row
from kaiga.store.sqlite.connecting import UNAVAILABLE_ERRORS, transaction
from kaiga.store.sqlite.inserting.insert_process import InsertOutcome, InsertProcess
from kaiga.store.waiting_writes import Answers, OnWritten, WaitingWrite, make_unavailable, settle

_log = structlog.get_logger(__name__)

A = TypeVar("A")
R = TypeVar("R")

WriteKind = Callable[[apsw.Connection, Sequence[A]], Sequence[R | KaigaError]]
"""Runs every write of one kind that a batch holds; gives one answer per argument, in order.
An error given as an answer goes to its caller alone; one that is raised undoes the batch."""

_SYNC = "PRAGMA synchronous = FULL"
_SYNC_LATER = "PRAGMA synchronous = NORMAL"
_LARGEST_BATCH = 512
_WORTH_A_COMMIT = 16
"""As many are handed over at once; fewer wait for the end of the loop's turn, so that writes
that arrive together share a commit, and the loop goes on collecting while that runs."""


_WORTH_A_CHANGE = 256
"""So many plain creates with no other write between them go to the insert process from then on: a
change of connections costs each of them its cache."""
_WORTH_A_PROCESS = 8
"""So many of them at once are load enough to start it for."""


@runtime_checkable
class OneStatementKind(Protocol):
    """A kind that sometimes needs one statement only, which is a transaction by itself."""

    def needs_one_statement(self, arguments: Sequence[Any]) -> bool:
        """Tell whether these arguments are written by a single statement."""
        ...


@runtime_checkable
class InsertingKind(Protocol):
    """A kind that mostly does nothing but insert rows of tasks."""

    def find_plain_rows(self, arguments: Sequence[Any]) -> Sequence[Row] | None:
        """Give the rows whose insert is all there is to do; None where there is more."""
        ...

    def finish(self, connection: apsw.Connection, arguments: Sequence[Any]) -> Sequence[Any]:
        """Do what may be done already, wholly or not at all, as for other kinds."""
        ...


class GroupCommit:
    """The only way to write to the database; made and used on one event loop."""

    def __init__(self, connection: apsw.Connection, inserts: InsertProcess | None = None) -> None:
        self._connection = connection
        self._inserts = inserts
        self._plain_in_a_row = 0
        self._loop = asyncio.get_running_loop()
        self._collected: list[WaitingWrite] = []
        self._is_committing = False
        self._is_closed = False
        self._outage = Outage()
        self._unsynced: set[WriteKind[Any, Any]] = set()
        self._is_syncing = True
        self._undone_listeners: list[Callable[[], None]] = []
        self._commit_listeners: list[Callable[[int, float], None]] = []
        self._batches: SimpleQueue[list[WaitingWrite] | None] = SimpleQueue()
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
        self.begin(kind, argument, partial(settle, future))
        return future

    def begin(self, kind: WriteKind[A, R], argument: A, on_written: OnWritten[R]) -> None:
        """Have `kind` run with `argument`; `on_written` is told once that is durable, or why not.

        It is told later than this returns, exactly once, and without a turn of the loop between
        the answers of one batch.
        """
        if self._is_closed:
            self._loop.call_soon(on_written, StoreUnavailable())
            return
        self._collected.append(WaitingWrite(kind, argument, on_written))
        if not self._is_committing:
            if len(self._collected) >= _WORTH_A_COMMIT:
                self._hand_over()
            elif len(self._collected) == 1:
                self._loop.call_soon(self._hand_over_if_idle)

    def sync_later(self, kind: WriteKind[Any, Any]) -> None:
        """Have no sync for batches of such kinds alone: the next batch that has one syncs these.

        Such a write outlives the end of the process at once, and a power cut from then on.
        """
        self._unsynced.add(kind)

    def on_undone(self, listener: Callable[[], None]) -> None:
        """Have `listener` called, on the writer's thread, after writes that ran were undone."""
        self._undone_listeners.append(listener)

    def on_commit(self, listener: Callable[[int, float], None]) -> None:
        """Have `listener` called, on any thread, with each commit's writes and seconds."""
        self._commit_listeners.append(listener)

    def close(self) -> None:
        """Finish what waits, then stop; a later write is refused."""
        self._is_closed = True
        if self._inserts is not None:
            self._inserts.close()
        if self._collected:
            self._batches.put(self._collected)
            self._collected = []
        self._batches.put(None)
        self._thread.join()

    def _hand_over_if_idle(self) -> None:
        if not self._is_committing:
            self._hand_over()

    def _hand_over(self) -> None:
        batch = self._collected[:_LARGEST_BATCH]
        self._is_committing = bool(batch)
        if batch:
            del self._collected[:_LARGEST_BATCH]
            if not self._begin_insert(batch):
                self._batches.put(batch)

    def _begin_insert(self, batch: list[WaitingWrite]) -> bool:
        """Give a batch to the insert process if it is for that; tells whether it is."""
        inserts, kind = self._inserts, batch[0].kind
        if inserts is None or self._outage.is_on:
            return False
        rows = None
        if isinstance(kind, InsertingKind) and all(each.kind is kind for each in batch):
            rows = kind.find_plain_rows([each.argument for each in batch])
        if rows is None:
            self._plain_in_a_row = 0
            return False
        self._plain_in_a_row += len(batch)
        if self._plain_in_a_row < _WORTH_A_CHANGE:
            return False
        if not inserts.is_ready:
            if len(batch) >= _WORTH_A_PROCESS:
                inserts.want()
            return False
        started = time.perf_counter()
        inserts.begin(rows, partial(self._conclude_insert, kind, batch, started))
        return True

    def _conclude_insert(
        self,
        kind: InsertingKind,
        batch: list[WaitingWrite],
        started: float,
        outcome: InsertOutcome,
    ) -> None:
        match outcome:
            case InsertOutcome.INSERTED:
                self._note_commit(len(batch), started)
                self._deliver([(each.on_written, None) for each in batch])
            case InsertOutcome.NOT_INSERTED:  # the thread finds out which one is bad, or why
                self._batches.put(batch)
            case InsertOutcome.UNKNOWN:
                self._batches.put(
                    [WaitingWrite(kind.finish, each.argument, each.on_written) for each in batch]
                )

    def _deliver(self, answers: Answers) -> None:
        self._hand_over()
        for on_written, answer in answers:
            try:
                on_written(answer)
            except Exception:  # noqa: BLE001  that caller's bug; the others are told all the same
                _log.exception("a bug in what waited for a write")

    def _run(self) -> None:
        while (batch := self._batches.get()) is not None:
            answers: Answers = []
            self._commit(batch, answers)
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._deliver, answers)

    def _commit(self, batch: list[WaitingWrite], answers: Answers) -> None:
        """Commit a batch; a batch that fails is split, so that only the bad write fails."""
        try:
            answers.extend(self._commit_together(batch))
            if self._outage.note_success():
                _log.info("the database takes writes again")
        except UNAVAILABLE_ERRORS as error:
            if self._outage.note_failure(time.monotonic()):
                _log.warning("the database takes no writes", reason=str(error))
            answers.extend((waiting.on_written, make_unavailable(error)) for waiting in batch)
        except Exception as error:  # noqa: BLE001  whatever it is, it belongs to one caller
            if len(batch) == 1:
                answers.append((batch[0].on_written, error))
                return
            middle = len(batch) // 2
            self._commit(batch[:middle], answers)
            self._commit(batch[middle:], answers)

    def _commit_together(self, batch: list[WaitingWrite]) -> Answers:
        if self._connection.in_transaction:  # an earlier ROLLBACK did not get through
            self._connection.execute("ROLLBACK")
        kinds: dict[WriteKind[Any, Any], list[WaitingWrite]] = {}
        for waiting in batch:
            kinds.setdefault(waiting.kind, []).append(waiting)
        started = time.perf_counter()
        self._sync_only_if(is_wanted=not kinds.keys() <= self._unsynced)
        try:
            if _is_one_statement(kinds):
                answers = self._run_kinds(kinds)
            else:
                answers = self._run_transaction(kinds)
        except BaseException:
            for listener in self._undone_listeners:
                listener()
            raise
        self._note_commit(len(batch), started)
        return answers

    def _note_commit(self, writes: int, started: float) -> None:
        self.commits += 1
        self.writes += writes
        for committed in self._commit_listeners:
            committed(writes, time.perf_counter() - started)

    def _sync_only_if(self, *, is_wanted: bool) -> None:
        if self._is_syncing is not is_wanted:
            self._connection.execute(_SYNC if is_wanted else _SYNC_LATER)
            self._is_syncing = is_wanted

    def _run_transaction(self, kinds: dict[WriteKind[Any, Any], list[WaitingWrite]]) -> Answers:
        with transaction(self._connection):
            return self._run_kinds(kinds)

    def _run_kinds(self, kinds: dict[WriteKind[Any, Any], list[WaitingWrite]]) -> Answers:
        answers: Answers = []
        for kind, group in kinds.items():
            given = kind(self._connection, [waiting.argument for waiting in group])
            answers.extend(
                (waiting.on_written, answer) for waiting, answer in zip(group, given, strict=True)
            )
        return answers


def _is_one_statement(kinds: dict[WriteKind[Any, Any], list[WaitingWrite]]) -> bool:
    if len(kinds) != 1:
        return False
    ((kind, group),) = kinds.items()
    return isinstance(kind, OneStatementKind) and kind.needs_one_statement(
        [waiting.argument for waiting in group]
    )
