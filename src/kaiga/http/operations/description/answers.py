"""The shapes of answers that several operations share, and of what Kaiga's own routes take."""

from collections.abc import Mapping

import msgspec

from kaiga.domain.keys import ApiKey
from kaiga.domain.limits import LimitRule, Limits
from kaiga.domain.tasks import Attempt, TaskStatus
from kaiga.domain.webhooks import Progress, Webhook
from kaiga.http.operations.description.examples import REFUSAL
from kaiga.http.operations.description.openai_schemas import make_openai_schemas
from kaiga.http.operations.description.parts import (
    NUMBER,
    REQUEST_ID,
    TEXT,
    Schema,
    or_null,
    refer,
)
from kaiga.http.operations.keys import KeyWanted
from kaiga.http.operations.tasks import CancelWanted
from kaiga.http.operations.webhooks import WebhookWanted
from kaiga.ports.snapshots import SnapshotProgress

_STRUCTS = (
    ApiKey,
    Attempt,
    CancelWanted,
    KeyWanted,
    LimitRule,
    Limits,
    Progress,
    SnapshotProgress,
    Webhook,
    WebhookWanted,
)
"""What is sent and taken as it is; their schemas are made from them."""
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


def make_schemas() -> Schema:
    """Make the schemas of the components, by name."""
    _, own = msgspec.json.schema_components(_STRUCTS, ref_template="#/components/schemas/{name}")
    return {
        **_make_contract_schemas(),
        "CreatedTask": _make_output(),
        "Delivery": _make_delivery(),
        "TaskView": _make_task_view(),
        **own,
        **make_openai_schemas(),
    }


def _make_contract_schemas() -> Schema:
    return {
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


def _make_delivery() -> Schema:
    own: dict[str, object] = {
        **dict.fromkeys(("id", "account", "task_id", "task_status", "url", "ended_at"), TEXT),
        "is_of_task": {"type": "boolean"},
    }
    return {
        "allOf": [
            {"type": "object", "required": list(own), "properties": own},
            refer("Progress"),
        ]
    }


def _make_task_view() -> Schema:
    texts = ("task_id", "status", "model", "operation", "region", "workspace", "key_id")
    times = ("scheduled_at", "cancel_requested_at", "ended_at", "expires_at")
    unknown = (*times, "phase", "engine", "code", "message")
    members: dict[str, object] = {
        "request_id": REQUEST_ID,
        **dict.fromkeys((*texts, "submitted_at"), TEXT),
        **dict.fromkeys(unknown, or_null(TEXT)),
        "progress": or_null({"type": "object", "properties": {"step": NUMBER, "steps": NUMBER}}),
        "attempts": {"type": "array", "items": refer("Attempt")},
    }
    return {"type": "object", "required": list(members), "properties": members}
