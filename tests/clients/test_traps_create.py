"""What breaks clients when they create (contract/clients.md, 1: traps 1 to 8).

A docstring names the trap; `test_traps_complete.py` counts them.
"""

import io
from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from clients.opening import is_about, open_film
from clients.wire import (
    ENABLE,
    IMAGE2VIDEO,
    IMAGE_GENERATION,
    MULTIMODAL,
    N8N_VIDEO,
    NOWHERE,
    ORDERS,
    RESOLVE,
    TEXT2IMAGE,
    VIDEO,
    create,
    create_task,
    error_of,
    get_policy,
    order_picture,
    say,
    status_of,
    upload,
)
from running import RunningKaiga

at_each_path = pytest.mark.parametrize("path", ORDERS)
MAROON = (128, 0, 0)


def order_at(path: str, **parameters: object) -> dict[str, Any]:
    model, order_input = ORDERS[path]
    return {"model": model, "input": order_input, "parameters": parameters}


class TestStatus:
    @at_each_path
    def test_a_create_is_answered_200_and_nothing_else(self, idle: httpx.Client, path: str):
        """Trap 1: 201 or 202 is a failure for every path of the Python SDK."""
        assert create(idle, path, order_at(path)).status_code == 200

    def test_a_cancel_and_an_answer_at_once_are_200_too(
        self, idle: httpx.Client, api: httpx.Client
    ):
        """Trap 1: 204 likewise."""
        task_id = create_task(idle, TEXT2IMAGE, order_picture())
        painted = {"model": "z-image-turbo", "input": say({"text": "a cat"})}

        assert idle.post(f"/tasks/{task_id}/cancel").status_code == 200
        assert api.post(MULTIMODAL, json=painted).status_code == 200


CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a create": ("POST", TEXT2IMAGE, {"json": order_picture(), "headers": ENABLE}),
    "a query": ("GET", f"/tasks/{NOWHERE}", {}),
    "a list": ("GET", "/tasks", {}),
    "a late cancel": ("POST", f"/tasks/{NOWHERE}/cancel", {}),
    "a policy": ("GET", "/uploads?action=getPolicy&model=wan2.5-i2i-preview", {}),
    "the models": ("GET", "/models", {}),
    "a temporary key": ("POST", "/tokens", {}),
    "a wrong key": ("GET", "/tasks", {"headers": {"Authorization": "Bearer sk-wrong"}}),
    "an unknown path": ("GET", "/nowhere", {}),
    "an unknown service": ("POST", "/services/aigc/no/where", {"json": {}}),
    "a wrong method": ("GET", TEXT2IMAGE, {}),
    "no JSON": ("POST", TEXT2IMAGE, {"content": b"{", "headers": ENABLE}),
    "an unknown model": ("POST", TEXT2IMAGE, {"json": {"model": "x"}, "headers": ENABLE}),
    "a missing header": ("POST", TEXT2IMAGE, {"json": order_picture()}),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_answer_is_json_and_says_so_and_is_not_empty(idle: httpx.Client, name: str):
    """Trap 2: the asyncio SDK raises on another type, and crashes on an empty body."""
    method, path, sent = CALLS[name]

    answer = idle.request(method, path, **sent)

    assert answer.headers["content-type"].startswith("application/json")
    assert isinstance(answer.json(), dict)
    assert answer.json()


@at_each_path
def test_a_create_tells_id_and_status(idle: httpx.Client, path: str):
    """Trap 3: the SDK, zod, LiteLLM and the Rust client need both."""
    output = create(idle, path, order_at(path)).json()["output"]

    assert output["task_status"] == "PENDING"
    assert len(output["task_id"]) == 36


def test_good_answers_have_neither_code_nor_message(
    server: RunningKaiga, api: httpx.Client, idle: httpx.Client
):
    """Trap 4: null, empty or "Success" each breaks a client of its own."""
    created = create(api, TEXT2IMAGE, order_picture())
    done = server.wait_for_end(api, created.json()["output"]["task_id"])
    waiting = idle.get(f"/tasks/{create_task(idle, TEXT2IMAGE, order_picture())}").json()
    at_once = api.post(
        MULTIMODAL, json={"model": "z-image-turbo", "input": say({"text": "a cat"})}
    ).json()

    for answer in (created.json(), waiting, done, at_once):
        assert not {"code", "message", "msg"} & answer.keys()
        assert not {"code", "message"} & answer["output"].keys()


