"""`kaiga emulator compare`: holds a server against recordings."""

from pathlib import Path
from typing import Annotated

import typer

from kaiga.cli.conformance.examining import examine_server
from kaiga.cli.conformance.recorded import list_checks
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
from kaiga.recording.folder import read_recordings


def add_to(group: typer.Typer) -> None:
    """Add the command."""
    group.command(
        "compare",
        epilog=show_examples(
            "kaiga emulator compare recordings",
            "kaiga emulator compare recordings --url http://studio:8600 --key sk-... --json",
        ),
    )(compare)


def compare(
    folder: Annotated[Path, typer.Argument(help="Where the recordings are.")],
    *,
    url: Url = None,
    key: Key = None,
    shows_all: Annotated[
        bool, typer.Option("--all", help="Show also what is the same, not only what differs.")
    ] = False,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Send recorded orders to a server, and tell where its answers have other shapes.

    Compared are statuses, members, types, codes and states, not values. The orders are made:
    against the real service THIS COSTS. Ends with status 3 if something differs.
    """
    checks = list(list_checks(read_recordings(folder)))
    settings = read_command_settings({"KAIGA_DATA": data})
    server = reach_server(NamedServer(url=url, key=key), settings)
    examine_server(server, checks, shows_all=shows_all, as_json=as_json)
