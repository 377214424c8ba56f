"""The members that tell of results, in each of the contract's shapes (contract/image-models.md, 4).

A shape is filled in with addresses that are still without scheme and host.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeGuard

from kaiga.domain.catalogue.model import Output
from kaiga.domain.tasks import Failure, Finding, Result, StoredResult, Task, is_made

Address = Callable[[int, StoredResult], str]
"""Gives the address of the result at a position."""
_PNG, _SVG, _VISIBLE_MASK = "", "svg", "visible_mask"


def make_result_members(task: Task, output: Output, address: Address) -> dict[str, object]:
    """Make what `output` tells of the results of a task that has SUCCEEDED."""
    members = _MAKERS[output.shape](task, output, address)
    if output.finished:
        members["finished"] = True
    options: Mapping[str, object] = {} if task.generation is None else task.generation.options
    for name, value in output.extra.items():
        members[name] = (
            options.get(value[1:]) if isinstance(value, str) and value.startswith("$") else value
        )
    return members


def _make_results(task: Task, output: Output, address: Address) -> dict[str, object]:
    return {
        "results": [
            {"code": result.code, "message": result.message}
            if isinstance(result, Failure)
            else _make_result(task, output, address(position, result))
            for position, result in enumerate(task.results)
            if isinstance(result, Failure) or _is_asked_for(result)
        ]
    }


def _is_asked_for(result: Result) -> TypeGuard[StoredResult]:
    return isinstance(result, StoredResult) and is_made(result)


def _make_result(task: Task, output: Output, url: str) -> dict[str, str]:
    shown: dict[str, str] = {}
    if output.orig_prompt and task.generation is not None:
        shown["orig_prompt"] = task.generation.prompt
    if output.actual_prompt and task.actual_prompt is not None:
        shown["actual_prompt"] = task.actual_prompt
    shown["url"] = url
    return shown


def _make_png_svg(task: Task, output: Output, address: Address) -> dict[str, object]:
    del output
    results: list[dict[str, str]] = []
    for position, result in enumerate(task.results):
        match result:
            case StoredResult(part=part) if part == _SVG and results:
                results[-1]["svg_url"] = address(position, result)
            case StoredResult():
                results.append({"png_url": address(position, result)})
            case Failure():
                results.append({"code": result.code, "message": result.message})
            case Finding():
                pass
    return {"results": results}


def _make_choices(task: Task, output: Output, address: Address) -> dict[str, object]:
    contents = [
        list(_make_content(task, output, address(position, result), result))
        for position, result in enumerate(task.results)
        if _is_asked_for(result)
    ]
    if output.layout == "one_for_all":
        contents = [[item for content in contents for item in content]]
    return {"choices": [_make_choice(task, output, content) for content in contents]}


def _make_content(
    task: Task, output: Output, url: str, result: StoredResult
) -> Iterator[dict[str, str]]:
    found = result.findings.get("text")
    if output.text == "found" and isinstance(found, str):
        yield _make_item(output, "text", found)
    yield _make_item(output, "image", url)
    if output.text == "prompt" and task.generation is not None:
        yield _make_item(output, "text", task.actual_prompt or task.generation.prompt)


def _make_item(output: Output, kind: str, value: str) -> dict[str, str]:
    return {"type": kind, kind: value} if output.content_type else {kind: value}


def _make_choice(
    task: Task, output: Output, content: Sequence[Mapping[str, str]]
) -> dict[str, object]:
    message: dict[str, object] = {"role": "assistant", "content": content}
    if output.reasoning:
        message["reasoning_content"] = _REASON if task.actual_prompt is not None else ""
    return {"finish_reason": "stop", "message": message}


_REASON = "The prompt was filled out with composition, light, material and style."


def _one_url(name: str) -> Callable[[Task, Output, Address], dict[str, object]]:
    """Make the shape with one address under `name`; findings and further files stand beside it."""

    def make(task: Task, output: Output, address: Address) -> dict[str, object]:
        del output
        members: dict[str, object] = {}
        for position, result in enumerate(task.results):
            if isinstance(result, StoredResult):
                member = name if result.part == _PNG else _NAMES_OF_PARTS.get(result.part, "")
                if member and member not in members:
                    members[member] = address(position, result)
                members.update(result.findings)
        return members

    return make


_NAMES_OF_PARTS = {_VISIBLE_MASK: "output_vis_image_url"}


def _make_video(task: Task, output: Output, address: Address) -> dict[str, object]:
    members = _one_url("video_url")(task, output, address)
    if output.orig_prompt and task.generation is not None and task.generation.prompt:
        members["orig_prompt"] = task.generation.prompt
    if output.actual_prompt and task.actual_prompt is not None:
        members["actual_prompt"] = task.actual_prompt
    return members


def _make_nested_video(task: Task, output: Output, address: Address) -> dict[str, object]:
    return {"results": _one_url("video_url")(task, output, address)}


def _make_render_urls(task: Task, output: Output, address: Address) -> dict[str, object]:
    del output
    return {
        "render_urls": [
            address(position, result)
            for position, result in enumerate(task.results)
            if _is_asked_for(result)
        ]
    }


def _make_findings(task: Task, output: Output, address: Address) -> dict[str, object]:
    del output, address
    members: dict[str, object] = {}
    for result in task.results:
        if isinstance(result, Finding):
            members.update(result.findings)
    return members


_MAKERS: Mapping[str, Callable[[Task, Output, Address], dict[str, object]]] = {
    "results": _make_results,
    "results_png_svg": _make_png_svg,
    "choices": _make_choices,
    "image_url": _one_url("image_url"),
    "output_image_url": _one_url("output_image_url"),
    "render_urls": _make_render_urls,
    "video_url": _make_video,
    "results_video_url": _make_nested_video,
    "output_video_url": _one_url("output_video_url"),
    "findings": _make_findings,
}
