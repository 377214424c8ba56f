"""`/v1/models`: the names that may be given for models here, and what they make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from kaiga.domain.catalogue.model import Model
from kaiga.http.asgi import Answer, Call
from kaiga.http.callers import Callers
from kaiga.http.openai.model_names import ModelNames
from kaiga.http.operations.routing import Route

_UNKNOWN_SECOND = 0
"""When a model was made is not known here; OpenAI's clients want a number."""

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenaiModelRoutes:
    """Tells every key the same: which names there are is no secret between accounts."""

    callers: Callers
    names: ModelNames

    def routes(self) -> Sequence[Route]:
        """List the routes of this group; some names have a slash in them."""
        return (
            Route("GET", "/v1/models", self._list),
            Route("GET", "/v1/models/{model}", self._show),
            Route("GET", "/v1/models/{maker}/{model}", self._show),
        )

    async def _list(self, call: Call) -> Answer:
        await self.callers.identify(call)
        shown = [_show(name, self.names.find_any(name)) for name in self.names.list_names()]
        return Answer(body=_encode({"object": "list", "data": shown}))

    async def _show(self, call: Call, *parts: str) -> Answer:
        await self.callers.identify(call)
        name = "/".join(parts)
        return Answer(body=_encode(_show(name, self.names.find_any(name))))


def _show(name: str, model: Model) -> Mapping[str, object]:
    return {
        "id": name,
        "object": "model",
        "created": _UNKNOWN_SECOND,
        "owned_by": model.family,
        "stands_for": model.name,
        "product": model.product,
    }
