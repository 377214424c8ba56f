"""Answers of the contract's operations, to be read before anything is sent."""

REQUEST = "0b1f0000-0000-9000-8000-000000000000"
TASK = "019de821-7578-7000-8000-000000000001"
_TIMES = {
    "submit_time": "2026-11-22 10:00:00.000",
    "scheduled_time": "2026-11-22 10:00:00.020",
    "end_time": "2026-11-22 10:00:22.010",
}
_SIGNED = "?Expires=1795400422&OSSAccessKeyId=kaiga&Signature=c2lnbmF0dXJl"
PICTURE_URL = f"http://127.0.0.1:8600/1d/0f/20261122/1a2b3c4d/{TASK}-1.png{_SIGNED}"
_CLIP_URL = f"http://127.0.0.1:8600/1d/0f/20261122/1a2b3c4d/{TASK}-1.mp4{_SIGNED}"
_ENDED = {"task_id": TASK, "task_status": "SUCCEEDED", **_TIMES}

REFUSAL = {
    "code": "InvalidApiKey",
    "message": "Invalid API-key provided.",
    "request_id": REQUEST,
}
DONE = {"request_id": REQUEST}
CREATED = {"output": {"task_status": "PENDING", "task_id": TASK}, "request_id": REQUEST}
PICTURE = {
    "request_id": REQUEST,
    "output": {
        **_ENDED,
        "results": [{"orig_prompt": "A flower shop", "url": PICTURE_URL}],
        "task_metrics": {"TOTAL": 1, "SUCCEEDED": 1, "FAILED": 0},
    },
    "usage": {"image_count": 1},
}
CLIP = {
    "request_id": REQUEST,
    "output": {**_ENDED, "video_url": _CLIP_URL},
    "usage": {"video_count": 1, "duration": 3},
}
MESSAGE = {
    "request_id": REQUEST,
    "output": {
        "choices": [
            {
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": [{"image": PICTURE_URL}]},
            }
        ]
    },
    "usage": {"image_count": 1},
}
JUDGED = {"request_id": REQUEST, "output": {"check_pass": True}}

_ROW = {
    "task_id": TASK,
    "status": "SUCCEEDED",
    "request_id": REQUEST,
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
    "request_id": REQUEST,
    "data": [_ROW],
    "tasks": [],
    "total": 1,
    "total_page": 1,
    "page_no": 1,
    "page_size": 10,
}
MODELS = {
    "request_id": REQUEST,
    "output": {
        "total": 1,
        "page_no": 1,
        "page_size": 20,
        "models": [{"model": "wan2.5-t2i-preview", "name": "Wan 2.5 text to image"}],
    },
}
QUOTAS = {
    "request_id": REQUEST,
    "output": {
        "total": 1,
        "page_no": 1,
        "page_size": 20,
        "quotas": [{"model": "wan2.5-t2i-preview", "workspace_id": "ws-default"}],
    },
}
POLICY = {
    "request_id": REQUEST,
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


def tell_unknown(task_id: str) -> dict[str, object]:
    """Give what is answered of a task that is not there."""
    return {"request_id": REQUEST, "output": {"task_id": task_id, "task_status": "UNKNOWN"}}
