"""Makes, shows and revokes API keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kaiga.domain.errors import KeyUnknown
from kaiga.domain.ids import DEFAULT_ACCOUNT, DEFAULT_WORKSPACE, AccountId, KeyId, WorkspaceId
from kaiga.domain.keys import ApiKey, Role, draw_api_key, hash_api_key, prefix_of_key
from kaiga.ports.clock import Calendar
from kaiga.ports.key_store import KeyStore
from kaiga.service.key_ring import KeyRing


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageKeys:
    """The use cases around keys."""

    store: KeyStore
    key_ring: KeyRing
    calendar: Calendar
    pepper: bytes

    async def create(
        self,
        *,
        name: str,
        role: Role,
        account: AccountId = DEFAULT_ACCOUNT,
        workspace: WorkspaceId = DEFAULT_WORKSPACE,
        region: str | None = None,
        expires_at: datetime | None = None,
        text: str | None = None,
    ) -> tuple[ApiKey, str]:
        """Make a key, or record the given `text` as one; gives it with its text, this once only.

        Raises:
            StoreUnavailable: nothing was recorded.
        """
        text = text or draw_api_key()
        key = await self.store.add_key(
            key_hash=self.hash_of(text),
            prefix=prefix_of_key(text),
            name=name,
            account=account,
            workspace=workspace,
            region=region,
            role=role,
            created_at=self.calendar.real_now(),
            expires_at=expires_at,
        )
        return key, text

    def hash_of(self, text: str) -> bytes:
        """Give the hash under which a key's text is known."""
        return hash_api_key(self.pepper, text)

    async def list_all(self) -> Sequence[ApiKey]:
        """Give every live key.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        return await self.store.list_keys()

    async def revoke(self, key_id: KeyId) -> bytes:
        """Make a key useless at once; gives its hash.

        Raises:
            KeyUnknown: no live key has that id.
            StoreUnavailable: nothing was changed.
        """
        key_hash = await self.store.revoke_key(key_id, self.calendar.real_now())
        if key_hash is None:
            raise KeyUnknown
        self.key_ring.forget_all()
        return key_hash
