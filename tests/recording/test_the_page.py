"""What docs/recordings.md shows can be typed as it stands there."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from kaiga.cli.main import run_command
from recording.a_day import Day

PAGE = (Path(__file__).parents[2] / "docs" / "recordings.md").read_text("utf-8")
LINES = [
    line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()
]


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("curl ")])
def test_the_calls_are_answered(line: str, replayed: Day):
    command = line.replace("127.0.0.1:8601", f"127.0.0.1:{replayed.port}")

    done = subprocess.run(["sh", "-c", command], capture_output=True, check=True, timeout=30)

    told = json.loads(done.stdout)
    assert "missing" in told or told["code"] == "RecordingMissing"


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("kaiga ")])
def test_the_commands_know_their_options(line: str, capsys: pytest.CaptureFixture[str]):
    _, *words = line.split()

    status = run_command([*words, "--help"])

    assert status == 0
    assert words[1] in capsys.readouterr().out
