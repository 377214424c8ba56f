"""The programs that judge what is deployed; they come with the development packages."""

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def find_tool(name: str) -> str:
    """Give the path of a program, or skip the test that needs it."""
    found = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed, and has no package for this machine")
    return found


def judge(name: str, *arguments: str | Path) -> str:
    """Run a program that finds faults; fails with what it has found."""
    command = [find_tool(name), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
