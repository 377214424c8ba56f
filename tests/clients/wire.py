"""Calls as clients send them that can't be run here, and how they read what comes back."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from running import RunningKaiga

ENABLE = {"X-DashScope-Async": "enable"}
RESOLVE = {"X-DashScope-OssResourceResolve": "enable"}
STREAM = {"X-DashScope-SSE": "enable", "Accept": "text/event-stream"}
TEXT2IMAGE = "/services/aigc/text2image/image-synthesis"
IMAGE2IMAGE = "/services/aigc/image2image/image-synthesis"
IMAGE_GENERATION = "/services/aigc/image-generation/generation"
MULTIMODAL = "/services/aigc/multimodal-generation/generation"
VIDEO = "/services/aigc/video-generation/video-synthesis"
IMAGE2VIDEO = "/services/aigc/image2video/video-synthesis"
N8N_VIDEO = "/services/aigc/text2video/video-synthesis"
ELSEWHERE = "https://files.example.com/cat.png"
NOWHERE = "00000000-0000-4000-8000-000000000000"


def say(*content: dict[str, str]) -> dict[str, Any]:
    """Make the `input` of one user who says `content`."""
    return {"messages": [{"role": "user", "content": list(content)}]}


ORDERS: Mapping[str, tuple[str, dict[str, Any]]] = {
    TEXT2IMAGE: ("wan2.2-t2i-flash", {"prompt": "a cat"}),
    IMAGE2IMAGE: ("wan2.5-i2i-preview", {"prompt": "edit", "images": [ELSEWHERE]}),
    IMAGE_GENERATION: ("wan2.6-t2i", say({"text": "a cat"})),
    VIDEO: ("wan2.2-t2v-plus", {"prompt": "a cat"}),
    IMAGE2VIDEO: (
        "wanx2.1-kf2v-plus",
        {"prompt": "a cat", "first_frame_url": ELSEWHERE, "last_frame_url": ELSEWHERE},
    ),
}
"""A model and its `input` for each path where tasks are made."""

SMALL = {"size": "768*768", "n": 1, "prompt_extend": False}


def order_picture(
    prompt: str = "a cat", model: str = "wan2.5-t2i-preview", **parameters: object
) -> dict[str, Any]:
    """Make the body of one small picture."""
    return {"model": model, "input": {"prompt": prompt}, "parameters": {**SMALL, **parameters}}


def create(
    client: httpx.Client, path: str, body: Mapping[str, object], **headers: str
) -> httpx.Response:
    """Ask for a task."""
    return client.post(path, json=body, headers={**ENABLE, **headers})


def create_task(client: httpx.Client, path: str, body: Mapping[str, object], **headers: str) -> str:
    """Ask for a task that must be taken; gives its id."""
    answer = create(client, path, body, **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["output"]["task_id"]


def status_of(client: httpx.Client, task_id: str) -> str:
    """Ask how a task stands."""
    return client.get(f"/tasks/{task_id}").json()["output"]["task_status"]


def error_of(answer: httpx.Response) -> tuple[int, str, str]:
    """Give status, code and message of an answer that must be a flat error."""
    error = answer.json()
    assert error.keys() == {"code", "message", "request_id"}, error
    assert all(isinstance(value, str) and value for value in error.values())
    return answer.status_code, error["code"], error["message"]


def get_policy(client: httpx.Client, model: str = "wan2.5-i2i-preview") -> dict[str, Any]:
    """Ask for leave to upload."""
    return client.get("/uploads", params={"action": "getPolicy", "model": model}).json()["data"]


def upload(
    policy: Mapping[str, Any], name: str, content: bytes, without: Sequence[str] = ()
) -> httpx.Response:
    """Send a form as the SDKs do: no key, the fields in their order, the file last."""
    fields = {
        "OSSAccessKeyId": policy["oss_access_key_id"],
        "Signature": policy["signature"],
        "policy": policy["policy"],
        "key": f"{policy['upload_dir']}/{name}",
        "x-oss-object-acl": policy["x_oss_object_acl"],
        "x-oss-forbid-overwrite": policy["x_oss_forbid_overwrite"],
        "success_action_status": "200",
        "x-oss-content-type": "image/png",
    }
    kept = {field: value for field, value in fields.items() if field not in without}
    return httpx.post(policy["upload_host"], data=kept, files={"file": (name, content)}, timeout=60)


def make_stranger(server: RunningKaiga) -> str:
    """Have a key of another account made."""
    with server.client() as admin:
        wanted = {"account": "1000000000000007"}
        return admin.post(f"{server.base_url}/kaiga/v1/keys", json=wanted).json()["key"]


def numbers_in(value: object) -> list[int | float]:
    """Give every number anywhere in an answer."""
    match value:
        case bool():
            return []
        case int() | float():
            return [value]
        case list():
            return [number for part in value for number in numbers_in(part)]
        case dict():
            return [number for part in value.values() for number in numbers_in(part)]
        case _:
            return []
