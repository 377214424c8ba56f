"""Which waiting task is next: the fair order of lanes in memory, the tasks of each in an index.

The order is a hint, made anew from the rows whenever a transaction was undone; that a task waits
is said by its row alone. Everything here runs on the writer's thread.
"""

from collections.abc import Collection

import apsw
import msgspec

from kaiga.domain.fair_queue import FairQueue, QueuePolicy
from kaiga.domain.ids import AccountId, Lane, TaskId

_NEXT_MODEL = """
    SELECT account, catalogue_model FROM tasks
    WHERE status = 'PENDING' AND account = ? AND catalogue_model > ?
    ORDER BY account, catalogue_model LIMIT 1
"""
_NEXT_ACCOUNT = """
    SELECT account, catalogue_model FROM tasks WHERE status = 'PENDING' AND account > ?
    ORDER BY account, catalogue_model LIMIT 1
"""
_RUNNING = """
    SELECT account, catalogue_model, count(*) FROM tasks WHERE status = 'RUNNING'
    GROUP BY account, catalogue_model
"""
_HEAD = """
    SELECT id, work FROM tasks
    WHERE account = ? AND catalogue_model = ? AND status = 'PENDING'
    ORDER BY rank_ms, id LIMIT 1
"""
_COUNT = """
    SELECT count(*) FROM tasks WHERE account = ? AND catalogue_model = ? AND status = 'PENDING'
"""


class NextTask(msgspec.Struct, frozen=True):
    """The waiting task whose turn it is."""

    id: TaskId
    account: AccountId


class WaitingTasks:
    """The waiting tasks, as the writer sees them."""

    def __init__(self, policy: QueuePolicy) -> None:
        self._policy = policy
        self._queue = FairQueue(policy)
        self._lengths: dict[Lane, int] = {}
        """Of lanes whose length is limited, once it was asked for."""
        self._is_doubtful = True

    def doubt(self) -> None:
        """Read the rows again before the next choice: what was told here may be undone."""
        self._is_doubtful = True
        self._lengths.clear()

    def is_limited(self, lane: Lane) -> bool:
        """Tell whether only so many tasks may wait in a lane."""
        return self._policy.find_queue_limit(lane) is not None

    def has_room(self, connection: apsw.Connection, lane: Lane) -> bool:
        """Tell whether one more task may wait in a lane."""
        limit = self._policy.find_queue_limit(lane)
        if limit is None:
            return True
        length = self._lengths.get(lane)
        if length is None:
            row = connection.execute(_COUNT, lane).fetchone()
            length = self._lengths[lane] = int(str(row[0])) if row else 0
        return length < limit

    def add(self, lane: Lane) -> None:
        """Take note of a task that waits from now on."""
        self._queue.arrive(lane)
        self._change_length(lane, 1)

    def remove(self, lane: Lane) -> None:
        """Take note of a task that waits no more and was not taken."""
        self._change_length(lane, -1)

    def free(self, lane: Lane) -> None:
        """Take note of a task that runs no more."""
        self._queue.free(lane)

    def take(self, connection: apsw.Connection, models: Collection[str]) -> NextTask | None:
        """Give the task whose turn it is, which the caller makes RUNNING; None where none waits."""
        if self._is_doubtful:
            self._read_anew(connection)
        while (lane := self._queue.choose(models)) is not None:
            head = connection.execute(_HEAD, lane).fetchone()
            if head is None:
                self._queue.mark_empty(lane)
                continue
            task_id, work = head
            self._queue.charge(lane, float(str(work)))
            self._change_length(lane, -1)
            return NextTask(TaskId(str(task_id)), lane.account)
        return None

    def _read_anew(self, connection: apsw.Connection) -> None:
        running = {
            Lane(AccountId(str(account)), str(model)): int(str(number))
            for account, model, number in connection.execute(_RUNNING)
        }
        self._queue.restart(list_lanes(connection), running)
        self._is_doubtful = False

    def _change_length(self, lane: Lane, by: int) -> None:
        if lane in self._lengths:
            self._lengths[lane] += by


def list_lanes(connection: apsw.Connection) -> list[Lane]:
    """Find the lanes that wait by jumps from one to the next, not by walking the queue."""
    lanes: list[Lane] = []
    lane: Lane | None = Lane(AccountId(""), "")
    while (lane := _find_next_lane(connection, lane)) is not None:
        lanes.append(lane)
    return lanes


def _find_next_lane(connection: apsw.Connection, lane: Lane) -> Lane | None:
    """Give the lane that comes next; one comparison of both columns would walk the whole lane."""
    row = connection.execute(_NEXT_MODEL, lane).fetchone()
    if row is None:
        row = connection.execute(_NEXT_ACCOUNT, (lane.account,)).fetchone()
    return None if row is None else Lane(AccountId(str(row[0])), str(row[1]))
