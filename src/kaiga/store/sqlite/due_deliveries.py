"""Whose turn it is: what of the outbox is due, with bounds on each receiver and account."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import apsw
import msgspec

from kaiga.domain.ids import DeliveryId
from kaiga.domain.instants import milliseconds_since_epoch
from kaiga.domain.lifetimes import horizon_of_notices
from kaiga.domain.webhooks import Delivery, DueDelivery, origin_of
from kaiga.store.delivery_rows import DELIVERY_COLUMNS, delivery_from_row
from kaiga.store.rows import ReadRow

_MOST_OF_A_RECEIVER = 4
_MOST_OF_AN_ACCOUNT = 16
"""Claimed at once: half of what the courier sends at once, so that no account has it all."""
_MOST_MADE_DUE = 1000
_FAR_FUTURE_MS = 2**62

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


class Receiver(NamedTuple):
    """What is bounded together: one account's addresses at one host and port."""

    account: str
    origin: str


class Taken:
    """What is claimed already, and how much more of each receiver and account may be."""

    def __init__(self, claimed: Mapping[DeliveryId, Receiver]) -> None:
        self._claimed = claimed
        self._by_receiver = Counter(claimed.values())
        self._by_account = Counter(receiver.account for receiver in claimed.values())

    def is_account_full(self, account: str) -> bool:
        """Tell whether nothing more of an account may be claimed."""
        return self._by_account[account] >= _MOST_OF_AN_ACCOUNT

    def find_due_of(
        self, connection: apsw.Connection, receiver: Receiver, free_slots: int
    ) -> Sequence[DueDelivery]:
        """Give what is due of a receiver and may be claimed, oldest first."""
        taken = self._by_receiver[receiver]
        room = min(
            free_slots,
            _MOST_OF_A_RECEIVER - taken,
            _MOST_OF_AN_ACCOUNT - self._by_account[receiver.account],
        )
        if room <= 0:
            return ()
        rows = connection.execute(_DUE, (*receiver, room + taken)).fetchall()
        free = [row for row in rows if str(row[0]) not in self._claimed][:room]
        self._by_account[receiver.account] += len(free)
        return [_due_from_row(row) for row in free]


def find_planned(connection: apsw.Connection, now: datetime) -> Sequence[int]:
    """Give what is to be made due: its time has come, or is so far away that a clock jumped."""
    now_ms, horizon_ms = (milliseconds_since_epoch(at) for at in (now, horizon_of_notices(now)))
    return [
        int(str(row[0]))
        for first, last in ((-_FAR_FUTURE_MS, now_ms), (horizon_ms + 1, _FAR_FUTURE_MS))
        for row in connection.execute(_PLANNED, (first, last, _MOST_MADE_DUE))
    ]


def make_due(connection: apsw.Connection, wanted: Sequence[Sequence[int]]) -> Sequence[None]:
    """Make planned deliveries due; one that was tried meanwhile is left as it is."""
    for ids in wanted:
        connection.execute(_MAKE_DUE, (msgspec.json.encode(ids).decode(),))
    return [None] * len(wanted)


def receiver_of(delivery: Delivery) -> Receiver:
    """Give what a delivery is bounded with."""
    return Receiver(delivery.notice.account, origin_of(delivery.url))


def find_due(
    connection: apsw.Connection, free_slots: int, taken: Taken, last: Receiver
) -> Sequence[DueDelivery]:
    """Go once round the receivers, beginning after the one whose turn it was last."""
    found: list[DueDelivery] = []
    place, has_turned = last, False
    while len(found) < free_slots:
        receiver = _find_next(connection, place, skips_account=taken.is_account_full(place.account))
        if receiver is None and not has_turned:
            place, has_turned = Receiver("", ""), True
            continue
        if receiver is None or (has_turned and receiver > last):
            break
        found += taken.find_due_of(connection, receiver, free_slots - len(found))
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


def _due_from_row(row: ReadRow) -> DueDelivery:
    secret = None if row[-1] is None else str(row[-1])
    return DueDelivery(delivery=delivery_from_row(row), secret=secret)
