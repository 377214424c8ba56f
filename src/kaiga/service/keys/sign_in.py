"""Signs somebody in to the console: a key in, a session out."""

from dataclasses import dataclass
from datetime import timedelta

from kaiga.domain.derived_keys import DerivedKey, DerivedKind, draw_derived_key
from kaiga.domain.errors import TemporaryKeyRefused
from kaiga.domain.keys import Principal
from kaiga.ports.clock import Calendar
from kaiga.service.keys.key_ring import KeyRing

LIFETIME = timedelta(hours=12)
"""A working day; a session also ends with its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The use case; nothing is recorded."""

    key_ring: KeyRing
    calendar: Calendar
    pepper: bytes

    async def __call__(self, key: str) -> tuple[Principal, str]:
        """Give who has signed in, and the text of their session.

        Raises:
            KeyInvalid: not a key that is good here.
            TemporaryKeyRefused: a key that was derived from another one.
            StoreUnavailable: the store did not answer.
        """
        principal = await self.key_ring.authenticate(key)
        if principal.is_temporary or key.startswith(DerivedKind.SESSION.prefix):
            raise TemporaryKeyRefused
        expires_at = self.calendar.real_now() + LIFETIME
        if principal.expires_at is not None:
            expires_at = min(expires_at, principal.expires_at)
        session = DerivedKey(
            kind=DerivedKind.SESSION, parent=principal.key_id, expires_at=expires_at
        )
        return principal, draw_derived_key(self.pepper, session)
