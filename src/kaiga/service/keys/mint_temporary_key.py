"""Gives out keys that end by themselves soon."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, floor

from kaiga.domain.derived_keys import DerivedKey, DerivedKind, draw_derived_key
from kaiga.domain.errors import LifetimeOutOfRange, TemporaryKeyRefused
from kaiga.domain.keys import Principal
from kaiga.ports.clock import Calendar

SHORTEST_SECONDS, LONGEST_SECONDS, DEFAULT_SECONDS = 1, 1800, 60
"""Source: contract/core.md, 9.2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MintTemporaryKey:
    """The use case; nothing is recorded."""

    calendar: Calendar
    pepper: bytes

    def __call__(self, principal: Principal, lifetime_seconds: int) -> tuple[str, datetime]:
        """Give a key that speaks for the caller's, with the role user, and when it ends.

        It ends with its parent at the latest.

        Raises:
            TemporaryKeyRefused: the caller's key is a temporary one.
            LifetimeOutOfRange: it would live too short or too long.
        """
        if principal.is_temporary:
            raise TemporaryKeyRefused
        if not SHORTEST_SECONDS <= lifetime_seconds <= LONGEST_SECONDS:
            raise LifetimeOutOfRange(SHORTEST_SECONDS, LONGEST_SECONDS)
        expires_at = self.calendar.real_now() + timedelta(seconds=lifetime_seconds)
        end = ceil(expires_at.timestamp())
        if principal.expires_at is not None:
            end = min(end, floor(principal.expires_at.timestamp()))
        ends_at = datetime.fromtimestamp(end, UTC)
        key = DerivedKey(kind=DerivedKind.TEMPORARY, parent=principal.key_id, expires_at=ends_at)
        return draw_derived_key(self.pepper, key), ends_at
