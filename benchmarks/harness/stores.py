"""Stores with many tasks in them: filled once, used by several parts, gone with the run."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "store"
ACCOUNTS = 10
"""Whose tasks they are: the load asks for those of one account among them."""
ENDED_PERCENT = 50
LONGEST_FILLING_SECONDS = 1800.0


class FillingFailed(Exception):
    """A store could not be filled; the message holds the last words of the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTasks:
    """A data folder with `count` tasks; `task_ids` names some of the load's account, one a line."""

    count: int
    data: Path
    task_ids: Path


class Stores:
    """Fills folders on demand; `python` is Kaiga's own."""

    def __init__(self, folder: Path, python: str) -> None:
        self._folder = folder
        self._python = python
        self._filled: dict[int, StoredTasks] = {}

    def get(self, count: int) -> StoredTasks:
        """Give a folder that had `count` tasks when it was filled; loads may have added some.

        Raises:
            FillingFailed: the program that fills it ended badly.
        """
        if count not in self._filled:
            self._filled[count] = self._fill(count)
        return self._filled[count]

    def _fill(self, count: int) -> StoredTasks:
        data = self._folder / f"stored-{count}"
        stored = StoredTasks(count=count, data=data, task_ids=data / "ids")
        _run([self._python, str(FOLDER / "filling.py"), str(data / "kaiga.db")], stored)
        return stored


def fill_postgres(python: str, url: str, count: int, folder: Path) -> StoredTasks:
    """Fill an empty database, and keep in `folder` the ids of some of its tasks.

    Raises:
        FillingFailed: the program that fills it ended badly.
    """
    stored = StoredTasks(count=count, data=folder, task_ids=folder / f"postgres-{count}.ids")
    _run([python, str(FOLDER / "filling_postgres.py"), url], stored)
    return stored


def _run(program: Sequence[str], stored: StoredTasks) -> None:
    command = [*program, "--tasks", str(stored.count), "--accounts", str(ACCOUNTS)]
    command += ["--ended-percent", str(ENDED_PERCENT), "--ids", str(stored.task_ids)]
    try:
        finished = subprocess.run(
            command, capture_output=True, text=True, timeout=LONGEST_FILLING_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        message = f"{stored.count} tasks took over {LONGEST_FILLING_SECONDS:g} s"
        raise FillingFailed(message) from error
    if finished.returncode != 0:
        raise FillingFailed(finished.stderr[-1000:].strip())
