"""docs/emulator.md: its examples run, and it names all that there is."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from cli.conftest import QuickTerminal
from docs.fences import NOT_RUN, Block, blocks_in
from kaiga.cli.main import build_app
from kaiga.domain.emulation.fault_kinds import KINDS
from kaiga.testing.control_calls import ControlCalls
from running import RunningKaiga

_PAGE = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text("utf-8")
_OTHER_PROGRAMS = {"record", "replay", "compare"}
"""Commands of the group that control no emulator; they have a page of their own."""

BLOCKS = blocks_in(_PAGE)
SCRIPTS = [block for block in BLOCKS if block.language == "sh" and block.note != NOT_RUN]
FILES = [block for block in BLOCKS if "." in block.note]


def first_line(block: Block) -> str:
    return block.lines[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in FILES:
        (tmp_path / file.note).write_text(file.text)
    return tmp_path


@pytest.mark.parametrize("script", SCRIPTS, ids=first_line)
def test_an_example_for_the_shell_runs(script: Block, folder: Path, emulator: RunningKaiga):
    settings = {
        "DASHSCOPE_HTTP_BASE_URL": emulator.api_url,
        "DASHSCOPE_API_KEY": "sk-of-the-page",
    }
    if all(line.startswith("kaiga ") for line in script.lines):
        terminal = QuickTerminal(folder)
        for line in script.lines:
            terminal.succeed(*shlex.split(line)[1:], settings=settings)
        return

    command = ["bash", "-eu", "-c", script.text]
    subprocess.run(command, cwd=folder, env=os.environ | settings, check=True, timeout=60)


def test_the_example_for_pytest_passes(folder: Path, emulator: RunningKaiga):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "kaiga", "-p", "no:cacheprovider"],
        cwd=folder,
        env=os.environ
        | {"KAIGA_EMULATOR_URL": emulator.base_url, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert "2 passed" in done.stdout, done.stdout


def test_every_command_that_controls_an_emulator_has_an_example_that_runs():
    group: Any = typer.main.get_command(build_app("emulator"))
    lines = [line for script in SCRIPTS for line in script.lines]
    without = {
        name
        for name in paths_of(group.commands["emulator"])
        if not any(line.startswith(f"kaiga emulator {name}") for line in lines)
    }

    assert without == set()


def test_the_table_of_controls_names_every_method_and_the_commands_are_there():
    rows = re.findall(r"^\| `(?:GET|POST|PUT|PATCH|DELETE) .*$", _PAGE, re.MULTILINE)
    methods = {name for name in vars(ControlCalls) if not name.startswith("_")}
    named = {
        name for row in rows for name in re.findall(r"`(\w+)\(", row.rsplit(" | ", maxsplit=1)[1])
    }
    group: Any = typer.main.get_command(build_app("emulator"))
    commands = " | ".join(rows)

    assert named == methods
    assert {
        name for name in paths_of(group.commands["emulator"]) if f"emulator {name}" not in commands
    } == set()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fault_has_an_example_that_runs(kind: str):
    example = f"kaiga emulator faults add {kind} "

    assert any(f"{line} ".startswith(example) for script in SCRIPTS for line in script.lines)


def paths_of(group: Any, before: str = "") -> list[str]:
    found: list[str] = []
    for name, command in group.commands.items():
        if name in _OTHER_PROGRAMS:
            continue
        inner = hasattr(command, "commands")
        found += paths_of(command, f"{before}{name} ") if inner else [f"{before}{name}"]
    return found
