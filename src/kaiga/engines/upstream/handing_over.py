"""Hands tasks over to the upstream, each once: an intent is durable before its call is sent.

Asynchronous calls for one model go out one after the other, so that after a crash at most one of
them is open, and what is new in the upstream's list can only be that one's.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec
import structlog

from kaiga.domain.catalogue.model import operation_of_name
from kaiga.domain.errors import EngineAway, EngineStopped, StoreUnavailable
from kaiga.domain.tasks import Task
from kaiga.engines.upstream.answers import Answer
from kaiga.engines.upstream.budget import Backoff
from kaiga.engines.upstream.client import ModelStudio
from kaiga.engines.upstream.orders import Order
from kaiga.engines.upstream.reconciling import Reconciler
from kaiga.engines.upstream.refusals import NotSent, Refused, Unanswered, Undecided
from kaiga.engines.upstream.stopping import unless_stopped
from kaiga.ports.upstream_calls import UpstreamCall, UpstreamCalls

_log = structlog.get_logger(__name__)


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """The upstream has the task under `upstream_id`; `is_found` if its list told that."""

    upstream_id: str
    is_found: bool = False


MakeOrder = Callable[[], Awaitable[Order]]


class HandingOver:
    """Sends the calls of one engine."""

    def __init__(
        self,
        engine: str,
        studio: ModelStudio,
        calls: UpstreamCalls,
        reconciler: Reconciler,
        now: Callable[[], datetime],
        *,
        resend: bool,
    ) -> None:
        self._engine = engine
        self._studio = studio
        self._calls = calls
        self._reconciler = reconciler
        self._now = now
        self._resend = resend
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __call__(
        self, task: Task, name: str, make_order: MakeOrder, stop: asyncio.Event
    ) -> Taken | Answer:
        """See that the upstream has a task; gives its id, or what a synchronous call answered.

        Raises:
            Undecided: nobody can tell whether it has.
            OrderFailed, EngineUnfit, EngineAway: it does not take the task.
            EngineStopped: the run was to stop before the task was handed over.
            StoreUnavailable, ObjectsUnavailable: a store did not answer.
        """
        known = await self._calls.find_call(task.id, self._engine)
        if known is not None and not known.is_open:
            return Taken(upstream_id=known.upstream_id)
        if known is not None:
            async with self._turns[name]:
                found = await self._settle(known, operation_of_name(task.operation), stop)
            if found is not None:
                return found
            self._ensure_resend(known)
        order = await _make(make_order)
        if not order.is_async:
            return await self._send(task, order, stop, may_resend=known is None)
        async with self._turns[name]:
            return await self._send(task, order, stop, may_resend=known is None)

    async def _send(
        self, task: Task, order: Order, stop: asyncio.Event, *, may_resend: bool
    ) -> Taken | Answer:
        """Send the call until it is taken or refused for good; see `__call__`."""
        backoff = Backoff()
        while True:
            if stop.is_set():
                raise EngineStopped
            call = UpstreamCall(
                task_id=task.id,
                engine=self._engine,
                attempt=task.attempt,
                model=order.model,
                intended_at=self._now(),
            )
            await self._calls.intend(call)
            try:
                return await self._post(call, order, stop)
            except NotSent as reason:
                await self._calls.withdraw(call)
                raise EngineAway(f"The upstream can't be reached: {reason}") from None
            except Refused as refused:
                await self._calls.withdraw(call)
                if not refused.is_throttling:
                    raise refused.as_error(has_waited=not order.is_async) from None
                pause = backoff.take_pause(refused.retry_after_seconds)
                await unless_stopped(stop, asyncio.sleep(pause))
            except Unanswered as reason:
                _log.warning("a call to the upstream is open", task_id=task.id, reason=str(reason))
                found = await self._settle(call, order.operation, stop)
                if found is not None:
                    return found
                if not may_resend:
                    raise Undecided from None
                self._ensure_resend(call)
                may_resend = False

    async def _post(self, call: UpstreamCall, order: Order, stop: asyncio.Event) -> Taken | Answer:
        """Send the call; one that only submits is never given up, since its answer comes soon."""
        resolves_uploads = order.resolves_uploads
        if not order.is_async:
            made = self._studio.call(order.operation, order.body, resolves_uploads=resolves_uploads)
            return await unless_stopped(stop, made)
        upstream_id = await self._studio.create(
            order.operation, order.body, resolves_uploads=resolves_uploads
        )
        await self._note_taken(call, upstream_id)
        return Taken(upstream_id=upstream_id)

    async def _settle(
        self, call: UpstreamCall, operation: str, stop: asyncio.Event
    ) -> Taken | None:
        """Find what became of an open call, however long the upstream does not tell.

        Nobody else may have the task meanwhile: it might be made twice.
        """
        backoff = Backoff()
        while True:
            try:
                found = await self._reconciler.find(call, operation)
            except (NotSent, Unanswered, Refused) as reason:
                _log.warning("the upstream does not tell what it took", reason=str(reason))
                await unless_stopped(stop, asyncio.sleep(backoff.take_pause()))
                continue
            if found is None:
                return None
            await self._note_taken(call, found)
            return Taken(upstream_id=found, is_found=True)

    def _ensure_resend(self, call: UpstreamCall) -> None:
        """See that an open call may be sent again, which is once in each attempt."""
        if not self._resend:
            raise Undecided
        _log.warning("an open call to the upstream is sent again", task_id=call.task_id)

    async def _note_taken(self, call: UpstreamCall, upstream_id: str) -> None:
        _log.info("the upstream has the task", task_id=call.task_id, upstream_id=upstream_id)
        try:
            await self._calls.note_taken(call, upstream_id)
        except StoreUnavailable:  # after a crash, the upstream's list would tell
            _log.warning("the upstream's id could not be recorded", task_id=call.task_id)


async def _make(make_order: MakeOrder) -> Order:
    try:
        return await make_order()
    except (NotSent, Unanswered) as reason:
        raise EngineAway(f"The upstream takes no input files: {reason}") from None
    except Refused as refused:
        raise EngineAway(str(refused)) if refused.is_throttling else refused.as_error() from None
