"""What is said of slips in what kaiga.toml tells of servers and workflows."""

import json
from pathlib import Path
from typing import Any

import pytest

from kaiga.domain.errors import SettingInvalid
from kaiga.engines.comfyui.options import ComfyuiModel
from kaiga.engines.comfyui.workflow import read_workflow
from kaiga.engines.remote.options import ServerOptions, ensure_url, read_key, read_options

TABLE = "[engines.gpu]"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "missing required field `url`"),
        ({"url": "http://a", "colour": 1}, "unknown field `colour`.*Allowed: url, key_env"),
        ({"url": "http://a", "concurrency": 0}, "`int` >= 1"),
        ({"url": "http://a", "timeout_seconds": 0}, "> 0"),
    ],
)
def test_a_slip_in_a_table_is_named(told: dict[str, Any], said: str):
    with pytest.raises(SettingInvalid, match=rf"\[engines.gpu\] in kaiga.toml .*{said}"):
        read_options(TABLE, told, ServerOptions)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gpu:8000",
        "ftp://gpu",
        "http://",
        "http://a:b@gpu",
        "http://gpu?x=1",
        "http://gpu:99999",
    ],
)
def test_an_address_is_plain_http(url: str):
    with pytest.raises(SettingInvalid, match="url of"):
        ensure_url(TABLE, url)


def test_a_key_comes_from_the_environment_or_from_a_file_that_nobody_else_reads(tmp_path: Path):
    file = tmp_path / "key"
    file.write_text("file-key\n", "utf-8")
    file.chmod(0o600)

    def read(**told: str) -> str:
        return read_key(TABLE, ServerOptions(url="http://a", **told), {"GPU_KEY": "env-key"})

    assert read() == ""
    assert read(key_env="GPU_KEY") == "env-key"
    assert read(key_file=str(file)) == "file-key"
    with pytest.raises(SettingInvalid, match="not both"):
        read(key_env="GPU_KEY", key_file=str(file))
    with pytest.raises(SettingInvalid, match="environment variable NO_KEY; there is none"):
        read(key_env="NO_KEY")
    with pytest.raises(SettingInvalid, match="can't be read"):
        read(key_file=str(tmp_path / "none"))
    file.chmod(0o640)
    with pytest.raises(SettingInvalid, match="chmod 600"):
        read(key_file=str(file))


@pytest.mark.parametrize(
    ("workflow", "told", "said"),
    [
        ({"nodes": [], "links": []}, {}, "API format"),
        ({"6": {"inputs": {"text": "a"}}}, {"slots": {"prompt": "6.text"}}, "NODE.inputs.NAME"),
        (
            {"6": {"inputs": {"text": "a"}}},
            {"slots": {"prompt": "7.inputs.text"}},
            "prompt of .* is no place .*There are: 6.inputs.text",
        ),
        ({"6": {"inputs": {"text": "a"}}}, {"slots": {"colour": "6.inputs.text"}}, "has colour"),
        ({"6": {"inputs": {}}}, {"output": "9"}, "Its nodes: 6"),
    ],
)
def test_a_workflow_without_the_place_of_a_slot_stops_the_start(
    tmp_path: Path, workflow: Any, told: dict[str, Any], said: str
):
    file = tmp_path / "workflow.json"
    file.write_text(json.dumps(workflow), "utf-8")

    with pytest.raises(SettingInvalid, match=said):
        read_workflow("[a]", ComfyuiModel(**{"workflow": str(file), "slots": {}, **told}))


def test_a_workflow_that_is_not_there_stops_the_start(tmp_path: Path):
    with pytest.raises(SettingInvalid, match="can't be read"):
        read_workflow("[a]", ComfyuiModel(workflow=str(tmp_path / "none"), slots={}))
