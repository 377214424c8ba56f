"""`GET /kaiga/v1/status`: the queue and the workers as they are now, for keys with the role admin.

It names tasks and models, and nothing of what the tasks are about.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from kaiga.http.asgi import Answer, Call
from kaiga.http.identity import authenticate_admin
from kaiga.http.operations.routing import Route
from kaiga.ports.clock import Calendar
from kaiga.ports.roster import Roster, Seen
from kaiga.ports.task_store import ModelQueue
from kaiga.service.engines.engine_board import EngineBoard
from kaiga.service.keys.key_ring import KeyRing
from kaiga.service.running.watch_runs import RunsUnderWay, RunUnderWay
from kaiga.service.standing.task_progress import TaskProgress

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRoutes:
    """The status; `began_at` is when the server began, on the monotonic clock.

    `roster` tells who else is at work on the same store, None where nobody can be. `counts` gives
    what has been counted since then: tasks created, ended by state, and queries.
    """

    key_ring: KeyRing
    calendar: Calendar
    queue: Callable[[], Awaitable[Sequence[ModelQueue]]]
    under_way: RunsUnderWay
    progress: TaskProgress
    counts: Callable[[], Awaitable[Mapping[str, int]]]
    slots: int
    board: EngineBoard
    roster: Roster | None
    version: str
    began_at: float

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (Route("GET", "/kaiga/v1/status", self._status),)

    async def _status(self, call: Call) -> Answer:
        await authenticate_admin(call, self.key_ring)
        queue = await self.queue()
        runs = self.under_way()
        status = {
            "request_id": call.request_id,
            "version": self.version,
            "engine": ", ".join(spec.name for spec in self.board.plan.specs),
            "engines": self._describe_engines(),
            "uptime_seconds": round(time.monotonic() - self.began_at, 1),
            "workers": {"slots": self.slots, "busy": min(len(runs), self.slots)},
            "queue": _describe_queue(queue, self.calendar.real_now()),
            "running": [self._describe_run(run) for run in runs],
            "members": [] if self.roster is None else await _describe_members(self.roster),
            "since_start": await self.counts(),
        }
        return Answer(body=_encode(status))

    def _describe_engines(self) -> Sequence[Mapping[str, object]]:
        """Make, for each engine, how it is, and how far it is with models that it makes ready."""
        health = self.board.list_health()
        return [
            {
                "name": spec.name,
                "kind": spec.kind,
                "state": health[spec.name].state,
                "message": health[spec.name].message,
                "models": sorted(each.model for each in self.board.plan.bindings_of(spec.name)),
                "loaded": health[spec.name].loaded,
                "loading": health[spec.name].loading,
                "resting": self.board.list_resting(spec.name),
            }
            for spec in self.board.plan.specs
        ]

    def _describe_run(self, run: RunUnderWay) -> Mapping[str, object]:
        progress = self.progress.find(run.task.id)
        return {
            "task_id": run.task.id,
            "model": run.task.catalogue_model,
            "attempt": run.task.attempt,
            "seconds": round(run.seconds, 1),
            "phase": progress.phase if progress else None,
            "step": progress.step if progress else 0,
            "steps": progress.steps if progress else 0,
        }


async def _describe_members(roster: Roster) -> Sequence[Mapping[str, object]]:
    return [_describe_member(seen) for seen in await roster.list_present()]


def _describe_member(seen: Seen) -> Mapping[str, object]:
    told = msgspec.structs.asdict(seen.member)
    del told["costs"]  # what nodes tell each other
    engines = sorted(seen.member.engines)
    return {**told, "engines": engines, "seconds_ago": round(seen.seconds_ago, 1)}


def _describe_queue(queue: Sequence[ModelQueue], now: datetime) -> Mapping[str, object]:
    models = [_describe_model(each, now) for each in queue]
    ages = [_age(each, now) for each in queue]
    return {
        "waiting": sum(each.waiting for each in queue),
        "running": sum(each.running for each in queue),
        "oldest_seconds": max((age for age in ages if age is not None), default=None),
        "models": models,
    }


def _describe_model(queue: ModelQueue, now: datetime) -> Mapping[str, object]:
    return {
        "model": queue.model,
        "waiting": queue.waiting,
        "running": queue.running,
        "oldest_seconds": _age(queue, now),
    }


def _age(queue: ModelQueue, now: datetime) -> float | None:
    if queue.oldest_at is None:
        return None
    return round(max(0.0, (now - queue.oldest_at).total_seconds()), 1)
