"""Whose task is next: weighted fair queueing between accounts, taking turns between their models.

Each account has a virtual time, which a claim moves on by the task's work over the account's
weight; the account that is furthest behind is next (start-time fair queueing: Goyal, Vin, Cheng,
1996). An account that had nothing waiting starts at the present and gains nothing by having been
away. So one account's flood delays another's next task by what runs already, however long it is.

Only lanes are in here, never tasks: a choice costs the same at ten waiting tasks and at millions.
"""

import heapq
from collections.abc import Collection, Iterable, Mapping
from itertools import count
from typing import Protocol

from kaiga.domain.ids import AccountId, Lane


class QueuePolicy(Protocol):
    """What the operator allows whom; it may change at any time, and says so by its version."""

    @property
    def version(self) -> int:
        """Grows with every change."""
        ...

    def find_weight(self, account: AccountId) -> float:
        """Give an account's share relative to the others'; above 0, usually 1."""
        ...

    def find_running_limit(self, lane: Lane) -> int | None:
        """Give how many tasks of a lane may run at once; None for any number."""
        ...

    def find_queue_limit(self, lane: Lane) -> int | None:
        """Give how many tasks of a lane may wait; None for any number."""
        ...


class _Account:
    """An account's place, and its lanes in the order of their turns."""

    __slots__ = ("lanes", "virtual_time")

    def __init__(self) -> None:
        self.virtual_time = 0.0
        self.lanes: dict[Lane, None] = {}


class FairQueue:
    """The order of lanes in which tasks may wait; it learns that one is empty when it is told so.

    A lane whose running tasks have reached their limit leaves the order until one of them ends.
    """

    def __init__(self, policy: QueuePolicy) -> None:
        self._policy = policy
        self._policy_seen = policy.version
        self._now = 0.0
        self._numbers = count()
        self._accounts: dict[AccountId, _Account] = {}
        self._order: list[tuple[float, int, AccountId]] = []
        self._running: dict[Lane, int] = {}
        self._full: set[Lane] = set()

    def restart(self, waiting: Iterable[Lane], running: Mapping[Lane, int]) -> None:
        """Begin anew with what the rows say; how the accounts stood to each other is kept."""
        self._running = dict(running)
        self._full.clear()
        for account in self._accounts.values():
            account.lanes.clear()
        for lane in waiting:
            self.arrive(lane)

    def resume(
        self,
        now: float,
        virtual_times: Mapping[AccountId, float],
        waiting: Iterable[Lane],
        running: Mapping[Lane, int],
    ) -> None:
        """Go on from what was written down elsewhere: how the accounts stand to each other.

        `waiting` are lanes of these accounts, those of each in their turns.
        """
        self._accounts.clear()
        self._order.clear()
        for name, virtual_time in virtual_times.items():
            self._accounts[name] = account = _Account()
            account.virtual_time = virtual_time
        self._now = min(virtual_times.values(), default=now)
        self.restart(waiting, running)
        self._now = now

    @property
    def now(self) -> float:
        """The virtual time of the account that was last served."""
        return self._now

    def find_virtual_time(self, account: AccountId) -> float:
        """Give how much an account that waits has had, in work over weight."""
        known = self._accounts.get(account)
        return self._now if known is None else known.virtual_time

    def is_full(self, lane: Lane) -> bool:
        """Tell whether a lane has as many tasks running as it may have."""
        return self._is_full(lane)

    def arrive(self, lane: Lane) -> None:
        """Take note that a task waits in a lane."""
        account = self._accounts.get(lane.account)
        if (account is not None and lane in account.lanes) or lane in self._full:
            return
        if self._is_full(lane):
            self._full.add(lane)
            return
        if account is None:
            account = self._accounts[lane.account] = _Account()
        if not account.lanes:
            account.virtual_time = max(account.virtual_time, self._now)
            self._enqueue(lane.account, account)
        account.lanes[lane] = None

    def choose(self, models: Collection[str]) -> Lane | None:
        """Give the lane whose turn it is among those of `models`; None where none waits."""
        if self._policy_seen != self._policy.version:
            self._take_new_policy()
        passed_over: list[tuple[float, int, AccountId]] = []
        chosen: Lane | None = None
        while self._order and chosen is None:
            place = self._order[0]
            account = self._accounts.get(place[2])
            if account is None or not account.lanes or account.virtual_time != place[0]:
                heapq.heappop(self._order)
                continue
            chosen = next((lane for lane in account.lanes if lane.model in models), None)
            if chosen is None:
                passed_over.append(heapq.heappop(self._order))
        for place in passed_over:
            heapq.heappush(self._order, place)
        return chosen

    def charge(self, lane: Lane, work: float) -> None:
        """Take note that a task of a chosen lane was claimed, and how much work it is."""
        account = self._accounts[lane.account]
        self._now = max(self._now, account.virtual_time)
        account.virtual_time += work / self._policy.find_weight(lane.account)
        del account.lanes[lane]
        self._running[lane] = self._running.get(lane, 0) + 1
        if self._is_full(lane):
            self._full.add(lane)
        else:
            account.lanes[lane] = None
        if account.lanes:
            self._enqueue(lane.account, account)

    def mark_empty(self, lane: Lane) -> None:
        """Take note that nothing waits in a chosen lane."""
        account = self._accounts[lane.account]
        account.lanes.pop(lane, None)
        if not account.lanes and account.virtual_time <= self._now:
            del self._accounts[lane.account]

    def free(self, lane: Lane) -> bool:
        """Take note that a running task of a lane has ended or waits again.

        Tells whether the lane was full and takes its turns again.
        """
        left = self._running.get(lane, 0) - 1
        if left > 0:
            self._running[lane] = left
        else:
            self._running.pop(lane, None)
        if lane not in self._full or self._is_full(lane):
            return False
        self._full.discard(lane)
        self.arrive(lane)
        return True

    def _enqueue(self, name: AccountId, account: _Account) -> None:
        heapq.heappush(self._order, (account.virtual_time, next(self._numbers), name))

    def _is_full(self, lane: Lane) -> bool:
        limit = self._policy.find_running_limit(lane)
        return limit is not None and self._running.get(lane, 0) >= limit

    def _take_new_policy(self) -> None:
        self._policy_seen = self._policy.version
        for account in self._accounts.values():
            for lane in [lane for lane in account.lanes if self._is_full(lane)]:
                del account.lanes[lane]
                self._full.add(lane)
        for lane in [lane for lane in self._full if not self._is_full(lane)]:
            self._full.discard(lane)
            self.arrive(lane)
