"""Answers of Kaiga's own operations, to be read before anything is sent."""

from kaiga.http.operations.description.examples import PICTURE_URL, REQUEST, TASK

VIEW: dict[str, object] = {
    "request_id": REQUEST,
    "task_id": TASK,
    "account": "1000000000000001",
    "status": "PENDING",
    "phase": "queue",
    "loading": None,
    "progress": None,
    "model": "wan2.5-t2i-preview",
    "operation": "aigc:text2image:image-synthesis",
    "region": "cn-beijing",
    "workspace": "ws-default",
    "key_id": "1000001",
    "create_request_id": REQUEST,
    "seed": 7,
    "actual_prompt": None,
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
FOUND: dict[str, object] = {
    "request_id": REQUEST,
    "tasks": [
        {
            "task_id": TASK,
            "status": "SUCCEEDED",
            "is_canceling": False,
            "model": "wan2.5-t2i-preview",
            "prompt": "A flower shop",
            "engine": "sketch",
            "submitted_at": "2026-11-22T02:00:00Z",
            "scheduled_at": "2026-11-22T02:00:00.020Z",
            "ended_at": "2026-11-22T02:00:22.010Z",
            "code": None,
        }
    ],
    "older": None,
    "newer": None,
}
ASKED = {"model": "wan2.5-t2i-preview", "input": {"prompt": "A flower shop"}}
RERUN = {"request_id": REQUEST, "task_id": TASK}
MANIFEST: dict[str, object] = {
    "request_id": REQUEST,
    "task_id": TASK,
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
    "adapters": [{"id": "ink", "weight": 0.8}],
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
RESULTS: dict[str, object] = {
    "request_id": REQUEST,
    "keep_days": 0,
    "results": [
        {
            "task_id": TASK,
            "number": 1,
            "name": "20261122-100022-A-flower-shop-000001-1.png",
            "kind": "image",
            "media_type": "image/png",
            "size_bytes": 204800,
            "width": 1280,
            "height": 1280,
            "model": "wan2.5-t2i-preview",
            "prompt": "A flower shop",
            "seed": 7,
            "ended_at": "2026-11-22T02:00:22.010Z",
            "expires_at": "2026-11-23T02:00:22.010Z",
            "url": PICTURE_URL,
        }
    ],
    "next_before": None,
    "models": ["wan2.5-t2i-preview"],
}
KEPT = {"request_id": REQUEST, "task_id": TASK, "expires_at": "2026-11-29T02:00:22.010Z"}
STOPPED = {"request_id": REQUEST, "task_id": TASK, "status": "CANCELED", "phase": None}
CANCELED = {"request_id": REQUEST, "canceled": 1, "has_more": False}
EVENTS = (
    "retry:2000\n\n"
    f'event:end\ndata:{{"task_id":"{TASK}",'
    f'"output":{{"task_id":"{TASK}","task_status":"CANCELED"}}}}\n\n'
)
WEBHOOK = {
    "id": "1000001",
    "account": "1000000000000001",
    "url": "https://example.invalid/told",
    "created_at": "2026-11-22T02:00:00Z",
    "disabled_at": None,
}
ADDED_WEBHOOK = {"request_id": REQUEST, "secret": "whsec_c2VjcmV0", **WEBHOOK}
WEBHOOKS = {"request_id": REQUEST, "webhooks": [WEBHOOK]}
SECRET = {"request_id": REQUEST, "secret": "whsec_c2VjcmV0"}
SAMPLE = {"request_id": REQUEST, "delivery_id": "1000001"}
DELIVERIES = {
    "request_id": REQUEST,
    "deliveries": [
        {
            "id": "1000001",
            "account": "1000000000000001",
            "task_id": TASK,
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
KEYS = {"request_id": REQUEST, "keys": [_KEY]}
MADE_KEY = {"request_id": REQUEST, "key": "sk-0123456789abcdef0123456789abcdef", **_KEY}
_RULE = {"account": "2000000000000001", "running_tasks": 2}
RULE = {"request_id": REQUEST, "rule": _RULE}
RULES = {"request_id": REQUEST, "defaults": {"running_tasks": None}, "rules": [_RULE]}
CATALOGUE = {"request_id": REQUEST, "models": [{"name": "wan2.5-t2i-preview", "engine": "sketch"}]}
FORMS: dict[str, object] = {
    "request_id": REQUEST,
    "models": [
        {
            "name": "wan2.5-t2i-preview",
            "title": "Wan 2.5 text to image",
            "description": "Pictures from a prompt.",
            "task": "text-to-image",
            "product": "image",
            "retired": False,
        }
    ],
}
FORM: dict[str, object] = {
    "request_id": REQUEST,
    "name": "wan2.5-t2i-preview",
    "title": "Wan 2.5 text to image",
    "description": "Pictures from a prompt.",
    "task": "text-to-image",
    "product": "image",
    "retired": False,
    "operation": "aigc/text2image/image-synthesis",
    "mode": "async",
    "input": {"prompt": {"type": "text", "required": True}},
    "parameters": {"n": {"type": "integer", "minimum": 1, "maximum": 4, "default": 1}},
    "rules": [],
    "limits": {},
    "example": {"input": {"prompt": "A flower shop"}},
}
COLLECTION: dict[str, object] = {"info": {"name": "Kaiga: pictures and clips"}, "item": []}
ENVIRONMENT: dict[str, object] = {"name": "Kaiga", "values": []}
SESSION = {
    "request_id": REQUEST,
    "account": "1000000000000001",
    "workspace": "ws-default",
    "role": "admin",
    "key_id": "1000001",
    "is_emulator": False,
}
USAGE: dict[str, object] = {
    "request_id": REQUEST,
    "from": "2026-11-22",
    "to": "2026-11-22",
    "by": ["day", "model"],
    "usage": [
        {
            "day": "2026-11-22",
            "model": "wan2.5-t2i-preview",
            "tasks": 1,
            "images": 1,
            "clips": 0,
            "seconds": 0.0,
        }
    ],
}
USAGE_AS_CSV = "day,model,tasks,images,clips,seconds\r\n2026-11-22,wan2.5-t2i-preview,1,1,0,0.0\r\n"
SYSTEM: dict[str, object] = {
    "request_id": REQUEST,
    "versions": {"kaiga": "0.1.0", "python": "3.12.8", "sqlite": "3.50.4", "system": "Linux"},
    "disk": {
        "folder": "kaiga-data",
        "total_bytes": 500000000000,
        "free_bytes": 250000000000,
        "database_bytes": 1048576,
        "objects": "file:///srv/kaiga-data/objects",
        "objects_bytes": 204800,
        "objects_files": 1,
        "objects_are_more": False,
    },
    "failures": {
        "among_newest": 5000,
        "codes": [
            {"code": "InvalidParameter", "count": 1, "newest_at": "2026-11-22T02:00:00.020Z"}
        ],
        "newest": [
            {
                "task_id": TASK,
                "account": "1000000000000001",
                "model": "wan2.5-t2i-preview",
                "code": "InvalidParameter",
                "ended_at": "2026-11-22T02:00:00.020Z",
            }
        ],
    },
    "log": [],
}
FINDINGS = {
    "request_id": REQUEST,
    "findings": [{"check": "Python", "verdict": "OK", "found": "3.12.8", "hint": ""}],
}
STATUS: dict[str, object] = {
    "request_id": REQUEST,
    "version": "0.1.0",
    "engine": "sketch",
    "engines": [
        {
            "name": "sketch",
            "kind": "sketch",
            "state": "ready",
            "message": "",
            "models": ["wan2.5-t2i-preview"],
            "loaded": [],
            "loading": {},
            "resting": [],
        }
    ],
    "uptime_seconds": 60.0,
    "workers": {"slots": 2, "busy": 0},
    "queue": {"waiting": 0, "running": 0, "oldest_seconds": None, "models": []},
    "running": [],
    "members": [
        {
            "id": "gpu-1-4711-0a1b2c",
            "kind": "worker",
            "host": "gpu-1",
            "version": "0.1.0",
            "engines": ["sketch"],
            "models": [],
            "slots": 2,
            "running": 1,
            "seconds_ago": 1.5,
        }
    ],
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
