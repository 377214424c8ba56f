"""An answer of each operation, to be read before anything is sent.

The description shows them, and so does the collection of `kaiga postman`.
"""

from collections.abc import Mapping

_REQUEST = "0b1f0000-0000-9000-8000-000000000000"
_TASK = "019de821-7578-7000-8000-000000000001"
_TIMES = {
    "submit_time": "2026-11-22 10:00:00.000",
    "scheduled_time": "2026-11-22 10:00:00.020",
    "end_time": "2026-11-22 10:00:22.010",
}
_SIGNED = "?Expires=1795400422&OSSAccessKeyId=kaiga&Signature=c2lnbmF0dXJl"
_PICTURE_URL = f"http://127.0.0.1:8600/1d/0f/20261122/1a2b3c4d/{_TASK}-1.png{_SIGNED}"
_CLIP_URL = f"http://127.0.0.1:8600/1d/0f/20261122/1a2b3c4d/{_TASK}-1.mp4{_SIGNED}"
_ENDED = {"task_id": _TASK, "task_status": "SUCCEEDED", **_TIMES}

REFUSAL = {
    "code": "InvalidApiKey",
    "message": "Invalid API-key provided.",
    "request_id": _REQUEST,
}
DONE = {"request_id": _REQUEST}
CREATED = {"output": {"task_status": "PENDING", "task_id": _TASK}, "request_id": _REQUEST}
PICTURE = {
    "request_id": _REQUEST,
    "output": {
        **_ENDED,
        "results": [{"orig_prompt": "A flower shop", "url": _PICTURE_URL}],
        "task_metrics": {"TOTAL": 1, "SUCCEEDED": 1, "FAILED": 0},
    },
    "usage": {"image_count": 1},
}
CLIP = {
    "request_id": _REQUEST,
    "output": {**_ENDED, "video_url": _CLIP_URL},
    "usage": {"video_count": 1, "duration": 3},
}
MESSAGE = {
    "request_id": _REQUEST,
    "output": {
        "choices": [
            {
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": [{"image": _PICTURE_URL}]},
            }
        ]
    },
    "usage": {"image_count": 1},
}
JUDGED = {"request_id": _REQUEST, "output": {"check_pass": True}}

_ROW = {
    "task_id": _TASK,
    "status": "SUCCEEDED",
    "request_id": _REQUEST,
    "region": "cn-beijing",
    "api_key_id": "1000001",
    "caller_uid": "1000000000000001",
    "caller_parent_id": "1000000000000001",
    "user_api_unique_key": "apikey:v1:aigc:text2image:image-synthesis:wan2.5-t2i-preview",
    "model_name": "wan2.5-t2i-preview",
    "gmt_create": 1795399200000,
    "start_time": 1795399200020,
    "end_time": 1795399222010,
}
TASKS: dict[str, object] = {
    "request_id": _REQUEST,
    "data": [_ROW],
    "tasks": [],
    "total": 1,
    "total_page": 1,
    "page_no": 1,
    "page_size": 10,
}
MODELS = {
    "request_id": _REQUEST,
    "output": {
        "total": 1,
        "page_no": 1,
        "page_size": 20,
        "models": [{"model": "wan2.5-t2i-preview", "name": "Wan 2.5 text to image"}],
    },
}
QUOTAS = {
    "request_id": _REQUEST,
    "output": {
        "total": 1,
        "page_no": 1,
        "page_size": 20,
        "quotas": [{"model": "wan2.5-t2i-preview", "workspace_id": "ws-default"}],
    },
}
POLICY = {
    "request_id": _REQUEST,
    "data": {
        "policy": "eyJwb2xpY3kiOiAiLi4uIn0=",
        "signature": "c2lnbmF0dXJl",
        "upload_dir": "dashscope-instant/0123456789abcdef/2026-11-22/1a2b3c4d",
        "upload_host": "http://127.0.0.1:8600/kaiga/v1/uploads",
        "expire_in_seconds": 300,
        "max_file_size_mb": 100,
        "capacity_limit_mb": 999999999,
        "oss_access_key_id": "kaiga",
        "x_oss_object_acl": "private",
        "x_oss_forbid_overwrite": "true",
    },
}
TOKEN = {"token": "st-0123456789abcdef", "expires_at": 1795399260}

