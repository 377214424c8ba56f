"""`kaiga tasks`: list, show, cancel, watch."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from kaiga.cli.answers import TaskRow, instant_of
from kaiga.cli.client import ApiClient
from kaiga.cli.completing import complete_models, complete_tasks
from kaiga.cli.failures import CommandFailed, ExitStatus
from kaiga.cli.making import unknown_task_message
from kaiga.cli.options import (
    AsJson,
    Data,
    Key,
    NamedServer,
    Url,
    read_command_settings,
    show_examples,
)
from kaiga.cli.progress import ProgressShown
from kaiga.cli.reaching import reach_server
from kaiga.cli.tables import print_done, print_json, print_members, print_table, show_instant
from kaiga.cli.watching import watch
from kaiga.domain.tasks import TaskStatus

TaskIdGiven = Annotated[
    str, typer.Argument(metavar="ID", help="The task's id.", autocompletion=complete_tasks)
]


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="List, show, cancel and await tasks.", rich_markup_mode=None)
    group.command(
        "list",
        epilog=show_examples(
            "kaiga tasks list", "kaiga tasks list --status RUNNING --page-size 50 --json"
        ),
    )(list_tasks)
    group.command(
        "show", epilog=show_examples("kaiga tasks show ID", "kaiga tasks show ID --json")
    )(show)
    group.command(
        "cancel",
        epilog=show_examples(
            "kaiga tasks cancel ID",
            "kaiga tasks cancel ID --running",
            "kaiga tasks cancel --all-pending",
        ),
    )(cancel)
    group.command(
        "watch",
        epilog=show_examples(
            "kaiga tasks watch ID",
            "kaiga tasks watch ID ID --output pictures",
            "kaiga tasks watch --json",
        ),
    )(watch)
    app.add_typer(group, name="tasks")


def list_tasks(
    status: Annotated[
        TaskStatus | None,
        typer.Option("--status", case_sensitive=False, help="Only tasks in this state."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="NAME",
            help="Only tasks of this model.",
            autocompletion=complete_models,
        ),
    ] = None,
    page: Annotated[
        int, typer.Option("--page", metavar="NUMBER", min=1, help="Page, counted from 1.")
    ] = 1,
    page_size: Annotated[
        int, typer.Option("--page-size", metavar="COUNT", min=1, max=100, help="Tasks per page.")
    ] = 20,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """List the tasks of the last 24 hours, newest first."""
    query: dict[str, str | int | None] = {
        "status": status.value if status else None,
        "model_name": model,
        "page_no": page,
        "page_size": page_size,
    }
    with _open_running(url, key, data) as client:
        if as_json:
            print_json(json.loads(client.list_raw(query)))
            return
        listed = client.list_tasks(query)
    if not listed.data:
        print("No tasks.")
        return
    headings = ("Task", "Status", "Model", "Created", "Ended")
    print_table(headings, [_make_row(row) for row in listed.data])
    print(f"Page {listed.page_no} of {listed.total_page}, tasks in all: {listed.total}.")


def show(
    task_id: TaskIdGiven,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Show everything that the server tells of a task."""
    with _open_running(url, key, data) as client:
        raw = client.query_raw(task_id)
    told: dict[str, Any] = json.loads(raw)
    if as_json:
        print_json(told)
    if told["output"]["task_status"] == TaskStatus.UNKNOWN:
        raise CommandFailed(unknown_task_message(task_id))
    if as_json:
        return
    print_members(told["output"])
    if "usage" in told:
        print_members({"usage": told["usage"]})


def cancel(
    task_id: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]", help="The task's id.", show_default=False, autocompletion=complete_tasks
        ),
    ] = None,
    *,
    running: Annotated[
        bool, typer.Option("--running", help="Stop it also where it runs already.")
    ] = False,
    all_pending: Annotated[
        bool, typer.Option("--all-pending", help="Cancel every PENDING task of the key, no ID.")
    ] = False,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Cancel a task that is still PENDING; with --running also one that runs."""
    if (task_id is None) is not all_pending or (running and all_pending):
        raise CommandFailed(
            "Give the ID of one task, or --all-pending alone.", exit_status=ExitStatus.USAGE
        )
    with _open_running(url, key, data) as client:
        if task_id is None:
            canceled = _cancel_all_waiting(client)
            print_done(f"Tasks canceled: {canceled}.", {"canceled": canceled}, as_json=as_json)
            return
        status = TaskStatus.CANCELED
        if running:
            status = client.stop(task_id)
        else:
            client.cancel(task_id)
    became = "canceled" if status is TaskStatus.CANCELED else "being stopped"
    members = {"task_id": task_id, "task_status": status}
    print_done(f"Task {task_id} is {became}.", members, as_json=as_json)


def _cancel_all_waiting(client: ApiClient) -> int:
    """Call until nothing is left of what waited; gives how many were canceled in all."""
    canceled, has_more = 0, True
    with ProgressShown() as progress:
        while has_more:
            answer = client.cancel_all_waiting()
            canceled, has_more = canceled + answer.canceled, answer.has_more
            if has_more:
                progress.wait(f"Tasks canceled so far: {canceled}.")
    return canceled


def _open_running(url: str | None, key: str | None, data: Path | None) -> ApiClient:
    settings = read_command_settings({"KAIGA_DATA": data})
    return ApiClient(reach_server(NamedServer(url=url, key=key), settings))


def _make_row(row: TaskRow) -> tuple[str, ...]:
    created, ended = instant_of(row.gmt_create), instant_of(row.end_time)
    return row.task_id, row.status, row.model_name, show_instant(created), show_instant(ended)
