"""Orders come through the HTTP edge as they were sent, for every model."""

import json

import msgspec
import pytest

from catalogue.orders import CATALOGUE, PLACES, Place
from kaiga.http.dashscope.orders import OrderDecoder
from kaiga.http.operations.description.order_schemas import describe_group

DECODER = OrderDecoder(CATALOGUE)
each_place = pytest.mark.parametrize("place", PLACES, ids=str)


@each_place
def test_every_member_of_an_order_is_decoded(place: Place):
    for request in (place.minimal, *place.full):
        body = json.dumps({"model": place.model.name, **request}).encode()

        order = DECODER.decode(body)

        decoded = {"input": order.input, "parameters": order.parameters}
        assert place.accept(decoded) == place.accept(request)


@each_place
def test_every_member_has_a_schema(place: Place):
    for group in (place.model.input_at(place.endpoint), place.model.parameters_at(place.endpoint)):
        schema = describe_group(group)

        assert set(schema["properties"]) == set(group)  # type: ignore[call-overload]
        assert msgspec.json.encode(schema)
