"""Lets every well-formed key in, as an account of its own."""

import re
from dataclasses import dataclass

from kaiga.domain.ids import DEFAULT_WORKSPACE, AccountId, WorkspaceId
from kaiga.domain.keys import Principal, Role, hash_api_key, prefix_of_key
from kaiga.ports.clock import Calendar
from kaiga.ports.key_store import KeyStore
from kaiga.service.emulation.bounds import BoundAccounts

_WELL_FORMED = re.compile(r"[!-~]{1,256}")
_REFUSED = re.compile(r"sk-(invalid|revoked|expired)\b.*")
"""Keys that stay keys which are not good, so that clients can be shown a 401."""
_REFUSED_WORKSPACE = re.compile(r"ws-(invalid|unknown)\b.*")
"""Workspaces that stay such as are not there, likewise."""
_HASH_DIGITS = 24
ACCOUNT_PREFIX = "emu-"
"""What the names of the accounts begin with that were let in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDoor:
    """Makes a key known the first time it is shown; its account is named after its hash."""

    store: KeyStore
    calendar: Calendar
    pepper: bytes
    bounds: BoundAccounts

    async def __call__(self, key: str) -> Principal | None:
        """Give who a key speaks for that the store does not know; None where it stays outside.

        Raises:
            AccountsFull: there is no room for one more account.
            StoreUnavailable, ObjectsUnavailable: the store did not take the key.
        """
        if not _WELL_FORMED.fullmatch(key) or _REFUSED.fullmatch(key):
            return None
        key_hash = hash_api_key(self.pepper, key)
        await self.bounds.make_room()
        await self.store.add_key(
            key_hash=key_hash,
            prefix=prefix_of_key(key),
            name="let in by the emulator",
            account=name_account(key_hash),
            workspace=DEFAULT_WORKSPACE,
            region=None,
            role=Role.USER,
            created_at=self.calendar.real_now(),
            expires_at=None,
        )
        return await self.store.find_principal(key_hash)

    def admits_workspace(self, workspace: WorkspaceId) -> bool:
        """Tell whether every account has a workspace: all that are well-formed, but for a few."""
        return bool(_WELL_FORMED.fullmatch(workspace)) and not _REFUSED_WORKSPACE.fullmatch(
            workspace
        )


def name_account(key_hash: bytes) -> AccountId:
    """Give the account that a key is let in as."""
    return AccountId(f"{ACCOUNT_PREFIX}{key_hash.hex()[:_HASH_DIGITS]}")
