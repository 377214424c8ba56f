"""The lanes in which tasks may wait, as rows that every node sees.

A create sees to it that its lane is there; a claim that finds one empty removes it. Both hold an
advisory lock on the lane until they commit, creates with each other and the removal alone, so that
no task is left waiting in a lane that nobody looks into.
"""

from collections.abc import Collection

from kaiga.domain.ids import Lane
from kaiga.store.postgres.connecting import Connection
from kaiga.store.postgres.task_rows import turn_into_columns

LOCKED_LANES = 0x4B41
"""The first half of the keys of advisory locks on lanes; the other is a hash of the lane."""

_ARRIVE = f"""
    WITH held AS MATERIALIZED (
        SELECT account, model,
            {{lock}}({LOCKED_LANES}, hashtext(account || ' ' || model))
        FROM unnest($1::text[], $2::text[]) AS lane (account, model)
    )
    INSERT INTO lanes (account, catalogue_model) SELECT account, model FROM held
    ON CONFLICT DO NOTHING
"""  # noqa: S608  constants
_ARRIVE_WITH_OTHERS = _ARRIVE.format(lock="pg_advisory_xact_lock_shared")
_ARRIVE_ALONE = _ARRIVE.format(lock="pg_advisory_xact_lock")
_COUNT = """
    SELECT count(*) FROM tasks
    WHERE account = $1 AND catalogue_model = $2 AND status = 'PENDING'
"""


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
