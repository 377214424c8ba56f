"""Seed files, as they are sent to an emulator that has no access to them."""

from pathlib import Path
from typing import Any

import msgspec

from kaiga.compose.seed_file import read_beside, read_seed_file
from kaiga.domain.emulation.seeds import SeededResult, SeededTask


def read_seed(file: Path) -> dict[str, Any]:
    """Read a seed, the files that it names within it.

    Raises:
        StartRefused: it can't be read, or something in it can't be; the message names it.
        FieldInvalid: a file that it names is not there.
    """
    seed = read_seed_file(file)
    tasks = tuple(_with_content(task, file) for task in seed.tasks)
    return msgspec.to_builtins(msgspec.structs.replace(seed, tasks=tasks))


def _with_content(task: SeededTask, file: Path) -> SeededTask:
    results = tuple(
        SeededResult(base64=read_beside(file, result.file)) if result.file else result
        for result in task.results
    )
    return msgspec.structs.replace(task, results=results)