MANIFEST: Mapping[str, object] = {
    "request_id": _REQUEST,
    "task_id": _TASK,
    "status": "SUCCEEDED",
    "model": "wan2.2-t2i-flash",
    "operation": "aigc:text2image:image-synthesis",
    "engine": {"name": "sketch", "version": "0.1.0", "revision": None},
    "prompt": "A flower shop",
    "actual_prompt": None,
    "seed": 42,
    "parameters": {
        "negative_prompt": "",
        "width": 1024,
        "height": 1024,
        "count": 1,
        "duration": None,
        "prompt_extend": False,
        "watermark": False,
        "options": {},
    },
    "inputs": [],
    "timings": {
        "submitted_at": "2026-11-22T02:00:00Z",
        "scheduled_at": "2026-11-22T02:00:00.020000Z",
        "ended_at": "2026-11-22T02:00:01Z",
        "attempt": 1,
        "phases_ms": {"inputs": 1, "generate": 700, "store": 20},
    },
    "results": [
        {
            "number": 1,
            "part": "",
            "media_type": "image/png",
            "size_bytes": 120000,
            "seed": 42,
            "sha256": "9f" * 32,
            "made_sha256": "3c" * 32,
        }
    ],
}
VIEW: dict[str, object] = {
    "request_id": _REQUEST,
    "task_id": _TASK,
    "status": "PENDING",
    "phase": "queue",
    "progress": None,
    "model": "wan2.5-t2i-preview",
    "operation": "aigc:text2image:image-synthesis",
    "region": "cn-beijing",
    "workspace": "ws-default",
    "key_id": "1000001",
    "engine": None,
    "submitted_at": "2026-11-22T02:00:00Z",
    "scheduled_at": None,
    "cancel_requested_at": None,
    "ended_at": None,
    "expires_at": None,
    "code": None,
    "message": None,
    "attempts": [],
}
STOPPED = {"request_id": _REQUEST, "task_id": _TASK, "status": "CANCELED", "phase": None}
CANCELED = {"request_id": _REQUEST, "canceled": 1, "has_more": False}
EVENTS = (
    "retry:2000\n\n"
    f'event:end\ndata:{{"task_id":"{_TASK}",'
    f'"output":{{"task_id":"{_TASK}","task_status":"CANCELED"}}}}\n\n'
)
WEBHOOK = {
    "id": "1000001",
    "account": "1000000000000001",
    "url": "https://example.invalid/told",
    "created_at": "2026-11-22T02:00:00Z",
    "disabled_at": None,
}
ADDED_WEBHOOK = {"request_id": _REQUEST, "secret": "whsec_c2VjcmV0", **WEBHOOK}
WEBHOOKS = {"request_id": _REQUEST, "webhooks": [WEBHOOK]}
SECRET = {"request_id": _REQUEST, "secret": "whsec_c2VjcmV0"}
SAMPLE = {"request_id": _REQUEST, "delivery_id": "1000001"}
DELIVERIES = {
    "request_id": _REQUEST,
    "deliveries": [
        {
            "id": "1000001",
            "account": "1000000000000001",
            "task_id": _TASK,
            "task_status": "SUCCEEDED",
            "url": "https://example.invalid/told",
            "is_of_task": False,
            "ended_at": "2026-11-22T02:00:22.010Z",
            "state": "DELIVERED",
            "tries": 1,
            "next_try_at": None,
            "first_tried_at": "2026-11-22T02:00:22.020Z",
            "last_tried_at": "2026-11-22T02:00:22.020Z",
            "done_at": "2026-11-22T02:00:22.120Z",
            "answer_status": 200,
            "answer": "",
            "trouble": "",
        }
    ],
}

