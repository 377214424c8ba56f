"""`kaiga usage`: what was used, by day, account, key and model."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode

import msgspec
import typer

from kaiga.cli.client import ApiClient
from kaiga.cli.failures import CommandFailed
from kaiga.cli.options import (
    AsJson,
    Data,
    Key,
    NamedServer,
    Url,
    read_command_settings,
    show_examples,
)
from kaiga.cli.reaching import reach_server
from kaiga.cli.tables import print_json, print_table

_SUMS = ("tasks", "images", "clips", "seconds")


class _Report(msgspec.Struct, frozen=True, kw_only=True):
    first: str = msgspec.field(name="from")
    last: str = msgspec.field(name="to")
    by: Sequence[str]
    usage: Sequence[Mapping[str, str | int | float]]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "usage",
        epilog=show_examples(
            "kaiga usage",
            "kaiga usage --from 2026-05-01 --to 2026-05-31 --by account,model",
            "kaiga usage --by day,key --csv > usage.csv",
        ),
    )(report)


def report(
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="DAY", help="First day, such as 2026-05-01."),
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DAY", help="Last day; unset, today.")
    ] = None,
    by: Annotated[
        str, typer.Option("--by", metavar="NAMES", help="Some of day, account, key and model.")
    ] = "day,model",
    account: Annotated[
        str | None,
        typer.Option("--account", metavar="ID", help="Account; unset, every one the key sees."),
    ] = None,
    *,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, for spreadsheets.")] = False,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Show what was used: the last 30 days unless told otherwise.

    A key with the role admin sees every account, others their own.
    """
    settings = read_command_settings({"KAIGA_DATA": data})
    asked = {"from": first, "to": last, "by": by, "account": account}
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    with ApiClient(reach_server(NamedServer(url=url, key=key), settings)) as client:
        path = "usage.csv" if as_csv else "usage"
        answer = client.administer("GET", f"{path}?{query}")
    if as_csv:
        print(answer.decode().replace("\r\n", "\n"), end="")
        return
    found = _read(answer)
    if as_json:
        print_json({"from": found.first, "to": found.last, "by": found.by, "usage": found.usage})
        return
    columns = [*found.by, *_SUMS]
    rows = [[_show(line.get(name, "")) for name in columns] for line in found.usage]
    print_table([name.capitalize() for name in columns], rows)


def _read(answer: bytes) -> _Report:
    try:
        return msgspec.json.decode(answer, type=_Report)
    except msgspec.DecodeError as error:
        raise CommandFailed(f"The server's answer is not understood: {error}.") from error


def _show(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}" if value % 1 else f"{value:.0f}"
