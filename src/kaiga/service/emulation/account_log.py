"""What the emulator remembers of what happened, by account, within bounds."""

from collections import deque
from collections.abc import Sequence
from typing import Generic, TypeVar

from kaiga.domain.ids import AccountId

_MOST_OF_AN_ACCOUNT = 1000
_MOST_BYTES = 64 * 1024 * 1024

T = TypeVar("T")


class AccountLog(Generic[T]):
    """The latest entries of every account.

    Past `most_bytes` in all, the account that holds most loses its oldest: a noisy one takes
    nothing from the others.
    """

    def __init__(
        self, most_of_an_account: int = _MOST_OF_AN_ACCOUNT, most_bytes: int = _MOST_BYTES
    ) -> None:
        self._most_of_an_account = most_of_an_account
        self._most_bytes = most_bytes
        self._entries: dict[AccountId, deque[tuple[T, int]]] = {}
        self._bytes: dict[AccountId, int] = {}
        self._total_bytes = 0

    def add(self, account: AccountId, entry: T, size_bytes: int) -> None:
        """Remember an entry that holds about `size_bytes`."""
        here = self._entries.setdefault(account, deque())
        here.append((entry, size_bytes))
        self._count(account, size_bytes)
        if len(here) > self._most_of_an_account:
            self._drop_oldest(account)
        while self._total_bytes > self._most_bytes:
            self._drop_oldest(max(self._bytes, key=lambda each: self._bytes[each]))

    def list_of(self, account: AccountId) -> Sequence[T]:
        """Give the entries of an account, oldest first."""
        return [entry for entry, _ in self._entries.get(account, ())]

    def list_all(self) -> Sequence[T]:
        """Give the entries of all accounts, those of each together and oldest first."""
        return [entry for here in self._entries.values() for entry, _ in here]

    def clear(self, account: AccountId) -> None:
        """Forget what was of an account."""
        self._entries.pop(account, None)
        self._total_bytes -= self._bytes.pop(account, 0)

    def clear_all(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._bytes.clear()
        self._total_bytes = 0

    def _drop_oldest(self, account: AccountId) -> None:
        here = self._entries[account]
        _, size_bytes = here.popleft()
        if here:
            self._count(account, -size_bytes)
        else:
            self.clear(account)

    def _count(self, account: AccountId, more_bytes: int) -> None:
        self._bytes[account] = self._bytes.get(account, 0) + more_bytes
        self._total_bytes += more_bytes
