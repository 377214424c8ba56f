"""The machine's own clocks."""

import time
from datetime import UTC, datetime

from kaiga.domain.ids import AccountId


class SystemCalendar:
    """Implements `Calendar`: every account lives in the machine's present."""

    def now(self, account: AccountId) -> datetime:  # noqa: ARG002  the port lets an account differ
        """See the port."""
        return datetime.now(UTC)

    def real_now(self) -> datetime:
        """See the port."""
        return datetime.now(UTC)


class MonotonicLeaseClock:
    """Implements `LeaseClock` for one machine: it never goes backwards and no one can set it."""

    def now(self) -> float:
        """See the port."""
        return time.monotonic()
