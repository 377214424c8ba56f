"""The same request makes the same results, whoever sends it and whichever server gets it."""

import json

import pytest

from domain.samples import OTHER_PRINCIPAL, PRINCIPAL
from kaiga.domain.ids import RequestId
from kaiga.domain.keys import Principal
from kaiga.service.emulation.request_seeds import draw_from_request
from kaiga.service.submitting.submit_task import Submission

IMAGE = "aigc/text2image/image-synthesis"


def make_submission(
    order_input: object,
    parameters: object = None,
    model: object = "wan2.5-t2i-preview",
    principal: Principal = PRINCIPAL,
) -> Submission:
    return Submission(
        principal=principal,
        workspace=principal.workspace,
        region="cn-beijing",
        operation=IMAGE,
        is_async=True,
        model=model,
        order_input=order_input,
        parameters=parameters,
        raw_body=json.dumps({"input": order_input}).encode(),
        request_id=RequestId("0b1f0000-0000-9000-8000-000000000000"),
    )


CAT = draw_from_request(make_submission({"prompt": "a cat"}))


@pytest.mark.parametrize(
    "other",
    [
        make_submission({"prompt": "a dog"}),
        make_submission({"prompt": "a cat"}, {"n": 2}),
        make_submission({"prompt": "a cat"}, model="wan2.2-t2i-flash"),
    ],
)
def test_another_order_draws_another_seed(other: Submission):
    assert draw_from_request(other) != CAT


def test_another_key_and_another_order_of_members_draw_the_same_seed():
    one = make_submission({"prompt": "a cat", "negative_prompt": "rain"})
    other = make_submission(
        {"negative_prompt": "rain", "prompt": "a cat"}, principal=OTHER_PRINCIPAL
    )

    assert draw_from_request(one) == draw_from_request(other)


@pytest.mark.parametrize("link", ["oss://uploads/a/cat.png", "http://127.0.0.1:8600/cat.png?x=1"])
def test_where_an_input_lies_changes_no_seed(link: str):
    here = make_submission({"img_url": "https://one.example/cat.png", "list": ["https://x/y"]})
    there = make_submission({"img_url": link, "list": [link]})

    assert draw_from_request(here) == draw_from_request(there)


def test_the_seed_of_a_request_never_changes():
    """Recordings of results in users' repositories rest on it."""
    assert CAT == 1400043637
