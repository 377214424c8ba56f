"""Holds rates over all nodes: each counts by itself, and they tell each other five times a second.

So nodes may let through between them what happens within one exchange; that is made up for by
what waits then, so that over a longer time no more passes than at one node alone. While the place
where they tell each other is away, each node goes by what it knows.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

from kaiga.domain.errors import StoreUnavailable
from kaiga.domain.rates import Counted, Rates
from kaiga.ports.clock import LeaseClock
from kaiga.ports.rate_exchange import RateExchange

_EXCHANGE_SECONDS = 0.2


class SharedRates(Rates):
    """Rates that hold at several nodes; where nothing is counted, nothing is exchanged.

    `clock` is the one whose instants `take` is given.
    """

    def __init__(
        self,
        exchange: RateExchange,
        clock: LeaseClock,
        exchange_seconds: float = _EXCHANGE_SECONDS,
    ) -> None:
        super().__init__()
        self._exchange = exchange
        self._clock = clock
        self._exchange_seconds = exchange_seconds
        self._taken: Counter[Counted] = Counter()
        self._exchanging: asyncio.Task[None] | None = None

    def take(self, wanted: Sequence[Counted], now: float) -> float:
        """See `Rates`; what has happened at other nodes counts as well, once they have told."""
        wait = super().take(wanted, now)
        if wait == 0 and wanted:
            self._taken.update(wanted)
            if self._exchanging is None:
                self._exchanging = asyncio.create_task(self._exchange_while_taken())
        return wait

    async def _exchange_while_taken(self) -> None:
        """Tell the others at once of what is counted first, and of what follows now and then."""
        try:
            while self._taken:
                await self._exchange_taken()
                await asyncio.sleep(self._exchange_seconds)
        finally:
            self._exchanging = None

    async def _exchange_taken(self) -> None:
        taken, self._taken = self._taken, Counter()
        try:
            ahead = await self._exchange.exchange(taken)
        except StoreUnavailable:
            self._taken.update(taken)  # told with the next exchange
            return
        self._learn(ahead)

    def _learn(self, ahead: Mapping[Counted, float]) -> None:
        now = self._clock.now()
        for counted, seconds in ahead.items():
            untold = self._taken[counted] * counted.rate.period_seconds / counted.rate.times
            self.put_ahead(counted, seconds + untold, now)
