"""The shapes of what Kaiga's own routes take and answer."""

from typing import get_args

import msgspec

from kaiga.domain.catalogue.model import Mode
from kaiga.domain.keys import ApiKey, Role
from kaiga.domain.limits import LimitRule, Limits
from kaiga.domain.tasks import Attempt, TaskStatus
from kaiga.domain.usage_report import UsageLine
from kaiga.domain.webhooks import Progress, Webhook
from kaiga.http.console.session import SignInWanted
from kaiga.http.operations.description.parts import (
    FLAG,
    NUMBER,
    REQUEST_ID,
    TEXT,
    TIME,
    Schema,
    answer_with,
    list_of,
    members_of,
    or_null,
    refer,
)
from kaiga.http.operations.keys import KeyWanted
from kaiga.http.operations.results import KINDS
from kaiga.http.operations.task_requests import RerunWanted
from kaiga.http.operations.tasks import CancelWanted
from kaiga.http.operations.webhooks import WebhookWanted
from kaiga.ports.recent_failures import FailedTask
from kaiga.ports.snapshots import SnapshotProgress

_STRUCTS = (
    ApiKey,
    Attempt,
    CancelWanted,
    FailedTask,
    KeyWanted,
    LimitRule,
    Limits,
    Progress,
    RerunWanted,
    SignInWanted,
    SnapshotProgress,
    UsageLine,
    Webhook,
    WebhookWanted,
)
"""What is sent and taken as it is; their schemas are made from them."""
_STATUS: Schema = {"enum": list(TaskStatus)}
_DIGEST: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_FIELDS: Schema = {"type": "object", "additionalProperties": {"type": "object"}}


def make_own_schemas() -> Schema:
    """Make their schemas, by name."""
    _, own = msgspec.json.schema_components(_STRUCTS, ref_template="#/components/schemas/{name}")
    return {
        "Delivery": _make_delivery(),
        "DiskUse": _make_disk_use(),
        "Finding": _make_finding(),
        "FoundTask": _make_found_task(),
        "Manifest": _make_manifest(),
        "ModelForm": _make_model_form(),
        "ModelInShort": members_of(_MODEL),
        "Session": _make_session(),
        "ShownResult": _make_shown_result(),
        "TaskView": _make_task_view(),
        **own,
    }


def _make_delivery() -> Schema:
    texts = ("id", "account", "task_id", "task_status", "url", "ended_at")
    own = members_of({**dict.fromkeys(texts, TEXT), "is_of_task": FLAG})
    return {"allOf": [own, refer("Progress")]}


def _make_task_view() -> Schema:
    texts = ("task_id", "account", "model", "operation", "region", "workspace", "key_id")
    times = ("scheduled_at", "cancel_requested_at", "ended_at", "expires_at")
    unknown = ("phase", "engine", "actual_prompt", "code", "message")
    return answer_with(
        {
            **dict.fromkeys(texts, TEXT),
            "status": _STATUS,
            "create_request_id": REQUEST_ID,
            "seed": or_null(NUMBER),
            "submitted_at": TIME,
            **dict.fromkeys(times, or_null(TIME)),
            **dict.fromkeys(unknown, or_null(TEXT)),
            "loading": or_null({"type": "number"}),
            "progress": or_null(members_of({"step": NUMBER, "steps": NUMBER})),
            "attempts": list_of(refer("Attempt")),
        }
    )


def _make_manifest() -> Schema:
    """Describe a manifest; what is not known is null."""
    times = ("submitted_at", "scheduled_at", "ended_at")
    return answer_with(
        {
            **dict.fromkeys(("task_id", "model", "operation"), TEXT),
            "status": _STATUS,
            "engine": members_of(dict.fromkeys(("name", "version", "revision"), or_null(TEXT))),
            **dict.fromkeys(("prompt", "actual_prompt"), or_null(TEXT)),
            "seed": or_null(NUMBER),
            "parameters": or_null({"type": "object"}),
            "adapters": list_of(members_of({"id": TEXT, "weight": {"type": "number"}})),
            "inputs": list_of(_make_traced_input()),
            "timings": members_of(
                {
                    **dict.fromkeys(times, or_null(TIME)),
                    "attempt": or_null(NUMBER),
                    "phases_ms": {"type": "object", "additionalProperties": NUMBER},
                }
            ),
            "results": list_of(_make_traced_result()),
        }
    )


