"""How much of the outbox may be claimed at once, of each receiver and of each account."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from kaiga.domain.notices import Notice
from kaiga.domain.webhooks import Delivery, DueDelivery, Progress, origin_of
from kaiga.store.delivery_rows import delivery_from_row
from kaiga.store.rows import ReadRow, Row, to_milliseconds

MOST_OF_A_RECEIVER = 4
_MOST_OF_AN_ACCOUNT = 16
"""Claimed at once: half of what the courier sends at once, so that no account has it all."""
MOST_MADE_DUE = 1000
FAR_FUTURE_MS = 2**62


class Receiver(NamedTuple):
    """What is bounded together: one account's addresses at one host and port."""

    account: str
    origin: str


class Taken:
    """What is claimed already, one receiver for each delivery, and how much more may be."""

    def __init__(self, claimed: Iterable[Receiver]) -> None:
        self._by_receiver = Counter(claimed)
        self._by_account = Counter[str]()
        for receiver, number in self._by_receiver.items():
            self._by_account[receiver.account] += number

    def is_account_full(self, account: str) -> bool:
        """Tell whether nothing more of an account may be claimed."""
        return self._by_account[account] >= _MOST_OF_AN_ACCOUNT

    def count_of(self, receiver: Receiver) -> int:
        """Give how many of a receiver are claimed."""
        return self._by_receiver[receiver]

    def find_room(self, receiver: Receiver) -> int:
        """Give how many more of a receiver may be claimed."""
        of_receiver = MOST_OF_A_RECEIVER - self._by_receiver[receiver]
        return max(0, min(of_receiver, _MOST_OF_AN_ACCOUNT - self._by_account[receiver.account]))

    def take(self, receiver: Receiver, number: int) -> None:
        """Count so many more of a receiver."""
        self._by_receiver[receiver] += number
        self._by_account[receiver.account] += number


class RecordWanted(msgspec.Struct, frozen=True, kw_only=True):
    """How far a delivery is; `disables` also takes its address out of use."""

    delivery: Delivery
    progress: Progress
    disables: bool


class NoticeWanted(msgspec.Struct, frozen=True, kw_only=True):
    """A notice that is to be sent to an address."""

    url: str
    notice: Notice


def receiver_of(delivery: Delivery) -> Receiver:
    """Give what a delivery is bounded with."""
    return Receiver(delivery.notice.account, origin_of(delivery.url))


def due_from_row(row: ReadRow) -> DueDelivery:
    """Read `DELIVERY_COLUMNS`, and the secret of the address, or None, as the last column."""
    secret = None if row[-1] is None else str(row[-1])
    return DueDelivery(delivery=delivery_from_row(row), secret=secret)


def make_progress_row(progress: Progress) -> Row:
    """Give what the columns from `state` to `trouble` of a delivery hold."""
    return (
        progress.state.value,
        progress.tries,
        to_milliseconds(progress.next_try_at),
        to_milliseconds(progress.first_tried_at),
        to_milliseconds(progress.last_tried_at),
        to_milliseconds(progress.done_at),
        progress.answer_status,
        progress.answer,
        progress.trouble,
    )


def make_notice_row(wanted: NoticeWanted) -> Row:
    """Give what the columns from `task_id` to `ended_ms` of a notice for an account hold."""
    notice = wanted.notice
    return (
        notice.task_id,
        notice.account,
        wanted.url,
        origin_of(wanted.url),
        notice.status.value,
        notice.key_id,
        notice.request_id,
        notice.region,
        notice.operation,
        notice.model,
        to_milliseconds(notice.started_at),
        to_milliseconds(notice.ended_at),
    )
