"""What the answer of a model has to look like once its task has succeeded, as patterns."""

from collections.abc import Mapping
from typing import Any, cast

from kaiga.cli.conformance.patterns import LINK, TIME, Anything, Items, Maybe, Number, Open
from kaiga.domain.catalogue.model import Endpoint, Model, Output

_COUNTS = {"TOTAL": int, "SUCCEEDED": int, "FAILED": int}
_TEXTS = frozenset({"size", "tier", "ratio", "mode", "input_type", "output_type"})
_SOMETIMES = {"box_ratio": str, "reasoning_tokens": int}


def make_answer_pattern(model: Model, endpoint: Endpoint) -> Mapping[str, object]:
    """Give the pattern of the whole answer: of a query, or of a call that waited."""
    output = model.output_at(endpoint.operation)
    members = _make_results(output)
    if endpoint.mode == "async":
        members |= {
            "task_id": str,
            "task_status": "SUCCEEDED",
            "submit_time": TIME,
            "scheduled_time": TIME,
            "end_time": TIME,
        }
    if output.start_time:
        members["start_time"] = Maybe(str)
    if output.metrics:
        members[output.metrics] = _COUNTS
    if output.finished:
        members["finished"] = True
    members |= dict.fromkeys(output.extra, Maybe(Anything))
    shown: object = Open(members) if output.shape in _WITH_FINDINGS else members
    usage = _make_usage(model.usage_at(endpoint.operation))
    return {"request_id": str, "output": shown, "usage": usage or Maybe(Anything)}


_WITH_FINDINGS = frozenset({"findings", "image_url", "output_image_url"})
"""Shapes beside which a model may tell what it found."""


def _make_results(output: Output) -> dict[str, object]:
    prompts: dict[str, object] = {}
    if output.orig_prompt:
        prompts["orig_prompt"] = str
    if output.actual_prompt:
        prompts["actual_prompt"] = Maybe(str)
    match output.shape:
        case "results":
            return {"results": Items({"url": LINK, **prompts}, least=1)}
        case "results_png_svg":
            return {"results": Items({"png_url": LINK, "svg_url": Maybe(LINK)}, least=1)}
        case "choices":
            return {"choices": Items(_make_choice(output), least=1)}
        case "render_urls":
            return {"render_urls": Items(LINK, least=1)}
        case "results_video_url":
            return {"results": {"video_url": LINK}}
        case "video_url":
            # A clip may be made without any prompt.
            return {"video_url": LINK, **{name: Maybe(str) for name in prompts}}
        case "findings":
            return {}
        case _:
            return {output.shape: Maybe(LINK)}


def _make_choice(output: Output) -> Mapping[str, object]:
    item: dict[str, object] = {"image": Maybe(LINK), "text": Maybe(str)}
    if output.content_type:
        item["type"] = ("image", "text")
    message: dict[str, object] = {"role": "assistant", "content": Items(item, least=1)}
    if output.reasoning:
        message["reasoning_content"] = str
    return {"finish_reason": "stop", "message": message}


def _make_usage(usage: Mapping[str, str]) -> Mapping[str, object]:
    members: dict[str, Any] = {}
    for name, source in usage.items():
        *parents, last = name.split(".")
        inner = members
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[last] = _type_of(source)
    return {name: _maybe_all(pattern) for name, pattern in members.items()}


def _maybe_all(pattern: object) -> object:
    """Let an object be missing of which every member may be."""
    if not isinstance(pattern, dict):
        return pattern
    members = cast("Mapping[str, object]", pattern)
    may_miss = all(isinstance(member, Maybe) for member in members.values())
    return Maybe(members) if may_miss else members


def _type_of(source: str) -> object:
    if source.startswith("="):
        return source[1:]
    if source.startswith("option:"):
        return Maybe(Anything)
    if source in _SOMETIMES:
        return Maybe(_SOMETIMES[source])
    if source == "sound":
        return bool
    return str if source in _TEXTS else Number
