"""The examples of `docs/clients/` whose clients can't be run here: the very requests they make.

Orders are taken from the pages where they stand there as JSON. Headers and the other orders are
those of the client's source, or of what it sent when it was tried.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from docs.client_pages import cut, read_blocks
from running import RunningKaiga, wait_until

PNG, MP4 = b"\x89PNG\r\n\x1a\n", b"ftyp"
JSON = "application/json"
JSON_UTF8 = "application/json; charset=utf-8"
ENABLE = {"X-DashScope-Async": "enable"}
PROMPT = "A lighthouse at dusk"
TEXT2IMAGE = "/services/aigc/text2image/image-synthesis"
IMAGE_GENERATION = "/services/aigc/image-generation/generation"
MULTIMODAL = "/services/aigc/multimodal-generation/generation"
VIDEO = "/services/aigc/video-generation/video-synthesis"

Output = dict[str, Any]


def find_picture(output: Output) -> str:
    return output["results"][0]["url"]


def find_content(output: Output) -> str:
    return output["choices"][0]["message"]["content"][0]["image"]


def find_clip(output: Output) -> str:
    return output["video_url"]


@dataclass(frozen=True, kw_only=True)
class Client:
    """How one client orders, asks and downloads."""

    path: str
    body: bytes
    creating: Mapping[str, str]
    asking: Mapping[str, str]
    find: Callable[[Output], str] = find_picture
    in_parts: bool = False
    shows_key_to_links: bool = False
    begins: bytes = PNG
    skips: int = 0


def as_json(order: object, *, spaced: bool = False) -> bytes:
    return json.dumps(order, separators=None if spaced else (",", ":")).encode()


@dataclass(frozen=True)
class Pages:
    """The orders that stand on pages."""

    powershell: str = field(
        default_factory=lambda: cut(read_blocks("curl.md", "powershell")[0], "@'\n", "\n'@")
    )
    go: str = field(default_factory=lambda: cut(read_blocks("go.md", "go")[0], "order = `", "`"))
    comfyui: str = field(default_factory=lambda: read_blocks("comfyui.md", "json")[0])
    n8n: str = field(default_factory=lambda: read_blocks("n8n.md", "json")[0])


PAGES = Pages()
SIMPLE = {
    "model": "wan2.5-t2i-preview",
    "input": {"prompt": PROMPT},
    "parameters": {"size": "1024*1024", "n": 1},
}
LITELLM = {"User-Agent": "litellm/1.110.2", "Content-Type": JSON}
JAVA = {
    "User-Agent": "dashscope/2.22.29; java/21.0.4; platform/Linux; processor/amd64",
    "Accept": JSON_UTF8,
}

CLIENTS = {
    "PowerShell": Client(
        path=TEXT2IMAGE,
        body=PAGES.powershell.encode(),
        creating={**ENABLE, "Content-Type": JSON_UTF8},
        asking=ENABLE,
    ),
    "Java": Client(
        path=TEXT2IMAGE,
        body=as_json(SIMPLE),
        creating={**JAVA, **ENABLE, "Content-Type": JSON_UTF8},
        asking={**JAVA, "Content-Type": JSON},
    ),
    ".NET": Client(
        path=TEXT2IMAGE,
        body=as_json(SIMPLE),
        creating={**ENABLE, "Content-Type": JSON_UTF8},
        asking={},
        in_parts=True,
    ),
    "Go": Client(
        path=TEXT2IMAGE,
        body=PAGES.go.encode(),
        creating={**ENABLE, "Content-Type": JSON, "User-Agent": "Go-http-client/1.1"},
        asking={"Prefer": "wait=20", "User-Agent": "Go-http-client/1.1"},
    ),
    "ComfyUI": Client(
        path=IMAGE_GENERATION,
        body=as_json(json.loads(PAGES.comfyui), spaced=True),
        creating={**ENABLE, "Content-Type": JSON},
        asking={},
        find=find_content,
        shows_key_to_links=True,
    ),
    "LiteLLM, clips": Client(
        path=VIDEO,
        body=as_json(
            {
                "model": "wan2.7-t2v",
                "input": {"prompt": PROMPT},
                "parameters": {"duration": 2, "resolution": "720P"},
            }
        ),
        creating={**LITELLM, **ENABLE},
        asking={**LITELLM, **ENABLE},
        find=find_clip,
        begins=MP4,
        skips=4,
    ),
}


@pytest.fixture(scope="module")
def web() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60) as client:
        yield client


def authorize(server: RunningKaiga, headers: Mapping[str, str] = {}) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.key}", **headers}


def send_in_parts(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 50):
        yield body[start : start + 50]


def ask_until_the_end(web: httpx.Client, address: str, headers: Mapping[str, str]) -> Output:
    """Ask as clients do, and give `output` of the last answer."""
    outputs: list[Output] = []

    def has_ended() -> bool:
        answer = web.get(address, headers=headers)
        assert answer.status_code == 200, answer.text
        outputs.append(answer.json()["output"])
        return outputs[-1]["task_status"] not in {"PENDING", "RUNNING"}

    wait_until(has_ended, "the task has ended")
    return outputs[-1]


@pytest.mark.parametrize("name", CLIENTS)
def test_the_requests_of_a_client_bring_its_file(server, web, name):
    client = CLIENTS[name]
    content = send_in_parts(client.body) if client.in_parts else client.body

    created = web.post(
        server.api_url + client.path, content=content, headers=authorize(server, client.creating)
    )
    task_id = created.json()["output"]["task_id"]
    address = f"{server.api_url}/tasks/{task_id}"
    output = ask_until_the_end(web, address, authorize(server, client.asking))
    file = web.get(
        client.find(output), headers=authorize(server) if client.shows_key_to_links else {}
    )

    assert created.status_code == 200
    assert output["task_status"] == "SUCCEEDED", output
    assert file.content[client.skips :].startswith(client.begins)


def test_the_picture_of_litellm_comes_with_its_order(server, web):
    order = {
        "model": "qwen-image-2.0-pro",
        "input": {"messages": [{"role": "user", "content": [{"text": PROMPT}]}]},
        "parameters": {"n": 1, "size": "1024*1024"},
    }

    answer = web.post(
        server.api_url + MULTIMODAL, content=as_json(order), headers=authorize(server, LITELLM)
    )

    assert web.get(find_content(answer.json()["output"])).content.startswith(PNG)


def test_the_workflow_of_n8n_brings_a_picture(server, web):
    nodes = {node["name"]: node["parameters"] for node in json.loads(PAGES.n8n)["nodes"]}
    order, wait, download = nodes["Order"], nodes["Wait for it"], nodes["Download"]

    created = web.request(
        order["method"],
        at(server, order["url"]),
        content=order["jsonBody"].encode(),
        headers=authorize(server, {"Content-Type": JSON, **headers_of(order)}),
    )
    address = at(server, fill_in(wait["url"], created.json()))
    waited = web.get(address, headers=authorize(server, headers_of(wait)))
    file = web.get(fill_in(download["url"], waited.json()))

    assert waited.json()["output"]["task_status"] == "SUCCEEDED"
    assert file.content.startswith(PNG)


def at(server: RunningKaiga, address: str) -> str:
    return address.replace("http://127.0.0.1:8600", server.base_url)


def headers_of(parameters: Mapping[str, Any]) -> dict[str, str]:
    pairs = parameters["headerParameters"]["parameters"]
    return {pair["name"]: pair["value"] for pair in pairs}


def fill_in(expression: str, json_answer: Mapping[str, Any]) -> str:
    """Put what an expression of n8n names into its place."""

    def find(match: re.Match[str]) -> str:
        value: Any = json_answer
        for name, position in re.findall(r"\.(\w+)(?:\[(\d+)\])?", match[1]):
            value = value[name][int(position)] if position else value[name]
        return value

    return re.sub(r"\{\{ \$json([^ ]+) \}\}", find, expression.removeprefix("="))


def test_the_community_node_of_n8n_is_answered_at_its_own_path(server, web):
    order = {
        "model": "wanx2.1-t2v-turbo",
        "input": {"prompt": PROMPT},
        "parameters": {"size": "832*480", "prompt_extend": True},
    }

    created = web.post(
        f"{server.api_url}/services/aigc/text2video/video-synthesis",
        json=order,
        headers=authorize(server, ENABLE),
    )
    task_id = created.json()["output"]["task_id"]
    web.post(f"{server.base_url}/kaiga/v1/tasks/{task_id}/cancel", headers=authorize(server))

    assert created.status_code == 200


def test_the_list_of_the_net_package_is_answered(server, web):
    query = "&start_time=YYYY11DD000000&status=Succeeded&page_no=1&page_size=10"

    answer = web.get(f"{server.api_url}/tasks/?{query}", headers=authorize(server))

    assert answer.status_code == 200
    assert answer.json()["data"]
