"""Who works on the tasks of this store, as far as it decides when one may end."""

from collections.abc import Sequence

from kaiga.ports.roster import Member
from kaiga.service.standing.run_costs import RunCosts


class Crew:
    """This process and, where it hears of them, the others: their slots and what they measure."""

    def __init__(self, own_slots: int, costs: RunCosts) -> None:
        self._own_slots = own_slots
        self.costs = costs
        self.slots = own_slots
        """How many tasks run at once."""

    def hear(self, others: Sequence[Member]) -> None:
        """Take who else is at work now."""
        self.slots = self._own_slots + sum(each.slots for each in others)
        self.costs.hear(cost for each in others for cost in each.costs)
