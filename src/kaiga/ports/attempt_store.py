"""Where attempts end, as whoever runs them sees it."""

from datetime import datetime
from typing import Protocol

from kaiga.domain.tasks import AttemptCause, Claim, Outcome


class AttemptStore(Protocol):
    """A part of `TaskStore`, which fulfils it and tells what the methods promise."""

    async def finish(
        self, claim: Claim, outcome: Outcome, now: datetime, expires_at: datetime
    ) -> None:
        """See `TaskStore`."""
        ...

    async def give_back(
        self, claim: Claim, cause: AttemptCause, now: datetime, expires_at: datetime
    ) -> None:
        """See `TaskStore`."""
        ...
