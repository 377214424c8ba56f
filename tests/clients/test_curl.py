"""curl, as the vendor's tutorial has it, and the ways people vary it.

Every test runs the `curl` program itself; a command is written as a person would type it, and
the shell fills in `$DASHSCOPE_API_KEY`.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from running import RunningKaiga, wait_until

ENDED = {"SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN"}

Curl = Callable[..., str]

CREATE = """\
curl -X POST {api}/services/aigc/text2image/image-synthesis{slash} \\
    -H 'X-DashScope-Async: enable' \\
    -H "Authorization: Bearer $DASHSCOPE_API_KEY" \\
    -H 'Content-Type: application/json' \\
    -d '{{
    "model": "wan2.5-t2i-preview",
    "input": {{
        "prompt": "一间有着精致窗户的花店，漂亮的木质门，摆放着花朵"
    }},
    "parameters": {{
        "size": "1280*1280",
        "n": 1
    }}
}}'"""

QUERY = """\
curl -X GET {api}/tasks/{task_id}{slash} \\
    --header "Authorization: Bearer $DASHSCOPE_API_KEY\""""


AUTHORIZATION = '-H "Authorization: Bearer $DASHSCOPE_API_KEY"'


@pytest.fixture
def curl(tmp_path: Path) -> Curl:
    """Run a command line that begins with `curl`; gives what it printed."""
    assert shutil.which("curl"), "these tests need the program curl"

    def run(command: str, key: str) -> str:
        finished = subprocess.run(
            ["sh", "-c", command.replace("curl ", "curl --silent --show-error --max-time 60 ", 1)],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "NO_PROXY": "*",
                "DASHSCOPE_API_KEY": key,
            },
            capture_output=True,
            check=False,
            timeout=100,
        )
        assert finished.returncode == 0, finished.stderr.decode()
        return finished.stdout.decode()

    return run


def create(
    curl: Curl, server: RunningKaiga, api: str = "", slash: str = "", *, key: str = ""
) -> str:
    command = CREATE.format(api=api or server.api_url, slash=slash)
    return json.loads(curl(command, key or server.key))["output"]["task_id"]


def wait(
    curl: Curl, server: RunningKaiga, task_id: str, api: str = "", slash: str = "", *, key: str = ""
) -> dict[str, Any]:
    command = QUERY.format(api=api or server.api_url, task_id=task_id, slash=slash)
    last: dict[str, Any] = {}

    def has_ended() -> bool:
        last.update(json.loads(curl(command, key or server.key)))
        return last["output"]["task_status"] in ENDED

    wait_until(has_ended, f"task {task_id} has ended")
    return last


def make_key(server: RunningKaiga, **wanted: str) -> str:
    with server.client() as client:
        return client.post(f"{server.base_url}/kaiga/v1/keys", json=wanted).json()["key"]


@pytest.fixture
def result_url(curl: Curl, server: RunningKaiga) -> str:
    return wait(curl, server, create(curl, server))["output"]["results"][0]["url"]


def read_headers(text: str) -> tuple[int, dict[str, str]]:
    """Read what `curl --head` or `--dump-header -` prints, names in lower case."""
    status, *lines = text.splitlines()
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return int(status.split()[1]), {name.lower(): value.strip() for name, value in pairs}


def test_the_tutorials_create_is_answered_with_a_pending_task(curl, server):
    answer = json.loads(curl(CREATE.format(api=server.api_url, slash=""), server.key))

    assert answer.keys() == {"output", "request_id"}
    assert answer["output"].keys() == {"task_id", "task_status"}
    assert answer["output"]["task_status"] == "PENDING"


def test_the_tutorials_query_ends_with_a_link_to_the_picture(curl, server, tmp_path):
    answer = wait(curl, server, create(curl, server))

    url = answer["output"]["results"][0]["url"]
    curl(f"curl '{url}' --output picture.png", server.key)
    assert answer["output"]["task_status"] == "SUCCEEDED"
    assert answer["usage"] == {"image_count": 1}
    with Image.open(tmp_path / "picture.png") as picture:
        picture.load()
        assert (picture.format, picture.size) == ("PNG", (1280, 1280))


