"""Orders out of bodies: only known members become objects, and never more than any order needs."""

import json
import tracemalloc
from typing import Any

import pytest

from kaiga.domain.errors import BodyMalformed
from kaiga.http.dashscope.orders import OrderBody, OrderDecoder
from service.building import read_models

MILLIONS = 6_000_000
BOUND_BYTES = 120_000_000
"""Far below the gigabytes that millions of lists would take, and above two copies of the body."""


@pytest.fixture(scope="module")
def decoder() -> OrderDecoder:
    return OrderDecoder(read_models())


def make_body(
    order_input: object = None, parameters: object = None, model: str = "test-forms"
) -> bytes:
    return json.dumps({"model": model, "input": order_input, "parameters": parameters}).encode()


def members_of(group: object) -> dict[str, Any]:
    assert isinstance(group, dict)
    return group


class TestKnownMembers:
    def test_lists_and_objects_come_as_they_were_sent(self, decoder: OrderDecoder):
        order_input = {
            "prompt": "a cat",
            "media": [{"type": "clip", "url": "http://a/b.mp4", "extra": {"a": [1]}}],
            "pictures": ["http://a/b.png", None, 5],
        }
        parameters = {"n": 2, "colours": [[1, 2, 3], []], "text": {"title": "猫"}}

        order = decoder.decode(make_body(order_input, parameters))

        assert order == OrderBody(model="test-forms", input=order_input, parameters=parameters)

    def test_unknown_members_are_passed_over(self, decoder: OrderDecoder):
        order = decoder.decode(
            make_body({"prompt": "a", "function": "x", "more": {"a": [{}]}}, {"is_async": True})
        )

        assert (order.input, order.parameters) == ({"prompt": "a"}, {})

    def test_a_member_of_the_other_group_is_unknown(self, decoder: OrderDecoder):
        order = decoder.decode(make_body({"n": 2}, {"prompt": "a"}))

        assert (order.input, order.parameters) == ({}, {})

    def test_members_of_every_endpoint_of_a_model_are_known(self, decoder: OrderDecoder):
        model = next(m for m in read_models().list_models() if any(e.input for e in m.endpoints))
        names = {name for each in model.endpoints for name in model.input_at(each)}

        order = decoder.decode(make_body(dict.fromkeys(names), None, model.name))

        assert members_of(order.input).keys() == names

    @pytest.mark.parametrize("name", ["test-picture-alias", "test-picture-2026-01-31"])
    def test_a_model_is_known_by_its_other_names(self, decoder: OrderDecoder, name: str):
        order = decoder.decode(make_body({"prompt": "a"}, model=name))

        assert (order.model, order.input) == (name, {"prompt": "a"})

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            (b'{"model":"none","model":"test-picture","input":{"prompt":"a"}}', {"prompt": "a"}),
            (
                b'{"model":"test-picture","input":{"prompt":"a","prompt":"b"}}',
                {"prompt": "b"},
            ),
            (
                b'{"model":"test-picture","input":{"prompt":"a"},"input":{}}',
                {},
            ),
        ],
    )
    def test_of_a_member_that_is_there_twice_the_last_one_counts(
        self, decoder: OrderDecoder, body: bytes, expected: object
    ):
        """As every JSON library of the clients reads it."""
        assert decoder.decode(body).input == expected

    @pytest.mark.parametrize("stands", [None, "a text", 5, 1.5, True])
    def test_what_stands_in_place_of_a_group_is_given_as_it_is(
        self, decoder: OrderDecoder, stands: object
    ):
        assert decoder.decode(make_body(stands)).input == stands

    @pytest.mark.parametrize("value", [[], {}, [[1]], {"a": 1}, ["x" * 1000]])
    def test_a_list_where_a_text_belongs_is_no_text_and_no_list(
        self, decoder: OrderDecoder, value: object
    ):
        order = decoder.decode(make_body({"prompt": value}))

        assert not isinstance(members_of(order.input)["prompt"], str | list | dict)

    @pytest.mark.parametrize("value", [5, "a text", True, None])
    def test_a_text_where_a_list_belongs_is_given_as_it_is(
        self, decoder: OrderDecoder, value: object
    ):
        assert members_of(decoder.decode(make_body({"media": value})).input)["media"] == value


class TestBounds:
    @pytest.mark.parametrize(
        ("value", "is_taken"),
        [
            ([[]] * 4095, True),
            ([[]] * 4096, False),
            ([{}] * 4095, True),
            ([{"a": []}] * 2048, False),
            ([0] * 65_537, True),
            ([0] * 65_538, False),
            (["A" * 10_000_000], True),
        ],
    )
    def test_a_list_beyond_what_any_order_has_is_not_built(
        self, decoder: OrderDecoder, value: list[object], is_taken: bool
    ):
        order = decoder.decode(make_body({"pictures": value}))

        assert isinstance(members_of(order.input)["pictures"], list) is is_taken

    @pytest.mark.parametrize("member", ["pictures", "media", "prompt", "unheard_of"])
    @pytest.mark.parametrize("piece", ["[],", "{},", "0,", '"",'])
    def test_millions_of_values_never_become_gigabytes(
        self, decoder: OrderDecoder, member: str, piece: str
    ):
        many = (piece * MILLIONS)[:-1].encode()
        body = b'{"model":"test-forms","input":{"%b":[%b]}}' % (member.encode(), many)

        tracemalloc.start()
        decoder.decode(body)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert peak < BOUND_BYTES

    @pytest.mark.parametrize("member", ["pictures", "prompt", "unheard_of"])
    @pytest.mark.parametrize("depth", [1000, 4000, 1_000_000])
    def test_lists_within_lists_are_refused_or_passed_over(
        self, decoder: OrderDecoder, member: str, depth: int
    ):
        body = b'{"model":"test-forms","input":{"%b":%b%b}}' % (
            member.encode(),
            b"[" * depth,
            b"]" * depth,
        )

        try:
            order = decoder.decode(body)
        except BodyMalformed:
            return
        assert members_of(order.input).keys() <= {member}

    def test_millions_of_members_are_passed_over(self, decoder: OrderDecoder):
        many = ",".join(f'"{n}":0' for n in range(1_000_000)).encode()
        body = b'{"model":"test-forms","input":{%b,"prompt":"a"}}' % many

        tracemalloc.start()
        order = decoder.decode(body)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert order.input == {"prompt": "a"}
        assert peak < BOUND_BYTES


class TestMalformed:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"null",
            b'"{}"',
            b"{",
            b'{"model":"test-forms"',
            b'{"model":"test-forms",}',
            b'{"model":"test-forms","input":{"prompt":}}',
            b'{"model":"test-forms","extra":"\xff"}',
            b'{"model":"test-forms","input":{"prompt":"\xff"}}',
            b'{"model":"test-forms","input":{"pictures":["\\ud800"]}}',
            b'{"model":"test-forms"} {}',
        ],
    )
    def test_what_is_not_one_json_object_is_told(self, decoder: OrderDecoder, body: bytes):
        with pytest.raises(BodyMalformed):
            decoder.decode(body)
