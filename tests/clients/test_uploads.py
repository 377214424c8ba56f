"""Files of the caller's own machine, through the official SDK and the temporary upload."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from PIL import Image

from running import RunningKaiga

SCRIPTS = Path(__file__).parent / "scripts"
MODEL = "wan2.5-i2i-preview"
EDIT = "/services/aigc/image2image/image-synthesis"
WIDE, HIGH = (900, 600), (600, 900)

Report = dict[str, Any]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "again").mkdir()
    Image.new("RGB", WIDE, "teal").save(folder / "wide.png")
    Image.new("RGB", HIGH, "maroon").save(folder / "high one 花.png")
    Image.new("RGB", WIDE, "gold").save(folder / "again/wide.png")
    return folder


def run_script(name: str, server: RunningKaiga, pictures: Path) -> Report:
    """Run a user's program against a server; gives the JSON that it printed."""
    finished = subprocess.run(
        [sys.executable, str(SCRIPTS / f"{name}.py"), str(pictures)],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(pictures),
            "NO_PROXY": "*",
            "DASHSCOPE_API_KEY": server.key,
            "DASHSCOPE_HTTP_BASE_URL": server.api_url,
        },
        capture_output=True,
        check=False,
        text=True,
        timeout=100,
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def classic(server: RunningKaiga, pictures: Path) -> Report:
    return run_script("local_files", server, pictures)


@pytest.fixture(scope="module")
def new_client(server: RunningKaiga, pictures: Path) -> Report:
    return run_script("local_files_new_client", server, pictures)


def order(address: str) -> dict[str, Any]:
    return {"model": MODEL, "input": {"prompt": "make it night", "images": [address]}}


def end_of(
    server: RunningKaiga, address: str, key: str | None = None, **headers: str
) -> dict[str, Any]:
    """Order an edit of an uploaded picture; gives the `output` of the task's end."""
    with server.client(key) as client:
        asked = {"X-DashScope-Async": "enable", **headers}
        created = client.post(EDIT, json=order(address), headers=asked).json()
        return server.wait_for_end(client, created["output"]["task_id"])["output"]


def shape_of(described: Report) -> str:
    """Tell how the one picture of a finished task lies."""
    assert described["status"] == "SUCCEEDED", described
    (url,) = described["urls"]
    with Image.open(io.BytesIO(httpx.get(url, timeout=30).content)) as picture:
        picture.load()
        return "wide" if picture.width > picture.height else "high"


class TestClassic:
    def test_a_picture_is_given_by_its_path(self, classic: Report):
        assert shape_of(classic["by_path"]) == "wide"

    def test_a_picture_is_given_by_a_file_address_with_any_name(self, classic: Report):
        assert shape_of(classic["by_address"]) == "high"

    def test_two_pictures_go_under_one_policy(self, classic: Report):
        assert shape_of(classic["two"]) == "high"

    def test_a_picture_is_given_from_a_loop(self, classic: Report):
        assert shape_of(classic["in_a_loop"]) == "high"

    def test_two_files_of_one_name_are_refused_instead_of_mixed_up(self, classic: Report):
        """The SDK sends both under one policy and one key (contract/clients.md, 21)."""
        assert classic["same_name"].startswith("UploadFileException: ")
        assert "FileAlreadyExists" in classic["same_name"]

    def test_a_missing_file_is_the_clients_own_error(self, classic: Report):
        assert classic["missing"].startswith("InvalidInput: ")

    def test_an_uploaded_file_is_named_by_its_address(self, classic: Report):
        assert classic["uploaded"].startswith("oss://dashscope-instant/")
        assert classic["uploaded"].endswith("/wide.png")


class TestNewClient:
    def test_a_picture_is_given_by_its_path(self, new_client: Report):
        assert shape_of(new_client["edited"]) == "wide"

    def test_models_are_listed(self, new_client: Report):
        assert len(new_client["models"]) == new_client["total"]
        assert MODEL in new_client["models"]
        assert new_client["one"] == MODEL

    def test_an_unknown_model_is_not_found(self, new_client: Report):
        assert "not found" in new_client["missing"]["message"]


class TestFilm:
    def test_a_clip_begins_with_the_picture_that_was_given(
        self, server: RunningKaiga, pictures: Path
    ):
        told = run_script("local_film", server, pictures)

        assert told["status"] == "SUCCEEDED"
        clip = httpx.get(told["url"], timeout=30).content
        with av.open(io.BytesIO(clip)) as film:
            first = next(film.decode(video=0)).to_ndarray(format="rgb24")
        assert first.shape[0] > first.shape[1]
        maroon = (128, 0, 0)
        assert all(
            abs(mean - wanted) < 40
            for mean, wanted in zip(first.mean(axis=(0, 1)), maroon, strict=True)
        )


class TestAddresses:
    def test_an_address_works_with_the_header_that_resolves_it(
        self, server: RunningKaiga, classic: Report
    ):
        output = end_of(server, classic["uploaded"], **{"X-DashScope-OssResourceResolve": "enable"})

        assert output["task_status"] == "SUCCEEDED"

    def test_without_the_header_it_is_no_address(self, server: RunningKaiga, classic: Report):
        output = end_of(server, classic["uploaded"])

        assert output["task_status"] == "FAILED"
        assert output["code"] == "InvalidParameter"
        assert output["message"].startswith(
            "The provided URL does not appear to be valid. Ensure it is correctly formatted."
        )

    @pytest.mark.parametrize("change", ["x", " "])
    def test_an_address_of_nothing_fails_the_task(
        self, server: RunningKaiga, classic: Report, change: str
    ):
        address = classic["uploaded"].replace("wide", f"wi{change}de")
        output = end_of(server, address, **{"X-DashScope-OssResourceResolve": "enable"})

        assert output["task_status"] == "FAILED"
        assert output["code"]

    def test_another_accounts_address_is_one_of_nothing(
        self, server: RunningKaiga, classic: Report
    ):
        with server.client() as admin:
            stranger = admin.post(
                f"{server.base_url}/kaiga/v1/keys", json={"account": "1000000000000009"}
            ).json()["key"]
        resolve = {"X-DashScope-OssResourceResolve": "enable"}
        missing = classic["uploaded"] + "x"

        theirs = end_of(server, classic["uploaded"], stranger, **resolve)
        nothing = end_of(server, missing, stranger, **resolve)

        assert theirs["task_status"] == "FAILED"
        assert theirs["code"] == nothing["code"]
        assert theirs["message"].replace(classic["uploaded"], "") == nothing["message"].replace(
            missing, ""
        )
