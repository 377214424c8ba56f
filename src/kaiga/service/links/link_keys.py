"""The secrets that sign what goes out to clients and comes back: result links, upload policies."""

import secrets
from collections.abc import Sequence

from kaiga.domain.ids import LinkKeyId
from kaiga.domain.lifetimes import LINK_LIFETIME
from kaiga.domain.links import LinkKey
from kaiga.ports.clock import Calendar
from kaiga.ports.key_store import KeyStore

_SECRET_BYTES = 32


class LinkKeys:
    """Has the newest key sign, and knows every key that is still kept."""

    def __init__(self, store: KeyStore, calendar: Calendar) -> None:
        self._store = store
        self._calendar = calendar
        self._keys: Sequence[LinkKey] = ()
        self.generation = 0
        """How many rotations there were since the start."""

    async def load(self) -> None:
        """Read the keys; makes the first one where there is none.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        self._keys = await self._store.list_link_keys()
        if not self._keys:
            await self.rotate()

    async def rotate(self) -> None:
        """Sign with a new secret from now on; what was signed before stays good for its time.

        Raises:
            StoreUnavailable: the store did not answer; nothing was changed.
        """
        now = self._calendar.real_now()
        link_key_id = LinkKeyId(f"KAIGA{secrets.token_hex(8).upper()}")
        await self._store.rotate_link_key(
            link_key_id, secrets.token_bytes(_SECRET_BYTES), now, now - 2 * LINK_LIFETIME
        )
        self._keys = await self._store.list_link_keys()
        self.generation += 1

    def get_newest(self) -> LinkKey:
        """Give the key that signs."""
        return self._keys[0]

    def find(self, key_id: str) -> LinkKey | None:
        """Give the key of that id, as long as it is kept."""
        return next((key for key in self._keys if key.id == key_id), None)
