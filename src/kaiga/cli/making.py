"""What `generate`, `tasks watch` and the demo share: create, await the end, save the files."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kaiga.cli.answers import TaskAnswer
from kaiga.cli.client import ApiClient
from kaiga.cli.failures import CommandFailed, ExitStatus
from kaiga.cli.following import follow
from kaiga.cli.progress import ProgressShown
from kaiga.domain.tasks import TaskStatus


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
    """Follow a task until it has succeeded.

    Raises:
        CommandFailed: it ended otherwise, or did not end in time.
    """
    for news in follow(client, (task_id,), timeout_seconds):
        if news.answer is not None:
            return require_success(news.answer)
        progress.show(news)
    raise not_ended((task_id,), timeout_seconds)


@contextmanager
def naming_interrupted_tasks(*task_ids: str) -> Generator[None]:
    """On Ctrl-C, say under which ids the tasks go on."""
    try:
        yield
    except KeyboardInterrupt:
        raise CommandFailed(
            f"Interrupted while {_name(task_ids)} went on. {_tell_how_to_watch(task_ids)}",
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


def not_ended(task_ids: Sequence[str], timeout_seconds: float) -> CommandFailed:
    """Make what is said of tasks that took longer than they had."""
    verb = "has" if len(task_ids) == 1 else "have"
    return CommandFailed(
        f"{_name(task_ids).capitalize()} {verb} not ended after {timeout_seconds:g} seconds. "
        f"{_tell_how_to_watch(task_ids)}",
        exit_status=ExitStatus.TIMED_OUT,
    )


def require_success(answer: TaskAnswer) -> TaskAnswer:
    """Give an answer on if its task has succeeded.

    Raises:
        CommandFailed: it has failed, was canceled or is not known; the message says which.
    """
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


def _name(task_ids: Sequence[str]) -> str:
    return f"task {task_ids[0]}" if len(task_ids) == 1 else f"{len(task_ids)} tasks"


def _tell_how_to_watch(task_ids: Sequence[str]) -> str:
    them = "it" if len(task_ids) == 1 else "them"
    return f"Pick {them} up with: kaiga tasks watch {' '.join(task_ids)} --output ."
