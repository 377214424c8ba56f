"""Results are found in an answer of any shape."""

from typing import Any

import pytest

from kaiga.cli.results import Failed, read_results

A, B = "https://h/1d/a-1.png?Expires=1&Signature=x", "https://h/1d/b-2.mp4?Expires=1"
ABOUT = {"task_id": "t", "task_status": "SUCCEEDED", "submit_time": "s", "end_time": "e"}


def choice(*content: dict[str, str]) -> dict[str, Any]:
    return {"finish_reason": "stop", "message": {"role": "assistant", "content": list(content)}}


@pytest.mark.parametrize(
    ("members", "links"),
    [
        ({"results": [{"url": A}, {"url": B}], "task_metrics": {"TOTAL": 2}}, (A, B)),
        ({"results": [{"png_url": A, "svg_url": B}]}, (A, B)),
        ({"choices": [choice({"type": "image", "image": A}), choice({"image": B})]}, (A, B)),
        ({"image_url": A}, (A,)),
        ({"output_image_url": A, "output_vis_image_url": B}, (A, B)),
        ({"render_urls": [A, B]}, (A, B)),
        ({"video_url": B, "orig_prompt": A}, (B,)),
        ({"results": {"video_url": B}}, (B,)),
        ({"output_video_url": B}, (B,)),
        ({"check_pass": True}, ()),
    ],
)
def test_every_shape_gives_its_links_in_order(members: dict[str, Any], links: tuple[str, ...]):
    assert read_results({**ABOUT, **members}).links == links


def test_what_was_judged_is_a_finding():
    results = read_results({"check_pass": False, "humanoid": True, "bbox": [1, 2, 3, 4]})

    assert results.findings == {"check_pass": False, "humanoid": True, "bbox": [1, 2, 3, 4]}


def test_what_tells_of_the_task_is_none():
    metrics = {"task_metrics": {"TOTAL": 1}, "finished": True, "scheduled_time": "s"}

    assert read_results({**ABOUT, **metrics, "results": [{"url": A}]}).findings == {}


def test_texts_of_messages_are_found():
    output = {"choices": [choice({"type": "text", "text": "A story."}, {"image": A})]}

    assert read_results(output).texts == ("A story.",)


def test_a_result_that_was_not_made_is_told_with_its_reason():
    results = read_results({"results": [{"url": A}, {"code": "X", "message": "why"}]})

    assert results.links == (A,)
    assert results.failures == (Failed(code="X", message="why"),)


@pytest.mark.parametrize("output", [{"actual_prompt": "p"}, {"results": [{"actual_prompt": "p"}]}])
def test_the_rewritten_prompt_is_found_where_the_shape_has_it(output: dict[str, Any]):
    assert read_results(output).actual_prompt == "p"
