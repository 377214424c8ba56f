"""How an account's calendar differs from the machine's."""

from datetime import datetime, timedelta

import msgspec

from kaiga.domain.errors import FieldInvalid

LONGEST_ADVANCE = timedelta(days=3660)
"""Ten years: longer than whatever lives for a time, and far from any calendar's end."""


class ClockShift(msgspec.Struct, frozen=True, kw_only=True):
    """An account's time is the machine's and `ahead`; or stands still at `frozen_at`, aware UTC."""

    ahead: timedelta = timedelta()
    frozen_at: datetime | None = None

    def apply(self, real_now: datetime) -> datetime:
        """Give the account's present at the machine's present `real_now`."""
        return self.frozen_at or real_now + self.ahead

    def advance(self, by: timedelta) -> "ClockShift":
        """Move the account's present forward, frozen or not.

        Raises:
            FieldInvalid: `by` is negative, or takes the clock too far from the machine's.
        """
        ahead = self.ahead + by
        if by < timedelta() or ahead > LONGEST_ADVANCE:
            raise FieldInvalid(
                "advance_seconds must be at least 0, and a clock can be at most "
                f"{LONGEST_ADVANCE.days} days ahead."
            )
        frozen_at = self.frozen_at and self.frozen_at + by
        return ClockShift(ahead=ahead, frozen_at=frozen_at)

    def freeze(self, real_now: datetime) -> "ClockShift":
        """Have the account's clock stand still, now unless it does already."""
        return ClockShift(ahead=self.ahead, frozen_at=self.apply(real_now))

    def unfreeze(self, real_now: datetime) -> "ClockShift":
        """Have the account's clock run again from where it stands."""
        if self.frozen_at is None:
            return self
        return ClockShift(ahead=self.frozen_at - real_now)
