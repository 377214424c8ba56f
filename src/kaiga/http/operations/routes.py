"""Which path beside the contract is whose."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.errors import MethodRefused, PathUnknown
from kaiga.http.asgi import Answer, Call
from kaiga.http.identity import authenticate_admin
from kaiga.http.operations.keys import KeyRoutes
from kaiga.http.operations.metrics import CONTENT_TYPE, Numbers, is_local, render_metrics
from kaiga.http.operations.openapi import make_openapi
from kaiga.ports.task_store import QueueDepth, TaskStore
from kaiga.service.key_ring import KeyRing
from kaiga.service.link_keys import LinkKeys

HEALTH_PATH = "/healthz"
HEALTHY = Answer(body=b'{"status":"ok"}')

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRoutes:
    """Health, readiness, metrics, models, keys and the rotation of link keys."""

    keys: KeyRoutes
    key_ring: KeyRing
    link_keys: LinkKeys
    catalogue: Catalogue
    store: TaskStore
    engine: str
    version: str
    counters: Callable[[], Numbers]

    async def __call__(self, call: Call) -> Answer:
        """Answer a call.

        Raises:
            PathUnknown: no route is at this path.
            KaigaError: what the route itself raises.
        """
        match call.path.rstrip("/").split("/")[1:]:
            case ["healthz"]:
                return HEALTHY
            case ["readyz"]:
                return await self._only_get(call, self._ready)
            case ["metrics"]:
                return await self._only_get(call, self._metrics)
            case ["openapi.json"]:
                return await self._only_get(call, self._openapi)
            case ["kaiga", "v1", "models"]:
                return await self._only_get(call, self._models)
            case ["kaiga", "v1", "keys"]:
                return await self.keys.all_keys(call)
            case ["kaiga", "v1", "keys", key_id]:
                return await self.keys.one_key(call, key_id)
            case ["kaiga", "v1", "links", "rotate"]:
                return await self._rotate_links(call)
            case _:
                raise PathUnknown

    async def _only_get(self, call: Call, route: Callable[[Call], Awaitable[Answer]]) -> Answer:
        if call.method not in {"GET", "HEAD"}:
            raise MethodRefused(call.method)
        return await route(call)

    async def _ready(self, call: Call) -> Answer:
        del call
        await self.store.measure_queue()
        return Answer(body=b'{"status":"ready"}')

    async def _metrics(self, call: Call) -> Answer:
        if not is_local(call):
            await authenticate_admin(call, self.key_ring)
        depth = await self.store.measure_queue()
        body = render_metrics(self.counters, _gauges_of(depth))
        return Answer(body=body, headers=((b"content-type", CONTENT_TYPE.encode()),))

    async def _models(self, call: Call) -> Answer:
        models = [
            {**_as_members(model), "engine": self.engine} for model in self.catalogue.list_models()
        ]
        return Answer(body=_encode({"request_id": call.request_id, "models": models}))

    async def _openapi(self, call: Call) -> Answer:
        del call
        return Answer(body=_encode(make_openapi(self.catalogue, self.version)))

    async def _rotate_links(self, call: Call) -> Answer:
        await authenticate_admin(call, self.key_ring)
        if call.method != "POST":
            raise MethodRefused(call.method)
        await self.link_keys.rotate()
        return Answer(body=_encode({"request_id": call.request_id}))


def _gauges_of(depth: QueueDepth) -> Numbers:
    return {
        "kaiga_tasks_pending": ("Tasks that wait for a worker.", depth.pending),
        "kaiga_tasks_running": ("Tasks that a worker holds.", depth.running),
    }


def _as_members(model: object) -> dict[str, object]:
    return dict(msgspec.to_builtins(model))
