"""Commands as people run them: a process, its two outputs and its exit status."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from edition import settings_of
from kaiga.cli.main import run_command
from running import RunningKaiga

_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A command's exit status and its two outputs."""

    status: int
    told: str
    problems: str


class Terminal:
    """Runs commands in a folder of its own, without settings from outside.

    `run`, `succeed` and `fail` start a process per command, as a shell does.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started: list[subprocess.Popen[str]] = []

    def run(
        self, *arguments: str, settings: Mapping[str, str] | None = None, module: str = "kaiga"
    ) -> Ended:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            env=self.environment(settings),
            cwd=self.folder,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
        return Ended(status=done.returncode, told=done.stdout, problems=done.stderr)

    def succeed(self, *arguments: str, settings: Mapping[str, str] | None = None) -> str:
        """Run a command that has to succeed; gives what it printed."""
        done = self.run(*arguments, settings=settings)
        assert done.status == 0, done.problems
        return done.told

    def fail(
        self, *arguments: str, settings: Mapping[str, str] | None = None, status: int = 1
    ) -> str:
        """Run a command that has to fail with one clear last line; gives that line."""
        done = self.run(*arguments, settings=settings)
        assert done.status == status, done.problems
        assert "Traceback" not in done.problems
        assert done.told == ""
        last = done.problems.splitlines()[-1]
        assert last.startswith("kaiga: ")
        return last.removeprefix("kaiga: ")

    def start(
        self, *arguments: str, settings: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start a command that is still to be talked to; it is ended with the test."""
        process = subprocess.Popen(
            [sys.executable, "-m", "kaiga", *arguments],
            env=self.environment(settings),
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._started.append(process)
        return process

    def close(self) -> None:
        for process in self._started:
            with process:  # closes its pipes and waits
                process.kill()

    def environment(self, settings: Mapping[str, str] | None) -> dict[str, str]:
        ours = ("KAIGA_", "DASHSCOPE_")
        kept = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
        told = {"KAIGA_DATA": str(self.folder / "data"), **(settings or {})}
        return kept | settings_of(Path(told["KAIGA_DATA"]), told) | told


class QuickTerminal(Terminal):
    """The same within the tests' own process, which spares a start of Python per command."""

    def run(
        self, *arguments: str, settings: Mapping[str, str] | None = None, module: str = "kaiga"
    ) -> Ended:
        assert module == "kaiga"
        told, problems = StringIO(), StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            redirect_stdout(told),
            redirect_stderr(problems),
        ):
            for name in set(os.environ) - set(self.environment(settings)):
                patch.delenv(name)
            for name, text in self.environment(settings).items():
                patch.setenv(name, text)
            patch.chdir(self.folder)
            status = run_command(arguments)
        return Ended(status=status, told=told.getvalue(), problems=problems.getvalue())


def data_of(server: RunningKaiga) -> dict[str, str]:
    """The settings under which a command finds a test's server, and its key."""
    return {"KAIGA_DATA": str(server.data), "KAIGA_API_KEY": server.key} | {
        "KAIGA_API_KEY_ROLE": "admin"
    }


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def quick_terminal(tmp_path: Path) -> QuickTerminal:
    return QuickTerminal(tmp_path)


@pytest.fixture
def at_server(server: RunningKaiga) -> dict[str, str]:
    """Settings of a command that is to find the server that paints."""
    return data_of(server)


@pytest.fixture
def at_idle_server(idle_server: RunningKaiga) -> dict[str, str]:
    """Settings of a command that is to find the server without workers."""
    return data_of(idle_server)
