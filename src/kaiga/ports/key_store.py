"""Where API keys and the service's own secrets are kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from kaiga.domain.ids import AccountId, KeyId, LinkKeyId, WorkspaceId
from kaiga.domain.keys import ApiKey, Principal, Role
from kaiga.domain.links import LinkKey


class KeyStore(Protocol):
    """Keys by their hashes; a key's own text is never given to it.

    All methods raise `StoreUnavailable` where the database did not answer; then nothing was
    changed.
    """

    async def add_key(
        self,
        *,
        key_hash: bytes,
        prefix: str,
        name: str,
        account: AccountId,
        workspace: WorkspaceId,
        region: str | None,
        role: Role,
        created_at: datetime,
        expires_at: datetime | None,
    ) -> ApiKey:
        """Record a key; of one with the same hash that is live already, only the role changes."""
        ...

    async def find_principal(self, key_hash: bytes) -> Principal | None:
        """Give who a live (not revoked) key speaks for."""
        ...

    async def find_principal_of(self, key_id: KeyId) -> Principal | None:
        """Give who the live key of that id speaks for."""
        ...

    async def has_workspace(self, account: AccountId, workspace: WorkspaceId) -> bool:
        """Tell whether an account has a workspace: every one that a key was made for is there."""
        ...

    async def list_keys(self) -> Sequence[ApiKey]:
        """Give every live key, oldest first."""
        ...

    async def revoke_key(self, key_id: KeyId, now: datetime) -> bytes | None:
        """Make a key useless for ever; gives its hash, or None where there is no such live key."""
        ...

    async def record_uses(self, uses: Mapping[KeyId, datetime]) -> None:
        """Set when keys were last used."""
        ...

    async def get_pepper(self) -> bytes:
        """Give the secret that key hashes are made with; made on first use, never changed."""
        ...

    async def list_link_keys(self) -> Sequence[LinkKey]:
        """Give the secrets whose links still open, newest first; the newest signs."""
        ...

    async def rotate_link_key(
        self, link_key_id: LinkKeyId, secret: bytes, now: datetime, drop_before: datetime
    ) -> None:
        """Make a new signing secret; those replaced before `drop_before` open nothing any more."""
        ...
