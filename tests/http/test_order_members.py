"""What a body says reaches the rules as it was written, whatever the shape of its members."""

import json
from typing import Any

import pytest

from kaiga.catalogue import read_catalogue
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.http.dashscope.orders import OrderDecoder

CATALOGUE = read_catalogue()
DECODER = OrderDecoder(CATALOGUE)
PLACES = [(model, each) for model in CATALOGUE.list_models() for each in model.endpoints]


def name_of(place: Any) -> str:
    return getattr(place, "name", None) or f"{place.operation.split('/')[1]}-{place.mode}"


@pytest.mark.parametrize(("model", "endpoint"), PLACES, ids=name_of)
def test_every_member_that_a_model_knows_is_decoded(model: Model, endpoint: Endpoint):
    for request in model.full_requests_at(endpoint):
        sent = json.loads(json.dumps(request))

        order = DECODER.decode(json.dumps({"model": model.name, **sent}).encode())

        assert (order.input or {}) == sent.get("input", {})
        assert (order.parameters or {}) == sent.get("parameters", {})
