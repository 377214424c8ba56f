"""What `generate`, `tasks watch` and the demo share: create, await the end, save the files."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kaiga.cli.answers import TaskAnswer
from kaiga.cli.client import ApiClient, CallRefused, ServerUnreachable
from kaiga.cli.failures import CommandFailed, ExitStatus
from kaiga.cli.progress import ProgressShown
from kaiga.domain.tasks import TaskStatus

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 3.0  # the advised interval for pictures: contract/core.md, 2.1
_PAUSE_GROWTH = 1.3
_TOLERATED_FAILURES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made, and the files that were saved of it; `task_id` is None where none was told."""

    task_id: str | None
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
    files = save_results(client, answer, folder, progress)
    return Made(task_id=task_id, answer=answer, files=files)


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
            progress.wait(status_of(answer))
        left_seconds = deadline - time.monotonic()
        if left_seconds <= 0:
            raise CommandFailed(
                f"Task {task_id} has not ended after {timeout_seconds:g} seconds. "
                f"{_tell_how_to_watch(task_id)}",
                exit_status=ExitStatus.TIMED_OUT,
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
            exit_status=ExitStatus.INTERRUPTED,
        ) from None


def save_results(
    client: ApiClient, answer: TaskAnswer, folder: Path, progress: ProgressShown
) -> tuple[Path, ...]:
    """Download everything that was made; tells of what was not."""
    results = answer.results
    for failed in results.failures:
        progress.tell(f"kaiga: one result was not made: {failed.code}: {failed.message}")
    files: list[Path] = []
    for number, link in enumerate(results.links, start=1):
        progress.begin_transfer(f"Downloading file {number} of {len(results.links)}")
        files.append(client.download(link, folder, progress.advance_transfer))
    return tuple(files)


def status_of(answer: TaskAnswer) -> TaskStatus:
    """Tell how a task stands; what was answered with results has succeeded."""
    return TaskStatus.SUCCEEDED if answer.output is None else answer.output.task_status


def unknown_task_message(task_id: str) -> str:
    """Give what is said of a task that the server does not show."""
    return (
        f"The server shows no task {task_id}: there is none of that id, "
        "it has expired, or the key is another account's."
    )


def _tell_how_to_watch(task_id: str) -> str:
    return f"Pick it up with: kaiga tasks watch {task_id} --output ."


def _may_pass(failure: CallRefused | ServerUnreachable) -> bool:
    return failure.may_pass if isinstance(failure, CallRefused) else True


def _require_success(answer: TaskAnswer) -> TaskAnswer:
    output = answer.output
    if output is None:
        return answer
    match output.task_status:
        case TaskStatus.SUCCEEDED:
            return answer
        case TaskStatus.FAILED:
            raise CommandFailed(
                f"{output.code}: {output.message}",
                exit_status=ExitStatus.TASK_FAILED,
                code=output.code,
            )
        case TaskStatus.CANCELED:
            raise CommandFailed(
                f"Task {output.task_id} was canceled.", exit_status=ExitStatus.TASK_CANCELED
            )
        case _:
            raise CommandFailed(unknown_task_message(output.task_id))
