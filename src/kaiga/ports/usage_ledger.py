"""What tasks were billed for; it outlives them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from kaiga.domain.ids import AccountId
from kaiga.domain.usage_report import Used


class UsageLedger(Protocol):
    """Read alone; who publishes the end of a task writes its line."""

    async def sum_span(
        self, account: AccountId | None, start: datetime, end: datetime
    ) -> Sequence[Used]:
        """Sum up by account, key and model what ended from `start` on and before `end`.

        None stands for every account.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        ...
