"""Finds out from the upstream's list what became of a call whose answer was never read."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from kaiga.domain.instants import instant_at
from kaiga.engines.upstream.answers import Listed
from kaiga.engines.upstream.client import LONGEST_CREATE_SECONDS, ModelStudio
from kaiga.ports.upstream_calls import UpstreamCall, UpstreamCalls

_CLOCKS_APART = timedelta(seconds=10)
"""How far the two machines' clocks may be apart."""
_LONGEST = timedelta(seconds=LONGEST_CREATE_SECONDS)


class Reconciler:
    """Reads the list for one engine. No call carries a mark of ours that the list would show."""

    def __init__(
        self,
        studio: ModelStudio,
        calls: UpstreamCalls,
        now: Callable[[], datetime],
        settle_seconds: float,
    ) -> None:
        self._studio = studio
        self._calls = calls
        self._now = now
        self._settle = timedelta(seconds=settle_seconds)

    async def find(self, call: UpstreamCall, operation: str) -> str | None:
        """Give the id of the only task that can be the call's; None where none or several can.

        It is of the model and the operation, was submitted within the call's time, and belongs to
        no other task of ours. Another open call of that time makes everything uncertain.

        Raises:
            NotSent, Unanswered, Refused: the list can't be had.
            StoreUnavailable: the store did not answer.
        """
        rest = min(self._settle, call.intended_at + self._settle - self._now())
        await asyncio.sleep(max(0.0, rest.total_seconds()))  # less than all, if the clock was set
        if await self._has_rival(call):
            return None
        since, until = _window_of(call)
        listed = await self._studio.list_submitted(call.model, since, until)
        key = f":{operation.replace('/', ':')}:{call.model}"
        ids = {each.task_id for each in listed if _is_possible(each, call, key)}
        free = ids - await self._calls.find_named(call.engine, ids)
        return next(iter(free)) if len(free) == 1 else None

    async def _has_rival(self, call: UpstreamCall) -> bool:
        since, until = _window_of(call)
        return any(
            each.task_id != call.task_id and since - _LONGEST <= each.intended_at <= until
            for each in await self._calls.list_open(call.engine, call.model)
        )


def _window_of(call: UpstreamCall) -> tuple[datetime, datetime]:
    return call.intended_at - _CLOCKS_APART, call.intended_at + _LONGEST + _CLOCKS_APART


def _is_possible(listed: Listed, call: UpstreamCall, key: str) -> bool:
    since, until = _window_of(call)
    return (
        bool(listed.task_id)
        and listed.model_name == call.model
        and since <= instant_at(listed.gmt_create) <= until
        and (not listed.user_api_unique_key or listed.user_api_unique_key.endswith(key))
    )
