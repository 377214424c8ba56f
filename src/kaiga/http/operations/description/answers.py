"""The shapes of answers that several operations of the contract share."""

from collections.abc import Mapping

from kaiga.domain.tasks import TaskStatus
from kaiga.http.operations.description.examples import REFUSAL
from kaiga.http.operations.description.parts import (
    NUMBER,
    REQUEST_ID,
    TEXT,
    Schema,
    refer,
)

_SHOWN_TIME: Schema = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$",
    "description": "In the time zone of the settings, Beijing unless set",
}
_COUNTS: Schema = {
    "type": "object",
    "required": ["TOTAL", "SUCCEEDED", "FAILED"],
    "properties": dict.fromkeys(("TOTAL", "SUCCEEDED", "FAILED"), NUMBER),
}


def make_contract_schemas() -> Schema:
    """Make their schemas, by name."""
    return {
        "CreatedTask": _make_output(),
        "Error": {
            "type": "object",
            "required": ["code", "message", "request_id"],
            "properties": {"code": TEXT, "message": TEXT, "request_id": REQUEST_ID},
            "examples": [REFUSAL],
        },
        "TaskAnswer": {
            "type": "object",
            "required": ["request_id", "output"],
            "properties": {
                "request_id": REQUEST_ID,
                "output": refer("TaskOutput"),
                "usage": {"type": "object", "description": "What is counted; of good tasks alone"},
            },
        },
        "TaskOutput": _make_task_output(),
        "TaskRow": _make_row(),
    }


def _make_output(members: Mapping[str, Schema] = {}) -> Schema:
    """Describe `output` with an id, a state, and further members of which none must be there."""
    state: Schema = {"enum": list(dict.fromkeys([*TaskStatus, "UNKNOWN"]))}
    return {
        "type": "object",
        "required": ["task_id", "task_status"],
        "properties": {"task_id": TEXT, "task_status": state, **members},
    }


def _make_task_output() -> Schema:
    """Describe `output`: which members of results it has, the model decides."""
    times = ("submit_time", "scheduled_time", "end_time", "start_time")
    urls = ("video_url", "image_url", "output_image_url", "output_video_url")
    texts = ("url", "orig_prompt", "actual_prompt", "png_url", "svg_url", "code", "message")
    item: Schema = {"type": "object", "properties": dict.fromkeys(texts, TEXT)}
    return _make_output(
        {
            **dict.fromkeys(times, _SHOWN_TIME),
            "code": {"type": "string", "description": "Why it is FAILED"},
            "message": TEXT,
            "results": {"anyOf": [{"type": "array", "items": item}, {"type": "object"}]},
            "choices": {"type": "array", "items": {"type": "object"}},
            "render_urls": {"type": "array", "items": TEXT},
            **dict.fromkeys(urls, TEXT),
            "finished": {"type": "boolean"},
            "task_metrics": _COUNTS,
            "task_metric": _COUNTS,
        }
    )


def _make_row() -> Schema:
    texts = (
        *("task_id", "status", "request_id", "region", "api_key_id", "caller_uid"),
        *("caller_parent_id", "user_api_unique_key", "model_name"),
    )
    times = ("gmt_create", "start_time", "end_time")
    epoch: Schema = {"type": "integer", "description": "In milliseconds since 1970"}
    return {
        "type": "object",
        "required": [*texts, "gmt_create"],
        "properties": {**dict.fromkeys(texts, TEXT), **dict.fromkeys(times, epoch)},
    }
