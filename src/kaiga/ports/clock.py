"""The two clocks: one for what people are shown, one for who holds what.

They are separate ports because they answer to different truths: the calendar may be shifted for
one account by the emulator, the lease clock never is.
"""

from datetime import datetime
from typing import Protocol

from kaiga.domain.ids import AccountId


class Calendar(Protocol):
    """Times shown, expiry, links, retention and ids."""

    def now(self, account: AccountId) -> datetime:
        """Give the present instant as `account` sees it, in UTC."""
        ...

    def real_now(self) -> datetime:
        """Give the present instant that no account's shift touches, in UTC."""
        ...


class LeaseClock(Protocol):
    """Leases, heartbeats, back-off and deadlines of real work; it never goes backwards."""

    def now(self) -> float:
        """Give the present in seconds; only differences of it mean anything."""
        ...
