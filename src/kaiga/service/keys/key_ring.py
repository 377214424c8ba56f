"""Tells who is calling, from the key that they show."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import blake2b

import msgspec

from kaiga.domain.derived_keys import DerivedKind, find_derived_key
from kaiga.domain.errors import KeyInvalid, StoreUnavailable
from kaiga.domain.ids import AccountId, KeyId, WorkspaceId
from kaiga.domain.keys import Principal, Role, hash_api_key
from kaiga.ports.clock import Calendar
from kaiga.ports.key_store import KeyStore
from kaiga.service.recent import Recent

_CAPACITY = 4096

AdmitStranger = Callable[[str], Awaitable[Principal | None]]
"""Gives who a key speaks for that the store does not know; None where it is good for nothing."""


async def _admit_nobody(_key: str) -> Principal | None:
    return None


def _admits_none(_workspace: WorkspaceId) -> bool:
    return False


class KeyRing:
    """Keys that were good a moment ago; a key's text is never kept, only a keyed hash of it."""

    def __init__(
        self,
        store: KeyStore,
        calendar: Calendar,
        pepper: bytes,
        admit_stranger: AdmitStranger = _admit_nobody,
        admits_workspace: Callable[[WorkspaceId], bool] = _admits_none,
    ) -> None:
        self._admit_stranger = admit_stranger
        self._admits_workspace = admits_workspace
        self._store = store
        self._calendar = calendar
        self._pepper = pepper
        self._known: Recent[bytes, Principal] = Recent(_CAPACITY)
        self._last_seen: Recent[bytes, Principal] = Recent(_CAPACITY)
        """The same for longer; good only while the store can't be asked."""
        self._workspaces: Recent[tuple[AccountId, WorkspaceId], bool] = Recent(_CAPACITY)
        self._uses: dict[KeyId, datetime] = {}
        self.generation = 0
        """Grows whenever what was known of keys is known no more."""

    def find_known(self, key: str) -> Principal | None:
        """Give who a recently seen key speaks for; None where the store must be asked.

        Raises:
            KeyInvalid: the key has expired.
        """
        principal = self._known.find(self._mark_key(key))
        if principal is not None:
            self.check_expiry(principal)
        return principal

    async def authenticate(self, key: str) -> Principal:
        """Give who `key` speaks for.

        Raises:
            KeyInvalid: no such key, or it is revoked or expired.
            StoreUnavailable: the store did not answer, and the key is not a recent one.
        """
        generation = self.generation
        principal = await self._read_or_recall(key)
        if principal is None:
            raise KeyInvalid
        self.check_expiry(principal)
        if generation == self.generation:  # else it may have been read before it was revoked
            mark = self._mark_key(key)
            self._known.put(mark, principal)
            self._last_seen.put(mark, principal)
        self._uses[principal.key_id] = self._calendar.real_now()
        return principal

    async def _read_or_recall(self, key: str) -> Principal | None:
        """Ask the store; while it is away, a key that was good before still is."""
        try:
            return await self._read_principal(key)
        except StoreUnavailable:
            principal = self._last_seen.find(self._mark_key(key))
            if principal is None:
                raise
            return principal

    async def _read_principal(self, key: str) -> Principal | None:
        derived = find_derived_key(self._pepper, key)
        if derived is None:
            known = await self._store.find_principal(hash_api_key(self._pepper, key))
            return known or await self._admit_stranger(key)
        parent = await self._store.find_principal_of(derived.parent)
        if parent is None:
            return None
        self.check_expiry(parent)
        if derived.kind is DerivedKind.SESSION:
            return msgspec.structs.replace(parent, expires_at=derived.expires_at)
        return msgspec.structs.replace(
            parent, role=Role.USER, expires_at=derived.expires_at, is_temporary=True
        )

    async def has_workspace(self, account: AccountId, workspace: WorkspaceId) -> bool:
        """Tell whether an account has a workspace; one that is there is remembered.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        if self._workspaces.find((account, workspace)):
            return True
        is_there = self._admits_workspace(workspace)
        is_there = is_there or await self._store.has_workspace(account, workspace)
        if is_there:
            self._workspaces.put((account, workspace), True)
        return is_there

    def forget_all(self) -> None:
        """Know no key any more: one was revoked."""
        self.ask_anew()
        self._last_seen.clear()

    async def flush_uses(self) -> None:
        """Record when keys were last used, and ask the store anew about every key.

        Raises:
            StoreUnavailable: the store did not take it; it is tried again with the next flush.
        """
        uses, self._uses = self._uses, {}
        if uses:
            try:
                await self._store.record_uses(uses)
            except StoreUnavailable:
                self._uses = {**uses, **self._uses}
                raise
        self.ask_anew()

    def ask_anew(self) -> None:
        """Ask the store about every key when it is shown next."""
        self.generation += 1
        self._known.clear()

    def mark(self, shown: bytes) -> bytes:
        """Give what a caller is remembered by: keyed, and quicker than what is stored of a key."""
        return blake2b(shown, key=self._pepper, digest_size=16).digest()

    def _mark_key(self, key: str) -> bytes:
        return self.mark(key.encode("utf-8", "surrogatepass"))

    def check_expiry(self, principal: Principal) -> None:
        """See that a key that was good has not expired since.

        Raises:
            KeyInvalid: it has.
        """
        expires_at = principal.expires_at
        if expires_at is not None and self._calendar.real_now() >= expires_at:
            raise KeyInvalid
