"""Whose turn it is: what of the outbox is due, with bounds on each receiver and account."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import apsw
import msgspec

from kaiga.domain.ids import DeliveryId
from kaiga.domain.instants import milliseconds_since_epoch
from kaiga.domain.lifetimes import horizon_of_notices
from kaiga.domain.webhooks import DueDelivery
from kaiga.store.delivery_rows import DELIVERY_COLUMNS
from kaiga.store.delivery_turns import (
    FAR_FUTURE_MS,
    MOST_MADE_DUE,
    Receiver,
    Taken,
    due_from_row,
)

_PLANNED = "SELECT id FROM outbox WHERE next_ms BETWEEN ? AND ? ORDER BY next_ms LIMIT ?"
_MAKE_DUE = """
    UPDATE outbox SET is_due = 1, next_ms = NULL
    WHERE id IN (SELECT value FROM json_each(?)) AND next_ms IS NOT NULL
"""
_NEXT_OF_ACCOUNT = """
    SELECT account, origin FROM outbox WHERE is_due = 1 AND account = ? AND origin > ?
    ORDER BY origin LIMIT 1
"""
_NEXT_ACCOUNT = """
    SELECT account, origin FROM outbox WHERE is_due = 1 AND account > ?
    ORDER BY account, origin LIMIT 1
"""
"""Two statements: with `(account, origin) > (?, ?)` SQLite walks all rows that are equal to it."""
_DUE = f"""
    SELECT {DELIVERY_COLUMNS}, webhooks.secret FROM outbox
    LEFT JOIN webhooks ON webhooks.account = outbox.account AND webhooks.url = outbox.url
        AND webhooks.disabled_ms IS NULL
    WHERE outbox.is_due = 1 AND outbox.account = ? AND outbox.origin = ?
    ORDER BY outbox.id LIMIT ?
"""  # noqa: S608  constants


def find_planned(connection: apsw.Connection, now: datetime) -> Sequence[int]:
    """Give what is to be made due: its time has come, or is so far away that a clock jumped."""
    now_ms, horizon_ms = (milliseconds_since_epoch(at) for at in (now, horizon_of_notices(now)))
    return [
        int(str(row[0]))
        for first, last in ((-FAR_FUTURE_MS, now_ms), (horizon_ms + 1, FAR_FUTURE_MS))
        for row in connection.execute(_PLANNED, (first, last, MOST_MADE_DUE))
    ]


def make_due(connection: apsw.Connection, wanted: Sequence[Sequence[int]]) -> Sequence[None]:
    """Make planned deliveries due; one that was tried meanwhile is left as it is."""
    for ids in wanted:
        connection.execute(_MAKE_DUE, (msgspec.json.encode(ids).decode(),))
    return [None] * len(wanted)


def find_due(
    connection: apsw.Connection,
    free_slots: int,
    claimed: Mapping[DeliveryId, Receiver],
    last: Receiver,
) -> Sequence[DueDelivery]:
    """Go once round the receivers, beginning after the one whose turn it was last."""
    taken = Taken(claimed.values())
    found: list[DueDelivery] = []
    place, has_turned = last, False
    while len(found) < free_slots:
        receiver = _find_next(connection, place, skips_account=taken.is_account_full(place.account))
        if receiver is None and not has_turned:
            place, has_turned = Receiver("", ""), True
            continue
        if receiver is None or (has_turned and receiver > last):
            break
        room = min(free_slots - len(found), taken.find_room(receiver))
        free = _find_due_of(connection, receiver, claimed, room, taken.count_of(receiver))
        taken.take(receiver, len(free))
        found += free
        place = receiver
    return found


def _find_next(
    connection: apsw.Connection, place: Receiver, *, skips_account: bool
) -> Receiver | None:
    row = None
    if not skips_account:
        row = connection.execute(_NEXT_OF_ACCOUNT, place).fetchone()
    if row is None:
        row = connection.execute(_NEXT_ACCOUNT, (place.account,)).fetchone()
    return None if row is None else Receiver(str(row[0]), str(row[1]))


def _find_due_of(
    connection: apsw.Connection,
    receiver: Receiver,
    claimed: Collection[DeliveryId],
    room: int,
    taken: int,
) -> Sequence[DueDelivery]:
    """Give up to `room` of what is due of a receiver and not claimed, oldest first."""
    if room <= 0:
        return ()
    rows = connection.execute(_DUE, (*receiver, room + taken)).fetchall()
    return [due_from_row(row) for row in rows if str(row[0]) not in claimed][:room]
