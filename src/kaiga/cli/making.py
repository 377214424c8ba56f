"""What `generate`, `tasks watch` and the demo share: create, await the end, save the files."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kaiga.cli.answers import TaskAnswer
from kaiga.cli.client import ApiClient, CallRefused, ServerUnreachable
from kaiga.cli.failures import CommandFailed
from kaiga.cli.progress import ProgressShown
from kaiga.domain.tasks import TaskStatus

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 3.0  # the advised interval for pictures: contract/core.md, 2.1
_PAUSE_GROWTH = 1.3
_TOLERATED_FAILURES = 5
_INTERRUPTED_STATUS = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An ended task and the files that were saved of it."""

    answer: TaskAnswer
    files: tuple[Path, ...]


def finish_and_save(
    client: ApiClient,
    task_id: str,
    *,
    folder: Path,
    timeout_seconds: float,
    progress: ProgressShown,
) -> Made:
    """Wait for a task's end and save its results in `folder`.

    Raises:
        CommandFailed: it failed, or did not end in time; the message says which.
    """
    answer = wait_for_end(client, task_id, timeout_seconds, progress)
    return _save_results(client, answer, folder, progress)


def wait_for_end(
    client: ApiClient, task_id: str, timeout_seconds: float, progress: ProgressShown
) -> TaskAnswer:
    """Ask until a task has succeeded.

    Raises:
        CommandFailed: it ended otherwise, or did not end in time.
    """
    deadline = time.monotonic() + timeout_seconds
    pause_seconds, failures = _FIRST_PAUSE_SECONDS, 0
    while True:
        try:
            answer = client.query(task_id)
            failures = 0
        except (CallRefused, ServerUnreachable) as failure:
            failures += 1
            if failures > _TOLERATED_FAILURES or not _may_pass(failure):
                raise
            answer = None
        if answer is not None:
            if answer.has_ended:
                return _require_success(answer)
            progress.wait(answer.output.task_status)
        left_seconds = deadline - time.monotonic()
        if left_seconds <= 0:
            raise CommandFailed(
                f"Task {task_id} has not ended after {timeout_seconds:g} seconds. "
                f"{_tell_how_to_watch(task_id)}"
            )
        time.sleep(min(pause_seconds, left_seconds))
        pause_seconds = min(_LONGEST_PAUSE_SECONDS, pause_seconds * _PAUSE_GROWTH)


@contextmanager
def naming_interrupted_task(task_id: str) -> Generator[None]:
    """On Ctrl-C, say under which id the task goes on."""
    try:
        yield
    except KeyboardInterrupt:
        raise CommandFailed(
            f"Interrupted while task {task_id} went on. {_tell_how_to_watch(task_id)}",
            exit_status=_INTERRUPTED_STATUS,
        ) from None


def unknown_task_message(task_id: str) -> str:
    """Give what is said of a task that the server does not show."""
    return (
        f"The server shows no task {task_id}: there is none of that id, "
        "it has expired, or the key is another account's."
    )


def _save_results(
    client: ApiClient, answer: TaskAnswer, folder: Path, progress: ProgressShown
) -> Made:
    """Download every result of a task that succeeded; tells of the ones that were not made."""
    files: list[Path] = []
    for number, picture in enumerate(answer.output.results, start=1):
        if picture.url is None:
            progress.tell(f"kaiga: picture {number}: {picture.code}: {picture.message}")
            continue
        progress.begin_download(f"Downloading picture {number} of {len(answer.output.results)}")
        files.append(client.download(picture.url, folder, progress.advance_download))
    return Made(answer=answer, files=tuple(files))


def _tell_how_to_watch(task_id: str) -> str:
    return f"Pick it up with: kaiga tasks watch {task_id} --output ."


def _may_pass(failure: CallRefused | ServerUnreachable) -> bool:
    return failure.may_pass if isinstance(failure, CallRefused) else True


def _require_success(answer: TaskAnswer) -> TaskAnswer:
    output = answer.output
    match output.task_status:
        case TaskStatus.SUCCEEDED:
            return answer
        case TaskStatus.FAILED:
            raise CommandFailed(f"{output.code}: {output.message}")
        case TaskStatus.CANCELED:
            raise CommandFailed(f"Task {output.task_id} was canceled.")
        case _:
            raise CommandFailed(unknown_task_message(output.task_id))
