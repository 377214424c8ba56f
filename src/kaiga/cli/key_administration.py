"""Keys and link keys: through the server that runs on a data folder, or in its store directly."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec

from kaiga.cli.administering import require_store
from kaiga.cli.client import ApiClient
from kaiga.cli.failures import CommandFailed, ExitStatus
from kaiga.compose.commands.offline import open_offline_keys
from kaiga.domain.ids import AccountId, KeyId, WorkspaceId
from kaiga.domain.keys import ApiKey, Role
from kaiga.settings import Settings


class WantedKey(msgspec.Struct, frozen=True, kw_only=True):
    """What a new key is to be; a region of None is any, hours of None never expire."""

    name: str
    role: Role
    account: str
    workspace: str
    region: str | None
    expires_in_hours: float | None


class MadeKey(ApiKey, frozen=True, kw_only=True):
    """A new key with its text, which is not to be had again."""

    key: str


class KeyAdministration(Protocol):
    """What can be done about keys, wherever it is done."""

    def create(self, wanted: WantedKey) -> MadeKey:
        """Make a key."""
        ...

    def list_all(self) -> Sequence[ApiKey]:
        """Give every key that is not revoked."""
        ...

    def revoke(self, key_id: str) -> None:
        """Make a key useless at once."""
        ...

    def rotate_links(self) -> None:
        """Sign links with a new secret from now on."""
        ...


class _KeyList(msgspec.Struct, frozen=True):
    keys: tuple[ApiKey, ...]


class ServerKeys:
    """Implements `KeyAdministration` over the admin routes of a server."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    def create(self, wanted: WantedKey) -> MadeKey:
        """See the protocol."""
        body = msgspec.to_builtins(wanted)
        return msgspec.json.decode(self._client.administer("POST", "keys", body), type=MadeKey)

    def list_all(self) -> Sequence[ApiKey]:
        """See the protocol."""
        return msgspec.json.decode(self._client.administer("GET", "keys"), type=_KeyList).keys

    def revoke(self, key_id: str) -> None:
        """See the protocol."""
        if not key_id.isalnum():  # it goes into a path
            raise CommandFailed(f"{key_id!r} is not a key id.", exit_status=ExitStatus.USAGE)
        self._client.administer("DELETE", f"keys/{key_id}")

    def rotate_links(self) -> None:
        """See the protocol."""
        self._client.administer("POST", "links/rotate")


class StoreKeys:
    """Implements `KeyAdministration` in the store, which no server may hold meanwhile."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def create(self, wanted: WantedKey) -> MadeKey:
        """See the protocol."""
        return asyncio.run(self._create(wanted))

    def list_all(self) -> Sequence[ApiKey]:
        """See the protocol."""
        return asyncio.run(self._list_all())

    def revoke(self, key_id: str) -> None:
        """See the protocol."""
        asyncio.run(self._revoke(key_id))

    def rotate_links(self) -> None:
        """See the protocol."""
        asyncio.run(self._rotate_links())

    async def _create(self, wanted: WantedKey) -> MadeKey:
        hours = wanted.expires_in_hours
        expires_at = None if hours is None else datetime.now(UTC) + timedelta(hours=hours)
        async with open_offline_keys(self._settings) as keys:
            key, text = await keys.manage_keys.create(
                name=wanted.name,
                role=wanted.role,
                account=AccountId(wanted.account),
                workspace=WorkspaceId(wanted.workspace),
                region=wanted.region,
                expires_at=expires_at,
            )
        return MadeKey(key=text, **msgspec.structs.asdict(key))

    async def _list_all(self) -> Sequence[ApiKey]:
        require_store(self._settings)
        async with open_offline_keys(self._settings) as keys:
            return await keys.manage_keys.list_all()

    async def _revoke(self, key_id: str) -> None:
        require_store(self._settings)
        async with open_offline_keys(self._settings) as keys:
            keys.local_key.forget(await keys.manage_keys.revoke(KeyId(key_id)))

    async def _rotate_links(self) -> None:
        require_store(self._settings)
        async with open_offline_keys(self._settings) as keys:
            await keys.link_keys.rotate()
