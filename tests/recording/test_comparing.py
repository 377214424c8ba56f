"""`kaiga emulator compare`: the shapes of answers, not their values."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from kaiga.cli.conformance.patterns import find_differences
from kaiga.cli.conformance.recorded import make_pattern
from kaiga.cli.main import run_command
from recording.a_day import Day
from running import RunningKaiga

RECORDED = {
    "output": {"task_status": "SUCCEEDED", "results": [{"url": "a", "n": 1}, {"code": "x"}]},
    "usage": {"image_count": 1, "ratio": 0.5, "none": None, "is_on": True},
}


@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        ({"output": {"task_status": "SUCCEEDED", "results": []}}, None),
        ({"usage": {"image_count": 7, "ratio": 1.5, "none": None, "is_on": False}}, None),
        ({"output": {"task_status": "FAILED", "results": []}}, "not 'SUCCEEDED'"),
        ({"output": {"task_status": "SUCCEEDED"}}, "output.results is missing"),
        ({"extra": 1}, "extra is there besides"),
        (
            {"usage": {"image_count": "1", "ratio": 0.5, "none": None, "is_on": True}},
            "usage.image_count is '1' and not a whole number",
        ),
        (
            {"output": {"task_status": "SUCCEEDED", "results": [{"url": 1}]}},
            "output.results[0].url is 1 and not text",
        ),
    ],
)
def test_only_members_types_codes_and_states_count(changed: Any, difference: str | None):
    found = "; ".join(find_differences(make_pattern(RECORDED), {**RECORDED, **changed}))

    assert difference in found if difference else not found


def compare(
    capsys: pytest.CaptureFixture[str], folder: Path, server: RunningKaiga
) -> tuple[int, dict[str, dict[str, str]]]:
    """Compare a folder with a server; gives the status and the findings by their names."""
    options = ["--url", server.api_url, "--key", server.key, "--json"]
    status = run_command(["emulator", "compare", str(folder), *options])
    told = json.loads(capsys.readouterr().out)
    return status, {each["name"].partition("-")[2]: each for each in told["findings"]}


def test_the_server_that_was_recorded_has_the_shapes_of_its_recordings(
    capsys: pytest.CaptureFixture[str], recorded: Day, server: RunningKaiga
):
    status, findings = compare(capsys, recorded.folder, server)

    verdicts = {each["verdict"] for each in findings.values()}
    assert (status, verdicts) == (0, {"exact", "skipped"})
    assert findings["create-image-synthesis: the end"]["verdict"] == "exact"


def test_what_was_recorded_otherwise_is_told(
    capsys: pytest.CaptureFixture[str], recorded: Day, server: RunningKaiga, tmp_path: Path
):
    folder = shutil.copytree(recorded.folder, tmp_path / "other")
    (created,) = folder.glob("0001-*.json")
    task = json.loads(created.read_text())["answer"]["body"]["value"]["output"]["task_id"]
    for file in folder.glob("*-query-task.json"):
        told = json.loads(file.read_text())
        output = told["answer"]["body"]["value"].get("output", {})
        if output.get("task_id") == task:
            output["new_member"] = 1
            file.write_text(json.dumps(told))

    status, findings = compare(capsys, folder, server)

    differing = [each["seen"] for each in findings.values() if each["verdict"] == "differs"]
    assert (status, differing) == (3, ["output.new_member is missing"])


def test_a_folder_without_recordings_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    status = run_command(["emulator", "replay", str(tmp_path)])

    assert status == 1
    assert "holds no recordings" in capsys.readouterr().err


def test_an_upstream_that_is_no_address_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    options = ["--upstream", "dashscope.aliyuncs.com"]

    status = run_command(["emulator", "record", str(tmp_path / "day"), *options])

    assert status == 2
    assert "https://dashscope.aliyuncs.com" in capsys.readouterr().err


def test_a_region_without_a_shared_host_asks_for_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("KAIGA_REGION", "eu-central-1")

    status = run_command(["emulator", "record", str(tmp_path / "day")])

    assert status == 1
    assert "--upstream" in capsys.readouterr().err
