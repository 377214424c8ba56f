"""Orders for every model at every endpoint, from the catalogue's own requests.

The notation `media:KIND[:VARIANT]` of those requests stands for an address here; nothing is
fetched.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from kaiga.catalogue import read_catalogue
from kaiga.domain.catalogue.fields import Field
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.domain.generation import Generation
from kaiga.domain.validation import Faults, OrderRules

CATALOGUE = read_catalogue()
DRAWN_SEED = 4321
ABSENT: Any = object()
"""In the place of a value: the member is taken out."""
ENDINGS = {"image": "png", "video": "mp4", "audio": "wav", "document": "txt", "link": "html"}

Request = Mapping[str, object]


class Place(msgspec.Struct, frozen=True):
    """One model at one of its endpoints."""

    model: Model
    endpoint: Endpoint

    def __str__(self) -> str:
        path = self.endpoint.operation.removeprefix("aigc/").partition("/")[0]
        return f"{self.model.name}@{path}-{self.endpoint.mode}"

    @property
    def fields(self) -> Mapping[str, Field]:
        """Every member, by its path."""
        groups = {
            "input": self.model.input_at(self.endpoint),
            "parameters": self.model.parameters_at(self.endpoint),
        }
        return {
            f"{group}.{name}": field
            for group, fields in groups.items()
            for name, field in fields.items()
        }

    @property
    def minimal(self) -> Request:
        """The least that is taken here."""
        return fill(self.model.minimal_request_at(self.endpoint))

    @property
    def full(self) -> list[Request]:
        """Requests that together set every member."""
        return [fill(each) for each in self.model.full_requests_at(self.endpoint)]

    def check(self, request: Request) -> Generation | Faults:
        """Check an order."""
        rules = _rules_of(self.model.name, self.endpoint.operation, self.endpoint.mode)
        return rules.check(request.get("input"), request.get("parameters"), DRAWN_SEED)

    def accept(self, request: Request) -> Generation:
        """Check an order that must pass."""
        checked = self.check(request)
        assert isinstance(checked, Generation), f"{self}: {checked.message}: {request}"
        return checked

    def refuse(self, request: Request) -> tuple[str, ...]:
        """Check an order that must not pass, and give what is told."""
        checked = self.check(request)
        assert isinstance(checked, Faults), f"{self} took {request}"
        return checked.texts


@cache
def _rules_of(name: str, operation: str, mode: str) -> OrderRules:
    model = find_model(name)
    endpoint = next(each for each in model.list_endpoints(operation) if each.mode == mode)
    return OrderRules(model, endpoint)


def find_model(name: str) -> Model:
    model = CATALOGUE.find_model(name)
    assert model is not None, name
    return model


MODELS = CATALOGUE.list_models()
PLACES = [Place(model, endpoint) for model in MODELS for endpoint in model.endpoints]


def place_of(model: Model, mode: str = "") -> Place:
    """The first endpoint of a model, or that of a mode."""
    return next(
        place for place in PLACES if place.model is model and mode in ("", place.endpoint.mode)
    )


def fill(value: Any) -> Any:
    """Put an address in the place of every `media:KIND`."""
    match value:
        case str() if value.startswith("media:"):
            return f"https://example.org/file.{ENDINGS[value.split(':')[1]]}"
        case Mapping():
            return {name: fill(member) for name, member in value.items()}
        case list() | tuple():
            return [fill(item) for item in value]
        case _:
            return value


def change(request: Request, path: str, value: object) -> Request:
    """Give the request with one member set, or taken out."""
    group, _, name = path.partition(".")
    members = dict(request.get(group) or {})  # type: ignore[call-overload]
    members.pop(name, None)
    if value is not ABSENT:
        members[name] = value
    return {**request, group: members}


def read(request: Request, path: str) -> object:
    """Give a member of a request, None where it is not there."""
    group, _, name = path.partition(".")
    members = request.get(group) or {}
    assert isinstance(members, Mapping)
    return members.get(name)
