"""Every shape of answer, from every form of result: a table, and what holds of all of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

import pytest
from msgspec import structs

from domain.samples import MODERATED, make_generation, make_task
from kaiga.domain.catalogue.model import Output, Shape
from kaiga.domain.ids import ObjectKey
from kaiga.domain.tasks import Finding, Result, StoredResult, Task, TaskStatus
from kaiga.http.dashscope.shapes import _MAKERS, make_result_members

REFUSED = {"code": MODERATED.code, "message": MODERATED.message}
OPTIONS = {"ratio": "16:9", "style": None}


def make_file(part: str = "", **findings: object) -> StoredResult:
    return StoredResult(
        object_key=ObjectKey("account/task/1/0"),
        media_type="image/png",
        size_bytes=10,
        part=part,
        findings=findings,
    )


def make_ended(results: Sequence[Result], actual_prompt: str | None) -> Task:
    return structs.replace(
        make_task(0),
        status=TaskStatus.SUCCEEDED,
        generation=make_generation(len(results), options=OPTIONS),
        results=tuple(results),
        actual_prompt=actual_prompt,
    )


def choice(*content: dict[str, str], **message: str) -> dict[str, Any]:
    told = {"role": "assistant", "content": list(content), **message}
    return {"finish_reason": "stop", "message": told}


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a shape makes of results; `url-N` is the address of result N."""

    output: Output
    results: Sequence[Result] = (make_file(),)
    actual_prompt: str | None = None
    expected: dict[str, Any] = field(default_factory=dict[str, Any])


