"""The commands of docs/engines.md, as they stand there, over tiny weights."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engines.diffusers.conftest import Weights

PAGE = Path(__file__).resolve().parents[3] / "docs" / "engines.md"


@pytest.mark.timeout(300)  # three processes import much, on a machine that may be busy
def test_the_commands_lead_to_a_picture_once_the_weights_are_there(
    weights: Weights, tmp_path: Path
):
    (block,) = re.findall(r"```sh not-run\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    program = tmp_path / "bin" / "kaiga"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m kaiga "$@"\n')
    program.chmod(0o755)
    (tmp_path / "z-image-turbo").symlink_to(weights("z_image"))
    written = block[block.index("cat > kaiga.toml") :]
    ready = "until [ -e data/server.json ]; do sleep 0.1; done\n"
    script = written.replace("kaiga serve &\n", f"kaiga serve &\nserver=$!\n{ready}")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KAIGA_")} | {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "KAIGA_DATA": str(tmp_path / "data"),
        "KAIGA_PORT": "0",
    }

    done = subprocess.run(
        ["sh", "-c", f"{script}\nstatus=$?\nkill -INT $server\nwait $server\nexit $status"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert list(tmp_path.glob("*.png")), done.stdout + done.stderr
