"""Notices on their way: each for one address, written by the transaction that ends the task."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from kaiga.domain.ids import AccountId, DeliveryId
from kaiga.domain.notices import Notice
from kaiga.domain.webhooks import Delivery, DeliveryState, DueDelivery, Progress


class DeliveryFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which deliveries of one account a log shows: all conditions hold, None asks nothing.

    `before` is the id from which the page goes back, itself not included.
    """

    account: AccountId
    state: DeliveryState | None = None
    task_id: str | None = None
    url: str | None = None
    before: DeliveryId | None = None


class Outbox(Protocol):
    """The deliveries; there is one of each task and address, put there by the `TaskStore`.

    All methods raise `StoreUnavailable` where the database did not answer; then nothing was
    changed.
    """

    async def claim_due(self, now: datetime, free_slots: int) -> Sequence[DueDelivery]:
        """Give up to `free_slots` deliveries that wait and are due, to be tried by the caller.

        Accounts and hosts take turns, and each has a bound on how many are claimed at once, so
        that none that answers slowly holds up others. A delivery is claimed once until
        `release`; what a process has claimed is due again when it has died. One that seems
        farther away than any wait is long is due as well: a clock was set back.
        """
        ...

    def release(self, delivery_id: DeliveryId) -> None:
        """Let a claimed delivery be claimed again once it is due."""
        ...

    async def record(self, delivery: Delivery, progress: Progress, *, disables: bool) -> None:
        """Write how far a delivery is; `disables` also takes the account's address out of use."""
        ...

    async def add(self, url: str, notice: Notice) -> DeliveryId:
        """Put a notice for an address of its account there, due at once."""
        ...

    async def list_deliveries(self, wanted: DeliveryFilter, limit: int) -> Sequence[Delivery]:
        """Give up to `limit` deliveries that match, newest first."""
        ...

    async def redeliver(self, account: AccountId, delivery_id: DeliveryId) -> bool:
        """Make a delivery due at once, as if never tried; False where the account has none."""
        ...

    async def purge_deliveries(self, done_until: datetime, limit: int) -> int:
        """Forget up to `limit` deliveries that were done by then; gives how many."""
        ...
