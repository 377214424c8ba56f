"""`kaiga tasks watch`: tasks as they come on, until all of them have ended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from kaiga.cli.answers import TaskAnswer
from kaiga.cli.client import ApiClient
from kaiga.cli.completing import complete_tasks
from kaiga.cli.failures import CommandFailed, ExitStatus
from kaiga.cli.following import TaskNews, follow
from kaiga.cli.generate import open_client
from kaiga.cli.making import (
    naming_interrupted_tasks,
    not_ended,
    require_success,
    save_results,
    status_of,
)
from kaiga.cli.options import AsJson, Data, Key, NamedServer, Url, read_command_settings
from kaiga.cli.progress import ProgressShown
from kaiga.cli.reaching import reach_server
from kaiga.cli.tables import print_members
from kaiga.domain.tasks import TaskStatus

_TIMEOUT_SECONDS = 600.0
_WORST_FIRST = (
    ExitStatus.FAILED,
    ExitStatus.TIMED_OUT,
    ExitStatus.TASK_FAILED,
    ExitStatus.TASK_CANCELED,
)


def watch(
    task_ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...",
            help="Tasks; without one, all of the key, until Ctrl-C.",
            autocompletion=complete_tasks,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FOLDER", help="Save the results there."),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout",
            metavar="SECONDS",
            min=0.1,
            help="How long to wait; 600 unless given, and without an ID for ever.",
        ),
    ] = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Follow tasks to their ends, and save their results where --output names a folder.

    Ends with status 4 if a task has failed, and with 5 if one was canceled. With --json each
    change is a line. With --output a Kaiga is started for this call where none runs on the data
    folder.
    """
    settings = read_command_settings({"KAIGA_DATA": data})
    named = NamedServer(url=url, key=key)
    opened = (
        open_client(named, settings)
        if output is not None and settings.has_store
        else ApiClient(reach_server(named, settings))
    )
    ids = tuple(dict.fromkeys(task_ids or ()))
    with opened as client:
        watching = _Watching(client=client, folder=output, as_json=as_json, is_one=len(ids) == 1)
        if ids:
            _watch_these(watching, ids, timeout or _TIMEOUT_SECONDS)
        else:
            _watch_all(watching, timeout)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watching:
    """Tells how tasks come on: what is on its way on standard error, ends on standard output.

    For programs all of it goes to standard output, one line of JSON for each change.
    """

    client: ApiClient
    folder: Path | None
    as_json: bool
    is_one: bool

    def follow(
        self, ids: Sequence[str], timeout_seconds: float | None
    ) -> Iterator[tuple[str, TaskAnswer]]:
        """Give each task as it ends, once it was told."""
        with ProgressShown(is_quiet=self.as_json, names_tasks=not self.is_one) as progress:
            for news in follow(self.client, ids, timeout_seconds):
                progress.show(news)
                answer = news.answer
                files = () if answer is None else self._save(answer, progress)
                if self.as_json:
                    _print_line(news, files)
                elif answer is not None:
                    progress.pause()
                    self._print_end(news.task_id, answer, files)
                if answer is not None:
                    yield news.task_id, answer

    def _save(self, answer: TaskAnswer, progress: ProgressShown) -> tuple[Path, ...]:
        if self.folder is None:
            return ()
        return save_results(self.client, answer, self.folder, progress)

    def _print_end(self, task_id: str, answer: TaskAnswer, files: Sequence[Path]) -> None:
        """Print what came of a task; how one failed that is watched alone, the command tells."""
        status = status_of(answer)
        if not self.is_one:
            print(task_id, status)
        elif status is TaskStatus.SUCCEEDED and not files:
            print(status)
        for place in files or answer.results.links:
            print(place)
        for failed in () if files else answer.results.failures:
            print(f"{failed.code}: {failed.message}")
        print_members(answer.results.findings)


def _watch_these(watching: _Watching, ids: Sequence[str], timeout_seconds: float) -> None:
    """Watch until each has ended.

    Raises:
        CommandFailed: not all have succeeded; its status is that of the worst end.
    """
    open_ids, failures = dict.fromkeys(ids), list[CommandFailed]()
    with naming_interrupted_tasks(*ids):
        for task_id, answer in watching.follow(ids, timeout_seconds):
            del open_ids[task_id]
            try:
                require_success(answer)
            except CommandFailed as failure:
                failures.append(failure)
    if open_ids:
        failures.append(not_ended(tuple(open_ids), timeout_seconds))
    if failures:
        raise min(failures, key=lambda failure: _WORST_FIRST.index(failure.exit_status))


def _watch_all(watching: _Watching, timeout_seconds: float | None) -> None:
    """Watch whatever is ordered with the key; Ctrl-C is the usual end."""
    try:
        for _ in watching.follow((), timeout_seconds):
            pass
    except KeyboardInterrupt:
        return


def _print_line(news: TaskNews, files: Sequence[Path]) -> None:
    told = msgspec.to_builtins(msgspec.structs.replace(news, preview=""))
    if files:
        told["files"] = [str(file) for file in files]
    print(msgspec.json.encode(told).decode(), flush=True)
