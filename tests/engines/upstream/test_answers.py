"""What the upstream's answers are taken for, in every shape that the contract has."""

from typing import Any

import pytest

from kaiga.domain.catalogue.model import Output
from kaiga.domain.errors import EngineAway, EngineUnfit
from kaiga.domain.tasks import TaskStatus
from kaiga.engines.upstream.answers import read_task, read_usage
from kaiga.engines.upstream.refusals import OrderFailed, Refused
from kaiga.engines.upstream.results import read_found

TIMES = {"task_id": "1", "task_status": "SUCCEEDED", "submit_time": "s", "end_time": "e"}
SHAPES: dict[str, tuple[Output, dict[str, Any], list[Any]]] = {
    "pictures, one of which failed": (
        Output(shape="results"),
        {"results": [{"url": "a"}, {"code": "DataInspectionFailed", "message": "no"}]},
        [[("a", "")], "DataInspectionFailed"],
    ),
    "words with a drawing beside them": (
        Output(shape="results_png_svg"),
        {"results": [{"png_url": "a", "svg_url": "b"}]},
        [[("a", ""), ("b", "svg")]],
    ),
    "messages, a choice for each picture": (
        Output(shape="choices"),
        {"choices": [{"message": {"content": [{"type": "image", "image": i}]}} for i in "ab"]},
        [[("a", "")], [("b", "")]],
    ),
    "messages, one choice for all": (
        Output(shape="choices", layout="one_for_all"),
        {"choices": [{"message": {"content": [{"image": "a"}, {"text": "t"}, {"image": "b"}]}}]},
        [[("a", "")], [("b", "")]],
    ),
    "a clip": (Output(shape="video_url"), {"video_url": "a"}, [[("a", "")]]),
    "a nested clip": (
        Output(shape="results_video_url"),
        {"results": {"video_url": "a"}},
        [[("a", "")]],
    ),
    "a mask with a picture to look at": (
        Output(shape="output_image_url"),
        {"output_image_url": "a", "output_vis_image_url": "b"},
        [[("a", ""), ("b", "visible_mask")]],
    ),
    "posters": (
        Output(shape="render_urls"),
        {"render_urls": ["a", "b"]},
        [[("a", "")], [("b", "")]],
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_every_file_of_an_answer_is_found(name: str):
    shape, output, expected = SHAPES[name]

    found = read_found({**TIMES, **output}, shape, len(expected))

    assert [
        each.code or [(file.url, file.part) for file in each.files] for each in found
    ] == expected
    assert not any(each.findings for each in found)


def test_what_was_found_out_is_told_without_what_every_task_tells():
    shape = Output(shape="findings", extra={"constant": 1})
    output = {**TIMES, "check_pass": True, "bbox": [1, 2], "constant": 1}

    [found] = read_found(output, shape, 1)

    assert found.findings == {"check_pass": True, "bbox": [1, 2]}


def test_more_pictures_than_were_asked_for_are_kept_and_missing_ones_are_failures():
    shape = Output(shape="results")
    three = {"results": [{"url": name} for name in "abc"]}

    assert [len(each.files) for each in read_found(three, shape, 2)] == [1, 2]
    assert [bool(each.code) for each in read_found(three, shape, 4)] == [False] * 3 + [True]
    assert [bool(each.code) for each in read_found({"results": "junk"}, shape, 1)] == [True]


def test_usage_keeps_its_nested_members():
    usage = {"image_count": 1, "tokens": {"input": 3, "deep": {"x": 1}}, "list": [1], "none": None}

    assert read_usage(usage) == {"image_count": 1, "tokens.input": 3}


@pytest.mark.parametrize(
    "output",
    [
        {"orig_prompt": "a", "actual_prompt": "b"},
        {"results": [{"orig_prompt": "a", "actual_prompt": "b"}]},
    ],
)
def test_prompts_are_found_beside_the_results_or_in_them(output: dict[str, Any]):
    answer = read_task({"output": {**TIMES, **output}})

    assert answer.status is TaskStatus.SUCCEEDED
    assert (answer.original_prompt, answer.actual_prompt) == ("a", "b")


@pytest.mark.parametrize(
    "body", [{}, {"output": None}, {"output": {"task_status": "NEW"}}], ids=str
)
def test_an_answer_without_a_status_is_none(body: dict[str, Any]):
    with pytest.raises(ValueError, match="TaskStatus"):
        read_task(body)


@pytest.mark.parametrize(
    ("refused", "meaning"),
    [
        (Refused(400, "InvalidParameter", "size is wrong"), OrderFailed),
        (Refused(400, "DataInspectionFailed", "no"), OrderFailed),
        (Refused(400, "InvalidParameter", "Model not exist."), EngineUnfit),
        (Refused(400, "Arrearage", "Access denied"), EngineUnfit),
        (Refused(401, "InvalidApiKey", "Invalid API-key provided."), EngineUnfit),
        (Refused(403, "Model.AccessDenied", "Model access denied."), EngineUnfit),
        (Refused(404, "ModelNotFound", "Model can not be found."), EngineUnfit),
        (Refused(429, "CommodityNotPurchased", "not purchased"), EngineUnfit),
        (Refused(503, "ModelUnavailable", "later"), EngineAway),
    ],
    ids=lambda each: str(each)[:40],
)
def test_a_refusal_is_the_orders_the_bindings_or_the_hours(
    refused: Refused, meaning: type[Exception]
):
    assert isinstance(refused.as_error(), meaning)
    assert not refused.is_throttling


def test_an_internal_error_of_a_call_that_waited_is_not_tried_again():
    failed = Refused(500, "RequestTimeOut", "timed out").as_error(has_waited=True)
    later = Refused(503, "ModelUnavailable", "later").as_error(has_waited=True)

    assert isinstance(failed, OrderFailed)
    assert isinstance(later, EngineAway)


def test_only_throttling_is_waited_out():
    assert Refused(429, "Throttling.RateQuota", "slower").is_throttling