_KEY = {
    "id": "1000002",
    "prefix": "sk-0123...",
    "name": "from Postman",
    "account": "1000000000000001",
    "workspace": "ws-default",
    "region": None,
    "role": "user",
    "created_at": "2026-11-22T02:00:00Z",
    "expires_at": None,
    "last_used_at": None,
}
KEYS = {"request_id": _REQUEST, "keys": [_KEY]}
MADE_KEY = {"request_id": _REQUEST, "key": "sk-0123456789abcdef0123456789abcdef", **_KEY}
_RULE = {"account": "2000000000000001", "running_tasks": 2}
RULE = {"request_id": _REQUEST, "rule": _RULE}
RULES = {"request_id": _REQUEST, "defaults": {"running_tasks": None}, "rules": [_RULE]}
CATALOGUE = {"request_id": _REQUEST, "models": [{"name": "wan2.5-t2i-preview", "engine": "sketch"}]}
STATUS: dict[str, object] = {
    "request_id": _REQUEST,
    "version": "0.1.0",
    "engine": "sketch",
    "uptime_seconds": 60.0,
    "workers": {"slots": 2, "busy": 0},
    "queue": {"waiting": 0, "running": 0, "oldest_seconds": None, "models": []},
    "running": [],
    "since_start": {"created": 1, "succeeded": 1, "failed": 0, "canceled": 0, "queries": 3},
}
ALIVE = {"status": "ok"}
READY = {"status": "ready"}
DESCRIPTION: dict[str, object] = {
    "openapi": "3.1.0",
    "info": {"title": "Kaiga", "version": "0.1.0"},
    "paths": {},
}
METRICS = "# TYPE kaiga_worker_slots gauge\nkaiga_worker_slots 2.0\n"
SNAPSHOT = (
    '{"copied_bytes":4096,"total_bytes":4096}\n'
    '{"snapshot":"data/snapshots/0123456789abcdef.db","objects":"data/objects"}\n'
)


def tell_unknown(task_id: str) -> dict[str, object]:
    """Give what is answered of a task that is not there."""
    return {"request_id": _REQUEST, "output": {"task_id": task_id, "task_status": "UNKNOWN"}}


EXAMPLES: Mapping[str, object] = {
    "query_task": PICTURE,
    "list_tasks": TASKS,
    "cancel_task": DONE,
    "list_models": MODELS,
    "list_model_limits": QUOTAS,
    "list_quotas": QUOTAS,
    "get_upload_policy": POLICY,
    "create_temporary_key": TOKEN,
    "cancel_waiting_tasks": CANCELED,
    "show_manifest": MANIFEST,
    "show_task": VIEW,
    "stop_task": STOPPED,
    "list_webhooks": WEBHOOKS,
    "add_webhook": ADDED_WEBHOOK,
    "remove_webhook": DONE,
    "test_webhook": SAMPLE,
    "show_webhook_secret": SECRET,
    "list_deliveries": DELIVERIES,
    "redeliver": DONE,
    "list_keys": KEYS,
    "create_key": MADE_KEY,
    "revoke_key": DONE,
    "list_limits": RULES,
    "change_limit": RULE,
    "remove_limit": DONE,
    "rotate_links": DONE,
    "health": ALIVE,
    "ready": READY,
    "describe": DESCRIPTION,
    "describe_models": CATALOGUE,
    "status": STATUS,
}
"""By the name of the operation; creates are answered as `CREATED`."""


def find_example(operation_id: str) -> object:
    """Give what an operation answers; None where that is no JSON, or is not shown."""
    is_order = operation_id.startswith("create_") and operation_id not in EXAMPLES
    return CREATED if is_order else EXAMPLES.get(operation_id)
