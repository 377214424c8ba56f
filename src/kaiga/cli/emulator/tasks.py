"""`kaiga emulator tasks`."""

from typing import Annotated

import typer

from kaiga.cli.emulator.controlling import Account, open_control
from kaiga.cli.options import AsJson, Data, Key, Url, show_examples
from kaiga.cli.tables import print_json, print_table
from kaiga.testing.control_calls import Json


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "tasks",
        epilog=show_examples("kaiga emulator tasks", "kaiga emulator tasks --limit 1 --json"),
    )(list_tasks)


def list_tasks(
    limit: Annotated[
        int, typer.Option("--limit", metavar="COUNT", min=1, max=1000, help="At most so many.")
    ] = 100,
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """List the account's tasks, newest first; with attempts, results and requests as JSON."""
    with open_control(url, key, data, account) as control:
        tasks = control.tasks(limit=limit)
    if as_json:
        print_json({"tasks": tasks})
        return
    if not tasks:
        print("No tasks.")
        return
    headings = ("Id", "Status", "Model", "Submitted", "Scheduled", "Ended", "Results")
    print_table(headings, [_make_row(task) for task in tasks])


def _make_row(task: Json) -> tuple[str, ...]:
    times = (task[f"{name}_at"] or "-" for name in ("submitted", "scheduled", "ended"))
    return (
        task["task_id"],
        task["status"],
        task["model"],
        *times,
        task["code"] or str(len(task["results"])),
    )
