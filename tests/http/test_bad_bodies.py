"""Bodies that are no orders, and odd ones that are: a contract error or a task, never a 500."""

import json

import pytest
from http_calls import ENABLE, create, error_of, make_order

from running import CREATE, MODEL

MALFORMED = (
    400,
    "InvalidParameter",
    "Required body invalid, please check the request body format.",
)


def make_raw_order(extra: str) -> bytes:
    """Make a good order with raw JSON text added to it."""
    return f"{json.dumps(make_order())[:-1]}, {extra}}}".encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"true",
        b"7",
        b'"text"',
        b"[]",
        b'[{"model":"wan2.5-t2i-preview"}]',
        b"{",
        b"{'model':'wan2.5-t2i-preview'}",
        b"model=wan2.5-t2i-preview",
        b"\0",
        b'{"model":"wan2.5-t2i-preview"}\0',
        b'{"model":"wan2.5-t2i-preview"}{}',
        b'{"model":NaN}',
        b'{"model":"\xff\xfe"}',
        b'{"model":"\xc0\xaf"}',
        b'{"model":"\xed\xa0\x80"}',
        b'{"model":"\\ud800"}',
        b'{"model":"\\udc00\\ud800"}',
        b'{"model":"a\nb"}',
        b'{"mod\\u0',
        "{}".encode("utf-16"),
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    ],
)
def test_a_body_that_is_no_json_object_is_refused(client, body):
    assert error_of(create(client, body)) == MALFORMED


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("depth", [10_000, 200_000])
def test_a_deeply_nested_body_is_refused_or_its_depths_are_not_looked_at(
    client, opening, closing, depth
):
    response = create(client, make_raw_order(f'"x": {opening * depth}1{closing * depth}'))

    assert response.status_code == 200 or error_of(response) == MALFORMED


@pytest.mark.parametrize("member", [b'"x":"%b"', b'"%b":1', b'"x":["%b"]'])
@pytest.mark.parametrize("broken", [b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf0\x9f"])
def test_text_that_is_no_utf_8_is_refused_wherever_it_stands(client, member, broken):
    body = json.dumps(make_order()).encode()[:-1] + b"," + member % broken + b"}"

    assert error_of(create(client, body)) == MALFORMED


def test_unclosed_depths_are_refused(client):
    assert error_of(create(client, b"[" * 1_000_000)) == MALFORMED


def test_of_two_members_with_one_name_the_last_counts(client):
    body = b'{"model":"no-such-model","model":"%b","input":{"prompt":"a"}}' % MODEL.encode()

    assert create(client, body).status_code == 200


@pytest.mark.parametrize(
    "extra",
    [
        '"response_format": "url"',
        '"x": 1e300',
        '"x": -0.0',
        '"x": 123456789012345678901234567890',
        '"x": [null, true, {"y": []}]',
        '"": ""',
        '"\\u0000": "\\u0000"',
        '"__proto__": {"model": "other"}',
    ],
)
def test_unknown_members_are_accepted(client, extra):
    assert create(client, make_raw_order(extra)).status_code == 200


def test_members_that_the_official_clients_add_are_accepted(client):
    order = make_order()
    order["input"] |= {"extend_prompt": True, "function": "image-synthesis", "negative_prompt": ""}
    order["parameters"] |= {"is_async": True, "result_format": "message", "seed": None}

    response = create(client, order)

    task_id = response.json()["output"]["task_id"]
    assert client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "PENDING"


@pytest.mark.parametrize("parameters", [{}, None])
def test_parameters_may_be_empty_or_absent(client, parameters):
    task_ids = [
        create(client, order).json()["output"]["task_id"]
        for order in (
            {"model": MODEL, "input": {"prompt": "a"}, "parameters": parameters},
            {"model": MODEL, "input": {"prompt": "a"}},
        )
    ]

    for task_id in task_ids:
        assert client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "PENDING"


@pytest.mark.parametrize(
    "prompt",
    ["\0", "a\0b", "\U0001f600" * 10, "\u202eevil", "\r\n", "</svg>&amp;", "'; DROP TABLE"],
)
def test_an_odd_prompt_makes_a_task(client, prompt):
    response = create(client, make_order(prompt + "x"))

    task_id = response.json()["output"]["task_id"]
    assert client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "PENDING"


def test_a_prompt_of_several_megabytes_is_accepted(client):
    response = create(client, make_order("花" * 1_500_000))

    task_id = response.json()["output"]["task_id"]
    assert client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "PENDING"


def test_a_prompt_past_its_limit_is_cut_and_painted(server, painter):
    order = make_order("a boat, " * 300_000)

    task_id = create(painter, order).json()["output"]["task_id"]

    (result,) = server.wait_for_end(painter, task_id)["output"]["results"]
    assert result["orig_prompt"] == order["input"]["prompt"][:2000]


@pytest.mark.parametrize("prompt", ["a\0b", "\U0001f600\u200d\U0001f680", "\u202e<svg>&\x07\ufffe"])
def test_an_odd_prompt_is_painted_and_told_back_unchanged(server, painter, prompt):
    task_id = create(painter, make_order(prompt)).json()["output"]["task_id"]

    output = server.wait_for_end(painter, task_id)["output"]
    assert output["task_status"] == "SUCCEEDED"
    assert output["results"][0]["orig_prompt"] == prompt


def test_a_compressed_body_is_refused_and_not_taken_for_something_else(client):
    response = client.post(
        CREATE, content=b"\x1f\x8b\x08", headers={**ENABLE, "Content-Encoding": "gzip"}
    )

    assert error_of(response) == MALFORMED
