"""What breaks clients when they upload (contract/clients.md, 1: traps 20 to 22)."""

import io
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from clients.opening import size_of_png
from clients.programs import run_program
from clients.wire import IMAGE2IMAGE, RESOLVE, create_task, get_policy, upload
from running import RunningKaiga

TEXTS = {
    *("policy", "signature", "upload_dir", "upload_host", "oss_access_key_id"),
    *("x_oss_object_acl", "x_oss_forbid_overwrite"),
}
NUMBERS = {"expire_in_seconds", "max_file_size_mb", "capacity_limit_mb"}


def make_png(width: int, height: int) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(written, "PNG")
    return written.getvalue()


def edit(server: RunningKaiga, client: httpx.Client, address: str) -> dict[str, Any]:
    order = {
        "model": "wan2.5-i2i-preview",
        "input": {"prompt": "make it night", "images": [address]},
        "parameters": {"n": 1},
    }
    return server.wait_for_end(client, create_task(client, IMAGE2IMAGE, order, **RESOLVE))["output"]


class TestPolicy:
    def test_its_members_stand_under_data_in_the_types_that_clients_read(self, idle: httpx.Client):
        """Trap 20: Java and Rust take no `output`; their numbers have 32 bits."""
        answer = idle.get("/uploads", params={"action": "getPolicy", "model": "wan2.2-i2v-flash"})

        data = answer.json()["data"]
        assert data.keys() == TEXTS | NUMBERS
        assert all(isinstance(data[name], str) and data[name] for name in TEXTS)
        assert all(type(data[name]) is int and 0 < data[name] < 2**31 for name in NUMBERS)
        assert data["x_oss_forbid_overwrite"] == "true"
        assert "output" not in answer.json()

    @pytest.mark.parametrize(
        "left_out",
        [(), ("success_action_status",), ("x-oss-content-type",)],
        ids=["Python", ".NET", "the page"],
    )
    def test_a_form_is_answered_200_without_a_key(
        self, idle: httpx.Client, left_out: tuple[str, ...]
    ):
        """Trap 20: exactly 200, which Python wants, also for who does not ask for it."""
        answer = upload(get_policy(idle), "cat.png", make_png(600, 600), left_out)

        assert "authorization" not in answer.request.headers
        assert answer.status_code == 200
        assert answer.content == b""

    @pytest.mark.parametrize("name", ["my cat.png", "花 und ü.png", "a+b%20c&d.png"])
    def test_a_file_of_any_name_is_found_under_its_key(
        self, server: RunningKaiga, api: httpx.Client, name: str
    ):
        """Trap 20: what is sent then is `oss://` and the key as it is."""
        policy = get_policy(api)
        assert upload(policy, name, make_png(900, 600)).status_code == 200

        output = edit(server, api, f"oss://{policy['upload_dir']}/{name}")

        assert output["task_status"] == "SUCCEEDED", output
        width, height = size_of_png(output["results"][0]["url"])
        assert width > height


def test_a_second_file_under_one_key_is_refused_and_the_first_one_stays(
    server: RunningKaiga, api: httpx.Client
):
    """Trap 21: the SDK sends `a/x.png` and `b/x.png` under one key."""
    policy = get_policy(api)

    first = upload(policy, "x.png", make_png(900, 600))
    second = upload(policy, "x.png", make_png(600, 900))

    assert (first.status_code, second.status_code) == (200, 409)
    assert "<Code>FileAlreadyExists</Code>" in second.text
    output = edit(server, api, f"oss://{policy['upload_dir']}/x.png")
    width, height = size_of_png(output["results"][0]["url"])
    assert width > height


class TestElsewhere:
    def test_a_file_that_lies_in_the_real_cloud_is_named_in_the_failure(
        self, server: RunningKaiga, api: httpx.Client
    ):
        """Trap 22: the Rust SDK uploads there whatever its base URL."""
        address = (
            "oss://dashscope-instant/0f3a0000000000000000000000000000/2026-11-22/"
            "2c5e0000-0000-9000-8000-000000000000/cat.png"
        )

        output = edit(server, api, address)

        assert output["task_status"] == "FAILED"
        assert address in output["message"]

    @pytest.mark.parametrize("sdk", ["1.24", "1.25"])
    def test_a_file_that_was_uploaded_to_another_server_is_named_in_the_failure(
        self,
        server: RunningKaiga,
        api: httpx.Client,
        idle_server: RunningKaiga,
        pictures: Path,
        sdk: str,
    ):
        """Trap 22: these upload to the address of the process, and order at that of the call."""
        told = run_program("uploading_elsewhere", idle_server, pictures, server.api_url, sdk=sdk)

        output = server.wait_for_end(api, told["task_id"])["output"]

        assert output["task_status"] == "FAILED"
        assert "oss://dashscope-instant/" in output["message"]
        assert "wide.png" in output["message"]
