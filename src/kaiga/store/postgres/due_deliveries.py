"""Whose turn it is: leases what of the outbox is due, with bounds that hold over all nodes."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from kaiga.domain.instants import milliseconds_since_epoch
from kaiga.domain.lifetimes import horizon_of_notices
from kaiga.store.delivery_rows import DELIVERY_COLUMNS
from kaiga.store.delivery_turns import (
    FAR_FUTURE_MS,
    MOST_MADE_DUE,
    MOST_OF_A_RECEIVER,
    Receiver,
    Taken,
)
from kaiga.store.postgres.connecting import Connection
from kaiga.store.postgres.group_commit import Write
from kaiga.store.rows import ReadRow

_RECEIVERS_AT_ONCE = 64
_AFTER_ALL_ORIGINS = "\U0010ffff"
"""Behind every origin: text is compared byte by byte."""
_CLAIMS_LOCK = 0x4B44

_LOCK = f"SELECT pg_advisory_xact_lock({_CLAIMS_LOCK}, 0)"
"""Nodes claim one after the other, so that each sees what the others have."""
_NOW = "SELECT extract(epoch FROM clock_timestamp())::float8"
_MAKE_DUE = """
    UPDATE outbox SET is_due = 1, next_ms = NULL
    WHERE id IN (SELECT id FROM outbox WHERE next_ms BETWEEN $1 AND $2
                 ORDER BY next_ms LIMIT $3 FOR UPDATE SKIP LOCKED)
"""
LEASED = "SELECT account, origin FROM outbox WHERE leased_until > $1"
_NEXT = """
    SELECT account, origin FROM outbox WHERE is_due = 1 AND (account, origin) > ({0}, {1})
    ORDER BY account, origin LIMIT 1
"""
HEADS = f"""
    WITH RECURSIVE receivers (account, origin, number) AS (
        (SELECT account, origin, 1 FROM ({_NEXT.format("$1", "$2")}) AS first)
        UNION ALL
        SELECT next.account, next.origin, receivers.number + 1
        FROM receivers CROSS JOIN LATERAL (
            {_NEXT.format("receivers.account", "receivers.origin")}
        ) AS next
        WHERE receivers.number < $3
    )
    SELECT receivers.account, receivers.origin, heads.ids
    FROM receivers CROSS JOIN LATERAL (
        SELECT array_agg(id ORDER BY id) AS ids FROM (
            SELECT id FROM outbox
            WHERE is_due = 1 AND account = receivers.account AND origin = receivers.origin
                AND (leased_until IS NULL OR leased_until <= $4)
            ORDER BY id LIMIT {MOST_OF_A_RECEIVER}
        ) AS head
    ) AS heads
    ORDER BY number
"""  # noqa: S608  constants
_LEASE = f"""
    WITH free AS (
        SELECT id FROM outbox
        WHERE id = ANY ($1::int8[]) AND is_due = 1 AND (leased_until IS NULL OR leased_until <= $2)
        ORDER BY id FOR UPDATE SKIP LOCKED
    ), leased AS (
        UPDATE outbox SET leased_until = $3 FROM free WHERE outbox.id = free.id
        RETURNING outbox.*
    )
    SELECT {DELIVERY_COLUMNS}, webhooks.secret FROM leased AS outbox
    LEFT JOIN webhooks ON webhooks.account = outbox.account AND webhooks.url = outbox.url
        AND webhooks.disabled_ms IS NULL
"""  # noqa: S608  constants


class ClaimWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Up to how many are to be leased for how long, after the receiver whose turn it was last."""

    now: datetime
    free_slots: int
    last: Receiver
    lease_seconds: float


class Leased(msgspec.Struct, frozen=True, kw_only=True):
    """What was leased, until when, and whose turn it was last."""

    rows: Sequence[ReadRow]
    until: float
    last: Receiver


async def claim_due(write: Write, wanted: Sequence[ClaimWanted]) -> Sequence[Leased]:
    """Lease what is due, oldest first of each receiver; the receivers take turns."""
    await write.connection.execute(_LOCK)
    return [await _claim(write.connection, each) for each in wanted]


async def _claim(connection: Connection, wanted: ClaimWanted) -> Leased:
    await _make_due(connection, wanted.now)
    now = float(await connection.fetchval(_NOW))
    leased = [Receiver(*row) for row in await connection.fetch(LEASED, now)]
    chosen, last = await _choose(connection, wanted, Taken(leased), now)
    until = now + wanted.lease_seconds
    rows = await connection.fetch(_LEASE, chosen, now, until) if chosen else ()
    order = {number: place for place, number in enumerate(chosen)}
    return Leased(rows=sorted(rows, key=lambda row: order[row[0]]), until=until, last=last)


async def _make_due(connection: Connection, now: datetime) -> None:
    """Make due whose time has come, and what is so far away that a clock jumped."""
    now_ms, horizon_ms = (milliseconds_since_epoch(at) for at in (now, horizon_of_notices(now)))
    for first, last in ((-FAR_FUTURE_MS, now_ms), (horizon_ms + 1, FAR_FUTURE_MS)):
        await connection.execute(_MAKE_DUE, first, last, MOST_MADE_DUE)


async def _choose(
    connection: Connection, wanted: ClaimWanted, taken: Taken, now: float
) -> tuple[list[int], Receiver]:
    """Go once round the receivers, beginning after the one whose turn it was last."""
    chosen: list[int] = []
    last = place = wanted.last
    has_turned = False
    while len(chosen) < wanted.free_slots:
        if taken.is_account_full(place.account):
            place = Receiver(place.account, _AFTER_ALL_ORIGINS)
        heads = await connection.fetch(HEADS, *place, _RECEIVERS_AT_ONCE, now)
        for account, origin, found in heads:
            ids: list[int] = found or []
            place = Receiver(account, origin)
            if len(chosen) == wanted.free_slots or (has_turned and place > wanted.last):
                return chosen, last
            room = min(taken.find_room(place), wanted.free_slots - len(chosen))
            free = ids[:room]
            if free:
                taken.take(place, len(free))
                chosen += free
                last = place
        if len(heads) < _RECEIVERS_AT_ONCE:
            if has_turned:
                break
            place, has_turned = Receiver("", ""), True
    return chosen, last
