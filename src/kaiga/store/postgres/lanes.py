"""The lanes in which tasks may wait, as rows that every node sees.

A create sees to it that its lane is there; a claim that finds one empty removes it. Both hold an
advisory lock on the lane until they commit, creates with each other and the removal alone, so that
no task is left waiting in a lane that nobody looks into.
"""

from collections.abc import Collection, Sequence

from kaiga.domain.ids import AccountId, Lane
from kaiga.store.postgres.connecting import Connection
from kaiga.store.postgres.task_rows import turn_into_columns

_LOCKS = 0x4B41
"""The first half of the keys of advisory locks on lanes; the other is a hash of the lane."""
_KEY = f"{_LOCKS}, hashtext(account || ' ' || model)"
_LANES = "unnest($1::text[], $2::text[]) AS lane (account, model)"
_ARRIVE = f"""
    WITH held AS MATERIALIZED (SELECT account, model, {{lock}}({_KEY}) FROM {_LANES})
    INSERT INTO lanes (account, catalogue_model) SELECT account, model FROM held
    ON CONFLICT DO NOTHING
"""  # noqa: S608  constants
_ARRIVE_WITH_OTHERS = _ARRIVE.format(lock="pg_advisory_xact_lock_shared")
_ARRIVE_ALONE = _ARRIVE.format(lock="pg_advisory_xact_lock")
_COUNT = """
    SELECT count(*) FROM tasks
    WHERE account = $1 AND catalogue_model = $2 AND status = 'PENDING'
"""
_LOCK_AT_ONCE = f"SELECT account, model FROM {_LANES} WHERE pg_try_advisory_xact_lock({_KEY})"  # noqa: S608  constants
_REMOVE_EMPTY = f"""
    DELETE FROM lanes USING {_LANES}
    WHERE lanes.account = lane.account AND lanes.catalogue_model = lane.model
        AND NOT EXISTS (
            SELECT 1 FROM tasks WHERE tasks.account = lane.account
                AND tasks.catalogue_model = lane.model AND tasks.status = 'PENDING'
        )
    RETURNING 1
"""  # noqa: S608  constants
"""A statement of its own, after the locks: it sees what was committed before they were had."""
_NOTE_ABSENCE = """
    UPDATE shares SET is_waiting = false
    WHERE account = ANY ($1::text[]) AND is_waiting
        AND NOT EXISTS (SELECT 1 FROM lanes WHERE lanes.account = shares.account)
"""
_FORGET_SHARES = """
    DELETE FROM shares WHERE account = ANY ($1::text[]) AND NOT is_waiting
        AND virtual_time <= (SELECT virtual_now FROM fair_clock)
"""
_FREE = f"""
    UPDATE lanes SET is_full = false FROM {_LANES}
    WHERE lanes.account = lane.account AND lanes.catalogue_model = lane.model AND lanes.is_full
    RETURNING 1
"""  # noqa: S608  constants
_FREE_ALL = "UPDATE lanes SET is_full = false WHERE is_full RETURNING 1"
_LIST = """
    WITH RECURSIVE found AS (
        (SELECT account, catalogue_model FROM tasks WHERE status = 'PENDING'
         ORDER BY account, catalogue_model LIMIT 1)
        UNION ALL
        SELECT following.account, following.catalogue_model FROM found, LATERAL (
            SELECT account, catalogue_model FROM tasks WHERE status = 'PENDING'
                AND (account, catalogue_model) > (found.account, found.catalogue_model)
            ORDER BY account, catalogue_model LIMIT 1
        ) AS following
    )
    SELECT account, catalogue_model FROM found
"""
"""Jumps from one lane to the next through the index, and does not walk what waits."""


async def arrive(
    connection: Connection, lanes: Collection[Lane], limited: Collection[Lane] = ()
) -> None:
    """See that lanes are known in which this transaction has tasks wait.

    Those of `limited` are locked against other creates, so that what waits there can be counted.
    Lanes are locked in their order: two transactions that lock several never wait for each other.
    """
    if limited:
        await connection.execute(_ARRIVE_ALONE, *turn_into_columns(sorted(limited)))
    if lanes:
        await connection.execute(_ARRIVE_WITH_OTHERS, *turn_into_columns(sorted(lanes)))


async def count_waiting(connection: Connection, lane: Lane) -> int:
    """Count what waits in a lane."""
    return int(await connection.fetchval(_COUNT, *lane))


async def remove_empty(connection: Connection, lanes: Collection[Lane]) -> bool:
    """Drop lanes that were seen empty, but for those in which a create is under way.

    Tells whether one was dropped.
    """
    if not lanes:
        return False
    locked = await connection.fetch(_LOCK_AT_ONCE, *turn_into_columns(sorted(lanes)))
    if not locked:
        return False
    removed = await connection.fetch(
        _REMOVE_EMPTY, *turn_into_columns([tuple(row) for row in locked])
    )
    accounts = sorted({str(row[0]) for row in locked})
    await connection.execute(_NOTE_ABSENCE, accounts)
    await connection.execute(_FORGET_SHARES, accounts)
    return bool(removed)


async def free(connection: Connection, lanes: Collection[Lane]) -> bool:
    """Take note that running tasks of lanes have ended; tells whether one was full."""
    if not lanes:
        return False
    return bool(await connection.fetch(_FREE, *turn_into_columns(sorted(lanes))))


async def free_all(connection: Connection) -> bool:
    """Have every full lane looked at again: limits may have changed; tells whether one was."""
    return bool(await connection.fetch(_FREE_ALL))


async def list_lanes(connection: Connection) -> Sequence[Lane]:
    """Find the lanes that wait by the waiting tasks themselves."""
    rows = await connection.fetch(_LIST)
    return [Lane(AccountId(str(account)), str(model)) for account, model in rows]