LEAKS: dict[str, tuple[str, dict[str, Any]]] = {
    "VideoSynthesis": (
        VIDEO,
        {
            "model": "wan2.2-t2v-plus",
            "parameters": {"size": "832*480"},
            "input": {"prompt": "a", "extend_prompt": True, "function": "video-synthesis"},
        },
    ),
    "VideoSynthesis without a prompt": (
        VIDEO,
        {
            "model": "wan2.2-i2v-flash",
            "parameters": {"resolution": "480P"},
            "input": {
                "prompt": None,
                "extend_prompt": True,
                "img_url": "https://example.com/a.png",
            },
        },
    ),
    "ImageGeneration.async_call": (
        IMAGE_GENERATION,
        {
            "model": "wan2.6-t2i",
            "parameters": {"n": 1, "size": "1280*1280", "is_async": True},
            "input": say({"text": "a cat"}),
        },
    ),
    "new-api": (TEXT2IMAGE, {**order_picture(), "response_format": "url"}),
    "LiteLLM": (TEXT2IMAGE, {"model": "wan2.2-t2i-flash", "input": {"prompt": "a cat"}}),
    "an empty negative prompt": (
        TEXT2IMAGE,
        {
            "model": "wan2.2-t2i-flash",
            "input": {"prompt": "a cat", "negative_prompt": ""},
            "parameters": {},
        },
    ),
    "1.24": (
        VIDEO,
        {
            "model": "wan2.2-t2v-plus",
            "input": {"prompt": "a cat", "extend_prompt": True},
            "parameters": {"media": [{"type": "first_frame", "url": "https://example.com/a.png"}]},
        },
    ),
    "Java": (
        VIDEO,
        {
            "model": "wan2.2-t2v-plus",
            "input": {"prompt": "a cat", "extend_prompt": True},
            "parameters": {"with_audio": False},
        },
    ),
}


@pytest.mark.parametrize("name", LEAKS)
def test_members_that_a_client_adds_of_itself_are_taken(idle: httpx.Client, name: str):
    """Trap 5: a task that waits has passed every rule; one that broke a rule is FAILED."""
    path, body = LEAKS[name]

    assert status_of(idle, create_task(idle, path, body)) == "PENDING"


def test_the_result_format_of_the_documented_examples_is_taken(api: httpx.Client):
    """Trap 5: `MultiModalConversation` sends it for pictures too."""
    order = {
        "model": "qwen-image-plus",
        "parameters": {"result_format": "message", "size": "1472*1104"},
        "input": say({"text": "hi"}),
    }

    answer = api.post(MULTIMODAL, json=order)

    assert answer.status_code == 200, answer.text


class TestPaths:
    @at_each_path
    def test_a_task_is_taken_at_each_path_in_use(self, idle: httpx.Client, path: str):
        """Trap 6: the client chooses the path by the model's name."""
        assert status_of(idle, create_task(idle, path, order_at(path))) == "PENDING"

    def test_one_model_is_called_at_once_and_as_a_task_at_two_paths(
        self, api: httpx.Client, idle: httpx.Client
    ):
        """Trap 6: `ImageGeneration.call` and `async_call`, and n8n like the latter."""
        order = {"model": "wan2.6-t2i", "input": say({"text": "a cat"}), "parameters": {"n": 1}}

        at_once = api.post(MULTIMODAL, json=order).json()
        task_id = create_task(idle, IMAGE_GENERATION, order)

        assert at_once["output"]["choices"][0]["message"]["content"][0]["image"]
        assert status_of(idle, task_id) == "PENDING"

    def test_clips_from_words_are_ordered_where_n8n_orders_them(self, idle: httpx.Client):
        """Trap 6: a path that no document of the service names."""
        task_id = create_task(idle, N8N_VIDEO, order_at(VIDEO, size="832*480"))

        assert status_of(idle, task_id) == "PENDING"

    def test_a_client_that_chose_the_wrong_path_is_told_so(self, idle: httpx.Client):
        """Trap 6: between these two the service itself refuses (contract/video-models.md, 1)."""
        answer = create(idle, IMAGE2VIDEO, order_at(VIDEO))

        assert error_of(answer) == (400, "InvalidParameter", "url error, please check url！")