def test_trailing_slashes_are_no_different(curl, server):
    answer = wait(curl, server, create(curl, server, slash="/"), slash="/")

    assert answer["output"]["task_status"] == "SUCCEEDED"


def test_a_host_name_of_workspace_and_region_is_served(curl, server):
    workspace, region = "llm-0123456789abcdef", "ap-southeast-1"
    key = make_key(server, workspace=workspace, region=region)
    port = server.base_url.rsplit(":", 1)[1]
    base = f"http://{workspace}.{region}.localhost:{port}"

    task_id = create(curl, server, f"{base}/api/v1", key=key)
    answer = wait(curl, server, task_id, f"{base}/api/v1", key=key)

    url = answer["output"]["results"][0]["url"]
    assert url.startswith(f"{base}/")
    status, headers = read_headers(curl(f"curl '{url}' -o picture.png -D -", key))
    assert status == 200
    assert headers["content-type"] == "image/png"


def test_a_file_is_uploaded_step_by_step(curl, server, tmp_path):
    (tmp_path / "my cat 花.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 2_000_000)
    policy_query = f"{server.api_url}/uploads?action=getPolicy&model=wan2.5-i2i-preview"
    policy = json.loads(curl(f"curl '{policy_query}' {AUTHORIZATION}", server.key))["data"]
    fields = {
        "OSSAccessKeyId": policy["oss_access_key_id"],
        "Signature": policy["signature"],
        "policy": policy["policy"],
        "x-oss-object-acl": policy["x_oss_object_acl"],
        "x-oss-forbid-overwrite": policy["x_oss_forbid_overwrite"],
        "key": f"{policy['upload_dir']}/my cat 花.png",
        "success_action_status": "200",
    }
    form = " ".join(f"--form-string '{name}={value}'" for name, value in fields.items())
    command = f"curl {policy['upload_host']} {form} -F 'file=@my cat 花.png' -w '%{{http_code}}'"

    first, second = (curl(command, "no key is needed") for _ in range(2))

    assert first == "200"
    assert second.endswith("409")
    assert "<Code>FileAlreadyExists</Code>" in second


def test_a_temporary_key_paints(curl, server):
    command = f"curl -X POST '{server.api_url}/tokens?expire_in_seconds=60' {AUTHORIZATION}"
    token = json.loads(curl(command, server.key))["token"]

    task_id = create(curl, server, key=token)

    answer = wait(curl, server, task_id, key=token)
    assert answer["output"]["task_status"] == "SUCCEEDED"


def test_compressed_answers_are_understood(curl, server):
    command = QUERY.format(api=server.api_url, task_id=create(curl, server), slash="")

    answer = json.loads(curl(command + " --compressed", server.key))

    assert answer["output"]["task_status"] in {"PENDING", "RUNNING", "SUCCEEDED"}


def test_header_names_are_taken_in_any_case(curl, server):
    command = CREATE.format(api=server.api_url, slash="")
    command = command.replace("X-DashScope-Async", "x-dashscope-async")

    answer = json.loads(curl(command.replace("Authorization", "authorization"), server.key))

    assert answer["output"]["task_status"] == "PENDING"


def test_the_async_header_does_no_harm_on_a_query(curl, server):
    command = QUERY.format(api=server.api_url, task_id=create(curl, server), slash="")

    answer = json.loads(curl(command + " -H 'X-DashScope-Async: enable'", server.key))

    assert answer["output"]["task_status"] in {"PENDING", "RUNNING", "SUCCEEDED"}


def test_a_body_that_waits_for_permission_is_let_through(curl, server):
    command = CREATE.format(api=server.api_url, slash="") + " -H 'Expect: 100-continue'"

    answer = json.loads(curl(command, server.key))

    assert answer["output"]["task_status"] == "PENDING"


def test_a_chunked_body_is_read(curl, server):
    command = CREATE.format(api=server.api_url, slash="") + " -H 'Transfer-Encoding: chunked'"

    answer = json.loads(curl(command, server.key))

    assert answer["output"]["task_status"] == "PENDING"


def test_a_wrong_key_is_refused_with_a_flat_error(curl, server):
    command = CREATE.format(api=server.api_url, slash="") + " -w '\\n%{http_code} %{content_type}'"

    body, line = curl(command, "sk-wrong").rsplit("\n", 1)

    assert line == "401 application/json"
    assert json.loads(body).keys() == {"code", "message", "request_id"}
    assert json.loads(body)["code"] == "InvalidApiKey"


def test_a_missing_async_header_is_refused(curl, server):
    command = CREATE.format(api=server.api_url, slash="").replace("X-DashScope-Async", "X-Other")

    body, status = curl(command + " -w '\\n%{http_code}'", server.key).rsplit("\n", 1)

    assert status == "403"
    assert json.loads(body)["code"] == "AccessDenied"
    assert "does not support synchronous calls" in json.loads(body)["message"]


def test_the_list_is_asked_for_with_and_without_a_slash(curl, server):
    task_id = create(curl, server)

    for path in ("tasks/?page_no=1&page_size=20", "tasks?page_no=1&page_size=20"):
        command = (
            f"""curl '{server.api_url}/{path}' -H "Authorization: Bearer $DASHSCOPE_API_KEY\""""
        )
        rows = json.loads(curl(command, server.key))["data"]
        assert task_id in [row["task_id"] for row in rows]


def test_a_waiting_task_is_cancelled(curl, idle_server):
    task_id = create(curl, idle_server)
    command = f"curl -X POST '{idle_server.api_url}/tasks/{task_id}/cancel' {AUTHORIZATION}"

    answer = json.loads(curl(command, idle_server.key))

    assert answer.keys() == {"request_id"}
    assert wait(curl, idle_server, task_id)["output"]["task_status"] == "CANCELED"


def test_a_result_is_looked_at_without_being_fetched(curl, server, result_url, tmp_path):
    curl(f"curl '{result_url}' -o picture.png", server.key)

    status, headers = read_headers(curl(f"curl --head '{result_url}'", server.key))

    assert status == 200
    assert headers["content-type"] == "image/png"
    assert int(headers["content-length"]) == (tmp_path / "picture.png").stat().st_size


def test_a_part_of_a_result_is_fetched(curl, server, result_url, tmp_path):
    curl(f"curl '{result_url}' -o whole.png", server.key)

    command = f"curl --range 8-99 '{result_url}' -o part -D -"
    status, headers = read_headers(curl(command, server.key))

    whole = (tmp_path / "whole.png").read_bytes()
    assert status == 206
    assert headers["content-range"] == f"bytes 8-99/{len(whole)}"
    assert (tmp_path / "part").read_bytes() == whole[8:100]


def test_an_interrupted_download_is_taken_up_again(curl, server, result_url, tmp_path):
    curl(f"curl '{result_url}' -o whole.png", server.key)
    whole = (tmp_path / "whole.png").read_bytes()
    (tmp_path / "begun.png").write_bytes(whole[:1000])

    curl(f"curl --continue-at - '{result_url}' -o begun.png", server.key)

    assert (tmp_path / "begun.png").read_bytes() == whole


def test_the_name_of_the_saved_file_ends_in_png(curl, server, result_url, tmp_path):
    curl(f"curl --remote-name '{result_url}'", server.key)

    (saved,) = tmp_path.glob("*.png")
    assert saved.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_a_link_that_was_tampered_with_does_not_open(curl, server, result_url):
    changed = result_url.replace("Signature=", "Signature=AAAA")

    status, _ = read_headers(curl(f"curl '{changed}' -o nothing -D -", server.key))

    assert status == 403
