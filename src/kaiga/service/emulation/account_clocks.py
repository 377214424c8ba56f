"""A calendar that can be shifted for one account, and waited for."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from kaiga.domain.emulation.shifts import ClockShift
from kaiga.domain.ids import AccountId
from kaiga.ports.clock import Calendar

_UNSHIFTED = ClockShift()
_NO_TIME = timedelta()


class AccountClocks:
    """Implements `Calendar`: every account lives in the machine's present until it is shifted.

    Shifts live in memory alone. Leases know nothing of them.
    """

    def __init__(self, machine: Calendar) -> None:
        self._machine = machine
        self._shifts: dict[AccountId, ClockShift] = {}
        self._shifted: dict[AccountId, asyncio.Event] = {}
        self._listeners: list[Callable[[AccountId], None]] = []

    def now(self, account: AccountId) -> datetime:
        """See `Calendar`."""
        shift = self._shifts.get(account)
        real_now = self._machine.real_now()
        return real_now if shift is None else shift.apply(real_now)

    def real_now(self) -> datetime:
        """See `Calendar`."""
        return self._machine.real_now()

    def find_shift(self, account: AccountId) -> ClockShift:
        """Give how an account's calendar differs from the machine's."""
        return self._shifts.get(account, _UNSHIFTED)

    def change(
        self, account: AccountId, *, frozen: bool | None = None, by: timedelta = _NO_TIME
    ) -> None:
        """Have an account's clock stand still or run, if it is told, and move it forward `by`.

        Raises:
            FieldInvalid: see `ClockShift.advance`; nothing is changed then.
        """
        shift = self.find_shift(account)
        if frozen is True:
            shift = shift.freeze(self.real_now())
        if frozen is False:
            shift = shift.unfreeze(self.real_now())
        self._shifts[account] = shift.advance(by)
        self._tell(account)

    def reset(self, account: AccountId) -> None:
        """Bring an account back into the machine's present."""
        if self._shifts.pop(account, None) is not None:
            self._tell(account)

    def on_shift(self, listener: Callable[[AccountId], None]) -> None:
        """Have `listener` called after an account's clock was touched."""
        self._listeners.append(listener)

    async def wait_until(self, account: AccountId, instant: datetime) -> None:
        """Return once it is `instant` for the account, however that comes about."""
        while (left := (instant - self.now(account)).total_seconds()) > 0:
            shifted = self._shifted.setdefault(account, asyncio.Event())
            timeout = None if self.find_shift(account).frozen_at else left
            try:
                async with asyncio.timeout(timeout):
                    await shifted.wait()
            except TimeoutError:
                continue

    def _tell(self, account: AccountId) -> None:
        shifted = self._shifted.pop(account, None)
        if shifted is not None:
            shifted.set()
        for listener in self._listeners:
            listener(account)