class TestHeaders:
    def test_the_async_header_at_a_path_without_tasks_is_refused_in_the_services_words(
        self, idle: httpx.Client
    ):
        """Trap 7."""
        answer = create(idle, MULTIMODAL, {"model": "qwen-image", "input": say({"text": "a"})})

        assert error_of(answer) == (
            403,
            "AccessDenied",
            "current user api does not support asynchronous calls.",
        )

    def test_its_absence_at_a_path_of_tasks_is_refused_likewise(self, idle: httpx.Client):
        """Trap 7."""
        answer = idle.post(TEXT2IMAGE, json=order_picture())

        assert error_of(answer) == (
            403,
            "AccessDenied",
            "current user api does not support synchronous calls.",
        )

    def test_the_headers_name_is_read_in_the_case_of_node(self, idle: httpx.Client):
        """Trap 7."""
        answer = idle.post(
            TEXT2IMAGE, json=order_picture(), headers={"x-dashscope-async": "enable"}
        )

        assert answer.json()["output"]["task_status"] == "PENDING"

    def test_headers_of_a_create_do_no_harm_on_a_query(self, idle: httpx.Client):
        """Trap 7: LiteLLM and a video MCP server send them on each poll."""
        task_id = create_task(idle, TEXT2IMAGE, order_picture())

        answer = idle.get(
            f"/tasks/{task_id}", headers={**ENABLE, "Content-Type": "application/json"}
        )

        assert answer.status_code == 200
        assert answer.json()["output"]["task_status"] == "PENDING"


class QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def files(pictures: Path) -> Iterator[str]:
    """The address at which the folder of pictures is served."""
    served = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=str(pictures)))
    thread = Thread(target=served.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    thread.join()
    served.server_close()


class TestFirstFrame:
    def test_each_form_of_a_first_frame_is_filmed_and_junk_fails_the_task(
        self, start_server: Any, files: str, pictures: Path
    ):
        """Trap 8: five forms of `img_url`, of which the last is a path that does not exist."""
        server: RunningKaiga = start_server({"KAIGA_FETCH_ALLOW": "127.0.0.1"})
        content = (pictures / "high one 花.png").read_bytes()
        bare = b64encode(content).decode()
        with server.client() as client:
            policy = get_policy(client, "wan2.2-i2v-flash")
            assert upload(policy, "high one 花.png", content).status_code == 200
            forms = {
                "http": f"{files}/high%20one%20%E8%8A%B1.png",
                "oss": f"oss://{policy['upload_dir']}/high one 花.png",
                "data": f"data:image/png;base64,{bare}",
                "bare": bare,
                "junk": "/home/somebody/missing.png",
            }
            tasks = {
                form: create_task(client, VIDEO, order_clip(address), **RESOLVE)
                for form, address in forms.items()
            }
            ended = {
                form: server.wait_for_end(client, task_id)["output"]
                for form, task_id in tasks.items()
            }
            junk = ended.pop("junk")
            films = [open_film(output["video_url"]) for output in ended.values()]

        assert junk["task_status"] == "FAILED"
        assert junk["code"]
        assert junk["message"]
        assert all(is_about(film.first, MAROON) for film in films)

    def test_a_body_of_tens_of_megabytes_is_taken(self, server: RunningKaiga, api: httpx.Client):
        """Trap 8: pictures inside the request."""
        noise = np.random.default_rng(7).integers(0, 255, (1700, 1700, 3), dtype=np.uint8)
        written = io.BytesIO()
        Image.fromarray(noise).save(written, "PNG", compress_level=0)
        picture = f"data:image/png;base64,{b64encode(written.getvalue()).decode()}"
        order = {
            "model": "wan2.5-i2i-preview",
            "input": {"prompt": "make it night", "images": [picture] * 3},
            "parameters": {"n": 1, "size": "768*768"},
        }

        task_id = create_task(api, "/services/aigc/image2image/image-synthesis", order)

        assert len(picture) * 3 > 30_000_000
        assert server.wait_for_end(api, task_id)["output"]["task_status"] == "SUCCEEDED"


def order_clip(first_frame: str) -> dict[str, Any]:
    return {
        "model": "wan2.2-i2v-flash",
        "input": {"prompt": "it turns", "img_url": first_frame},
        "parameters": {"resolution": "480P"},
    }