def _make_traced_input() -> Schema:
    return members_of(
        {
            **dict.fromkeys(("member", "media_type"), TEXT),
            "size_bytes": NUMBER,
            "sha256": or_null(_DIGEST),
        }
    )


def _make_traced_result() -> Schema:
    """Describe what came of one job: a file, what was found in one, or a failure."""
    digests = {
        "sha256": "Of the file as it is published",
        "made_sha256": "Of the file before it was labelled and signed",
    }
    return members_of(
        {"number": {"type": "integer", "minimum": 1}, "seed": or_null(NUMBER)},
        {
            **dict.fromkeys(("part", "media_type", "code", "message"), TEXT),
            "size_bytes": NUMBER,
            "findings": {"type": "object"},
            **{name: {**or_null(_DIGEST), "description": told} for name, told in digests.items()},
        },
    )


def _make_found_task() -> Schema:
    return members_of(
        {
            "task_id": TEXT,
            "status": _STATUS,
            "is_canceling": FLAG,
            "model": TEXT,
            "prompt": or_null({"type": "string", "description": "How it begins"}),
            "engine": or_null(TEXT),
            "submitted_at": TIME,
            **dict.fromkeys(("scheduled_at", "ended_at"), or_null(TIME)),
            "code": or_null(TEXT),
        }
    )


def _make_shown_result() -> Schema:
    return members_of(
        {
            **dict.fromkeys(("task_id", "name", "media_type", "model", "prompt"), TEXT),
            "number": {"type": "integer", "minimum": 1},
            "kind": {"enum": list(KINDS)},
            "size_bytes": NUMBER,
            **dict.fromkeys(("width", "height"), or_null({"type": "integer", "minimum": 1})),
            "seed": or_null(NUMBER),
            **dict.fromkeys(("ended_at", "expires_at"), or_null(TIME)),
            "url": {"type": "string", "format": "uri", "description": "Opens it without a key"},
        }
    )


_MODEL: dict[str, Schema] = {
    **dict.fromkeys(("name", "title", "description", "task", "product"), TEXT),
    "retired": FLAG,
}


def _make_model_form() -> Schema:
    """Describe a form; the fields are those of the catalogue, without what says nothing."""
    return answer_with(
        {
            **_MODEL,
            "operation": TEXT,
            "mode": {"enum": list(get_args(Mode))},
            **dict.fromkeys(("input", "parameters"), _FIELDS),
            "rules": list_of({"type": "object"}),
            "limits": {"type": "object", "description": "Those on files, by the name in fields"},
            "example": {"type": "object", "description": "The least that it takes"},
        }
    )


def _make_session() -> Schema:
    texts = ("account", "workspace", "key_id")
    return answer_with(
        {
            **dict.fromkeys(texts, or_null(TEXT)),
            "role": {"enum": [*Role, None]},
            "is_emulator": FLAG,
        }
    )


def _make_disk_use() -> Schema:
    unknown = ("total_bytes", "free_bytes", "objects_bytes", "objects_files", "database_bytes")
    return members_of(
        {
            **dict.fromkeys(("folder", "objects"), TEXT),
            **dict.fromkeys(unknown, or_null(NUMBER)),
            "objects_are_more": FLAG,
        }
    )


def _make_finding() -> Schema:
    texts = ("check", "found", "hint")
    return members_of({**dict.fromkeys(texts, TEXT), "verdict": {"enum": ["OK", "warn", "fail"]}})
