"""What a body says reaches the rules as it was written, whatever the shape of its members."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiga.catalogue import read_catalogue
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.domain.errors import BodyMalformed
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


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
MEMBERS = st.sampled_from(["prompt", "size", "n", "seed", "watermark", "image", "bbox", "zzz"])


@given(
    st.sampled_from([model.name for model in CATALOGUE.list_models()]),
    JSON_VALUES | st.dictionaries(MEMBERS, JSON_VALUES),
    JSON_VALUES | st.dictionaries(MEMBERS, JSON_VALUES),
)
def test_small_bodies_are_decoded_in_one_go_to_the_same_order(
    model: str, order_input: object, parameters: object
):
    body = json.dumps({"model": model, "input": order_input, "parameters": parameters}).encode()

    assert DECODER.decode(body) == DECODER.decode(body + b" " * 5000)


@pytest.mark.parametrize("body", [b"[]", b"1", b'"a"', b"null", b"{", b"\xff{}", b"[" * 4000])
def test_a_small_body_that_is_no_object_is_malformed(body: bytes):
    for sent in (body, body + b" " * 5000):
        with pytest.raises(BodyMalformed):
            DECODER.decode(sent)
