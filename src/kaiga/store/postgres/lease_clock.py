"""The database's clock as the lease clock of every node: their own may differ by anything."""

import asyncio
import time
from contextlib import suppress

from kaiga.domain.errors import StoreUnavailable
from kaiga.store.postgres.reading import Reader

_MEASURE_SECONDS = 10.0
_NOW = "SELECT extract(epoch FROM clock_timestamp())::float8"


class PostgresLeaseClock:
    """Implements `LeaseClock`: seconds since 1970 by the database, as far as it was asked.

    Between two looks this machine's monotonic clock goes on, so that it also goes on while the
    database is away. A look is off by half of what its answer took at most. Where a look finds the
    database's clock set back, this one stands still until that has caught up.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._ahead = 0.0
        """How far the database's clock is ahead of this machine's monotonic one, in seconds."""
        self._latest = 0.0

    def now(self) -> float:
        """See the port."""
        self._latest = max(self._latest, time.monotonic() + self._ahead)
        return self._latest

    async def measure(self) -> None:
        """Ask the database for its time.

        Raises:
            StoreUnavailable: it did not answer; the clock goes on as before.
        """
        asked = time.monotonic()
        [(there,)] = await self._reader.fetch(_NOW)
        self._ahead = float(there) - (asked + time.monotonic()) / 2

    async def run(self) -> None:
        """Ask now and then, until cancelled: clocks drift, and a fail-over brings another one."""
        while True:
            await asyncio.sleep(_MEASURE_SECONDS)
            with suppress(StoreUnavailable):
                await self.measure()
