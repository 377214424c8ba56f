"""Where nodes tell each other how often something has happened."""

from collections.abc import Mapping
from typing import Protocol

from kaiga.domain.rates import Counted


class RateExchange(Protocol):
    """Keeps one count over all nodes of each thing that may not happen any number of times."""

    async def exchange(self, taken: Mapping[Counted, int]) -> Mapping[Counted, float]:
        """Count what has happened here so often since it was told last.

        Gives in how many seconds each would be as if nothing had happened at any node, if nothing
        more happened. A crash of the place may forget what was counted in it.

        Raises:
            StoreUnavailable: the place did not answer; what was told may have been counted.
        """
        ...
