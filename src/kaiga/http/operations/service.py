"""How the service is: alive, ready, with which models."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Model
from kaiga.http.asgi import Answer, Call
from kaiga.http.identity import authenticate_admin
from kaiga.http.operations.description.document import make_openapi
from kaiga.http.operations.routing import Route
from kaiga.ports.task_store import TaskStore
from kaiga.service.keys.key_ring import KeyRing
from kaiga.service.links.link_keys import LinkKeys
from kaiga.service.standing.run_costs import RunCosts

HEALTH_PATH = "/healthz"
HEALTHY = Answer(body=b'{"status":"ok"}')

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRoutes:
    """Health, readiness, models and the rotation of link keys.

    `missing` has what the real service offers and this one does not, in words.
    """

    key_ring: KeyRing
    link_keys: LinkKeys
    catalogue: Catalogue
    store: TaskStore
    costs: RunCosts
    missing: Sequence[Mapping[str, str]]
    engine_of: Callable[[str], str]
    version: str
    is_emulator: bool

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", HEALTH_PATH, self._health),
            Route("GET", "/readyz", self._ready),
            Route("GET", "/openapi.json", self._openapi),
            Route("GET", "/kaiga/v1/models", self._models),
            Route("POST", "/kaiga/v1/links/rotate", self._rotate_links),
        )

    async def _health(self, call: Call) -> Answer:
        del call
        return HEALTHY

    async def _ready(self, call: Call) -> Answer:
        del call
        await self.store.measure_queue()
        return Answer(body=b'{"status":"ready"}')

    async def _models(self, call: Call) -> Answer:
        models = [self._show_model(model) for model in self.catalogue.list_models()]
        told = {"request_id": call.request_id, "models": models, "missing": self.missing}
        return Answer(body=_encode(told))

    def _show_model(self, model: Model) -> Mapping[str, object]:
        """Make the public form of a model: its entry, who answers it, and how long that takes.

        `seconds` is null while too few tasks of it have ended since the start.
        """
        seconds = self.costs.find_mean_seconds(model.name)
        return {
            **_as_members(model),
            "engine": self.engine_of(model.name),
            "own": model.name in self.catalogue.own_names,
            "seconds": None if seconds is None else round(seconds, 2),
        }

    async def _openapi(self, call: Call) -> Answer:
        del call
        return Answer(
            body=_encode(make_openapi(self.catalogue, self.version, is_emulator=self.is_emulator))
        )

    async def _rotate_links(self, call: Call) -> Answer:
        await authenticate_admin(call, self.key_ring)
        await self.link_keys.rotate()
        return Answer(body=_encode({"request_id": call.request_id}))


def _as_members(model: object) -> dict[str, object]:
    return dict(msgspec.to_builtins(model))
