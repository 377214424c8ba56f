"""Makes, shows and revokes API keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kaiga.domain.errors import FieldInvalid, KeyUnknown
from kaiga.domain.ids import (
    DEFAULT_ACCOUNT,
    DEFAULT_WORKSPACE,
    AccountId,
    KeyId,
    WorkspaceId,
    is_account,
    is_workspace,
)
from kaiga.domain.keys import ApiKey, Role, draw_api_key, hash_api_key, prefix_of_key
from kaiga.domain.places import REGIONS
from kaiga.ports.clock import Calendar
from kaiga.ports.key_store import KeyStore
from kaiga.service.keys.key_ring import KeyRing

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageKeys:
    """The use cases around keys."""

    store: KeyStore
    key_ring: KeyRing
    calendar: Calendar
    pepper: bytes
    own_region: str
    """The region of this service; keys may be bound to it, and to those of the real one."""

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
            FieldInvalid: one of the values can't be; nothing was recorded.
            StoreUnavailable: nothing was recorded.
        """
        self._check(name, account, workspace, region)
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

    def _check(self, name: str, account: str, workspace: str, region: str | None) -> None:
        if not is_account(account) or not is_workspace(workspace):
            raise FieldInvalid(
                "account and workspace must be 1 to 64 letters, digits, - and _, "
                "beginning with a letter or digit."
            )
        regions = dict.fromkeys((*REGIONS, self.own_region))
        if region is not None and region not in regions:
            raise FieldInvalid(f"region must be one of {', '.join(regions)}.")
        if len(name) > _LONGEST_NAME:
            raise FieldInvalid(f"name must be at most {_LONGEST_NAME} characters.")

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
