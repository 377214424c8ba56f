"""Holds polls until their tasks end, so that who asks is told at once and asks no more often."""

import asyncio
from collections import Counter
from datetime import timedelta

from kaiga.domain.errors import WaitedTooLong
from kaiga.domain.ids import AccountId
from kaiga.domain.tasks import Task
from kaiga.service.reading.await_task import AwaitTask

_PER_ACCOUNT, _IN_ALL = 64, 1024


class HoldPolls:
    """Places for polls that wait: so many per account and in all, and none once it is stopped."""

    def __init__(
        self, await_task: AwaitTask, per_account: int = _PER_ACCOUNT, in_all: int = _IN_ALL
    ) -> None:
        self._await_task = await_task
        self._per_account = per_account
        self._in_all = in_all
        self._held: set[asyncio.Task[None]] = set()
        self._by_account: Counter[AccountId] = Counter()
        self._is_stopped = False

    def begin(self, task: Task, longest_wait: timedelta) -> asyncio.Future[None] | None:
        """Hold a poll; None where there is no place for it, so that it is answered at once.

        The future is done when the task has ended, or has not after the longest wait, and
        cancelled when the server stops. Whoever has enough of waiting cancels it.
        """
        account = task.account
        if (
            self._is_stopped
            or len(self._held) >= self._in_all
            or self._by_account[account] >= self._per_account
        ):
            return None
        held = asyncio.create_task(self._wait(task, longest_wait))
        self._held.add(held)
        self._by_account[account] += 1
        held.add_done_callback(lambda done: self._leave(done, account))
        return held

    def stop(self) -> None:
        """Let go of every poll, and hold no more."""
        self._is_stopped = True
        for held in self._held:
            held.cancel()

    async def _wait(self, task: Task, longest_wait: timedelta) -> None:
        try:
            await self._await_task(task.id, longest_wait)
        except WaitedTooLong:
            return

    def _leave(self, held: asyncio.Task[None], account: AccountId) -> None:
        self._held.discard(held)
        self._by_account[account] -= 1
        if not self._by_account[account]:
            del self._by_account[account]
