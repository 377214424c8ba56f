"""The engine as a worker sees it: so many tasks may be upstream at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from kaiga.domain.catalogue.model import Model
from kaiga.domain.engines import EngineState, Health
from kaiga.domain.fetch_rules import AllowedPlace
from kaiga.domain.tasks import Claim
from kaiga.engines.upstream.budget import QueryBudget
from kaiga.engines.upstream.client import ModelStudio
from kaiga.engines.upstream.copying import Measure, ResultCopier
from kaiga.engines.upstream.handing_over import HandingOver
from kaiga.engines.upstream.options import UpstreamOptions
from kaiga.engines.upstream.orders import OrderMaker, ReadBody
from kaiga.engines.upstream.pace import Pace
from kaiga.engines.upstream.poller import Poller
from kaiga.engines.upstream.reconciling import Reconciler
from kaiga.engines.upstream.refusals import NotSent, Refused, Unanswered
from kaiga.engines.upstream.transfers import Transfers
from kaiga.engines.upstream.turn import Upstream, UpstreamTurn
from kaiga.engines.upstream.uploads import Uploads
from kaiga.outgoing.resolving import SystemResolver
from kaiga.ports.engine import CancelLevel, Capabilities
from kaiga.ports.upstream_calls import UpstreamCalls

CAPABILITIES = Capabilities(cancel=CancelLevel.QUEUED, rewrites_prompts=True)


def _tell_nobody() -> None:
    """Stand for no listener."""


def open_pool(
    *,
    engine: str,
    options: UpstreamOptions,
    key: str,
    names: Mapping[str, str],
    find_model: Callable[[str], Model | None],
    calls: UpstreamCalls,
    read_body: ReadBody,
    now: Callable[[], datetime],
    allowed: Sequence[AllowedPlace],
    measure: Measure,
) -> "UpstreamPool":
    """Build the engine; `names` has the upstream's name of each model that it answers.

    Files are fetched from public hosts, from the upstream's own, and from what `allowed` names.
    """
    studio = ModelStudio(
        options.url, key, options.workspace, QueryBudget(options.queries_per_second)
    )
    resolver = SystemResolver()
    own_host = AllowedPlace(host=(urlsplit(options.url).hostname or "").lower())
    transfers = Transfers(resolver, (*allowed, own_host))
    pace = Pace(shortest_seconds=options.poll_seconds, longest_seconds=options.longest_poll_seconds)
    upstream = Upstream(
        studio=studio,
        hand_over=HandingOver(
            engine,
            studio,
            calls,
            Reconciler(studio, calls, now, options.settle_seconds),
            now,
            resend=options.resend,
        ),
        orders=OrderMaker(read_body, Uploads(studio, transfers), resolver),
        poller=Poller(studio, pace),
        copier=ResultCopier(transfers, measure),
        find_model=find_model,
        names=names,
    )
    return UpstreamPool(upstream, options.concurrency)


class UpstreamPool:
    """Implements `EnginePool`."""

    capabilities = CAPABILITIES

    def __init__(self, upstream: Upstream, concurrency: int) -> None:
        self._upstream = upstream
        self._concurrency = concurrency
        self._turns = 0
        self._has_stopped = False
        self._tell_left: Callable[[], None] = _tell_nobody

    @property
    def has_idle(self) -> bool:
        """See the port."""
        return self.count_room() > 0

    def count_room(self) -> int:
        """See the port."""
        return self._concurrency - self._turns

    def count_most_turns(self) -> int:
        """See the port."""
        return self._concurrency

    def on_left(self, call: Callable[[], None]) -> None:
        """See the port."""
        self._tell_left = call

    async def choose_models(self, models: frozenset[str]) -> frozenset[str]:
        """See the port; nothing has to be loaded."""
        return models

    def begin_turn(self, claim: Claim) -> UpstreamTurn:
        """See the port."""
        self._turns += 1
        return UpstreamTurn(self._upstream, claim.task, self._note_left)

    async def check_health(self) -> Health:
        """See the port; one query of the list tells, which costs nothing."""
        if self._has_stopped:
            return Health(state=EngineState.AWAY, message="This server stops.")
        try:
            await self._upstream.studio.check()
        except (NotSent, Unanswered) as reason:
            return Health(state=EngineState.AWAY, message=f"The upstream does not answer: {reason}")
        except Refused as refused:
            if not refused.is_throttling:
                return Health(state=EngineState.AWAY, message=f"The upstream refuses: {refused}")
        return Health()

    async def stop(self) -> None:
        """See the port; tasks that run upstream go on there, and are followed after the start."""
        self._has_stopped = True
        await self._upstream.poller.close()
        await self._upstream.studio.close()

    def _note_left(self) -> None:
        self._turns -= 1
        self._tell_left()
