"""A day of a user: every kind of call, through the official SDK and as curl sends it."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from clients.programs import run_program
from clients.wire import ENABLE, MULTIMODAL, RESOLVE, STREAM, TEXT2IMAGE, order_picture, say
from running import RunningKaiga

VOLATILE = {"date", "connection"}
PROMPT = "a lighthouse in a storm"
WRONG_KEY = "sk-wrong-0123456789abcdef"
Seen = tuple[int, list[tuple[str, str]], bytes]


@dataclass(frozen=True, kw_only=True)
class Day:
    """What clients met, and the folder that holds it."""

    folder: Path
    port: int
    seen: list[Seen]
    links: list[str]
    sdk: str


class Wire:
    """A client that keeps what it got: status, headers in their order, and bytes."""

    def __init__(self, api_url: str, key: str) -> None:
        self.seen: list[Seen] = []
        self._api_url = api_url
        self._key = key
        self._client = httpx.Client(timeout=30)

    def send(self, method: str, where: str, *, key: str | None = "", **told: Any) -> httpx.Response:
        """Send a call; `where` is a path of the API or an address, which is opened without key."""
        is_path = where.startswith("/")
        headers: Mapping[str, str] = told.pop("headers", {})
        if is_path and key is not None:
            headers = {**headers, "Authorization": f"Bearer {key or self._key}"}
        url = f"{self._api_url}{where}" if is_path else where
        answer = self._client.request(method, url, headers=headers, **told)
        kept = [(k, v) for k, v in answer.headers.multi_items() if k not in VOLATILE]
        self.seen.append((answer.status_code, kept, answer.content))
        return answer

    def close(self) -> None:
        self._client.close()


def live_a_day(wire: Wire, picture: bytes) -> list[str]:
    """Do everything once; gives the links of what was made."""
    order = order_picture(PROMPT)
    task = wire.send("POST", TEXT2IMAGE, json=order, headers=ENABLE).json()["output"]["task_id"]
    result = wait(wire, task)["results"][0]["url"]
    wire.send("GET", result)
    wire.send("GET", result, headers={"Range": "bytes=0-99"})
    wire.send("GET", f"/tasks/{task}/")
    wire.send("POST", f"/tasks/{task}/cancel")
    wire.send("GET", "/tasks", params={"page_no": 1, "page_size": 5})
    wire.send("POST", TEXT2IMAGE, json=order, headers=ENABLE, key=WRONG_KEY)
    wire.send("POST", TEXT2IMAGE, json=order, headers=ENABLE, key=None)
    wire.send("POST", TEXT2IMAGE, json=order)
    wire.send("POST", TEXT2IMAGE, content=b'{"model":', headers=ENABLE)
    wire.send("GET", "/nowhere")
    wire.send("HEAD", "/models")
    token = wire.send("POST", "/tokens", params={"expire_in_seconds": 60}).json()["token"]
    wire.send("GET", f"/tasks/{task}", key=token)
    edited = edit(wire, picture, result)
    chat = {"model": "wan2.6-image", "input": say({"text": PROMPT})}
    chat["parameters"] = {"enable_interleave": True, "max_images": 1, "stream": True}
    wire.send("POST", MULTIMODAL, json=chat, headers=STREAM)
    return [result, edited]


def edit(wire: Wire, picture: bytes, result: str) -> str:
    """Upload a picture, and have it edited together with a result; gives the new link."""
    asked = {"action": "getPolicy", "model": "wan2.5-i2i-preview"}
    policy = wire.send("GET", "/uploads", params=asked).json()["data"]
    key = f"{policy['upload_dir']}/a picture 花.png"
    fields = {
        "OSSAccessKeyId": policy["oss_access_key_id"],
        "Signature": policy["signature"],
        "policy": policy["policy"],
        "key": key,
        "x-oss-object-acl": policy["x_oss_object_acl"],
        "x-oss-forbid-overwrite": policy["x_oss_forbid_overwrite"],
        "success_action_status": "200",
    }
    files = {"file": ("a.png", picture)}
    assert wire.send("POST", policy["upload_host"], data=fields, files=files).status_code == 200
    wire.send("POST", policy["upload_host"], data=fields, files=files)
    order = {
        "model": "wan2.5-i2i-preview",
        "input": {"prompt": "at night", "images": [f"oss://{key}", result]},
        "parameters": {"n": 1, "size": "768*768", "prompt_extend": False},
    }
    path = "/services/aigc/image2image/image-synthesis"
    created = wire.send("POST", path, json=order, headers={**ENABLE, **RESOLVE}).json()
    return wait(wire, created["output"]["task_id"])["results"][0]["url"]


def wait(wire: Wire, task_id: str) -> dict[str, Any]:
    """Poll until a task has ended, as a client does; it must have succeeded."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        output = wire.send("GET", f"/tasks/{task_id}").json()["output"]
        if output["task_status"] not in {"PENDING", "RUNNING"}:
            assert output["task_status"] == "SUCCEEDED", output
            return output
        time.sleep(0.2)
    raise AssertionError("the task has not ended")


def run_sdk(server: RunningKaiga, api_url: str, picture: Path) -> str:
    """Run a program of the SDK; gives all that it met, as text."""
    return json.dumps(run_program("a_day", server, picture, api_url=api_url))
