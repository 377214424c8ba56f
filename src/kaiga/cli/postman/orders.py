"""An order for every operation of the catalogue that the tour does not call."""

import json
from collections.abc import Mapping, Sequence
from typing import cast

from kaiga.catalogue import read_catalogue
from kaiga.cli.postman import texts
from kaiga.cli.postman.items import Entry, Saved
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.http.operations.description import examples

_TOUR = frozenset(
    {
        "aigc/text2image/image-synthesis",
        "aigc/image2image/image-synthesis",
        "aigc/video-generation/video-synthesis",
        "aigc/multimodal-generation/generation",
    }
)
_VARIABLES = {"image": "{{resultUrl}}", "video": "{{clipUrl}}"}
"""What stands for a file of each kind: what the tour has made."""


def list_other_orders() -> list[Entry]:
    """List the least order of one model for each operation, by its path."""
    offers: dict[str, list[tuple[Model, Endpoint]]] = {}
    for model in read_catalogue().list_models():
        for endpoint in model.endpoints:
            if endpoint.operation not in _TOUR:
                offers.setdefault(endpoint.operation, []).append((model, endpoint))
    return [_make_order(*min(found, key=_rank)) for _, found in sorted(offers.items())]


def _rank(offer: tuple[Model, Endpoint]) -> tuple[int, bool]:
    """Rank models: those that want no files but pictures first, and of them the newer Wan."""
    model, endpoint = offer
    text = json.dumps(model.minimal_request_at(endpoint))
    return text.count("media:") - text.count("media:image"), not model.name.startswith("wan2")


def _make_order(model: Model, endpoint: Endpoint) -> Entry:
    order = {"model": model.name, **_fill_in(model.minimal_request_at(endpoint))}
    is_async = endpoint.mode == "async"
    return Entry(
        name=f"{model.title}: {model.name}",
        method="POST",
        path=f"{{{{baseUrl}}}}/services/{endpoint.operation}",
        headers={"X-DashScope-Async": "enable"} if is_async else {},
        body=json.dumps(order, ensure_ascii=False, indent=2),
        after=texts.ORDER_TESTS if is_async else texts.JUDGED_TESTS,
        saved=Saved(body=examples.CREATED if is_async else examples.JUDGED),
    )


def _fill_in(members: Mapping[str, object]) -> dict[str, object]:
    return {name: _fill(value) for name, value in members.items()}


def _fill(value: object) -> object:
    match value:
        case str() if value.startswith("media:"):
            return _VARIABLES[value.split(":")[1]]
        case Mapping():
            return _fill_in(cast("Mapping[str, object]", value))
        case list() | tuple():
            return [_fill(item) for item in cast("Sequence[object]", value)]
        case _:
            return value