CASES = {
    "results, prompts told": Case(
        output=Output(shape="results", orig_prompt=True, actual_prompt=True),
        actual_prompt="a longer cat",
        expected={
            "results": [
                {"orig_prompt": "a cat", "actual_prompt": "a longer cat", "url": "url-0"},
            ]
        },
    ),
    "results, nothing rewritten": Case(
        output=Output(shape="results", orig_prompt=True, actual_prompt=True),
        expected={"results": [{"orig_prompt": "a cat", "url": "url-0"}]},
    ),
    "results, prompts kept back": Case(
        output=Output(shape="results"),
        actual_prompt="a longer cat",
        expected={"results": [{"url": "url-0"}]},
    ),
    "results, some failed": Case(
        output=Output(shape="results"),
        results=(MODERATED, make_file(), MODERATED, make_file()),
        expected={"results": [REFUSED, {"url": "url-1"}, REFUSED, {"url": "url-3"}]},
    ),
    "results, files beside them and findings": Case(
        output=Output(shape="results"),
        results=(make_file(text="a"), make_file("svg"), Finding(findings={"text": "b"})),
        expected={"results": [{"url": "url-0"}]},
    ),
    "png and svg": Case(
        output=Output(shape="results_png_svg"),
        results=(make_file(), make_file("svg"), make_file(), make_file("svg")),
        expected={
            "results": [
                {"png_url": "url-0", "svg_url": "url-1"},
                {"png_url": "url-2", "svg_url": "url-3"},
            ]
        },
    ),
    "png and svg, some failed or without the one": Case(
        output=Output(shape="results_png_svg"),
        results=(make_file(), MODERATED, make_file(), make_file("svg")),
        expected={
            "results": [
                {"png_url": "url-0"},
                REFUSED,
                {"png_url": "url-2", "svg_url": "url-3"},
            ]
        },
    ),
    "choices, one each": Case(
        output=Output(shape="choices", finished=True),
        results=(make_file(), make_file()),
        expected={
            "choices": [
                choice({"type": "image", "image": "url-0"}),
                choice({"type": "image", "image": "url-1"}),
            ],
            "finished": True,
        },
    ),
    "choices, one for all, types untold": Case(
        output=Output(shape="choices", layout="one_for_all", content_type=False),
        results=(make_file(), make_file()),
        expected={"choices": [choice({"image": "url-0"}, {"image": "url-1"})]},
    ),
    "choices, some failed": Case(
        output=Output(shape="choices"),
        results=(MODERATED, make_file(), make_file("svg"), MODERATED),
        expected={"choices": [choice({"type": "image", "image": "url-1"})]},
    ),
    "choices, texts found before each picture": Case(
        output=Output(shape="choices", layout="one_for_all", text="found"),
        results=(make_file(text="one"), make_file(), make_file(text="three")),
        expected={
            "choices": [
                choice(
                    {"type": "text", "text": "one"},
                    {"type": "image", "image": "url-0"},
                    {"type": "image", "image": "url-1"},
                    {"type": "text", "text": "three"},
                    {"type": "image", "image": "url-2"},
                )
            ]
        },
    ),
    "choices, the prompt after the picture, with reasons": Case(
        output=Output(shape="choices", content_type=False, text="prompt", reasoning=True),
        actual_prompt="a longer cat",
        expected={
            "choices": [
                choice(
                    {"image": "url-0"},
                    {"text": "a longer cat"},
                    reasoning_content=(
                        "The prompt was filled out with composition, light, material and style."
                    ),
                )
            ]
        },
    ),
    "choices, the prompt as it was, without reasons": Case(
        output=Output(shape="choices", text="prompt", reasoning=True),
        expected={
            "choices": [
                choice(
                    {"type": "image", "image": "url-0"},
                    {"type": "text", "text": "a cat"},
                    reasoning_content="",
                )
            ]
        },
    ),
    "one picture, with what was found": Case(
        output=Output(shape="image_url"),
        results=(make_file(message="No text detected for translation"),),
        expected={"image_url": "url-0", "message": "No text detected for translation"},
    ),
    "one picture, with a mask to look at": Case(
        output=Output(shape="output_image_url"),
        results=(make_file(), make_file("visible_mask"), make_file("unheard-of")),
        expected={"output_image_url": "url-0", "output_vis_image_url": "url-1"},
    ),
    "addresses and no more": Case(
        output=Output(shape="render_urls"),
        results=(make_file(), MODERATED, make_file("svg"), make_file()),
        expected={"render_urls": ["url-0", "url-3"]},
    ),
    "a clip, prompts told": Case(
        output=Output(shape="video_url", orig_prompt=True, actual_prompt=True),
        actual_prompt="a longer cat",
        expected={
            "video_url": "url-0",
            "orig_prompt": "a cat",
            "actual_prompt": "a longer cat",
        },
    ),
    "a clip, nothing rewritten": Case(
        output=Output(shape="video_url", orig_prompt=True, actual_prompt=True),
        expected={"video_url": "url-0", "orig_prompt": "a cat"},
    ),
    "a clip inside results": Case(
        output=Output(shape="results_video_url"),
        results=(make_file(),),
        expected={"results": {"video_url": "url-0"}},
    ),
    "a clip under another name": Case(
        output=Output(shape="output_video_url"), expected={"output_video_url": "url-0"}
    ),
    "a judgement": Case(
        output=Output(shape="findings"),
        results=(Finding(findings={"check_pass": True, "bbox": [1, 2, 3, 4]}),),
        expected={"check_pass": True, "bbox": [1, 2, 3, 4]},
    ),
    "constants and options beside it": Case(
        output=Output(
            shape="findings",
            extra={"code": "200", "steps": 4, "shape": "$ratio", "none": "$missing"},
        ),
        results=(Finding(findings={"check_pass": True}),),
        expected={
            "check_pass": True,
            "code": "200",
            "steps": 4,
            "shape": "16:9",
            "none": None,
        },
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_results_are_told_in_the_shape_of_their_model(name: str):
    case = CASES[name]
    task = make_ended(case.results, case.actual_prompt)

    members = make_result_members(task, case.output, lambda position, _: f"url-{position}")

    assert members == case.expected


def test_every_shape_of_the_catalogue_is_in_the_table_above():
    shapes = set(get_args(Shape))

    assert {case.output.shape for case in CASES.values()} == shapes
    assert _MAKERS.keys() == shapes


@pytest.mark.parametrize("shape", sorted(get_args(Shape)))
def test_every_shape_of_every_form_of_result_is_json(shape: Shape):
    task = make_ended(
        (MODERATED, make_file(text="a"), make_file("svg"), Finding(findings={"a": [1]})), "longer"
    )
    output = Output(shape=shape, orig_prompt=True, actual_prompt=True, finished=True)

    members = make_result_members(task, output, lambda position, _: f"url-{position}")

    assert json.loads(json.dumps(members)) == members
