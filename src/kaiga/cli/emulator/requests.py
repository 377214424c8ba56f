"""`kaiga emulator requests`."""

from typing import Annotated

import typer

from kaiga.cli.emulator.controlling import Account, Everybody, open_control
from kaiga.cli.options import AsJson, Data, Key, Url, show_examples
from kaiga.cli.tables import print_json, print_table
from kaiga.testing.control_calls import Json


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "requests",
        epilog=show_examples(
            "kaiga emulator requests",
            "kaiga emulator requests --limit 1 --json",
            "kaiga emulator requests --forget",
        ),
    )(list_requests)


def list_requests(
    limit: Annotated[
        int, typer.Option("--limit", metavar="COUNT", min=1, max=1000, help="At most so many.")
    ] = 100,
    account: Account = None,
    *,
    everybody: Everybody = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Begin the list anew, once it is shown.")
    ] = False,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """List the calls that arrived, oldest first, with what was answered; headers and body as JSON.

    Keys are shown as prefix and hash.
    """
    with open_control(url, key, data, account, everybody=everybody) as control:
        requests = control.requests(limit=limit)
        if forget:
            control.forget_requests()
    if as_json:
        print_json({"requests": requests})
        return
    if not requests:
        print("No requests.")
        return
    print_table(
        ("Arrived", "Call", "Answered", "Fault"), [_make_row(request) for request in requests]
    )


def _make_row(request: Json) -> tuple[str, ...]:
    query = f"?{request['query']}" if request["query"] else ""
    fault = request["fault"]
    return (
        request["arrived_at"],
        f"{request['method']} {request['path']}{query}",
        str(request["status"] or "not"),
        fault["kind"] if fault else "-",
    )
