"""Which waiting task is next: the fair order of lanes in memory, the tasks of each in an index.

The order is a hint, made anew from the rows whenever a transaction was undone; that a task waits
is said by its row alone. Everything here runs on the writer's thread, but where it says otherwise.
"""

from collections.abc import Collection, Sequence

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
_HEADS = """
    SELECT json_group_array(json_array(id, work)) FROM (
        SELECT id, work FROM tasks
        WHERE account = ? AND catalogue_model = ? AND status = 'PENDING'
        ORDER BY rank_ms, id LIMIT ? OFFSET ?
    )
"""
_FIRST_HEADS = 4
_MORE_HEADS = 4
_COUNT = """
    SELECT count(*) FROM tasks WHERE account = ? AND catalogue_model = ? AND status = 'PENDING'
"""


_decode_heads = msgspec.json.Decoder(list[tuple[TaskId, float]]).decode


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
        self._has_room_again = False

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
        if self._queue.free(lane):
            self._has_room_again = True

    def find_room_again(self) -> bool:
        """Tell whether a full lane has had room again since this was last asked; on any thread."""
        has_room_again, self._has_room_again = self._has_room_again, False
        return has_room_again

    def take(
        self, connection: apsw.Connection, models: Collection[str], most: int
    ) -> Sequence[NextTask]:
        """Give up to `most` tasks in their turns; the caller makes them RUNNING, all at once."""
        if self._is_doubtful:
            self._read_anew(connection)
        heads: dict[Lane, _Heads] = {}
        taken: list[NextTask] = []
        while len(taken) < most and (lane := self._queue.choose(models)) is not None:
            if lane not in heads:
                heads[lane] = _Heads(connection, lane)
            head = heads[lane].find_next(most - len(taken))
            if head is None:
                self._queue.mark_empty(lane)
                continue
            task_id, work = head
            self._queue.charge(lane, work)
            self._change_length(lane, -1)
            taken.append(NextTask(task_id, lane.account))
        return taken

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


class _Heads:
    """The tasks of one lane in their order, read some at a time while none of them changes.

    Each look reads more than the one before: one claim takes from many lanes, or much from one.
    """

    def __init__(self, connection: apsw.Connection, lane: Lane) -> None:
        self._connection = connection
        self._lane = lane
        self._read = 0
        self._has_more = True
        self._size = _FIRST_HEADS
        self._heads: list[tuple[TaskId, float]] = []

    def find_next(self, most: int) -> tuple[TaskId, float] | None:
        """Give the next task and its work; `most` is how many may still be asked for."""
        if not self._heads and self._has_more:
            self._read_more(min(most, self._size))
        return self._heads.pop() if self._heads else None

    def _read_more(self, size: int) -> None:
        row = self._connection.execute(_HEADS, (*self._lane, size, self._read)).fetchone()
        self._heads = _decode_heads(str(row[0])) if row else []
        self._heads.reverse()
        self._read += len(self._heads)
        self._has_more = len(self._heads) == size
        self._size *= _MORE_HEADS


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
