"""`/kaiga/v1/forms`: what a form needs to know of a model, for the console and for others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import msgspec

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.domain.errors import ModelUnknown
from kaiga.http.asgi import Answer, Call
from kaiga.http.dashscope.queries import read_query
from kaiga.http.operations.routing import Route

_LIMITS = ("limits", "voice_limits")
_FOR_FAULTS = frozenset({"fault", "format_fault", "images_fault"})

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRoutes:
    """Lists the models in short, the usual ones first, and describes the fields of one."""

    catalogue: Catalogue

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (Route("GET", "/kaiga/v1/forms", self._answer),)

    async def _answer(self, call: Call) -> Answer:
        """Give the form of the model that the query names: some names have a slash in them."""
        name = read_query(call).get("model")
        return self._list(call) if name is None else self._show(call, name)

    def _list(self, call: Call) -> Answer:
        ordered = sorted(self.catalogue.list_models(), key=lambda model: model.priority)
        models = [_tell_model(model) for model in ordered]
        return Answer(body=_encode({"request_id": call.request_id, "models": models}))

    def _show(self, call: Call, name: str) -> Answer:
        model = self.catalogue.find_model(name)
        if model is None:
            raise ModelUnknown
        form = self._make_form(model, _choose_endpoint(model))
        return Answer(body=_encode({"request_id": call.request_id, **form}))

    def _make_form(self, model: Model, endpoint: Endpoint) -> Mapping[str, object]:
        """Describe an order: fields, the rules between them, and those on the files they name."""
        groups = {
            "input": _tell(model.input_at(endpoint)),
            "parameters": _tell(model.parameters_at(endpoint)),
        }
        known = self.catalogue.media_limits
        named = sorted(set(_find_limits(groups)).intersection(known))
        return {
            **_tell_model(model),
            "operation": endpoint.operation,
            "mode": endpoint.mode,
            **groups,
            "rules": _tell(model.rules_at(endpoint)),
            "limits": {name: _tell(known[name]) for name in named},
            "example": model.minimal_request_at(endpoint),
        }


def _choose_endpoint(model: Model) -> Endpoint:
    """Give the way that makes a task to follow, where there is one."""
    return next((each for each in model.endpoints if each.mode == "async"), model.endpoints[0])


def _tell_model(model: Model) -> dict[str, object]:
    return {
        "name": model.name,
        "title": model.title,
        "description": model.description,
        "task": model.task,
        "product": model.product,
        "retired": model.retired,
    }


def _tell(data: object) -> object:
    """Write the catalogue's values without what says nothing, and without the texts of faults."""
    return _thin(msgspec.to_builtins(data))


def _thin(data: object) -> object:
    if isinstance(data, list | tuple):
        return [_thin(each) for each in cast("Sequence[object]", data)]
    if not isinstance(data, dict):
        return data
    members = cast("dict[str, object]", data)
    return {
        name: _thin(value)
        for name, value in members.items()
        if value not in (None, "", [], (), {}) and value is not False and name not in _FOR_FAULTS
    }


def _find_limits(data: object) -> Iterator[str]:
    if not isinstance(data, dict):
        return
    for name, value in cast("dict[str, object]", data).items():
        if name in _LIMITS and isinstance(value, str):
            yield value
        else:
            yield from _find_limits(value)
