"""`kaiga emulator webhooks`."""

from typing import Annotated

import typer

from kaiga.cli.emulator.controlling import Account, open_control
from kaiga.cli.options import AsJson, Data, Key, Url, show_examples
from kaiga.cli.tables import print_json, print_table
from kaiga.testing.control_calls import Json


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "webhooks",
        epilog=show_examples("kaiga emulator webhooks", "kaiga emulator webhooks --json"),
    )(list_notices)


def list_notices(
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
    """List the notices that were sent to webhooks, oldest first, and what was answered."""
    with open_control(url, key, data, account) as control:
        notices = control.webhooks(limit=limit)
    if as_json:
        print_json({"notices": notices})
        return
    if not notices:
        print("No notices.")
        return
    print_table(
        ("Sent", "Task", "Address", "Answer", "Fault"), [_make_row(notice) for notice in notices]
    )


def _make_row(notice: Json) -> tuple[str, ...]:
    fault = notice["fault"]
    return (
        notice["sent_at"],
        notice["task_id"],
        notice["url"],
        notice["trouble"] or str(notice["answer_status"]),
        fault["kind"] if fault else "-",
    )
