"""Whose task is next, by what all nodes have written down; see docs/adr/0014 and 0031.

All that is written here is written by claims, and of these one at a time holds the lock.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from kaiga.domain.fair_queue import FairQueue, QueuePolicy
from kaiga.domain.ids import AccountId, Lane, TaskId
from kaiga.store.postgres.connecting import Connection
from kaiga.store.postgres.lanes import remove_empty
from kaiga.store.postgres.task_rows import turn_into_columns

_CLAIMS_LOCK = 0x4B41474943  # "KAGIC"
_LOCK = f"SELECT pg_advisory_xact_lock({_CLAIMS_LOCK})"
_MOST_AT_ONCE = 64
"""Tasks of a lane that one look chooses from; a claim of more looks again."""
_LANES_BESIDE = 32
"""Lanes that are looked at beyond one for each task: some may be full, or empty already."""
_CANDIDATES = """
    WITH ready AS MATERIALIZED (
        SELECT lanes.account, lanes.catalogue_model, lanes.turn, fair_clock.virtual_now,
            CASE WHEN shares.is_waiting THEN shares.virtual_time
            ELSE greatest(coalesce(shares.virtual_time, 0), fair_clock.virtual_now) END AS stand
        FROM fair_clock CROSS JOIN lanes LEFT JOIN shares ON shares.account = lanes.account
        WHERE lanes.catalogue_model = ANY ($1::text[]) AND NOT lanes.is_full
        ORDER BY stand, lanes.turn, lanes.account, lanes.catalogue_model LIMIT $3
    )
    SELECT ready.account, ready.catalogue_model, ready.stand, ready.virtual_now, ARRAY(
        SELECT ROW(id, work) FROM tasks
        WHERE tasks.account = ready.account AND tasks.catalogue_model = ready.catalogue_model
            AND tasks.status = 'PENDING'
        ORDER BY tasks.rank_ms, tasks.id LIMIT $2
    )
    FROM ready ORDER BY ready.stand, ready.turn, ready.account, ready.catalogue_model
"""
_RUNNING = """
    SELECT lane.account, lane.model, (
        SELECT count(*) FROM tasks WHERE tasks.account = lane.account
            AND tasks.catalogue_model = lane.model AND tasks.status = 'RUNNING'
    ) FROM unnest($1::text[], $2::text[]) AS lane (account, model)
"""
_CHARGE = """
    INSERT INTO shares (account, virtual_time, is_waiting)
    SELECT account, virtual_time, true
    FROM unnest($1::text[], $2::float8[]) AS charged (account, virtual_time)
    ON CONFLICT (account) DO UPDATE SET virtual_time = excluded.virtual_time, is_waiting = true
"""
_TAKE_TURNS = """
    WITH clock AS (
        UPDATE fair_clock SET virtual_now = $4, turn = turn + cardinality($1::text[])
        RETURNING turn
    )
    UPDATE lanes SET is_full = lane.is_full, turn = clock.turn + lane.place
    FROM unnest($1::text[], $2::text[], $3::bool[]) WITH ORDINALITY
        AS lane (account, model, is_full, place), clock
    WHERE lanes.account = lane.account AND lanes.catalogue_model = lane.model
"""


class NextTask(msgspec.Struct, frozen=True):
    """A waiting task whose turn it is."""

    id: TaskId
    account: AccountId


class Choice(msgspec.Struct, frozen=True):
    """What was chosen, and whether another look may find more."""

    tasks: Sequence[NextTask]
    has_more: bool


class _Candidates(msgspec.Struct, frozen=True):
    """Lanes that are not known as full, in their turns, each with its first tasks in theirs."""

    now: float
    stands: Mapping[AccountId, float]
    heads: Mapping[Lane, list[tuple[TaskId, float]]]


async def begin_choosing(connection: Connection) -> None:
    """Wait until no other claim is under way; none is until this transaction ends."""
    await connection.execute(_LOCK)


async def choose(
    connection: Connection, policy: QueuePolicy, models: Collection[str], most: int
) -> Choice:
    """Choose up to `most` tasks in their turns; the caller makes them RUNNING at once."""
    depth = min(most, _MOST_AT_ONCE)
    candidates = await _find_candidates(connection, models, depth, most + _LANES_BESIDE)
    queue = FairQueue(policy)
    running = await _count_running(connection, policy, candidates.heads)
    queue.resume(candidates.now, candidates.stands, candidates.heads, running)
    taken, turns = _take(queue, candidates, models, most, depth)
    full = [lane for lane in candidates.heads if queue.is_full(lane)]
    if turns or full:
        await _write_down(connection, queue, turns, full)
    empty = [lane for lane, heads in candidates.heads.items() if not heads]
    has_removed = await remove_empty(connection, empty)
    return Choice(taken, has_more=bool(taken or full or has_removed))


def _take(
    queue: FairQueue, candidates: _Candidates, models: Collection[str], most: int, depth: int
) -> tuple[list[NextTask], dict[Lane, None]]:
    """Choose until there is enough, or until it is a lane's turn whose next task is not at hand.

    Gives the tasks, and their lanes in the order of their last turns.
    """
    left = {lane: heads[::-1] for lane, heads in candidates.heads.items()}
    taken: list[NextTask] = []
    turns: dict[Lane, None] = {}
    while len(taken) < most and (lane := queue.choose(models)) is not None:
        if left[lane]:
            task_id, work = left[lane].pop()
            queue.charge(lane, work)
            turns.pop(lane, None)
            turns[lane] = None
            taken.append(NextTask(task_id, lane.account))
        elif len(candidates.heads[lane]) < depth:
            queue.mark_empty(lane)
        else:
            break
    return taken, turns


async def _find_candidates(
    connection: Connection, models: Collection[str], depth: int, most_lanes: int
) -> _Candidates:
    rows = await connection.fetch(_CANDIDATES, list(models), depth, most_lanes)
    stands: dict[AccountId, float] = {}
    heads: dict[Lane, list[tuple[TaskId, float]]] = {}
    now = 0.0
    for account, model, stand, virtual_now, tasks in rows:
        lane = Lane(AccountId(str(account)), str(model))
        now = float(virtual_now)
        stands[lane.account] = float(stand)
        heads[lane] = [(TaskId(str(task_id)), float(work)) for task_id, work in tasks]
    return _Candidates(now, stands, heads)


async def _count_running(
    connection: Connection, policy: QueuePolicy, lanes: Iterable[Lane]
) -> Mapping[Lane, int]:
    """Count what runs in lanes that have a limit."""
    limited = [lane for lane in lanes if policy.find_running_limit(lane) is not None]
    if not limited:
        return {}
    rows = await connection.fetch(_RUNNING, *turn_into_columns(limited))
    return {Lane(AccountId(str(account)), str(model)): int(n) for account, model, n in rows}


async def _write_down(
    connection: Connection,
    queue: FairQueue,
    turns: Collection[Lane],
    full: Collection[Lane],
) -> None:
    """Have the next claim go on from here, on whichever node."""
    charged = sorted({lane.account for lane in turns})
    if charged:
        times = [queue.find_virtual_time(account) for account in charged]
        await connection.execute(_CHARGE, charged, times)
    rows = [(*lane, lane in full) for lane in dict.fromkeys((*full, *turns))]
    await connection.execute(_TAKE_TURNS, *turn_into_columns(rows), queue.now)
