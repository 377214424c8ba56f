"""Requests of the playground as code: what is copied makes the same task."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page

from browser.forms import generate, open_form, order_one_small_picture, prompt
from running import RunningKaiga

PROMPT = 'it\'s a "cat" in $HOME, `ls` {{key}} \\ 100 % été 猫 😀!'
needs_powershell = pytest.mark.skipif(not shutil.which("pwsh"), reason="pwsh is not here")


def read_copied(page: Page, way: str) -> str:
    page.get_by_role("button", name="Copy as").last.click()
    page.get_by_role("radio", name=way, exact=True).check(force=True)
    text = page.locator("dialog pre").inner_text()
    page.keyboard.press("Escape")
    return text


@pytest.mark.parametrize(
    ("way", "file", "program"),
    [
        ("cURL (bash)", "create.sh", ["bash"]),
        ("JavaScript", "create.mjs", ["node"]),
        ("Python SDK", "create.py", [sys.executable]),
        pytest.param("PowerShell", "create.ps1", ["pwsh", "-File"], marks=needs_powershell),
    ],
)
def test_copied_code_makes_the_same_task(
    page: Page, console: RunningKaiga, tmp_path: Path, way: str, file: str, program: list[str]
):
    order_one_small_picture(page, PROMPT)
    (tmp_path / file).write_text(read_copied(page, way), "utf-8")
    environment = {**os.environ, "DASHSCOPE_API_KEY": console.key}
    run = subprocess.run(
        [*program, file], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    task = re.search(r'"task_id": ?"([0-9a-f-]+)"', run.stdout)
    assert task, run.stdout + run.stderr
    with console.client() as client:
        output = console.wait_for_end(client, task[1])["output"]
    assert [result["orig_prompt"] for result in output["results"]] == [PROMPT]


def test_the_python_code_names_the_class_of_the_model(page: Page):
    for model, kind in (
        ("wan2.7-t2v", "VideoSynthesis"),
        ("wan2.6-t2i", "ImageGeneration"),
        ("qwen-image-max", "MultiModalConversation"),
        ("wanx-style-cosplay-v1", "BaseAsyncApi"),
    ):
        open_form(page, model)
        prompt(page).fill("a cat")

        assert f"answer = {kind}." in read_copied(page, "Python SDK")


def test_postman_and_http_file_hold_the_request_that_is_sent(page: Page):
    order_one_small_picture(page, PROMPT)
    collection = json.loads(read_copied(page, "Postman"))
    http_file = read_copied(page, "HTTP")
    with page.expect_request("**/services/**") as sent:
        generate(page)

    postman_body = collection["item"][0]["request"]["body"]["raw"]
    http_body = http_file.split("\n\n")[3]
    for body in (postman_body, http_body):
        assert json.loads(body) == sent.value.post_data_json
        assert "{{" not in body
