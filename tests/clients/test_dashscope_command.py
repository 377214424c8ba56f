"""The command `dashscope` that comes with the official SDK, unmodified."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from clients.opening import is_about, open_film, size_of_png
from clients.wire import VIDEO, create_task, status_of
from running import RunningKaiga

MODEL = "wan2.5-t2i-preview"
UNKNOWN_TASK = "00000000-0000-4000-8000-000000000000"

# The exit codes of the command's own: see `dashscope/cli/common.py` of the SDK.
REFUSED_KEY = 2
REFUSED_PARAMETER = 3

Finished = subprocess.CompletedProcess[str]


@pytest.fixture
def dashscope(tmp_path: Path) -> Callable[..., Finished]:
    """Run `dashscope GROUP ...` against a server, with an empty home folder."""

    def run(
        server: RunningKaiga,
        *arguments: str,
        key: str | None = None,
        group: str = "image-synthesis",
    ) -> Finished:
        return subprocess.run(
            [Path(sys.executable).with_name("dashscope"), group, *arguments],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "COLUMNS": "1000",
                "NO_PROXY": "*",
                "DASHSCOPE_API_KEY": key or server.key,
                "DASHSCOPE_HTTP_BASE_URL": server.api_url,
            },
            capture_output=True,
            check=False,
            text=True,
            timeout=100,
        )

    return run


def test_create_waits_and_shows_a_link_to_the_picture(server, dashscope):
    finished = dashscope(
        server, "create", "-m", MODEL, "-p", "a lighthouse", "-n", "1", "--size", "960*1696"
    )

    assert finished.returncode == 0, finished.stderr
    output, _ = json.JSONDecoder().raw_decode(finished.stdout)
    assert output["task_status"] == "SUCCEEDED"
    assert size_of_png(output["results"][0]["url"]) == (960, 1696)


def test_create_shows_the_usage(server, dashscope):
    finished = dashscope(server, "create", "-m", MODEL, "-p", "a cat", "-n", "2")

    assert finished.stdout.rstrip().endswith('{\n  "image_count": 2\n}')


def test_create_with_a_wrong_key_is_refused(server, dashscope):
    finished = dashscope(server, "create", "-m", MODEL, "-p", "a cat", key="sk-wrong")

    assert finished.returncode != 0
    assert "InvalidApiKey" in finished.stderr


def test_create_with_an_unknown_model_is_refused(server, dashscope):
    finished = dashscope(server, "create", "-m", "wan0.0-no-such-model", "-p", "a cat")

    assert finished.returncode != 0
    assert "Model not exist." in finished.stderr


def test_wait_ends_with_the_task(server, dashscope):
    with server.client() as client:
        task_id = server.submit(client)

    finished = dashscope(server, "wait", task_id)

    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout)["task_status"] == "SUCCEEDED"


def test_fetch_shows_an_unknown_task_as_unknown(server, dashscope):
    finished = dashscope(server, "fetch", UNKNOWN_TASK)

    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout)["task_status"] == "UNKNOWN"


def test_fetch_tells_why_a_task_failed(server, dashscope):
    with server.client() as client:
        task_id = server.submit(client, size="100*100")
        server.wait_for_end(client, task_id)

    finished = dashscope(server, "fetch", task_id)

    assert finished.returncode == REFUSED_PARAMETER
    assert "InvalidParameter" in finished.stderr
    assert "10000" in finished.stderr


def test_list_shows_the_tasks_of_a_model(server, dashscope):
    with server.client() as client:
        task_id = server.submit(client)

    finished = dashscope(server, "list", "--model-name", MODEL, "-s", "5")

    assert finished.returncode == 0, finished.stderr
    assert task_id in [row["task_id"] for row in json.loads(finished.stdout)["data"]]


def test_list_with_a_wrong_key_is_refused(server, dashscope):
    finished = dashscope(server, "list", key="sk-wrong")

    assert finished.returncode == REFUSED_KEY
    assert "InvalidApiKey" in finished.stderr


def test_cancel_ends_a_task_that_waits(idle_server, dashscope):
    with idle_server.client() as client:
        task_id = idle_server.submit(client)

    cancelled = dashscope(idle_server, "cancel", task_id)

    assert cancelled.returncode == 0, cancelled.stderr
    fetched = dashscope(idle_server, "fetch", task_id)
    assert json.loads(fetched.stdout)["task_status"] == "CANCELED"


def test_cancel_of_a_finished_task_is_refused(server, dashscope):
    with server.client() as client:
        task_id = server.submit(client)
        server.wait_for_end(client, task_id)

    finished = dashscope(server, "cancel", task_id)

    assert finished.returncode == REFUSED_PARAMETER
    assert "UnsupportedOperation" in finished.stderr


def test_models_list_shows_every_model_page_by_page(server, dashscope):
    total = httpx.get(
        f"{server.api_url}/models", headers={"Authorization": f"Bearer {server.key}"}
    ).json()["output"]["total"]

    finished = dashscope(server, "list", "-p", "1", "-s", "200", group="models")

    assert finished.returncode == 0, finished.stderr
    listed = json.loads(finished.stdout)
    assert len(listed["models"]) == listed["total"] == total
    assert MODEL in [model["model"] for model in listed["models"]]


def test_models_get_shows_one_model(server, dashscope):
    finished = dashscope(server, "get", MODEL, group="models")

    assert finished.returncode == 0, finished.stderr
    shown = json.loads(finished.stdout)
    assert shown["model"] == MODEL
    assert shown["capabilities"] == ["IG"]


def test_models_get_of_an_unknown_model_is_refused(server, dashscope):
    finished = dashscope(server, "get", "wan0.0-no-such-model", group="models")

    assert finished.returncode != 0
    assert "not found" in finished.stderr


def test_whoami_knows_a_good_key(server, dashscope):
    finished = dashscope(server, "whoami", group="auth")

    assert finished.returncode == 0, finished.stderr
    assert "Authenticated" in finished.stdout


def test_whoami_knows_a_wrong_key(server, dashscope):
    finished = dashscope(server, "whoami", group="auth", key="sk-wrong-0123456789")

    assert finished.returncode == REFUSED_KEY
    assert "InvalidApiKey" in finished.stderr


def test_a_file_is_uploaded_and_named_by_its_address(server, dashscope, tmp_path):
    file = tmp_path / "my cat 花.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n")

    finished = dashscope(server, "upload", "-f", str(file), "-m", MODEL, group="oss")

    assert finished.returncode == 0, finished.stderr
    address = finished.stdout.splitlines()[-1]
    assert address.startswith("oss://dashscope-instant/")
    assert address.endswith("/my cat 花.png")


class TestVideoSynthesis:
    def test_create_films_a_local_picture(self, server, dashscope, pictures: Path):
        arguments = ("-m", "wan2.2-i2v-flash", "-p", "it turns", "--resolution", "480P")
        picture = (pictures / "high one 花.png").as_uri()

        finished = dashscope(
            server, "create", *arguments, "--img-url", picture, group="video-synthesis"
        )

        assert finished.returncode == 0, finished.stderr
        output, end = json.JSONDecoder().raw_decode(finished.stdout)
        assert is_about(open_film(output["video_url"]).first, (128, 0, 0))
        assert json.loads(finished.stdout[end:])["video_count"] == 1

    def test_a_waiting_clip_is_fetched_listed_and_cancelled(self, idle_server, idle, dashscope):
        order = {"model": "wan2.2-t2v-plus", "input": {"prompt": "a kite"}}
        task_id = create_task(idle, VIDEO, order)

        fetched, listed, cancelled = (
            dashscope(idle_server, *arguments, group="video-synthesis")
            for arguments in (
                ("fetch", task_id),
                ("list", "--model-name", "wan2.2-t2v-plus"),
                ("cancel", task_id),
            )
        )

        assert json.loads(fetched.stdout)["task_status"] == "PENDING"
        assert task_id in [row["task_id"] for row in json.loads(listed.stdout)["data"]]
        assert cancelled.returncode == 0, cancelled.stderr
        assert status_of(idle, task_id) == "CANCELED"


@pytest.mark.parametrize(
    ("group", "model", "options", "size"),
    [
        ("image-generation", "wan2.6-t2i", ("-n", "1", "--size", "960*1696"), (960, 1696)),
        ("multimodal-conversation", "z-image-turbo", ("--result-format", "message"), (1024, 1536)),
    ],
)
def test_create_paints_at_once(server, dashscope, group, model, options, size):
    finished = dashscope(server, "create", "-m", model, "-t", "a fox", *options, group=group)

    assert finished.returncode == 0, finished.stderr
    assert size_of_png(first_image(finished)) == size


@pytest.mark.parametrize(
    ("group", "model"),
    [("image-generation", "wan2.6-image"), ("multimodal-conversation", "qwen-image-edit")],
)
def test_create_edits_a_local_picture_at_once(server, dashscope, pictures: Path, group, model):
    picture = str(pictures / "wide.png")
    options = ("-n", "1") if group == "image-generation" else ()

    finished = dashscope(
        server,
        "create",
        "-m",
        model,
        "-t",
        "make it night",
        "--image",
        picture,
        *options,
        group=group,
    )

    assert finished.returncode == 0, finished.stderr
    width, height = size_of_png(first_image(finished))
    assert width > height


def first_image(finished: Finished) -> str:
    output, _ = json.JSONDecoder().raw_decode(finished.stdout)
    return next(
        item["image"] for item in output["choices"][0]["message"]["content"] if "image" in item
    )
